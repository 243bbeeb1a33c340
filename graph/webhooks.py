"""Webhooks as they are read: who is told of what, and what has become of it."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from graph.changes import COLUMNS, Event, event
from graph.database import Graph
from graph.statements import Expression, Kind, Statement

ACTIVE = Statement(
    "webhooks.active",
    Kind.READ,
    """MATCH (w:Webhook) WHERE coalesce(w.active, true)
OPTIONAL MATCH (s:WebhookState {id: w.id})
RETURN collect([w.id, w.url, w.events, w.secret, w.selection, s.position, s.failingSince])""",
)

EVENT = Statement(
    "webhooks.event",
    Kind.READ,
    "MATCH (e:ChangeEvent {id: $id}) "
    "OPTIONAL MATCH (v:Version) WHERE v.entityId = e.entity AND v.validFrom > '' "
    "AND v.version = e.version - 1 WITH e, v LIMIT 1 "
    "RETURN " + COLUMNS + ", properties(v)",
)
"""An event, and the state of its node before it where that is known."""

LOG = Expression(
    "webhooks.log",
    "COLLECT { MATCH (delivery:Delivery {webhook: THIS.id}) WHERE delivery.seq IS NOT NULL "
    "WITH delivery ORDER BY delivery.seq DESC LIMIT 50 "
    "RETURN delivery { .id, .state, .attempts, .status, .error, .millis, .at, .sentAt } }",
)
"""The last 50 deliveries of a webhook, the newest change first."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that is switched on.

    Attributes:
        id: Its id.
        url: Where changes are sent.
        events: Names of actions or labels it wants; empty for everything.
        secret: What signs its messages; None until it has one.
        selection: GraphQL selection on the node that changed; None sends the change alone.
        position: Last event that was looked at; None before the first look.
        failing_since: Since when nobody answers, UTC; None while somebody does.
    """

    id: str
    url: str
    events: list[str]
    secret: str | None
    selection: str | None
    position: int | None
    failing_since: str | None

    def wants(self, one: Event) -> bool:
        """Whether it is told of an event: by its action, its label, or `label.action`."""
        names = {one.op, one.label, f"{one.label}.{one.op}"}
        return not self.events or any(each in names for each in self.events)


def new_secret() -> str:
    """Return a secret that signs the messages of a webhook, in the form of Standard Webhooks."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


async def active(graph: Graph) -> list[Webhook]:
    """Return every webhook that is switched on.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows: list[Any] = (await graph.run(ACTIVE))[0][0]
    return [
        Webhook(id_, url, events or [], secret, selection, position, failing_since)
        for id_, url, events, secret, selection, position, failing_since in rows
    ]


async def event_with_former(graph: Graph, id_: str) -> tuple[Event, dict[str, Any] | None] | None:
    """Return an event and the properties its node had before; None when the event is gone.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows = await graph.run(EVENT, {"id": id_})
    return (event(rows[0][0]), rows[0][1]) if rows else None


def all_statements() -> tuple[Statement, ...]:
    """Every statement that reads webhooks."""
    return (ACTIVE, EVENT)
