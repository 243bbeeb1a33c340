"""Copying a whole graph into an empty one: what was deleted has left no byte in the new files.

Neo4j Community cannot rewrite a store in place. Nobody may write to the graph meanwhile.
"""

from array import array
from collections.abc import Awaitable, Callable, Iterator

from graph.database import Graph
from graph.errors import Conflict
from graph.migrations import migrate
from graph.statements import Kind, Statement

COUNT = 5_000

NODE_RANGE = Statement(
    "copy.node_range", Kind.READ, "MATCH (n) RETURN count(n), coalesce(max(id(n)), -1)"
)
TIE_RANGE = Statement(
    "copy.tie_range", Kind.READ, "MATCH ()-[x]->() RETURN count(x), coalesce(max(id(x)), -1)"
)
READ_NODES = Statement(
    "copy.read_nodes",
    Kind.READ,
    """UNWIND range($first, $last) AS i
MATCH (n) WHERE id(n) = i AND NOT n:Migration
RETURN collect([i, labels(n), properties(n)])""",
)
READ_TIES = Statement(
    "copy.read_ties",
    Kind.READ,
    """UNWIND range($first, $last) AS i
MATCH (s)-[x]->(e) WHERE id(x) = i
RETURN collect([id(s), id(e), type(x), properties(x)])""",
)
WRITE_NODES = Statement(
    "copy.write_nodes",
    Kind.WRITE,
    """UNWIND $p.rows AS r
CREATE (n:$(r[1]))
SET n = r[2]
RETURN collect([r[0], id(n)])""",
)
WRITE_TIES = Statement(
    "copy.write_ties",
    Kind.WRITE,
    """UNWIND $p.rows AS r
MATCH (s) WHERE id(s) = r[0]
MATCH (e) WHERE id(e) = r[1]
CREATE (s)-[x:$(r[2])]->(e)
SET x = r[3]
RETURN count(*)""",
)
"""Labels and types come from the graph that is copied, whose write path knows the model's alone."""

ALL = (NODE_RANGE, TIE_RANGE, READ_NODES, READ_TIES, WRITE_NODES, WRITE_TIES)

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many nodes and relationships are copied, and how many there are."""


async def copy(source: Graph, target: Graph, progress: Progress | None = None) -> tuple[int, int]:
    """Copy every node and relationship; then make the constraints and indexes.

    Args:
        source: The graph; nobody may write to it meanwhile.
        target: An empty graph, on which nothing was migrated yet.
        progress: Told after every few thousand.

    Returns:
        Numbers of nodes and relationships copied.

    Raises:
        Conflict: the target is not empty, or the source changed meanwhile; delete the target.
        Unavailable: one of the databases cannot be reached.
    """
    if (await target.run(NODE_RANGE))[0][0]:
        raise Conflict("The graph to copy into is not empty; name another directory.")
    nodes, last = (await source.run(NODE_RANGE))[0]
    ties, last_tie = (await source.run(TIE_RANGE))[0]
    places = array("q", [-1]) * (last + 1)
    done = 0
    for asked in _slices(last):
        rows = (await source.run(READ_NODES, asked, timeout=300.0))[0][0]
        made = await target.run(WRITE_NODES, {"p": {"rows": rows}}, timeout=300.0) if rows else []
        for old, new in made[0][0] if made else ():
            places[old] = new
        done += len(rows)
        if progress is not None:
            await progress(done, nodes + ties)
    copied = done
    for asked in _slices(last_tie):
        rows = (await source.run(READ_TIES, asked, timeout=300.0))[0][0]
        moved = [[places[start], places[end], *rest] for start, end, *rest in rows]
        await target.run(WRITE_TIES, {"p": {"rows": moved}}, timeout=300.0)
        done += len(rows)
        if progress is not None:
            await progress(done, nodes + ties)
    await _check(target, copied, done - copied, ties)
    await migrate(target)
    return copied, done - copied


def _slices(last: int) -> Iterator[dict[str, int]]:
    """Ranges of internal numbers, up to the last."""
    for first in range(0, last + 1, COUNT):
        yield {"first": first, "last": min(first + COUNT - 1, last)}


async def _check(target: Graph, nodes: int, ties: int, wanted: int) -> None:
    """Count what has arrived."""
    found = ((await target.run(NODE_RANGE))[0][0], (await target.run(TIE_RANGE))[0][0])
    if found != (nodes, ties) or ties != wanted:
        raise Conflict("The graph changed while it was copied; stop its writers and copy again.")
