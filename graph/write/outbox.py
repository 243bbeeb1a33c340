"""The end of the outbox: events get their number and their place in the chain, by one worker.

A writer leaves its events as `:Outbox`. The worker whose turn it is numbers them, as `:Numbered`,
in one commit that also moves the end of the chain, which it locks: a worker that has lost its turn
without knowing can number nothing. Once they are announced, `:Numbered` goes.
"""

from dataclasses import dataclass
from typing import Any

from graph.changes import COLUMNS, Event, chained, event
from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

TURN = Statement(
    "outbox.turn",
    Kind.WRITE,
    KEEP_PLAN
    + """MERGE (r:Relay {name: 'outbox'}) ON CREATE SET r.seq = 0
SET r._lock = 1 SET r._lock = null
WITH r WHERE r.holder IS NULL OR r.holder = $p.holder OR r.until < timestamp()
SET r.holder = $p.holder, r.until = timestamp() + $p.millis
RETURN r.seq, r.chain""",
)
"""Take or keep the turn; no row while it is another's."""

LEAVE = Statement(
    "outbox.leave",
    Kind.WRITE,
    "MATCH (r:Relay {name: 'outbox'}) SET r._lock = 1 SET r._lock = null "
    "WITH r WHERE r.holder = $p.holder SET r.holder = null, r.until = null",
)

WAITING = Statement(
    "outbox.waiting",
    Kind.READ,
    "MATCH (e:Outbox) WITH e LIMIT $limit RETURN collect(" + COLUMNS + ")",
)

BEFORE = Statement(
    "outbox.before",
    Kind.READ,
    "UNWIND $p.rows AS row MATCH (e:ChangeEvent {entity: row[0]}) "
    "WHERE e.id IS NOT NULL AND e.digest = row[1] AND e:Outbox RETURN collect(" + COLUMNS + ")",
)
"""Events that must be numbered first: rows are entity and digest."""

NUMBER = Statement(
    "outbox.number",
    Kind.WRITE,
    KEEP_PLAN
    + """MATCH (r:Relay {name: 'outbox'}) SET r._lock = 1 SET r._lock = null
WITH r WHERE r.holder = $p.holder AND r.seq = $p.seq
WITH r, COLLECT {
  UNWIND $p.rows AS row
  MATCH (e:ChangeEvent {id: row[0]}) USING INDEX e:ChangeEvent(id) WHERE e:Outbox RETURN [e, row]
} AS found
WHERE size(found) = size($p.rows)
SET r.seq = $p.last, r.chain = $p.chain, r.until = timestamp() + $p.millis
WITH found UNWIND found AS pair
WITH pair[0] AS e, pair[1] AS row
SET e.seq = row[1], e.chain = row[2], e:Numbered REMOVE e:Outbox
RETURN count(*)""",
)
"""Number rows `[id, seq, chain]`: all of them or, when the turn or an event is gone, none."""

NUMBERED = Statement(
    "outbox.numbered",
    Kind.READ,
    "MATCH (e:Numbered) WITH e ORDER BY e.seq LIMIT $limit RETURN collect(" + COLUMNS + ")",
)

ANNOUNCED = Statement(
    "outbox.announced",
    Kind.WRITE,
    "MATCH (e:Numbered) WHERE e.seq <= $p.seq REMOVE e:Numbered RETURN count(*)",
)


@dataclass(slots=True)
class Turn:
    """The right to number events, and where the chain ends."""

    holder: str
    millis: int
    seq: int
    chain: str


async def take_turn(graph: Graph, holder: str, millis: int) -> Turn | None:
    """Take the turn, or make it last `millis` more; None while another worker has it.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows = await graph.run(TURN, {"p": {"holder": holder, "millis": millis}})
    return Turn(holder, millis, rows[0][0], rows[0][1] or "") if rows else None


async def leave(graph: Graph, turn: Turn) -> None:
    """Let another worker have the turn at once."""
    await graph.run(LEAVE, {"p": {"holder": turn.holder}})


async def waiting(graph: Graph, limit: int) -> list[Event]:
    """Return events without a number, in no order."""
    return [event(each) for each in (await graph.run(WAITING, {"limit": limit}))[0][0]]


async def before(graph: Graph, pairs: list[tuple[str, str]]) -> list[Event]:
    """Return those events without a number that are named by entity and digest."""
    if not pairs:
        return []
    rows: Any = [list(each) for each in pairs]
    return [event(each) for each in (await graph.run(BEFORE, {"p": {"rows": rows}}))[0][0]]


async def number(graph: Graph, turn: Turn, events: list[Event]) -> bool:
    """Number events in this order, and move the turn's end of the chain.

    Returns:
        False when nothing was done: the turn is another's, or an event was numbered meanwhile.

    Raises:
        GraphError: it may have been done or not; `take_turn` tells.
    """
    seq, chain, rows = turn.seq, turn.chain, list[Any]()
    for each in events:
        seq += 1
        each.seq = seq
        chain = chained(chain, each)
        rows.append([each.id, seq, chain])
    parameters = {
        "holder": turn.holder, "millis": turn.millis, "seq": turn.seq,
        "rows": rows, "last": seq, "chain": chain,
    }  # fmt: skip
    found = await graph.run(NUMBER, {"p": parameters})
    if not found or found[0][0] != len(rows):
        return False
    turn.seq, turn.chain = seq, chain
    return True


async def numbered(graph: Graph, limit: int) -> list[Event]:
    """Return events that have a number and were not announced, the lowest number first."""
    return [event(each) for each in (await graph.run(NUMBERED, {"limit": limit}))[0][0]]


async def announced(graph: Graph, seq: int) -> None:
    """Note that all events up to this number are announced."""
    await graph.run(ANNOUNCED, {"p": {"seq": seq}})


def all_statements() -> tuple[Statement, ...]:
    """Every statement of the outbox."""
    return (TURN, LEAVE, WAITING, BEFORE, NUMBER, NUMBERED, ANNOUNCED)
