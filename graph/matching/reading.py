"""What a batch of matching reads of the graph: records, and who was told apart."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.database import Graph
from graph.matching.features import FEATURES, Row
from graph.statements import Kind, Statement

PAGE = 20_000

RECORDS = Statement(
    "matching.records",
    Kind.READ,
    """MATCH (s:SourceRecord) WHERE s.id > $after
WITH s ORDER BY s.id LIMIT $most
MATCH (s)-[:RESOLVES_TO]->(p:Party)
WHERE s.kind = $kind
RETURN s.id, p.id, p.createdAt, s.changedAt, s {
  .name, .givenName, .familyName, .birthDate, .email, .phone, .taxId, .website, .street,
  .postalCode, .city }
ORDER BY s.id""",
)

LAST_OF_PAGE = Statement(
    "matching.last_of_page",
    Kind.READ,
    "MATCH (s:SourceRecord) WHERE s.id > $after WITH s ORDER BY s.id LIMIT $most "
    "RETURN max(s.id), count(s)",
)

COUNT = Statement("matching.count", Kind.READ, "MATCH (s:SourceRecord) RETURN count(s)")

APART = Statement(
    "matching.apart",
    Kind.READ,
    "MATCH (a:Party)-[:NOT_SAME_AS|MERGED_INTO_WAS]->(b:Party) RETURN a.id, b.id",
)

LAST = Statement(
    "matching.last", Kind.READ, "MATCH (r:MatchRun {kind: $kind}) RETURN r.model, r.startedAt"
)


@dataclass(slots=True)
class Read:
    """Records of one kind of party, numbered by their place.

    Attributes:
        rows: What they say, as features.
        fresh: Whether each changed since the last run.
        parties: The number of each record's party.
        ids: Ids of the parties, by number.
        ages: When each party was first recorded.
    """

    rows: list[Row] = field(default_factory=list[Row])
    fresh: list[bool] = field(default_factory=list[bool])
    parties: list[int] = field(default_factory=list[int])
    ids: list[str] = field(default_factory=list[str])
    ages: list[str] = field(default_factory=list[str])


async def records(
    graph: Graph, label: str, since: str | None
) -> AsyncGenerator[tuple[int, int, Read]]:
    """Read every record of a kind; yields how many of how many are read, and all read so far.

    Args:
        graph: The graph.
        label: Kind of party.
        since: Records that changed since then are fresh; None for all.

    Raises:
        GraphError: the database is away.
    """
    total = int((await graph.run(COUNT))[0][0])
    of, found, numbers = FEATURES[label].of, Read(), dict[str, int]()
    after, done = "", 0
    while True:
        [[last, count]] = await graph.run(LAST_OF_PAGE, {"after": after, "most": PAGE})
        if not count:
            break
        given = {"after": after, "most": PAGE, "kind": label.upper()}
        for _, party, created_at, changed_at, values in await graph.run(RECORDS, given):
            number = numbers.get(party)
            if number is None:
                number = numbers[party] = len(numbers)
                found.ids.append(party)
                found.ages.append(created_at)
            found.rows.append(of(_stated(values)))
            found.fresh.append(since is None or changed_at >= since)
            found.parties.append(number)
        after, done = last, done + count
        yield done, total, found
    yield total, total, found


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def apart(graph: Graph, ids: list[str]) -> set[tuple[int, int]]:
    """Numbers of parties that are not the same, or were taken apart again, two and two."""
    numbers = {each: number for number, each in enumerate(ids)}
    return {
        (numbers[one], numbers[other])
        for one, other in await graph.run(APART)
        if one in numbers and other in numbers
    }


async def last_run(graph: Graph, label: str, model: str) -> str | None:
    """When the last run that was finished with this model began; None when there was none."""
    rows = await graph.run(LAST, {"kind": label})
    return str(rows[0][1]) if rows and rows[0][0] == model else None
