"""The queue of jobs, in the graph: who waits, who runs, who is done.

It is the truth; whatever wakes workers only repeats it. A job belongs to the worker that has
claimed it for as long as that says it is alive. How far a job has come is no history: these
statements keep no former states and leave no events.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import orjson

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write.formats import moment
from graph.write.statements import KEEP_PLAN
from graph.write.unit import new_id

ALIVE_MILLIS = 60_000
"""A worker that says nothing for so long has lost its job."""


def _write(name: str, text: LiteralString) -> Statement:
    return Statement("queue." + name, Kind.WRITE, KEEP_PLAN + text)


ENQUEUE = _write(
    "enqueue",
    """MERGE (j:Job {kind: $p.kind, key: $p.key})
ON CREATE SET j.id = $p.id, j.version = 1, j.createdAt = $p.now, j.state = 'DONE'
SET j._lock = 1 SET j._lock = null
WITH j, j.state IN ['QUEUED', 'RUNNING'] AS busy
FOREACH (_ IN CASE WHEN busy THEN [] ELSE [1] END |
  SET j.state = 'QUEUED', j.changedAt = $p.now, j.dueAt = $p.due, j.parameters = $p.parameters,
    j.attempts = 0, j.done = 0, j.total = null, j.position = null, j.summary = null,
    j.error = null, j.startedAt = null, j.endedAt = null, j.holder = null, j.until = null)
RETURN j.id, NOT busy""",
)

CLAIM = _write(
    "claim",
    """MATCH (j:Job {id: $p.id}) SET j._lock = 1 SET j._lock = null
WITH j WHERE j.state = 'QUEUED' AND coalesce(j.dueAt <= $p.now, true)
  OR j.state = 'RUNNING' AND j.until < timestamp()
SET j.state = 'RUNNING', j.holder = $p.holder, j.until = timestamp() + $p.millis,
  j.attempts = coalesce(j.attempts, 0) + 1, j.startedAt = coalesce(j.startedAt, $p.now)
RETURN j.kind, j.key, j.parameters, j.position, j.attempts""",
)

BEAT = _write(
    "beat",
    """MATCH (j:Job {id: $p.id}) SET j._lock = 1 SET j._lock = null
WITH j WHERE j.state = 'RUNNING' AND j.holder = $p.holder
SET j.until = timestamp() + $p.millis, j.done = coalesce($p.done, j.done),
  j.total = coalesce($p.total, j.total), j.position = coalesce($p.position, j.position)
RETURN true""",
)

END = _write(
    "end",
    """MATCH (j:Job {id: $p.id}) SET j._lock = 1 SET j._lock = null
WITH j WHERE j.state = 'RUNNING' AND j.holder = $p.holder
SET j.state = $p.state, j.error = $p.error, j.summary = coalesce($p.summary, j.summary),
  j.dueAt = coalesce($p.due, j.dueAt), j.endedAt = CASE WHEN $p.due IS NULL THEN $p.now END,
  j.holder = null, j.until = null
RETURN true""",
)

CANCEL = _write(
    "cancel",
    """MATCH (j:Job {id: $p.id}) SET j._lock = 1 SET j._lock = null
WITH j WHERE j.state IN ['QUEUED', 'RUNNING']
SET j.state = 'CANCELLED', j.endedAt = $p.now, j.holder = null, j.until = null
RETURN true""",
)

DUE = Statement(
    "queue.due",
    Kind.READ,
    """MATCH (j:Job) WHERE j.state = 'QUEUED' AND coalesce(j.dueAt <= $now, true)
  OR j.state = 'RUNNING' AND j.until < timestamp()
WITH j ORDER BY coalesce(j.dueAt, ''), j.id LIMIT 100 RETURN collect(j.id)""",
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that a worker may run."""

    id: str
    holder: str
    kind: str
    key: str | None
    parameters: dict[str, Any]
    position: Any
    attempt: int


async def enqueue(
    graph: Graph,
    kind: str,
    key: str,
    parameters: dict[str, Any] | None = None,
    *,
    due: datetime | None = None,
) -> tuple[str, bool]:
    """Put a job into the queue, unless one of this kind and key waits or runs.

    Args:
        graph: The graph.
        kind: What it does; the worker must know a runner for it.
        key: What it works on. A job of that kind and key that has ended begins anew.
        parameters: What it is asked to do: ids and choices, no personal data.
        due: Not before this; None for at once.

    Returns:
        Id of the job, and whether it was put into the queue now.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    now = datetime.now(UTC)
    row = {
        "id": new_id(),
        "kind": kind,
        "key": key,
        "now": moment(now),
        "due": moment(due or now),
        "parameters": orjson.dumps(parameters or {}, option=orjson.OPT_SORT_KEYS).decode(),
    }
    found = (await graph.run(ENQUEUE, {"p": row}))[0]
    return found[0], found[1]


async def claim(graph: Graph, id_: str, holder: str) -> Claimed | None:
    """Take a job that is due, or whose worker has been silent; None when there is nothing to take.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    row = {"id": id_, "holder": holder, "now": moment(datetime.now(UTC)), "millis": ALIVE_MILLIS}
    found = await graph.run(CLAIM, {"p": row})
    if not found:
        return None
    kind, key, parameters, position, attempt = found[0]
    return Claimed(
        id_, holder, kind, key, orjson.loads(parameters or "{}"),
        orjson.loads(position) if position else None, attempt,
    )  # fmt: skip


async def beat(
    graph: Graph,
    id_: str,
    holder: str,
    done: int | None = None,
    total: int | None = None,
    position: Any = None,
) -> bool:
    """Note that a job is alive and how far it has come; False when it is not the holder's any more.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    known = orjson.dumps(position).decode() if position is not None else None
    row = {
        "id": id_, "holder": holder, "millis": ALIVE_MILLIS,
        "done": done, "total": total, "position": known,
    }  # fmt: skip
    return bool(await graph.run(BEAT, {"p": row}))


async def finish(graph: Graph, job: Claimed, summary: dict[str, Any] | None) -> bool:
    """Mark a job as done; False when it is not the holder's any more."""
    text = orjson.dumps(summary, option=orjson.OPT_SORT_KEYS).decode() if summary else None
    return await _end(graph, job, "DONE", None, text, None)


async def fail(graph: Graph, job: Claimed, code: str, again_in: timedelta | None) -> bool:
    """Mark a job as failed or, with a time, put it back into the queue."""
    due = moment(datetime.now(UTC) + again_in) if again_in is not None else None
    return await _end(graph, job, "QUEUED" if due else "FAILED", code, None, due)


async def cancel(graph: Graph, id_: str) -> bool:
    """Stop a job that waits or runs; its runner ends at its next sign of life."""
    return bool(await graph.run(CANCEL, {"p": {"id": id_, "now": moment(datetime.now(UTC))}}))


async def due(graph: Graph) -> list[str]:
    """Return ids of jobs that somebody should run, at most 100, the longest due first."""
    return (await graph.run(DUE, {"now": moment(datetime.now(UTC))}))[0][0]


async def _end(
    graph: Graph, job: Claimed, state: str, error: str | None, summary: str | None, due: str | None
) -> bool:
    row = {
        "id": job.id, "holder": job.holder, "state": state, "error": error, "summary": summary,
        "due": due, "now": moment(datetime.now(UTC)),
    }  # fmt: skip
    return bool(await graph.run(END, {"p": row}))


def all_statements() -> tuple[Statement, ...]:
    """Every statement of the queue."""
    return (ENQUEUE, CLAIM, BEAT, END, CANCEL, DUE)
