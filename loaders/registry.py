"""The GraphQL types that stand for nodes, and those made from them: connections, edges, enums."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, cast

import strawberry

from graph.audiences import Audience
from graph.model.kinds import Property
from loaders.sources import Kind


def moment(value: str) -> str:
    """A time as the graph stores it; raises ValueError for anything but ISO 8601 with an offset."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("A time needs an offset, such as Z.")
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: str) -> str:
    """A day as the graph stores it; raises ValueError for anything but ISO 8601."""
    return date.fromisoformat(value).isoformat()


def decimal(value: Any) -> Decimal:
    """A finite decimal number; raises ValueError for anything else."""
    try:
        # By way of text, since 0.1 as a float is not 0.1; `true` is no number then either.
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError("This is not a decimal number.")
    return found


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A point in time: ISO 8601 in UTC with milliseconds, 2026-11-22T10:00:00.000Z.",
    serialize=str,
    parse_value=moment,
)
DATE = strawberry.scalar(
    name="Date", description="A calendar day: ISO 8601, 2026-11-22.", serialize=str, parse_value=day
)
DECIMAL = strawberry.scalar(
    name="Decimal",
    description="An exact decimal number, written as a string so that no digit is lost.",
    serialize=str,
    parse_value=decimal,
)


@strawberry.type(description="An amount of money.")
class Money:
    """An amount of money: decimal in GraphQL, integer minor units in the graph."""

    amount: Decimal = strawberry.field(
        description="Amount in the currency's main unit, with all its decimal places."
    )
    currency: str = strawberry.field(description="ISO 4217 code of the currency.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="True when more follows this page.")
    has_previous_page: bool = strawberry.field(description="True when more precedes this page.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first row; null for an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last row; null for an empty page."
    )


class Registry:
    """Types by name, in the order of their declaration.

    Attributes:
        types: Classes of types that stand for nodes, interfaces and views included.
        kinds: Which nodes a type stands for.
        views: Which nodes a view shows.
        edges: Name and description of the edge type that a class declares.
        told: Which audiences a type exists for.
        about: For the members of inputs, and the values of enums, which fields they ask about.
        complete: Whether all types are declared.
    """

    def __init__(self) -> None:
        self.types: dict[str, Any] = {}
        self.kinds: dict[str, Kind] = {}
        self.views: dict[str, Kind] = {}
        self.edges: dict[type, tuple[str, str]] = {}
        self.told: dict[str, tuple[Audience, ...]] = {}
        self.about: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        self.complete = False

    def add(self, cls: Any, kind: Kind | None, to: tuple[Audience, ...] = ()) -> None:
        """Remember a type; `kind` is None for an interface over many labels."""
        name: str = cls.__strawberry_definition__.name
        self.types[name] = cls
        self.told[name] = (Audience.STAFF, *to)
        if kind is not None:
            self.kinds[name] = kind

    def add_view(self, cls: Any, kind: Kind) -> None:
        """Remember a type that shows a node to whom it belongs."""
        name: str = cls.__strawberry_definition__.name
        self.types[name] = cls
        self.told[name] = tuple(Audience)
        self.views[name] = kind

    def declare_edge(self, cls: type, target: str, description: str) -> None:
        """Remember a class whose annotations are the properties of an edge."""
        self.edges[cls] = (target, description)


REGISTRY = Registry()


@cache
def edge_type(target: str, declared: type | None) -> Any:
    """The edge type to a target: the plain one, or the one with the declared properties."""
    name = declared.__name__ if declared else target
    description = REGISTRY.edges[declared][1] if declared else f"One {target} of a list."
    body: dict[str, Any] = {
        "node": strawberry.field(description="The node at the far end."),
        "cursor": strawberry.field(description="Opaque position of this row in its list."),
    }
    annotations: dict[str, Any] = {"node": REGISTRY.types[target], "cursor": str}
    if declared is not None:
        annotations.update(declared.__annotations__)
        body.update((key, vars(declared)[key]) for key in declared.__annotations__)
    cls = type(f"{name}Edge", (), {**body, "__annotations__": annotations})
    return cast("Any", strawberry.type(cls, description=description))


def enum_type(owner: str, declared: Property) -> Any:
    """The GraphQL enum of a property with fixed values, named owner and property."""
    name = owner + declared.name[0].upper() + declared.name[1:]
    return _enum(name, declared.description, declared.values, declared.meanings)


@cache
def _enum(name: str, description: str, values: tuple[str, ...], meanings: tuple[str, ...]) -> Any:
    members = Enum(name, {each: each for each in values})
    made: Any = cast("Any", strawberry).enum(members, name=name, description=description)
    for each, meaning in zip(made.__strawberry_definition__.values, meanings, strict=True):
        each.description = meaning
    return made
