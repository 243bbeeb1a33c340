"""The timeline of a party: its reach, its filters, and the figures drawn from it."""

from datetime import datetime
from enum import Enum

import strawberry

from graph import parties as cypher
from graph.audiences import PARTNERS
from graph.model.interactions import INTERACTION
from loaders.audiences import STAFF_ALONE, directives_of
from loaders.declare import Choice, Where, value
from loaders.registry import Money, enum_type


@strawberry.enum(description="How far a timeline reaches.")
class TimelineScope(Enum):
    """How far a timeline reaches."""

    PARTY = strawberry.enum_value("PARTY", description="The party itself.")
    HIERARCHY = strawberry.enum_value(
        "HIERARCHY",
        description="Also its subsidiaries at every level, and the people of all of them for as "
        "long as they belonged there.",
        directives=[STAFF_ALONE],
    )


@strawberry.enum(description="A kind of interaction or document.")
class ActivityType(Enum):
    """A kind of interaction or document."""

    EMAIL = strawberry.enum_value("EMAIL", description="Messages by e-mail.")
    CALL = strawberry.enum_value("CALL", description="Telephone calls.")
    MEETING = strawberry.enum_value("MEETING", description="Meetings, on site or online.")
    CHAT = strawberry.enum_value("CHAT", description="Chat conversations.")
    VISIT = strawberry.enum_value("VISIT", description="Visits to a web page or portal.")
    POST = strawberry.enum_value("POST", description="Posts on social networks.")
    LETTER = strawberry.enum_value("LETTER", description="Letters on paper.")
    NOTE = strawberry.enum_value(
        "NOTE", description="Notes among staff.", directives=directives_of(PARTNERS)
    )
    SURVEY = strawberry.enum_value("SURVEY", description="Answers to satisfaction surveys.")
    TASK = strawberry.enum_value(
        "TASK", description="Tasks with a due date.", directives=directives_of(PARTNERS)
    )
    QUOTE = strawberry.enum_value("QUOTE", description="Offers with prices.")
    ORDER = strawberry.enum_value("ORDER", description="Confirmed purchases.")
    INVOICE = strawberry.enum_value("INVOICE", description="Demands for payment.")
    CREDIT_NOTE = strawberry.enum_value("CREDIT_NOTE", description="Money given back.")
    CONTRACT = strawberry.enum_value("CONTRACT", description="Lasting agreements.")


_CHANNEL = enum_type(INTERACTION.name, INTERACTION.properties["channel"])

SCOPES = Choice(
    "scope",
    "How far the timeline reaches; default the party itself.",
    {TimelineScope.PARTY: cypher.TIMELINE, TimelineScope.HIERARCHY: cypher.TIMELINE_OF_HIERARCHY},
)
CHANNELS = Where(
    "channels",
    list[_CHANNEL] | None,
    "Only interactions on these channels; documents have none and are left out.",
    "NODE:Interaction AND NODE.channel IN VALUE",
)
TYPES = Where(
    "types",
    list[ActivityType] | None,
    "Only these kinds of interaction and document.",
    """any(label IN labels(NODE) WHERE {
      Email: 'EMAIL', Call: 'CALL', Meeting: 'MEETING', Chat: 'CHAT', Visit: 'VISIT',
      Post: 'POST', Letter: 'LETTER', Note: 'NOTE', Survey: 'SURVEY', Task: 'TASK',
      Quote: 'QUOTE', Order: 'ORDER', Invoice: 'INVOICE', CreditNote: 'CREDIT_NOTE',
      Contract: 'CONTRACT'
    }[label] IN VALUE)""",
)
SINCE = Where("since", datetime | None, "Only from this moment on, UTC.", "NODE.at >= VALUE")
UNTIL = Where("until", datetime | None, "Only before this moment, UTC.", "NODE.at < VALUE")


@value
class OrderStats:
    """What a party ordered in one currency, cancelled orders left out."""

    orders: int = strawberry.field(description="Number of orders.")
    total: Money = strawberry.field(description="Sum of the orders' totals, tax included.")
    credited: Money = strawberry.field(description="Sum of the credit notes' totals.")
    average: Money | None = strawberry.field(
        description="Total of an order on average, rounded down; null without orders."
    )
    first_at: datetime | None = strawberry.field(description="When the first was placed, UTC.")
    last_at: datetime | None = strawberry.field(description="When the last was placed, UTC.")


@value
class InteractionStats:
    """How often and in what mood a party was in touch over one channel."""

    channel: str = strawberry.field(graphql_type=_CHANNEL, description="The channel.")
    interactions: int = strawberry.field(description="Number of interactions.")
    inbound: int = strawberry.field(description="How many came from the customer.")
    outbound: int = strawberry.field(description="How many came from us.")
    sentiment: float | None = strawberry.field(
        description="Average mood of the customer, from -1 to 1; null when never measured."
    )
    first_at: datetime = strawberry.field(description="When the first took place, UTC.")
    last_at: datetime = strawberry.field(description="When the last took place, UTC.")
