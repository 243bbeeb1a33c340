"""Input types of filters and orders, made from the declarations of the types they ask about.

They are made when the schema is, never before: a type's members are only known when all types are
declared. Their fields are known by name, their own types on demand, since filters refer to each
other in circles.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import FieldType, StrawberryField

from loaders.custom import OPERANDS
from loaders.facets import facet_about, facet_fields
from loaders.members import (
    TOTALS,
    Column,
    Member,
    Operand,
    ToMany,
    ToOne,
    base_name,
    edge_of,
    members_of,
    members_of_edge,
    possible_types,
    target_of,
    total_columns,
)
from loaders.operators import COMPARISONS, Comparison, Takes
from loaders.registry import REGISTRY, edge_type
from loaders.sorting import sort_fields

_SCALARS: dict[Operand, Any] = {
    Operand.STRING: str,
    Operand.INT: int,
    Operand.FLOAT: float,
    Operand.BOOLEAN: bool,
    Operand.DATE_TIME: datetime,
    Operand.DATE: date,
    Operand.MONEY: Decimal,
    Operand.STRINGS: str,
    Operand.ID: strawberry.ID,
}
_NOUNS: dict[Operand, str] = {
    Operand.STRING: "a text",
    Operand.INT: "a whole number",
    Operand.FLOAT: "a number",
    Operand.BOOLEAN: "a yes or no",
    Operand.DATE_TIME: "a point in time",
    Operand.DATE: "a day",
    Operand.MONEY: "an amount of money",
    Operand.STRINGS: "a list of texts",
    Operand.ID: "an id; ids of other types are equal to none",
}


class InputField(StrawberryField):
    """A field of an input type, whose own type is made on demand."""

    def __init__(self, name: str, description: str, make: Callable[[], Any]) -> None:
        # A trailing underscore, since `in`, `not` and `from` are no names in Python.
        cast("Any", super()).__init__(
            name + "_", name, description=description, default=strawberry.UNSET
        )
        self._make = make
        self._made: FieldType | None = None

    def resolve_type(self, *, type_definition: Any = None) -> FieldType:  # noqa: ARG002
        """The field's type."""
        if self._made is None:
            self._made = cast("FieldType", StrawberryAnnotation(self._make()).resolve())
        return self._made


def input_type(name: str, description: str, members: list[InputField]) -> Any:
    """An input type with these fields."""
    made: Any = strawberry.input(type(name, (), {}), name=name, description=description)
    # Set afterwards: a dataclass with hundreds of fields is slow to make, and nobody makes one.
    made.__strawberry_definition__.fields = members
    return made


def filter_argument(target: str) -> Any:
    """The type of a list's `filter` argument."""
    return filter_input(target) | None


def order_argument(target: str, on: type | None) -> Any:
    """The type of a list's `orderBy` argument."""
    return list[order_input(edge_type(target, on))] | None


@cache
def filter_input(name: str) -> Any:
    """The filter of a type: all that is given must hold."""
    members = [*_combinations(lambda: filter_input(name)), *_asked(members_of(name))]
    _about(name + "Filter", {each: ((name, each),) for each in members_of(name)})
    possible = possible_types(name)
    if possible != [name]:
        members += [
            InputField(
                "as" + each,
                f"Is of type {each}, and all of this holds; {{}} asks for the type alone.",
                lambda each=each: filter_input(each) | None,
            )
            for each in possible
        ]
    exist = {"as" + each: ((each, "id"),) for each in possible if possible != [name]}
    _about(name + "Filter", {**exist, "custom": (("Node", "customFields"),)})
    members.append(
        InputField(
            "custom", "What its custom fields must be.", lambda: list[custom_filter_input()] | None
        )
    )
    return input_type(
        name + "Filter", f"Which {name} is meant: all that is given must hold.", members
    )


@cache
def custom_filter_input() -> Any:
    """The filter by one custom field."""
    members = [InputField("name", "Name of the field, as its definition says.", lambda: str)]
    members += [
        InputField(
            name,
            f"Holds for {_NOUNS[operand]}; of a field of another type nothing does.",
            lambda operand=operand: comparison_input(operand, None) | None,
        )
        for name, operand in OPERANDS.items()
    ]
    description = "What a custom field must be: all that is given must hold."
    return input_type("CustomFieldFilter", description, members)


@cache
def edge_filter_input(edge: Any) -> Any:
    """The filter of an edge: its own properties and its node."""
    target = target_of(edge)
    members = [
        *_combinations(lambda: edge_filter_input(edge)),
        *_asked(members_of_edge(edge)),
        InputField("node", "The node at the far end.", lambda: filter_input(target) | None),
    ]
    name = base_name(edge)
    own = {each: ((edge.__name__, each),) for each in members_of_edge(edge)}
    _about(name + "EdgeFilter", own)
    description = f"Which row of a list of {name} rows is meant: all that is given must hold."
    return input_type(name + "EdgeFilter", description, members)


@cache
def list_filter_input(edge: Any) -> Any:
    """The filter by a list: what holds for some, none or all of its rows, or for their number."""

    def rows() -> Any:
        return edge_filter_input(edge) | None

    members = [
        InputField("where", "Narrows the rows that everything else here is about.", rows),
        InputField("some", "Holds for at least one row.", rows),
        InputField("none", "Holds for no row.", rows),
        InputField("every", "Holds for every row; where there is no row, it does.", rows),
        InputField(
            "count", "The number of rows.", lambda: comparison_input(Operand.INT, None) | None
        ),
    ]
    if total_columns(edge):
        members += [
            InputField(name, description, lambda: totals_input(edge) | None)
            for name, description in TOTALS.items()
        ]
    name = base_name(edge)
    return input_type(
        name + "ListFilter",
        f"What must hold for a list of {name} rows: all that is given.",
        members,
    )


@cache
def totals_input(edge: Any) -> Any:
    """Comparisons of a number made of many: by column."""
    members = [
        InputField(
            name,
            column.description,
            lambda column=column: (
                comparison_input(
                    Operand.MONEY if column.operand is Operand.MONEY else Operand.FLOAT, None
                )
                | None
            ),
        )
        for name, (column, _) in total_columns(edge).items()
    ]
    name = base_name(edge)
    _about(name + "Totals", {key: of.about for key, (of, _) in total_columns(edge).items()})
    description = f"Of which number of a list of {name} rows, and how it compares."
    return input_type(name + "Totals", description, members)


def _about(type_: str, members: dict[str, tuple[tuple[str, str], ...]]) -> None:
    """Remember which fields the members of an input, or the values of an enum, ask about."""
    REGISTRY.about.update({(type_, key): each for key, each in members.items()})


def _combinations(own: Callable[[], Any]) -> list[InputField]:
    return [
        InputField("and", "All of these hold; of none, they do.", lambda: list[own()] | None),
        InputField("or", "One of these holds; of none, none does.", lambda: list[own()] | None),
        InputField("not", "This does not hold; what is unknown does not.", lambda: own() | None),
    ]  # fmt: skip


def _asked(members: dict[str, Member]) -> list[InputField]:
    return [_asked_member(name, member) for name, member in members.items()]


def _asked_member(name: str, member: Member) -> InputField:
    match member:
        case Column(_, operand, description, enum):
            return InputField(name, description, lambda: comparison_input(operand, enum) | None)
        case ToOne(source, description):
            text = f"{description} {{}} asks that there is one."
            return InputField(name, text, lambda: filter_input(source.target) | None)
        case ToMany(source, description):
            return InputField(name, description, lambda: list_filter_input(edge_of(source)) | None)


@cache
def comparison_input(operand: Operand, enum: Any) -> Any:
    """The comparisons of one kind of value."""
    if enum is None:
        name, noun, scalar = operand.value, _NOUNS[operand], _SCALARS[operand]
    else:
        name: str = enum.__strawberry_definition__.name
        noun, scalar = f"a {name}", enum
    members = [_compared(each, name, noun, scalar) for each in COMPARISONS[operand]]
    if operand is Operand.MONEY:
        text = "ISO 4217 code: only amounts in this currency. Every comparison of amounts needs it."
        members.insert(0, InputField("currency", text, lambda: str | None))
    return input_type(
        name + "Filter", f"How {noun} compares: all that is given must hold.", members
    )


def _compared(comparison: Comparison, name: str, noun: str, scalar: Any) -> InputField:
    makes: dict[Takes, Callable[[], Any]] = {
        Takes.VALUE: lambda: scalar | None,
        Takes.LIST: lambda: list[scalar] | None,
        Takes.RANGE: lambda: range_input(name, noun, scalar) | None,
        Takes.FLAG: lambda: bool | None,
    }
    return InputField(comparison.name, comparison.description, makes[comparison.takes])


@cache
def range_input(name: str, noun: str, scalar: Any) -> Any:
    """The two ends of a range, both included."""
    members = [
        InputField("from", "The least that is included.", lambda: scalar),
        InputField("to", "The greatest that is included; not less than from.", lambda: scalar),
    ]
    return input_type(name + "Range", f"From {noun} to another, both included.", members)


@strawberry.enum(description="Which way a list runs.")
class SortDirection(Enum):
    """Which way a list runs."""

    ASC = strawberry.enum_value("ASC", description="The least, the earliest, A first.")
    DESC = strawberry.enum_value("DESC", description="The greatest, the latest, Z first.")


@strawberry.enum(description="Where rows without a value stand.")
class NullPlacement(Enum):
    """Where rows without a value stand."""

    FIRST = strawberry.enum_value("FIRST", description="Before all others, either way.")
    LAST = strawberry.enum_value("LAST", description="After all others, either way.")


@cache
def order_input(edge: Any) -> Any:
    """One term of the order of a list."""
    name = base_name(edge)
    fields = _enum(
        name + "OrderField",
        f"What a list of {name} rows can be ordered by.",
        {key: each.description for key, each in sort_fields(edge).items()},
    )
    _about(name + "OrderField", {k: each.about for k, each in sort_fields(edge).items()})
    direction = InputField("direction", "Which way the list runs.", lambda: SortDirection)
    nulls = InputField("nulls", "Where rows without a value stand.", lambda: NullPlacement)
    direction.default_value, nulls.default_value = SortDirection.ASC, NullPlacement.LAST
    field = InputField("field", "What to order by.", lambda: fields)
    description = f"One term of the order of a list of {name} rows."
    return input_type(name + "OrderBy", description, [field, direction, nulls])


@cache
def facet_field(edge: Any) -> Any:
    """The enum of what rows of a list can be counted by."""
    name = base_name(edge)
    description = f"What a list of {name} rows can be counted by."
    _about(name + "FacetField", facet_about(edge))
    return _enum(name + "FacetField", description, facet_fields(edge))


def _enum(name: str, description: str, values: dict[str, str]) -> Any:
    members = Enum(name, {each: each for each in values})
    made: Any = cast("Any", strawberry).enum(members, name=name, description=description)
    for each in made.__strawberry_definition__.values:
        each.description = values[each.name]
    return made
