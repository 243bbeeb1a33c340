"""Machinery that people read: rules, webhooks, custom fields, legal holds and jobs."""

from datetime import datetime
from typing import Any

import strawberry

from graph import model, webhooks
from loaders.declare import edge, node, prop, value, values
from resolvers.nodes import Node, Sourced
from resolvers.sorting import BY_NAME


@node(model.machinery.RULE)
class Rule(Sourced):
    """When something happens and a condition holds, do something."""

    name: str = prop()
    event: str | None = prop()
    condition: str | None = prop()
    action: str | None = prop()
    active: bool | None = prop()
    delay_hours: float | None = prop()


@value
class Delivery:
    """One change on its way to a webhook."""

    id: strawberry.ID = strawberry.field(
        description="Id of the message, the same for every attempt (`webhook-id`)."
    )
    state: str = strawberry.field(
        description="QUEUED while it waits for an attempt, then DELIVERED or FAILED."
    )
    attempts: int = strawberry.field(description="How often it was sent.")
    status: int | None = strawberry.field(
        description="HTTP status of the last answer; null without an answer."
    )
    error: str | None = strawberry.field(
        description="Code of why the last attempt failed; null when it did not."
    )
    millis: int | None = strawberry.field(
        description="How long the last attempt took, in milliseconds; null before the first."
    )
    at: datetime = strawberry.field(description="When it was queued, UTC.")
    sent_at: datetime | None = strawberry.field(
        description="When it was sent last, UTC; null before the first attempt."
    )


@node(model.machinery.WEBHOOK)
class Webhook(Sourced):
    """An address that is told of changes."""

    url: str = prop()
    events: list[str] = prop()
    selection: str | None = prop()
    active: bool | None = prop()
    disabled_at: datetime | None = prop()
    deliveries: list[Delivery] = values(
        webhooks.LOG,
        "What became of the last 50 changes that it was told of, the newest first.",
        many=True,
    )


@node(model.machinery.FIELD_DEF)
class FieldDef(Node):
    """A custom field of the nodes of one label."""

    name: str = prop()
    label: str = prop()
    title: str | None = prop()
    type: str = prop()
    purpose: str | None = prop()
    retention: str | None = prop()
    retired_at: datetime | None = prop()


@node(model.machinery.LEGAL_HOLD)
class LegalHold(Node):
    """A reason why data of a party must not be erased."""

    reason: str = prop()
    from_: datetime | None = prop("from")
    to: datetime | None = prop()
    customers: Any = edge(
        model.machinery.HELD_BY.back, "Customer", "Parties it protects, by name.", order=BY_NAME
    )


@node(model.machinery.JOB)
class Job(Node):
    """A long piece of work and how far it has come."""

    kind: str = prop()
    key: str | None = prop()
    state: str = prop()
    done: int | None = prop()
    total: int | None = prop()
    position: str | None = prop()
    summary: str | None = prop()
    started_at: datetime | None = prop()
    ended_at: datetime | None = prop()
    due_at: datetime | None = prop()
    error: str | None = prop()
