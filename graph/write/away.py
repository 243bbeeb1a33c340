"""Rows that name a node that was put away: it stays as it is until it is restored.

An archived node has no label but Archived, so that nothing finds it. Whoever writes it again would
make a second one, which could never be restored beside the first.
"""

from collections.abc import Iterable
from typing import Any

from graph.statements import Kind, Statement
from graph.write.batch import Key
from graph.write.statements import KEEP_PLAN
from graph.write.unit import Unit

ANY = Statement("write.away.any", Kind.WRITE, KEEP_PLAN + "MATCH (n:Archived) RETURN count(n) > 0")
BY_SOURCE = Statement(
    "write.away.by_source",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n:Archived {source: r[1], externalId: r[2]}) WHERE $p.label IN n.archivedLabels
  AND n.mergedInto IS NULL
RETURN collect(r[0])""",
)
BY_ID = Statement(
    "write.away.by_id",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n:Archived {id: r[1]}) WHERE $p.label IN n.archivedLabels AND n.mergedInto IS NULL
RETURN collect(r[0])""",
)
"""Rows `[i, key…]` to the i of those that were put away."""

ALL = (ANY, BY_SOURCE, BY_ID)


async def anything_away(unit: Unit) -> bool:
    """Whether anything at all was put away; asked once in a transaction."""
    if unit.anything_away is None:
        unit.anything_away = bool(await unit.run(ANY))
    return unit.anything_away


async def named_away(unit: Unit, label: str, keys: Iterable[Key], *, sourced: bool) -> set[Key]:
    """Of keys of nodes that were not found, those of nodes of the label that were put away."""
    wanted = list(keys)
    if not wanted or not await anything_away(unit):
        return set()
    found: set[Key] = set()
    for length, statement in ((2, BY_SOURCE), (1, BY_ID)):
        rows: list[list[Any]] = [[i, *key] for i, key in enumerate(wanted) if len(key) == length]
        if rows and (sourced or length == 1):
            away: list[int] = await unit.run(statement, rows=rows, label=label)
            found |= {wanted[i] for i in away}
    return found
