"""Interactions: every touch with a party on any channel."""

from datetime import datetime
from typing import Any

from graph import interactions as cypher
from graph import model
from loaders.declare import Order, edge, edge_of, interface, node, one, prop
from resolvers.keeping import BUSINESS
from resolvers.links import assignees, shared_with
from resolvers.nodes import Activity, OpenItem, Sourced
from resolvers.sorting import LATEST_CHANGED


@edge_of(model.interactions.PARTICIPATED_IN, "Participant")
class Participation:
    """A party or user who took part, and as what."""

    role: str | None = prop()


@interface(model.interactions.INTERACTION)
class Interaction(Activity):
    """One touch with a party on any channel."""

    at: datetime = prop()
    channel: str = prop()
    direction: str | None = prop()
    subject: str | None = prop()
    body: str | None = prop()
    language: str | None = prop()
    sentiment: float | None = prop()
    duration_seconds: int | None = prop()
    visibility: str | None = prop()
    thread: str | None = prop()
    addresses: list[str] = prop()
    participants: Any = edge(
        model.interactions.PARTICIPATED_IN.back,
        "Participant",
        "Parties and users who took part, one row a part, by name.",
        order=Order("NODE.name + ' ' + coalesce(EDGE.role, '')"),
        on=Participation,
    )
    regarding: Any = edge(
        model.links.REGARDING.out,
        "Node",
        "Everything it was about, latest changed first.",
        order=LATEST_CHANGED,
    )
    previous: Any = one(
        model.interactions.NEXT_IN_THREAD.back,
        "Interaction",
        "What came before it in its conversation; null when it is the first.",
    )
    next: Any = one(
        model.interactions.NEXT_IN_THREAD.out,
        "Interaction",
        "What came after it in its conversation; null when it is the last.",
    )
    conversation: Any = edge(
        cypher.CONVERSATION,
        "Interaction",
        "The whole conversation, itself included, in its order, up to 100 steps away.",
        order=Order("NODE.at"),
    )
    campaign: Any = one(
        model.marketing.OF_CAMPAIGN.out,
        "Campaign",
        "The campaign it came from; null when from none.",
    )
    assignees: Any = assignees()
    shared_with: Any = shared_with()


@node(model.interactions.EMAIL, keep=BUSINESS)
class Email(Interaction, Sourced):
    """An e-mail."""

    message_id: str | None = prop()
    in_reply_to: str | None = prop()
    opened: bool | None = prop()
    bounced: bool | None = prop()


@node(model.interactions.CALL, keep=BUSINESS)
class Call(Interaction, Sourced):
    """A telephone call."""

    outcome: str | None = prop()


@node(model.interactions.MEETING, keep=BUSINESS)
class Meeting(Interaction, Sourced):
    """A meeting, on site or online."""

    ends_at: datetime | None = prop()
    location: str | None = prop()


@node(model.interactions.CHAT, keep=BUSINESS)
class Chat(Interaction, Sourced):
    """A chat conversation."""

    platform: str | None = prop()


@node(model.interactions.VISIT, keep=BUSINESS)
class Visit(Interaction, Sourced):
    """A visit to a web page or portal."""

    url: str | None = prop()
    referrer: str | None = prop()
    pages: int | None = prop()


@node(model.interactions.POST, keep=BUSINESS)
class Post(Interaction, Sourced):
    """A post on a social network."""

    platform: str | None = prop()
    url: str | None = prop()


@node(model.interactions.LETTER, keep=BUSINESS)
class Letter(Interaction, Sourced):
    """A letter on paper."""

    tracking_number: str | None = prop()


@node(model.interactions.NOTE, keep=BUSINESS)
class Note(Interaction, Sourced):
    """A note among staff."""

    pinned: bool | None = prop()


@node(model.interactions.SURVEY, keep=BUSINESS)
class Survey(Interaction, Sourced):
    """An answer to a satisfaction survey."""

    measure: str | None = prop()
    score: int | None = prop()


@node(model.interactions.TASK, keep=BUSINESS)
class Task(Interaction, Sourced, OpenItem):
    """Something somebody has to do."""

    status: str | None = prop()
    priority: str | None = prop()
    due_at: datetime | None = prop()
    remind_at: datetime | None = prop()
    completed_at: datetime | None = prop()
