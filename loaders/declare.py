"""How a type says where its fields live: a property, a walk, or a named Cypher expression.

A resolver class is a declaration, never instantiated. Its fields carry a source, which the plan
compiler reads back from the schema; descriptions and enums of properties come from the model, so
that they are said once. See docs/compiler.md for how to add a field.
"""

from collections.abc import Callable
from typing import Any, LiteralString, TypeVar

import strawberry
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from graph.audiences import EVERYONE, Audience
from graph.model.kinds import (
    COMMON,
    EXTERNAL_ID,
    SOURCE,
    Node,
    Property,
    Relationship,
    Walk,
)
from graph.statements import Expression, Pattern
from loaders.audiences import directives_of, told_to
from loaders.connections import Deferred, argument, connection_type
from loaders.fields import GraphField
from loaders.inputs import filter_argument, order_argument
from loaders.moments import AS_OF
from loaders.registry import REGISTRY, Money, edge_type, enum_type
from loaders.sources import (
    Choice,
    Computed,
    Find,
    FindMany,
    Kind,
    Many,
    One,
    Order,
    OwnId,
    Reach,
    Source,
    Stored,
    Values,
    Viewing,
    Way,
    Where,
)

MAX_PAGE = 100
DEFAULT_PAGE = 20

T = TypeVar("T")


def _field(
    source: Source | None,
    description: str | None,
    *,
    lazy_type: Callable[[], Any] | None = None,
    arguments: tuple[StrawberryArgument, ...] = (),
    name: str | None = None,
    to: tuple[Audience, ...] = (),
) -> Any:
    field = GraphField(description=description, graphql_name=name, directives=directives_of(to))
    field.source, field.lazy_type = source, lazy_type
    field.arguments = list(arguments)
    return field


_PAGE = (
    argument(
        "first",
        int | None,
        f"How many to return from the start, 0 to {MAX_PAGE}; default {DEFAULT_PAGE}.",
    ),
    argument("after", str | None, "Return what follows this cursor."),
    argument(
        "last", int | None, f"How many to return from the end, 0 to {MAX_PAGE}; not with first."
    ),
    argument("before", str | None, "Return what precedes this cursor."),
)


def _asking(target: str, on: type | None) -> tuple[StrawberryArgument, ...]:
    """The arguments that filter and order a list, whatever it holds."""
    return (
        argument(
            "filter", Deferred(lambda: filter_argument(target)), "Only rows whose node fits this."
        ),
        argument(
            "orderBy",
            Deferred(lambda: order_argument(target, on)),
            "The order, by at most 3 fields and then as the list is ordered without it.",
        ),
    )


def paging_arguments(target: str, on: type | None) -> tuple[StrawberryArgument, ...]:
    """The arguments of every connection: its pages, its filter and its order."""
    return (*_PAGE, *_asking(target, on))


def prop(
    column: LiteralString | None = None,
    description: str | None = None,
    *,
    to: tuple[Audience, ...] = (),
) -> Any:
    """A property of the node; its name, type and description are the model's.

    Here as in every declaration, `to` names the audiences beside staff that it exists for.
    """
    field = _field(None, description, to=to)
    field.column = column
    return field


def own_id(*, to: tuple[Audience, ...] = ()) -> Any:
    """The node's global id."""
    return _field(OwnId(), "Opaque id, the same as long as the node exists.", to=to)


def computed(expression: Expression, description: str, *, to: tuple[Audience, ...] = ()) -> Any:
    """A scalar or Money that a named expression yields."""
    return _field(Computed(expression), description, to=to)


def values(
    expression: Expression, description: str, *, many: bool, to: tuple[Audience, ...] = ()
) -> Any:
    """A value object, or a list of them, that a named expression yields as maps."""
    return _field(Values(expression, many), description, to=to)


def edge(
    reach: Reach,
    target: str,
    description: str,
    *,
    order: Order,
    where: tuple[Where, ...] = (),
    on: type | None = None,
    to: tuple[Audience, ...] = (),
) -> Any:
    """A connection to other nodes; `on` is the edge type with the relationship's properties."""
    choice: tuple[StrawberryArgument, ...] = ()
    if isinstance(reach, Choice):
        first = next(iter(reach.patterns))
        choice = (argument(reach.name, type(first), reach.description, first),)
    filters = tuple(argument(each.name, each.annotation, each.description) for each in where)
    return _field(
        Many(target, reach, order, where, on),
        description,
        lazy_type=lambda: connection_type(edge_type(target, on)),
        arguments=(*_PAGE, *_asking(target, on), *choice, *filters),
        to=to,
    )


def one(
    reach: Walk | Pattern,
    target: str,
    description: str,
    *,
    order: Order | None = None,
    to: tuple[Audience, ...] = (),
) -> Any:
    """At most one other node, or null."""
    return _field(
        One(target, reach, order),
        description,
        lazy_type=lambda: REGISTRY.types[target] | None,
        to=to,
    )


def listing(
    target: str,
    description: str,
    *,
    order: Order,
    where: tuple[Where, ...] = (),
    to: tuple[Audience, ...] = (),
) -> Any:
    """A root field: every node of a type, as a connection."""
    filters = tuple(argument(each.name, each.annotation, each.description) for each in where)
    return _field(
        Many(target, None, order, where),
        description,
        lazy_type=lambda: connection_type(edge_type(target, None)),
        arguments=(*_PAGE, *_asking(target, None), *filters, AS_OF),
        to=to,
    )


def find(
    target: str,
    description: str,
    *,
    ways: tuple[Way, ...] = (),
    by: Any = None,
    by_description: str = "",
    to: tuple[Audience, ...] = (),
) -> Any:
    """A root field: one node by id, or by another way to name it; null when there is none."""
    required = not ways
    arguments = [
        argument(
            "id",
            strawberry.ID if required else strawberry.ID | None,
            "Opaque id of the node.",
        )
    ]
    if by is not None:
        arguments.append(argument("by", by | None, by_description))
    arguments.append(AS_OF)
    return _field(
        Find(target, ways),
        description,
        lazy_type=lambda: REGISTRY.types[target] | None,
        arguments=tuple(arguments),
        to=to,
    )


def viewing(target: str, pattern: Pattern, description: str, *, to: tuple[Audience, ...]) -> Any:
    """A root field for others than staff: what NODE the pattern finds from the viewer's variables.

    Null for a viewer of whom the graph knows none.
    """
    field = _field(
        Viewing(target, pattern),
        description,
        lazy_type=lambda: REGISTRY.types[target] | None,
    )
    field.directives = directives_of(to, staff=False)
    return field


def find_many(target: str, description: str, *, to: tuple[Audience, ...] = ()) -> Any:
    """A root field: several nodes by id, in the order asked, null where there is none."""
    return _field(
        FindMany(target),
        description,
        lazy_type=lambda: list[REGISTRY.types[target] | None],
        arguments=(argument("ids", list[strawberry.ID], "Opaque ids, at most 100."), AS_OF),
        to=to,
    )


def _bind_properties(cls: type, properties: dict[str, Property], owners: dict[str, str]) -> None:
    """Give every `prop()` of the class its property, description and type from the model."""
    for name, field in vars(cls).items():
        if not isinstance(field, GraphField) or field.source is not None:
            continue
        column = field.column or to_camel_case(name)
        declared = properties.get(column)
        if declared is None:
            raise LookupError(f"{cls.__name__}.{name}: the model has no property {column}")
        field.source = Stored(declared)
        field.description = field.description or declared.description
        if field.column and to_camel_case(name).rstrip("_") == field.column:
            field.graphql_name = field.column
        if declared.values:
            field.enum = enum_type(owners[column], declared)
            field.lazy_type = _optional(field.enum, required=declared.required)


def _optional(type_: Any, *, required: bool) -> Callable[[], Any]:
    return lambda: type_ if required else type_ | None


def _owners(node: Node) -> dict[str, str]:
    """For each property the label that declares it: it gives an enum its name."""
    found = dict.fromkeys(node.properties, node.name)
    for parent in node.extends:
        found.update(_owners(parent))
    found.update((each.name, node.name) for each in node.own)
    return found


def _own_audiences(cls: type) -> tuple[Audience, ...]:
    """For whom a field exists that stands in the body of a class, besides staff."""
    fields = [each for each in vars(cls).values() if isinstance(each, StrawberryField)]
    told = frozenset[Audience]().union(*(told_to(each) for each in fields))
    return tuple(each for each in EVERYONE if each in told)


def node(
    model: Node,
    *,
    role: Node | None = None,
    like: tuple[Node, ...] = (),
    keep: int = 0,
    to: tuple[Audience, ...] | None = None,
) -> Callable[[type[T]], type[T]]:
    """Declare a GraphQL object type over the nodes of one label (and role).

    `like` names labels whose properties it repeats: their enums are theirs. `keep` is for how many
    seconds answers with objects of this type may be kept; 0 is never. `to` names the audiences
    beside staff that the type exists for, with those of its fields that say so; None stands for
    all of whom a field in the body of the class says so.
    """

    def wrap(cls: type[T]) -> type[T]:
        owners = _owners(model)
        owners.update((each.name, other.name) for other in like for each in other.own)
        _bind_properties(cls, model.properties, owners)
        told = _own_audiences(cls) if to is None else to
        made = strawberry.type(cls, description=_sentence(cls), directives=directives_of(told))
        REGISTRY.add(made, Kind(model, role, keep), told)
        return made

    return wrap


def view(model: Node) -> Callable[[type[T]], type[T]]:
    """Declare a GraphQL object type that shows a node of a label as the viewer's own side.

    It has no global id and is not among what an id can name.
    """

    def wrap(cls: type[T]) -> type[T]:
        _bind_properties(cls, model.properties, _owners(model))
        made = strawberry.type(cls, description=_sentence(cls))
        REGISTRY.add_view(made, Kind(model))
        return made

    return wrap


def interface(model: Node | None) -> Callable[[type[T]], type[T]]:
    """Declare a GraphQL interface over an abstract label; None for one over every node."""

    def wrap(cls: type[T]) -> type[T]:
        if model is None:
            shared = (*COMMON, SOURCE, EXTERNAL_ID)
            _bind_properties(cls, {each.name: each for each in shared}, {})
        else:
            _bind_properties(cls, model.properties, _owners(model))
        made = strawberry.interface(cls, description=_sentence(cls))
        REGISTRY.add(made, Kind(model) if model is not None else None)
        return made

    return wrap


def edge_of(
    relationship: Relationship, target: str, *, enums: str | None = None
) -> Callable[[type[T]], type[T]]:
    """Declare an edge type with properties of its relationship; it is named `<class>Edge`."""

    def wrap(cls: type[T]) -> type[T]:
        owners = dict.fromkeys(relationship.properties, enums or cls.__name__)
        _bind_properties(cls, relationship.properties, owners)
        REGISTRY.declare_edge(cls, target, _sentence(cls))
        return cls

    return wrap


def value(cls: type[T]) -> type[T]:
    """Declare a value object: an object without identity that an expression yields as a map."""
    return strawberry.type(cls, description=_sentence(cls))


def _sentence(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())


__all__ = [
    "Choice", "GraphField", "Money", "Order", "Way", "Where", "computed", "edge", "edge_of", "find",
    "find_many", "interface", "listing", "node", "one", "own_id", "prop", "value", "values", "view",
    "viewing",
]  # fmt: skip
