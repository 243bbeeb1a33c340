"""Pairs of parties that may be one: the queue of those who decide, and their decision to merge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.database import Graph
from graph.errors import NOT_THERE, NotFound
from graph.identity.merging import Merge
from graph.matching.evaluating import JUDGED, Level, published
from graph.statements import Kind, Statement
from graph.write.duplicates import PAIR
from graph.write.unit import Unit

CERTAIN = 2.0
"""Where a pair stands that a rule found, which had no leave to act: before every score."""

REVIEWED = "REVIEWED"
"""The rule of a merge that was proposed, and that a person decided."""

PAIRS = Statement(
    "identity.pairs",
    Kind.READ,
    """MATCH (a:Party)-[x:POSSIBLE_DUPLICATE]->(b:Party)
WHERE $label IN labels(a) AND NOT EXISTS { (a)-[:NOT_SAME_AS]-(b) }
WITH a, b, x, coalesce(x.score, $certain) AS rank
WHERE rank >= $least AND (rank < $rank
  OR rank = $rank AND (a.id > $left OR a.id = $left AND b.id > $right))
RETURN a.id, b.id, x.rule, x.score, x.model, x.at, rank, properties(a), properties(b)
ORDER BY rank DESC, a.id, b.id LIMIT $most""",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair stands in the queue; the next page begins after it."""

    rank: float = CERTAIN + 1.0
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two parties that may be one.

    Attributes:
        left: Id of one, less than `right`.
        right: Id of the other.
        rule: What found them.
        score: Probability that they are one; None for a certain rule.
        model: Name and version of the model that scored them.
        at: When they were found, UTC.
        place: Where it stands in the queue.
        evidence: How they compare today, by name of the comparison; empty without a model.
    """

    left: str
    right: str
    rule: str
    score: float | None
    model: str | None
    at: str
    place: Place
    evidence: Mapping[str, Level]


async def duplicates(
    graph: Graph, label: str, least: float, after: Place, first: int
) -> list[Duplicate]:
    """Pairs that wait for a decision, certain rules first, then the likest.

    Args:
        graph: The graph.
        label: Kind of party.
        least: Least probability.
        after: Where the page before ended.
        first: Most pairs.

    Raises:
        GraphError: the database is away.
    """
    rows = await graph.run(
        PAIRS,
        {
            "label": label, "least": least, "rank": after.rank, "left": after.left,
            "right": after.right, "most": first, "certain": CERTAIN,
        },
    )  # fmt: skip
    return [
        Duplicate(
            left, right, rule, score, model, at, Place(rank, left, right),
            _evidence(label, mine, theirs),
        )
        for left, right, rule, score, model, at, rank, mine, theirs in rows
    ]  # fmt: skip


def _evidence(label: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, Level]:
    if label not in JUDGED:
        return {}
    judge = published(label)
    return judge.score(judge.features.of(left), judge.features.of(right)).evidence


@dataclass(slots=True)
class Accept:
    """A proposed pair that a person decided to be one: a part of a batch.

    Attributes:
        survivor: Id of the party that answers for both.
        loser: Id of the other one.
        name: By which the outcome names the survivor.
    """

    survivor: str
    loser: str
    name: str

    async def apply(self, unit: Unit) -> None:
        """Merge them, with the score of the proposal.

        Raises:
            NotFound: the two were not proposed, or one is not there any more.
            Conflict: somebody decided that they are not the same.
        """
        rows = await unit.run(PAIR, ids=[self.survivor, self.loser])
        if not rows:
            raise NotFound(NOT_THERE)
        score = float(rows[0])
        merge = Merge(
            self.survivor, [self.loser], REVIEWED, score if score >= 0.0 else None, self.name
        )
        await merge.apply(unit)
