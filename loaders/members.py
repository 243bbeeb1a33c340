"""What a list can be asked about its rows: the fields of a type or an edge, read as questions.

Filters, sort fields and facets all come from the declarations that the fields come from: a field
with a source is a member, and its source says how to reach the value.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args

from strawberry.utils.str_converters import to_camel_case

from graph.model.kinds import Type
from loaders.registry import REGISTRY, edge_type
from loaders.sources import Computed, Many, One, OwnId, Stored


class Operand(StrEnum):
    """The kinds of value that can be compared; their names begin those of the input types."""

    STRING = "String"
    INT = "Int"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    DATE_TIME = "DateTime"
    DATE = "Date"
    MONEY = "Money"
    ENUM = "Enum"
    STRINGS = "Strings"
    ID = "ID"


_STORED = {
    Type.INTEGER: Operand.INT,
    Type.FLOAT: Operand.FLOAT,
    Type.BOOLEAN: Operand.BOOLEAN,
    Type.DATETIME: Operand.DATE_TIME,
    Type.DATE: Operand.DATE,
    Type.MONEY: Operand.MONEY,
    Type.ENUM: Operand.ENUM,
    Type.STRINGS: Operand.STRINGS,
}
_COMPUTED: dict[Any, Operand] = {
    str: Operand.STRING,
    int: Operand.INT,
    float: Operand.FLOAT,
    bool: Operand.BOOLEAN,
    datetime: Operand.DATE_TIME,
    date: Operand.DATE,
}
_LONG = {Type.TEXT, Type.JSON}

TOTALS = {
    "sum": "The sum over these rows; 0 when there are none.",
    "min": "The least over these rows; no value when there is none.",
    "max": "The greatest over these rows; no value when there is none.",
    "avg": "The mean over these rows; no value when there is none.",
}
"""What can be made of a number over rows, by the name that GraphQL and Cypher share."""

_NUMBERS = {Operand.INT, Operand.FLOAT, Operand.MONEY}


@dataclass(frozen=True, slots=True)
class Column:
    """A value of a node or an edge.

    Attributes:
        source: How it is reached.
        operand: What it can be compared with.
        enum: The GraphQL enum of its values, where it has one.
        description: What it means.
        required: True when it is never null.
        long: True for text of several lines, which is neither sorted nor counted by.
        owner: Name of the type whose it is.
        name: Its field there.
    """

    source: OwnId | Stored | Computed
    operand: Operand
    description: str
    enum: Any = None
    required: bool = False
    long: bool = False
    owner: str = ""
    name: str = ""

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The field that it is the value of."""
        return ((self.owner, self.name),)


@dataclass(frozen=True, slots=True)
class ToOne:
    """At most one other node."""

    source: One
    description: str


@dataclass(frozen=True, slots=True)
class ToMany:
    """A list of other nodes."""

    source: Many
    description: str


Member = Column | ToOne | ToMany


def definition_of(cls: Any) -> Any:
    """Strawberry's definition of a type."""
    return cls.__strawberry_definition__


def possible_types(name: str) -> list[str]:
    """The concrete types of a type, in the order of their declaration: itself, if it is one."""
    if not definition_of(REGISTRY.types[name]).is_interface:
        return [name]
    return [
        other
        for other, cls in REGISTRY.types.items()
        if not definition_of(cls).is_interface
        and any(each.name == name for each in definition_of(cls).interfaces)
    ]


@cache
def members_of(name: str) -> dict[str, Member]:
    """The members of a type by GraphQL name, in the order of its fields."""
    found = _members(definition_of(REGISTRY.types[name]).fields)
    if definition_of(REGISTRY.types[name]).is_interface:
        concrete = [_members(definition_of(REGISTRY.types[e]).fields) for e in possible_types(name)]
        for key in _names(name):
            # An interface may leave the source to its types; what all read alike is one column.
            sources = [each.get(key) for each in concrete]
            first = sources[0] if sources else None
            if key not in found and isinstance(first, Column) and _alike(first, sources):
                found[key] = first
    return _owned(found, name)


def _owned(members: dict[str, Member], owner: str) -> dict[str, Member]:
    return {
        name: replace(each, owner=owner, name=name) if isinstance(each, Column) else each
        for name, each in members.items()
    }


def members_of_edge(edge: Any) -> dict[str, Member]:
    """The members of an edge itself: properties of its relationship, and walks from it."""
    fields = definition_of(edge).fields
    found = _members([each for each in fields if each.python_name not in {"node", "cursor"}])
    return _owned(found, edge.__name__)


def edge_of(source: Many) -> Any:
    """The edge type of a list."""
    return edge_type(source.target, source.on)


def total_columns(edge: Any) -> dict[str, tuple[Column, bool]]:
    """The numbers of an edge and its node by name; True marks the edge's own."""
    found: dict[str, tuple[Column, bool]] = {}
    node = members_of(target_of(edge))
    for members, on_edge in ((node, False), (members_of_edge(edge), True)):
        for name, member in members.items():
            if isinstance(member, Column) and member.operand in _NUMBERS and name != "version":
                key = "edge" + name[0].upper() + name[1:] if on_edge else name
                found[key] = (member, on_edge)
    return found


def target_of(edge: Any) -> str:
    """The name of the type at the far end of an edge."""
    return next(name for name, cls in REGISTRY.types.items() if cls is edge.__annotations__["node"])


def base_name(edge: Any) -> str:
    """What the names of types about an edge begin with."""
    return edge.__name__.removesuffix("Edge")


def _names(name: str) -> list[str]:
    return [_graphql_name(each) for each in definition_of(REGISTRY.types[name]).fields]


def _graphql_name(field: Any) -> str:
    return field.graphql_name or to_camel_case(field.python_name)


def _alike(first: Column, others: list[Member | None]) -> bool:
    return isinstance(first.source, Stored) and all(
        isinstance(each, Column)
        and isinstance(each.source, Stored)
        and each.source.property.name == first.source.property.name
        and each.operand is first.operand
        and each.enum is first.enum
        for each in others
    )


def _members(fields: list[Any]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    for field in fields:
        member = _member(field, getattr(field, "source", None))
        if member is not None:
            found[_graphql_name(field)] = member
    return found


def _member(field: Any, source: Any) -> Member | None:
    description: str = field.description or ""
    match source:
        case OwnId():
            return Column(source, Operand.ID, description, required=True)
        case Stored(declared):
            operand = _STORED.get(declared.type, Operand.STRING)
            enum = field.enum if operand is Operand.ENUM else None
            long = declared.type in _LONG
            return Column(source, operand, description, enum, declared.required, long)
        case Computed():
            operand = _operand_of(field)
            return Column(source, operand, description) if operand else None
        case One():
            return ToOne(source, description)
        case Many():
            return ToMany(source, description)
        case _:
            return None


def _operand_of(field: Any) -> Operand | None:
    annotation = field.type_annotation.annotation
    kinds = [each for each in get_args(annotation) or (annotation,) if each is not NoneType]
    return _COMPUTED.get(kinds[0]) if len(kinds) == 1 else None
