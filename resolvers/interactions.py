"""Interactions: every touch with a party on any channel."""

from datetime import datetime
from typing import Any

from graph import interactions as cypher
from graph import model
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from loaders.declare import Order, edge, edge_of, interface, node, one, prop
from resolvers.keeping import BUSINESS
from resolvers.links import assignees, shared_with
from resolvers.nodes import Activity, OpenItem, Sourced
from resolvers.sorting import LATEST_MADE


@edge_of(model.interactions.PARTICIPATED_IN, "Participant")
class Participation:
    """A party or user who took part, and as what."""

    role: str | None = prop(to=EVERYONE)


@interface(model.interactions.INTERACTION)
class Interaction(Activity):
    """One touch with a party on any channel."""

    at: datetime = prop(to=EVERYONE)
    channel: str = prop(to=EVERYONE)
    direction: str | None = prop(to=EVERYONE)
    subject: str | None = prop(to=EVERYONE)
    body: str | None = prop(to=EVERYONE)
    language: str | None = prop(to=EVERYONE)
    sentiment: float | None = prop()
    duration_seconds: int | None = prop(to=EVERYONE)
    visibility: str | None = prop()
    thread: str | None = prop()
    addresses: list[str] = prop()
    participants: Any = edge(
        model.interactions.PARTICIPATED_IN.back,
        "Participant",
        "Parties and users who took part, one row a part, by name.",
        order=Order("NODE.name + ' ' + coalesce(EDGE.role, '')"),
        on=Participation,
        to=EVERYONE,
    )
    regarding: Any = edge(
        model.links.REGARDING.out,
        "Node",
        "Everything it was about, latest made first.",
        order=LATEST_MADE,
        to=EVERYONE,
    )
    previous: Any = one(
        model.interactions.NEXT_IN_THREAD.back,
        "Interaction",
        "What came before it in its conversation; null when it is the first.",
        to=EVERYONE,
    )
    next: Any = one(
        model.interactions.NEXT_IN_THREAD.out,
        "Interaction",
        "What came after it in its conversation; null when it is the last.",
        to=EVERYONE,
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


@node(model.interactions.EMAIL, keep=BUSINESS, to=EVERYONE)
class Email(Interaction, Sourced):
    """An e-mail."""

    message_id: str | None = prop()
    in_reply_to: str | None = prop()
    opened: bool | None = prop()
    bounced: bool | None = prop()


@node(model.interactions.CALL, keep=BUSINESS, to=EVERYONE)
class Call(Interaction, Sourced):
    """A telephone call."""

    outcome: str | None = prop()


@node(model.interactions.MEETING, keep=BUSINESS, to=EVERYONE)
class Meeting(Interaction, Sourced):
    """A meeting, on site or online."""

    ends_at: datetime | None = prop(to=EVERYONE)
    location: str | None = prop(to=EVERYONE)


@node(model.interactions.CHAT, keep=BUSINESS, to=EVERYONE)
class Chat(Interaction, Sourced):
    """A chat conversation."""

    platform: str | None = prop(to=EVERYONE)


@node(model.interactions.VISIT, keep=BUSINESS, to=EVERYONE)
class Visit(Interaction, Sourced):
    """A visit to a web page or portal."""

    url: str | None = prop(to=CUSTOMERS)
    referrer: str | None = prop()
    pages: int | None = prop(to=CUSTOMERS)


@node(model.interactions.POST, keep=BUSINESS, to=EVERYONE)
class Post(Interaction, Sourced):
    """A post on a social network."""

    platform: str | None = prop(to=EVERYONE)
    url: str | None = prop(to=EVERYONE)


@node(model.interactions.LETTER, keep=BUSINESS, to=EVERYONE)
class Letter(Interaction, Sourced):
    """A letter on paper."""

    tracking_number: str | None = prop(to=EVERYONE)


@node(model.interactions.NOTE, keep=BUSINESS, to=PARTNERS)
class Note(Interaction, Sourced):
    """A note among staff."""

    pinned: bool | None = prop()


@node(model.interactions.SURVEY, keep=BUSINESS, to=EVERYONE)
class Survey(Interaction, Sourced):
    """An answer to a satisfaction survey."""

    measure: str | None = prop(to=EVERYONE)
    score: int | None = prop(to=EVERYONE)


@node(model.interactions.TASK, keep=BUSINESS, to=PARTNERS)
class Task(Interaction, Sourced, OpenItem):
    """Something somebody has to do."""

    status: str | None = prop(to=PARTNERS)
    priority: str | None = prop(to=PARTNERS)
    due_at: datetime | None = prop(to=PARTNERS)
    remind_at: datetime | None = prop()
    completed_at: datetime | None = prop(to=PARTNERS)
