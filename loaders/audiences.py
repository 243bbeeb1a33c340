"""`@audience`: for whom something exists, as a directive on its definition.

A field of a type that stands for nodes, and a root field, exist for staff alone unless they say
otherwise. Everything else (pages, amounts, arguments, values of enums, members of inputs) exists
where what holds it does, unless it says otherwise. See `loaders/projection.py`.
"""

from enum import Enum
from typing import Any

import strawberry
from strawberry.schema_directive import Location

from graph.audiences import Audience


@strawberry.enum(name="Audience", description="The three kinds of people the API serves.")
class AudienceName(Enum):
    """The three kinds of people the API serves."""

    STAFF = strawberry.enum_value("STAFF", description="Our own people and services.")
    PARTNER = strawberry.enum_value("PARTNER", description="Users of a partner.")
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="Customers and their users.")


@strawberry.schema_directive(
    locations=[
        Location.OBJECT,
        Location.FIELD_DEFINITION,
        Location.ARGUMENT_DEFINITION,
        Location.ENUM_VALUE,
        Location.INPUT_FIELD_DEFINITION,
    ],
    name="audience",
    description="Whom it exists for. A type of node, and a field of one or of a root, without it "
    "exists for staff alone; everything else where what holds it does.",
)
class For:
    """Whom something exists for."""

    to: list[AudienceName]


STAFF_ALONE = For(to=[AudienceName.STAFF])
"""The directive of an argument or a value that does not exist for others, though its field does."""


def directives_of(to: tuple[Audience, ...], *, staff: bool = True) -> list[Any]:
    """The directives of what exists for staff (unless said otherwise) and these others."""
    if not to and staff:
        return []
    names = [AudienceName.STAFF] if staff else []
    others = [AudienceName[each.name] for each in Audience if each in to and each.name != "STAFF"]
    return [For(to=[*names, *others])]


def named_audiences(definition: Any) -> frozenset[Audience] | None:
    """The audiences that a definition of Strawberry's names; None when it names none."""
    for each in getattr(definition, "directives", None) or ():
        if isinstance(each, For):
            return frozenset(Audience[name.name] for name in each.to)
    return None


def told_to(definition: Any) -> frozenset[Audience]:
    """The audiences that a field of a node or a root exists for; `definition` is Strawberry's."""
    named = named_audiences(definition)
    return named if named is not None else frozenset({Audience.STAFF})
