"""What entities have in common: an id, an origin, a place in a timeline, a part in a conversation.

The interfaces that cross domains stand here, so that no domain file has to import another.
"""

from datetime import date, datetime

import strawberry

from graph import parties as cypher
from graph.audiences import EVERYONE
from loaders.audiences import directives_of
from loaders.custom import FIELDS, CustomField
from loaders.declare import computed, interface, own_id, prop, values


@interface(None)
class Node:
    """Anything that has an identity of its own."""

    id: strawberry.ID = own_id(to=EVERYONE)
    version: int = prop()
    created_at: datetime | None = prop()
    changed_at: datetime = prop()
    custom_fields: list[CustomField] = values(
        FIELDS, "Custom fields that have a value, by name.", many=True
    )


@interface(None)
class Sourced(Node):
    """Anything that may have come from another system."""

    source: str | None = prop()
    external_id: str | None = prop()


@interface(None)
class Activity(Node):
    """Something that happened with a party: an interaction or a document."""

    at: datetime = strawberry.field(
        description="When it happened, UTC.", directives=directives_of(EVERYONE)
    )


@interface(None)
class Participant(Node):
    """Whoever can take part in an interaction or ask for something: a party or a user."""

    name: str = strawberry.field(
        description="Name as it is shown.", directives=directives_of(EVERYONE)
    )


@interface(None)
class Actor(Node):
    """Whoever can be in charge of something or be given access to it: a user, team or partner."""

    name: str = strawberry.field(
        description="Name as it is shown.", directives=directives_of(EVERYONE)
    )


@interface(None)
class OpenItem(Node):
    """Something that waits for somebody: an opportunity, a quote, an invoice, a case or a task."""

    headline: str | None = computed(
        cypher.HEADLINE, "What it is in a line: its name, its subject or its number.", to=EVERYONE
    )
    open_since: datetime | None = computed(
        cypher.OPEN_SINCE, "Since when it has been open, UTC.", to=EVERYONE
    )
    due_on: date | None = computed(
        cypher.DUE_ON, "Day by which something should happen; null when none is set.", to=EVERYONE
    )
