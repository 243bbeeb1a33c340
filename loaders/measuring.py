"""What can be measured of nodes, and the input types that ask for it."""

from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, LiteralString, cast, get_args

import strawberry

from loaders.inputs import SortDirection, filter_input
from loaders.members import Column, Operand, members_of, possible_types
from loaders.registry import REGISTRY, edge_type
from loaders.sorting import SortField, shouted, sort_fields

MAX_DIMENSIONS = 3
MAX_MEASURES = 8
MAX_GROUPS = 1_000
TYPE = "TYPE"
"""The dimension of an interface's concrete types."""

DATES = {Operand.DATE, Operand.DATE_TIME}
NUMBERS = {Operand.INT, Operand.FLOAT, Operand.MONEY}
_GROUPED = {Operand.STRING, Operand.ENUM, Operand.BOOLEAN, Operand.INT, *DATES}


@strawberry.enum(description="What is made of a field's values.")
class MetricFunction(Enum):
    """What is made of a field's values."""

    COUNT = strawberry.enum_value(
        "COUNT", description="How many nodes; with a field, how many have a value."
    )
    SUM = strawberry.enum_value("SUM", description="The sum; of numbers and amounts.")
    AVG = strawberry.enum_value("AVG", description="The mean; of numbers and amounts.")
    MIN = strawberry.enum_value("MIN", description="The least or earliest.")
    MAX = strawberry.enum_value("MAX", description="The greatest or latest.")
    PERCENTILE = strawberry.enum_value(
        "PERCENTILE",
        description="The value that `percent` of all do not exceed, between two of them in "
        "proportion; of numbers and amounts.",
    )


@strawberry.enum(description="A period of the calendar, UTC.")
class MetricPeriod(Enum):
    """A period of the calendar, UTC."""

    DAY = strawberry.enum_value("DAY", description="A day.")
    WEEK = strawberry.enum_value("WEEK", description="A week, from Monday.")
    MONTH = strawberry.enum_value("MONTH", description="A month.")
    QUARTER = strawberry.enum_value("QUARTER", description="Three months, from January.")
    YEAR = strawberry.enum_value("YEAR", description="A year.")


@strawberry.input(description="A condition on a measure of a group: all that is given must hold.")
class MetricCondition:
    """A condition on a measure of a group."""

    measure: int = strawberry.field(description="Which of `measures`, from 0; no date.")
    currency: str | None = strawberry.field(
        default=strawberry.UNSET, description="ISO 4217 code; needed for an amount, which is in it."
    )
    eq: float | None = strawberry.field(default=strawberry.UNSET, description="Equal to this.")
    lt: float | None = strawberry.field(default=strawberry.UNSET, description="Less than this.")
    lte: float | None = strawberry.field(default=strawberry.UNSET, description="At most this.")
    gt: float | None = strawberry.field(default=strawberry.UNSET, description="More than this.")
    gte: float | None = strawberry.field(default=strawberry.UNSET, description="At least this.")


@strawberry.input(description="The order of groups; their keys decide among equals.")
class MetricOrder:
    """The order of groups."""

    measure: int = strawberry.field(description="Which of `measures`, from 0.")
    direction: SortDirection = strawberry.field(
        default=SortDirection.DESC, description="Which way; groups without a value come last."
    )


@cache
def dimensions_of(target: str) -> dict[str, SortField | None]:
    """What nodes of a type can be grouped by: own fields, and those one single walk further."""
    found: dict[str, SortField | None] = {
        key: each
        for key, each in sort_fields(edge_type(target, None)).items()
        if each.column.operand in _GROUPED
    }
    if possible_types(target) != [target]:
        found.setdefault(TYPE, None)
    return found


@cache
def measures_of(target: str) -> dict[str, Column]:
    """What can be measured of nodes of a type: its numbers, amounts and dates."""
    return {
        shouted(name): each
        for name, each in members_of(target).items()
        if isinstance(each, Column) and each.operand in NUMBERS | DATES and name != "version"
    }


def truncated(text: LiteralString, period: str) -> LiteralString:
    """The first day of the period that a date or time lies in, as Cypher."""
    match period:
        case "DAY":
            return f"left({text}, 10)"
        case "MONTH":
            return f"left({text}, 7) + '-01'"
        case "YEAR":
            return f"left({text}, 4) + '-01-01'"
        case _:
            unit: LiteralString = "week" if period == "WEEK" else "quarter"
            # Cypher cannot truncate null.
            return (
                f"head([day IN [left({text}, 10)] WHERE day IS NOT NULL | "
                f"toString(date.truncate('{unit}', date(day)))])"
            )


def entity_name(target: str) -> str:
    """The member of the input that stands for a type."""
    return target[0].lower() + target[1:]


@cache
def entities_input(entities: tuple[str, ...]) -> Any:
    """The input that asks of exactly one kind of node."""
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {"__annotations__": annotations}
    for each in entities:
        name = f"of_{each.lower()}"
        annotations[name] = _metrics_input(each) | None
        description = REGISTRY.types[each].__strawberry_definition__.description
        body[name] = strawberry.field(
            name=entity_name(each), default=strawberry.UNSET, description=f"{description}"
        )
    made: Any = strawberry.input(
        type("MetricEntity", (), body), one_of=True, description="Of which kind of node to measure."
    )
    return made


@cache
def _metrics_input(target: str) -> Any:
    dimension, measure = _dimension_input(target), _measure_input(target)
    return _input(
        target + "Metrics",
        f"Groups of {target} and what is measured of them.",
        {
            "filter": (filter_input(target) | None, "Only nodes that fit this."),
            "group_by": (
                list[dimension] | None,
                f"At most {MAX_DIMENSIONS}; default one group of all. Where an amount is measured, "
                "its currency groups, too.",
            ),
            "measures": (list[measure], f"What to measure, 1 to {MAX_MEASURES} measures."),
            "having": (list[MetricCondition] | None, "Only groups for which all of these hold."),
            "order_by": (MetricOrder | None, "The order of groups; default by their keys."),
        },
    )


def _dimension_input(target: str) -> Any:
    fields = {
        key: each.description if each else "The concrete type."
        for key, each in dimensions_of(target).items()
    }
    enum = _enum(target + "DimensionField", "group by", target, fields)
    return _input(
        target + "Dimension",
        f"What groups of {target} have in common.",
        {
            "field": (enum, "The field whose value they have in common."),
            "by": (MetricPeriod | None, "Of a date only the period; default the date as it is."),
        },
    )


def _measure_input(target: str) -> Any:
    fields = {key: each.description for key, each in measures_of(target).items()}
    enum = _enum(target + "MeasureField", "measure", target, fields)
    return _input(
        target + "Measure",
        f"What is measured of groups of {target}.",
        {
            "function": (MetricFunction, "What is made of the values."),
            "field": (enum | None, "Whose values; needed for all but a count."),
            "percent": (float | None, "Of a percentile: 0 to 100; 50 is the median."),
        },
    )


def _input(name: str, description: str, members: dict[str, tuple[Any, str]]) -> Any:
    """An input type; members that may be null may be left out."""
    body: dict[str, Any] = {"__annotations__": {key: type_ for key, (type_, _) in members.items()}}
    for key, (type_, text) in members.items():
        optional = NoneType in get_args(type_)
        default: dict[str, Any] = {"default": strawberry.UNSET} if optional else {}
        body[key] = strawberry.field(description=text, **default)
    return cast("Any", strawberry.input(type(name, (), body), name=name, description=description))


def _enum(name: str, purpose: str, target: str, values: dict[str, str]) -> Any:
    members = Enum(name, {each: each for each in values})
    made: Any = cast("Any", strawberry).enum(
        members, name=name, description=f"What to {purpose} of {target}."
    )
    for each in made.__strawberry_definition__.values:
        each.description = values[each.name]
    return made
