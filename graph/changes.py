"""Changes as they are read: events in the order of the chain, a page at a time."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, LiteralString

import orjson

from graph.access import Rules, expanded
from graph.database import Graph, Row
from graph.statements import CYPHER_25, Kind, Statement

MAX_EVENTS = 1_000
"""Most events that one read returns."""

COLUMNS: LiteralString = (
    "[e.id, e.actor, e.op, e.entity, e.label, e.fields, e.version, e.at, e.parties, e.prev, "
    "e.digest, e.seq]"
)
"""One event as a row, in the order of `Event`."""


@dataclass(slots=True)
class Event:
    """One change of one node: who, what, when; ids and names of properties, never values.

    Attributes:
        id: UUID of the event.
        actor: Who made the change.
        op: Name of the business action.
        entity: Id of the node.
        label: Its label.
        fields: Properties and relationship types that changed.
        version: Version of the node afterwards.
        at: When, UTC.
        parties: Ids of the parties concerned.
        prev: Digest of the node's previous event; None for its first.
        digest: Digest of salt and patch.
        seq: Number in the chain; 0 until it has one.
    """

    id: str
    actor: str | None
    op: str | None
    entity: str
    label: str | None
    fields: list[str]
    version: int | None
    at: str | None
    parties: list[str]
    prev: str | None
    digest: str | None
    seq: int = 0


def event(row: Row) -> Event:
    """Return the event of a row of `COLUMNS`."""
    made = Event(*row)
    made.fields, made.parties, made.seq = made.fields or [], made.parties or [], made.seq or 0
    return made


def chained(before: str, one: Event) -> str:
    """Return the chain value of an event: SHA-256 of the value before it and of what it says.

    What may be erased, patch and salt, is in it by the digest only, so the chain outlives them.
    """
    said = [
        one.seq, one.id, one.entity, one.version, one.prev, one.digest, one.at, one.actor, one.op,
        one.fields,
    ]  # fmt: skip
    return sha256(before.encode() + orjson.dumps(said)).hexdigest()


def _read(name: str, text: LiteralString) -> Statement:
    ordered: LiteralString = " WITH e ORDER BY e.seq LIMIT $limit RETURN collect(" + COLUMNS + ")"
    return Statement(name, Kind.READ, text + ordered)


SINCE = _read("changes.since", "MATCH (e:ChangeEvent) WHERE e.seq > $since")
"""Events after a number."""

OF_LABELS = _read(
    "changes.of_labels",
    "MATCH (e:ChangeEvent) WHERE e.seq > $since AND e.label IN $labels",
)
"""Events after a number, of nodes of some labels."""

OF_ENTITY = _read(
    "changes.of_entity",
    "MATCH (e:ChangeEvent) WHERE e.entity = $entity AND e.id IS NOT NULL AND e.seq > $since "
    "AND ($labels IS NULL OR e.label IN $labels)",
)
"""Events of one node after a number."""

END = Statement("changes.end", Kind.READ, "MATCH (r:Relay {name: 'outbox'}) RETURN r.seq, r.chain")
"""Number and chain value of the last event."""


async def since(
    graph: Graph,
    number: int,
    limit: int,
    *,
    labels: list[str] | None = None,
    entity: str | None = None,
) -> list[Event]:
    """Return the next events of the chain, in its order.

    Args:
        graph: The graph.
        number: The last event that is known; 0 for none.
        limit: Most events to return, up to `MAX_EVENTS`.
        labels: Only of nodes of these concrete labels; None for all.
        entity: Only of the node of this id; None for all.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    statement = SINCE
    if entity is not None:
        statement = OF_ENTITY
    elif labels is not None:
        statement = OF_LABELS
    parameters: dict[str, Any] = {
        "since": number,
        "limit": min(limit, MAX_EVENTS),
        "labels": labels,
        "entity": entity,
    }
    rows = await graph.run(statement, parameters)
    return [event(each) for each in rows[0][0]]


async def end(graph: Graph) -> tuple[int, str]:
    """Return number and chain value of the last event; 0 and nothing before the first.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows = await graph.run(END)
    return (rows[0][0], rows[0][1] or "") if rows else (0, "")


def all_statements() -> tuple[Statement, ...]:
    """Every statement that reads changes."""
    return (SINCE, OF_LABELS, OF_ENTITY, END)


@cache
def told_in_full(rules: Rules) -> Statement:
    """The statement that names those of the parties `$ids` of which the viewer is told everything.

    Its one row holds a list of their ids; there is none for a viewer whom the graph does not know.
    """
    text: LiteralString = (
        "UNWIND $ids AS id MATCH (n:Party {id: id}) WHERE FULL_Party(n) RETURN collect(n.id)"
    )
    begin = rules.begin("$issuer", "$subject")
    return Statement(
        "changes.told_in_full", Kind.READ, CYPHER_25 + begin + " " + expanded(text, rules)
    )
