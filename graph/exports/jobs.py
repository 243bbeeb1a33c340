"""What the graph knows of an export that was started."""

from dataclasses import dataclass
from typing import Any

import orjson

from graph.database import Graph
from graph.statements import Kind, Statement

KIND = "EXPORT"
"""Kind of the jobs that write exports."""

STATE = Statement(
    "exports.state",
    Kind.READ,
    "MATCH (j:Job {id: $id}) WHERE j.kind = 'EXPORT' RETURN j.state, j.parameters",
)

ALL = (STATE,)


@dataclass(frozen=True, slots=True)
class Started:
    """An export that was started: where it stands, how it is written, and for whom."""

    state: str
    format: str
    issuer: str | None
    subject: str | None


async def started(graph: Graph, job: str) -> Started | None:
    """Return where an export stands; None when there is no such job.

    Raises:
        Unavailable: the database cannot be reached.
    """
    rows = await graph.run(STATE, {"id": job})
    if not rows:
        return None
    asked: dict[str, Any] = orjson.loads(rows[0][1] or "{}")
    who: dict[str, str] = asked.get("viewer") or {}
    return Started(rows[0][0], asked.get("format", "csv"), who.get("issuer"), who.get("subject"))
