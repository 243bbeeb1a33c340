"""What a change of the facts would give a partner, or take from it; nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.database import Graph
from graph.explaining.access import LEVELS, Named, named
from graph.explaining.ways import FACTS
from graph.statements import CYPHER_25, Kind, Statement


@dataclass(frozen=True, slots=True)
class AccessChange:
    """A fact that would come to be, or end, between a partner and parties.

    Attributes:
        partner: Id of the partner.
        parties: Ids of the parties.
        rule: Which fact: SERVES, SHARED_WITH, ASSIGNED_TO, DealRegistration or LeadOffer.
        level: COUNT, PROFILE or FULL; of a fact that ends it says nothing.
    """

    partner: str
    parties: Sequence[str]
    rule: str
    level: str = "FULL"


@dataclass(frozen=True, slots=True)
class Shift:
    """A party that a partner would see more of, or less.

    Attributes:
        party: The party.
        before: The level now; None for none.
        after: The level then; None for none.
        documents: How many documents and cases come or go with it.
    """

    party: Named
    before: str | None
    after: str | None
    documents: int


@dataclass(frozen=True, slots=True)
class Shifts:
    """What would be gained and lost, by id of the party; each at most as many as were asked of."""

    gained: tuple[Shift, ...]
    lost: tuple[Shift, ...]


def _facts() -> LiteralString:
    between: LiteralString = " UNION ALL "
    return between.join(
        [
            each.match.replace("NODE", "q") + " RETURN " + each.rule + " AS rule, " + each.rank
            + " AS rank"
            for each in FACTS
        ]
    )  # fmt: skip


_DOCUMENTS: LiteralString = (
    "COUNT { MATCH (q)<-[its:FOR]-(paper:Document|Case) "
    "WHERE coalesce(its.role, 'CUSTOMER') = 'CUSTOMER' AND coalesce(paper.status, '') <> 'DRAFT' "
    "AND NOT EXISTS { (paper)-[:FOR]->(viewer) } "
    "AND NOT EXISTS { (paper)-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH]->(viewer) "
    "WHERE coalesce(tie.level, '') <> 'COUNT' AND coalesce(tie.from, today) <= today "
    "AND coalesce(tie.to, today) >= today } }"
)

DIFF = Statement(
    "explain.access_diff",
    Kind.READ,
    CYPHER_25
    + "WITH toString(date()) AS today MATCH (viewer:Company {id: $partner}) UNWIND $rows AS row "
    "MATCH (q:Party {id: row.id}) WHERE q <> viewer "
    "CALL (q, viewer, today) { CALL (q, viewer, today) { " + _facts() + " } "
    "RETURN collect({rule: rule, rank: rank}) AS facts } "
    "WITH q, viewer, today, row, reduce(most = 0, f IN facts | "
    "CASE WHEN f.rank > most THEN f.rank ELSE most END) AS before, "
    "reduce(most = row.rank, f IN facts | "
    "CASE WHEN f.rank > most AND f.rule <> row.ends THEN f.rank ELSE most END) AS after "
    "WHERE before <> after WITH *, "
    "CASE WHEN (before = 3) <> (after = 3) THEN " + _DOCUMENTS + " ELSE 0 END AS documents "
    "ORDER BY q.id RETURN collect([[q.id, labels(q), q.name], before, after, documents])",
)
"""Of rows `{id, rank, ends}` those parties of which the partner would see more or less."""


async def access_diff(
    graph: Graph, partner: str, grants: Sequence[AccessChange], revokes: Sequence[AccessChange]
) -> Shifts:
    """What a partner would gain and lose if facts came to be and others ended.

    A document or case counts that the partner sees for no other reason than its party.

    Args:
        graph: The graph.
        partner: Id of the partner; changes of another partner say nothing here.
        grants: Facts that would come to be.
        revokes: Facts that would end; of one party the one named last counts.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows: dict[str, dict[str, Any]] = {}
    for change in (each for each in revokes if each.partner == partner):
        for id_ in change.parties:
            rows[id_] = {"id": id_, "rank": 0, "ends": change.rule}
    for change in (each for each in grants if each.partner == partner):
        for id_ in change.parties:
            row = rows.setdefault(id_, {"id": id_, "rank": 0, "ends": ""})
            row["rank"] = max(row["rank"], LEVELS.index(change.level) + 1)
    found = await graph.run(DIFF, {"partner": partner, "rows": list(rows.values())})
    shifts = [
        (before < after, Shift(named(*party), _level(before), _level(after), documents))
        for party, before, after, documents in found[0][0]
    ]
    return Shifts(
        tuple(each for more, each in shifts if more),
        tuple(each for more, each in shifts if not more),
    )


def _level(rank: int) -> str | None:
    return LEVELS[rank - 1] if rank else None
