"""Deliveries to webhooks, in the graph: queued with the position, claimed, and what came of them.

They are machinery, like the outbox: no former states and no events, or every delivery would be a
change that has to be delivered. Switching a webhook off is a change, and goes through `write`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

from graph.database import Graph
from graph.model.machinery import WEBHOOK
from graph.statements import Kind, Statement
from graph.write.batch import Batch, NodeRow, Nodes, Writer
from graph.write.formats import moment
from graph.write.statements import KEEP_PLAN
from graph.write.unit import new_id
from graph.write.writing import write

CLAIM_MILLIS = 60_000
"""A worker that has not answered for so long has died: the delivery is sent again."""
KEPT_DAYS = 30


def _write(name: str, text: LiteralString) -> Statement:
    return Statement("deliveries." + name, Kind.WRITE, KEEP_PLAN + text)


BEGIN = _write(
    "begin",
    "MERGE (s:WebhookState {id: $p.id}) ON CREATE SET s.position = $p.position RETURN s.position",
)

QUEUE = _write(
    "queue",
    """MATCH (s:WebhookState {id: $p.id}) SET s._lock = 1 SET s._lock = null
WITH s WHERE s.position = $p.before SET s.position = $p.position
WITH s UNWIND $p.rows AS row
CREATE (d:Delivery {id: row[0], webhook: s.id, event: row[1], seq: row[2], state: 'QUEUED',
  attempts: 0, due: timestamp(), at: $p.now})
RETURN count(*)""",
)
"""Queue events `[id of the delivery, id of the event, seq]` and move the position, once."""

MOVE = _write(
    "move",
    """MATCH (s:WebhookState {id: $p.id}) SET s._lock = 1 SET s._lock = null
WITH s SET s.position = $p.position RETURN s.position""",
)

CLAIM = _write(
    "claim",
    """MATCH (d:Delivery) WHERE d.state = 'QUEUED' AND d.due <= timestamp()
WITH d ORDER BY d.due LIMIT $p.limit
SET d._lock = 1 SET d._lock = null
WITH d WHERE d.state = 'QUEUED' AND d.due <= timestamp()
SET d.due = timestamp() + $p.millis, d.attempts = d.attempts + 1
RETURN collect([d.id, d.webhook, d.event, d.seq, d.attempts])""",
)
"""Take what is due; what a dead worker has taken is due again after a while."""

SETTLE = _write(
    "settle",
    """MATCH (d:Delivery {id: $p.id}) SET d._lock = 1 SET d._lock = null
WITH d WHERE d.state = 'QUEUED' AND d.attempts = $p.attempt
SET d.state = $p.state, d.status = $p.status, d.error = $p.error, d.millis = $p.millis,
  d.sentAt = $p.now, d.due = CASE WHEN $p.again IS NULL THEN null ELSE timestamp() + $p.again END
WITH d OPTIONAL MATCH (s:WebhookState {id: d.webhook})
SET s.failingSince = CASE WHEN $p.error IS NULL THEN null ELSE coalesce(s.failingSince, $p.now) END
RETURN s.failingSince""",
)

GIVE_UP = _write(
    "give_up",
    "MATCH (d:Delivery) WHERE d.webhook = $p.id AND d.seq IS NOT NULL AND d.state = 'QUEUED' "
    "SET d.state = 'FAILED', d.due = null, d.error = 'DISABLED' RETURN count(*)",
)

CLEAN = _write(
    "clean",
    "MATCH (d:Delivery) WHERE d.state IN ['DELIVERED', 'FAILED'] AND d.at < $p.before "
    "WITH d LIMIT 1000 DELETE d RETURN count(*)",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook, taken by this worker."""

    id: str
    webhook: str
    event: str
    seq: int
    attempt: int


async def begin(graph: Graph, webhook: str, position: int) -> int:
    """Let a webhook begin after an event, unless it has begun; return its position."""
    return (await graph.run(BEGIN, {"p": {"id": webhook, "position": position}}))[0][0]


async def queue(
    graph: Graph, webhook: str, before: int, position: int, events: list[tuple[str, int]]
) -> None:
    """Queue events, given as id and number, and move the position; nothing when it was moved."""
    row = {
        "id": webhook, "before": before, "position": position, "now": moment(datetime.now(UTC)),
        "rows": [[new_id(), event, seq] for event, seq in events],
    }  # fmt: skip
    await graph.run(QUEUE, {"p": row})


async def replay(graph: Graph, webhook: str, seq: int) -> bool:
    """Send everything after an event again, with new ids; False for a webhook that never began."""
    return bool(await graph.run(MOVE, {"p": {"id": webhook, "position": seq}}))


async def claim(graph: Graph, limit: int) -> list[Delivery]:
    """Take deliveries that are due, the longest due first."""
    row = {"limit": limit, "millis": CLAIM_MILLIS}
    return [Delivery(*each) for each in (await graph.run(CLAIM, {"p": row}))[0][0]]


async def settle(
    graph: Graph,
    one: Delivery,
    *,
    status: int | None,
    error: str | None,
    millis: int,
    again: int | None,
) -> str | None:
    """Note what came of an attempt.

    Args:
        graph: The graph.
        one: What was sent.
        status: HTTP status of the answer; None without one.
        error: Why it failed; None when it was accepted.
        millis: How long it took.
        again: After how many milliseconds it is sent again; None for never.

    Returns:
        Since when this webhook has not answered, UTC; None while it does.
    """
    state = "DELIVERED" if error is None else "FAILED" if again is None else "QUEUED"
    row = {
        "id": one.id, "attempt": one.attempt, "state": state, "status": status, "error": error,
        "millis": millis, "again": again, "now": moment(datetime.now(UTC)),
    }  # fmt: skip
    rows = await graph.run(SETTLE, {"p": row})
    return rows[0][0] if rows else None


async def disable(graph: Graph, webhook: str) -> None:
    """Switch a webhook off, as a change like any other, and give up what it has not been told."""
    values = {"active": False, "disabledAt": moment(datetime.now(UTC))}
    batch = Batch([Nodes(WEBHOOK, [NodeRow((webhook,), values)])])
    await write(graph, batch, Writer("worker", op="webhookDisable"))
    await graph.run(GIVE_UP, {"p": {"id": webhook}})


async def clean(graph: Graph, before: datetime) -> int:
    """Delete the log before a time, at most 1,000 entries; return how many there were."""
    return (await graph.run(CLEAN, {"p": {"before": moment(before)}}))[0][0]


def all_statements() -> tuple[Statement, ...]:
    """Every statement of deliveries."""
    return (BEGIN, QUEUE, MOVE, CLAIM, SETTLE, GIVE_UP, CLEAN)
