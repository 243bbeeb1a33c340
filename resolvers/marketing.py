"""Marketing: campaigns, segments, consents and scores."""

from datetime import date, datetime
from enum import Enum
from typing import Any

import strawberry

from graph import marketing as cypher
from graph import model
from graph.audiences import CUSTOMERS
from loaders.declare import Choice, Order, edge, edge_of, node, one, prop, value
from loaders.registry import Money, enum_type
from resolvers.keeping import REFERENCE
from resolvers.links import assignees, touches
from resolvers.nodes import Sourced
from resolvers.sorting import BY_NAME, CURRENT, LATEST_OPENED, NEWEST


@strawberry.enum(description="Which decisions about being contacted.")
class ConsentScope(Enum):
    """Which decisions about being contacted."""

    CURRENT = strawberry.enum_value(
        "CURRENT",
        description="The decision that counts for each purpose and channel: the latest, and of "
        "people who were merged the strictest.",
    )
    HISTORY = strawberry.enum_value("HISTORY", description="Every decision that was ever made.")


CONSENT_SCOPES = Choice(
    "scope",
    "Which decisions; default those that count.",
    {ConsentScope.CURRENT: cypher.CURRENT_CONSENTS, ConsentScope.HISTORY: cypher.CONSENTS},
)


@strawberry.enum(description="Whether a party may be contacted.")
class ContactAnswer(Enum):
    """Whether a party may be contacted."""

    YES = strawberry.enum_value("YES", description="It may.")
    NO = strawberry.enum_value("NO", description="It must not.")
    UNKNOWN = strawberry.enum_value("UNKNOWN", description="Nobody asked yet; ask first.")


@strawberry.enum(description="Why a party may or may not be contacted.")
class ContactReason(Enum):
    """Why a party may or may not be contacted; the first that applies counts."""

    ARCHIVED = strawberry.enum_value("ARCHIVED", description="The party is no longer in use.")
    OBJECTED = strawberry.enum_value(
        "OBJECTED", description="A privacy request against the use of its data was granted."
    )
    DO_NOT_CONTACT = strawberry.enum_value(
        "DO_NOT_CONTACT", description="Its preferred channel is NONE."
    )
    WITHDRAWN = strawberry.enum_value(
        "WITHDRAWN", description="The latest decision took the agreement back."
    )
    EXPIRED = strawberry.enum_value("EXPIRED", description="The agreement has run out.")
    NO_ADDRESS = strawberry.enum_value(
        "NO_ADDRESS", description="No address or number is known for the channel."
    )
    NEVER_ASKED = strawberry.enum_value("NEVER_ASKED", description="There is no decision.")
    LIMIT_REACHED = strawberry.enum_value(
        "LIMIT_REACHED", description="It had as many contacts in 30 days as it accepts."
    )
    GRANTED = strawberry.enum_value("GRANTED", description="The latest decision agreed.")


_PURPOSE = enum_type(model.marketing.CONSENT.name, model.marketing.CONSENT.properties["purpose"])
_CHANNEL = enum_type(model.marketing.CONSENT.name, model.marketing.CONSENT.properties["channel"])


@value
class ContactRule:
    """Whether a party may be contacted for one purpose over one channel."""

    purpose: str = strawberry.field(graphql_type=_PURPOSE, description="What for.")
    channel: str = strawberry.field(
        graphql_type=_CHANNEL, description="Over which channel; never ANY."
    )
    allowed: ContactAnswer = strawberry.field(description="Whether it may be contacted.")
    because: ContactReason = strawberry.field(description="The first reason that applies.")
    decided_at: datetime | None = strawberry.field(
        description="When the party last decided about it, UTC; null when it never did."
    )
    expires_at: datetime | None = strawberry.field(
        description="When that decision must be asked again, UTC; null when it does not expire."
    )


@edge_of(model.marketing.MEMBER_OF, "Customer")
class SegmentMember:
    """A party that belongs or belonged to a segment."""

    from_: datetime | None = prop("from")
    to: datetime | None = prop()
    reason: str | None = prop()


@node(model.marketing.CAMPAIGN, keep=REFERENCE)
class Campaign(Sourced):
    """A planned series of messages or events."""

    name: str = prop()
    channel: str | None = prop()
    status: str | None = prop()
    starts_on: date | None = prop()
    ends_on: date | None = prop()
    budget: Money | None = prop()
    goal: str | None = prop()
    segments: Any = edge(
        model.marketing.TARGETS.out, "Segment", "Segments it addresses, by name.", order=BY_NAME
    )
    targets: Any = edge(
        model.marketing.TARGETS.out,
        "Customer",
        "Parties it addresses one by one, by name.",
        order=BY_NAME,
    )
    responses: Any = edge(
        model.marketing.OF_CAMPAIGN.back,
        "Interaction",
        "Interactions that came from it, newest first.",
        order=NEWEST,
    )
    opportunities: Any = edge(
        model.marketing.OF_CAMPAIGN.back,
        "Opportunity",
        "Opportunities that came from it, latest opened first.",
        order=LATEST_OPENED,
    )
    territories: Any = edge(
        model.links.APPLIES_IN.out, "Territory", "Territories it runs in, by name.", order=BY_NAME
    )
    interactions: Any = touches()
    assignees: Any = assignees()


@node(model.marketing.SEGMENT, keep=REFERENCE)
class Segment(Sourced):
    """A set of parties with something in common."""

    name: str = prop()
    description: str | None = prop()
    definition: str | None = prop()
    dynamic: bool | None = prop()
    members: Any = edge(
        model.marketing.MEMBER_OF.back,
        "Customer",
        "Parties that belong or belonged to it, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=SegmentMember,
    )
    campaigns: Any = edge(
        model.marketing.TARGETS.back,
        "Campaign",
        "Campaigns that address it, by name.",
        order=BY_NAME,
    )


@node(model.marketing.CONSENT)
class Consent(Sourced):
    """One decision of a person about being contacted; never changed, only followed by the next."""

    purpose: str = prop(to=CUSTOMERS)
    channel: str = prop(to=CUSTOMERS)
    status: str = prop(to=CUSTOMERS)
    at: datetime = prop(to=CUSTOMERS)
    method: str | None = prop(to=CUSTOMERS)
    evidence: str | None = prop()
    expires_at: datetime | None = prop(to=CUSTOMERS)
    person: Any = one(model.marketing.GAVE.back, "Person", "Who decided.")
    covers: Any = edge(
        model.marketing.COVERS.out,
        "Identifier",
        "Addresses and numbers it speaks of, by value.",
        order=Order("NODE.value"),
        to=CUSTOMERS,
    )


@node(model.marketing.SCORE)
class Score(Sourced):
    """A figure computed about a party or an opportunity."""

    about: Any = one(
        model.marketing.HAS_SCORE.back, "Node", "The party or opportunity it is about."
    )
    kind: str = prop()
    value: float = prop()
    at: datetime = prop()
    model: str | None = prop()
    reasons: list[str] = prop()
