"""When API keys are used: noted by the hour, beside history, or every request would be a change."""

from graph.database import Graph
from graph.statements import Kind, Statement

USED = Statement(
    "keys.used",
    Kind.WRITE,
    """MATCH (k:ApiKey {id: $id}) WHERE coalesce(k.lastUsedAt, '') < $at
SET k.lastUsedAt = $at
RETURN count(*)""",
)


async def note_use(graph: Graph, id_: str, hour: str) -> None:
    """Note that a key was used in an hour, unless that is known.

    Raises:
        GraphError: the database is away.
    """
    await graph.run(USED, {"id": id_, "at": hour}, timeout=10.0)
