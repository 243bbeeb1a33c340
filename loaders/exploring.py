"""`path` and `neighborhood`: root fields that walk the graph along any relationship."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any, LiteralString, cast

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.values import VariableValues

from graph.exploring import (
    FEW,
    HUB,
    MANY,
    MAX_DEPTH,
    MAX_HOPS,
    MAX_RELATIONSHIPS,
    among,
    around,
    shortest,
)
from graph.statements import Kind, Statement
from loaders.arguments import Argument, Bindings, arguments, plain
from loaders.compiler import Compiler
from loaders.connections import Deferred, argument
from loaders.declare import GraphField
from loaders.errors import BadRequest, Code
from loaders.evidence import (
    ENDS,
    Evidence,
    Explorable,
    anything,
    relationship_class,
    walked_class,
)
from loaders.ids import decode_id
from loaders.moments import AS_OF
from loaders.registry import REGISTRY
from loaders.roots import Root
from loaders.schema import is_required, object_type
from loaders.shapes import Entry, Fields, Listed, Object, Scalar, Shape, Typename
from loaders.sources import Explored
from loaders.text import Scope, Slots

MAX_PLACES = 500
DEFAULT_PLACES = 100

_NODE = Scope(1)


@cache
def _path_class(explorable: Explorable) -> Any:
    node: Any = REGISTRY.types["Node"]
    body: dict[str, Any] = {
        "length": strawberry.field(description="Number of relationships."),
        "nodes": strawberry.field(description="From the one node to the other, both included."),
        "relationships": strawberry.field(
            description="What connects each node to the next: one less than nodes."
        ),
        "__annotations__": {
            "length": int,
            "nodes": list[node],
            "relationships": list[walked_class(explorable)],
        },
    }
    description = (
        "A way from one node to another that takes no relationship twice. A node with over "
        f"{HUB} relationships is walked through only between two of its neighbours."
    )
    return cast("Any", strawberry.type(type("Path", (), body), description=description))


@cache
def _neighborhood_class(explorable: Explorable) -> Any:
    neighbor = {
        "distance": strawberry.field(description="Relationships from the first node to it."),
        "node": strawberry.field(description="The node."),
        "__annotations__": {"distance": int, "node": REGISTRY.types["Node"]},
    }
    place = strawberry.type(
        type("Neighbor", (), neighbor), description="A node, and how far away it is."
    )
    body: dict[str, Any] = {
        "nodes": strawberry.field(
            description="The node itself, then those around it: the nearest first, then by id."
        ),
        "relationships": strawberry.field(
            description="Every relationship between two of these nodes, at most "
            f"{MAX_RELATIONSHIPS}, by type and ends."
        ),
        "truncated": strawberry.field(
            description="True when nodes were left out: there are more than asked for, or more "
            f"behind a node with over {HUB} relationships, which is not walked through."
        ),
        "__annotations__": {
            "nodes": list[cast("Any", place)],
            "relationships": list[relationship_class(explorable)],
            "truncated": bool,
        },
    }
    description = "A node and what is around it, as nodes and relationships."
    return cast("Any", strawberry.type(type("Neighborhood", (), body), description=description))


def path(description: str, explorable: Explorable) -> Any:
    """Declare the root field that finds the shortest ways between two nodes."""
    field = GraphField(description=description)
    field.source = Explored(partial(_path, explorable), structural=("maxHops", "first"))
    field.lazy_type = lambda: list[_path_class(explorable)]
    field.arguments = [
        argument("from", strawberry.ID, "Id of the node to start at."),
        argument("to", strawberry.ID, "Id of another node."),
        argument(
            "via",
            Deferred(lambda: list[explorable.enum] | None),
            "Walk only these relationships, in either direction; default all but "
            f"{', '.join(sorted(explorable.aside))}.",
        ),
        argument("maxHops", int, f"At most so many relationships, 1 to {MAX_HOPS}.", 4),
        argument("first", int, f"How many ways, 1 to {MANY}; of equally long ones any.", FEW),
        AS_OF,
    ]
    return field


def neighborhood(description: str, explorable: Explorable) -> Any:
    """Declare the root field that finds what is around a node."""
    field = GraphField(description=description)
    field.source = Explored(partial(_neighborhood, explorable), structural=("depth",))
    field.lazy_type = lambda: _neighborhood_class(explorable) | None
    field.arguments = [
        argument("id", strawberry.ID, "Id of the node."),
        argument("depth", int, f"How far to walk, 1 to {MAX_DEPTH} relationships.", 1),
        argument(
            "types",
            Deferred(lambda: list[explorable.enum] | None),
            "Walk and show only these relationships, in either direction; default all but "
            f"{', '.join(sorted(explorable.aside))}.",
        ),
        argument(
            "limit",
            int,
            f"How many nodes, itself included, 1 to {MAX_PLACES}.",
            DEFAULT_PLACES,
        ),
        AS_OF,
    ]
    return field


@dataclass(frozen=True, slots=True)
class _Walks:
    """The relationship types that are walked: the text, and the parameter that narrows it."""

    types: LiteralString
    only: LiteralString


def _walks(explorable: Explorable, asked: Argument, bindings: Bindings) -> _Walks:
    if asked.now is None:
        return _Walks(explorable.usual, "")
    name = bindings.add((asked.identity, "types"), lambda values: plain(asked.evaluate(values)))
    return _Walks(explorable.types, "$" + name)


def _between(name: str, value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise BadRequest(Code.INVALID_ARGUMENT, f"`{name}` is a number from 1 to {most}.")
    return value


def _anchor(
    compiler: Compiler, asked: Argument, variable: LiteralString, other: Argument | None = None
) -> LiteralString | None:
    """The clause that finds a node by its id, not that of the other; None when none can have it."""

    def own_id(values: VariableValues) -> str:
        found = decode_id(asked.evaluate(values)).id
        if other is not None and decode_id(other.evaluate(values)).id == found:
            raise BadRequest(Code.INVALID_ARGUMENT, "A path leads to another node; name two.")
        return found

    type_ = decode_id(asked.now).type
    kind = REGISTRY.kinds.get(type_)
    if kind is None or not isinstance(compiler.schema.type_map[type_], GraphQLObjectType):
        return None
    name = compiler.bindings.add((asked.identity, "id", variable), own_id)
    role: LiteralString = f"{variable}:{kind.role.name} AND " if kind.role else ""
    sees: LiteralString = f"SEEN_{kind.node.labels[0]}({variable})"
    return f"MATCH ({variable}:{kind.node.name} {{id: ${name}}}) WHERE {role}{sees}"


def _path(
    explorable: Explorable,
    compiler: Compiler,
    definition: GraphQLField,
    key: str,
    nodes: list[FieldNode],
) -> Root:
    given, bindings = arguments(definition, nodes[0], compiler.variables), compiler.bindings
    hops, ways = _between("maxHops", given["maxHops"].now, MAX_HOPS), given["first"]
    count = FEW if _between("first", ways.now, MANY) <= FEW else MANY
    near = _anchor(compiler, given["from"], "near")
    far = _anchor(compiler, given["to"], "far", other=given["from"])
    walks = _walks(explorable, given["via"], bindings)
    limit = bindings.add((ways.identity, "ways"), lambda values: ways.evaluate(values), fixed=True)
    row, fields = _path_row(Evidence(compiler, explorable), object_type(definition), nodes, hops)
    entry = Entry(key, Listed(0, (fields,), False, limit), required=True)
    if near is None or far is None:
        return Root(key, None, bindings, entry, [[]])
    found = shortest(walks.types, walks.only, hops, count, "$" + limit)
    text: LiteralString = f"{near} {far} RETURN [COLLECT {{ {found} RETURN {row} }}] AS answer"
    return Root(key, Statement("query.path", Kind.READ, text), bindings, entry, [[]])


def _path_row(
    evidence: Evidence, type_: GraphQLObjectType, nodes: list[FieldNode], hops: int
) -> tuple[LiteralString, Fields]:
    slots, entries, selector = Slots(), list[Entry](), evidence.compiler.selector
    for key, each in selector.fields(type_, selector.below(nodes)).items():
        definition = type_.fields.get(each[0].name.value)
        match each[0].name.value:
            case "length":
                shape: Shape = Scalar(slots.add("size(links)"), "Int")
            case "nodes" if definition:
                row, cases, tagged = evidence.compiler.row(definition, each, _NODE, anything())
                shape = Listed(slots.add(_places(row)), cases, tagged, hops + 1)
            case "relationships" if definition:
                row, fields = evidence.row(object_type(definition), each)
                shape = Listed(slots.add(_links(row, walked=True)), (fields,), False, hops)
            case _:
                shape = Typename(type_.name)
        entries.append(Entry(key, shape, required=True))
    return slots.text(), Fields(type_.name, tuple(entries))


def _places(row: LiteralString) -> LiteralString:
    """The rows of all places, in their order."""
    return (
        f"COLLECT {{ UNWIND range(0, size(places) - 1) AS at "
        f"WITH *, places[at] AS {_NODE.node} ORDER BY at RETURN {row} }}"
    )


def _links(row: LiteralString, *, walked: bool) -> LiteralString:
    """The rows of all links, in their order."""
    place: LiteralString = ", places[at] AS walked" if walked else ""
    return (
        f"COLLECT {{ UNWIND range(0, size(links) - 1) AS at WITH *, links[at] AS link{place} "
        f"WITH *, {ENDS} ORDER BY at RETURN {row} }}"
    )


def _neighborhood(
    explorable: Explorable,
    compiler: Compiler,
    definition: GraphQLField,
    key: str,
    nodes: list[FieldNode],
) -> Root:
    given, bindings = arguments(definition, nodes[0], compiler.variables), compiler.bindings
    depth, limit = _between("depth", given["depth"].now, MAX_DEPTH), given["limit"]
    near = _anchor(compiler, given["id"], "near")
    walks = _walks(explorable, given["types"], bindings)
    size = bindings.add(
        (limit.identity, "places"),
        lambda values: _between("limit", limit.evaluate(values), MAX_PLACES),
        fixed=True,
    )
    row, fields, related = _around(Evidence(compiler, explorable), definition, nodes, size)
    entry = Entry(key, Object(0, (fields,), tagged=False), is_required(definition))
    if near is None:
        return Root(key, None, bindings, entry, [None])
    found = around(walks.types, walks.only, depth, "$" + size)
    links: LiteralString = " " + among(walks.types, walks.only) if related else ""
    text: LiteralString = f"{near} {found}{links} RETURN [{row}] AS answer"
    return Root(key, Statement("query.neighborhood", Kind.READ, text), bindings, entry, [None])


def _around(
    evidence: Evidence, definition: GraphQLField, nodes: list[FieldNode], size: str
) -> tuple[LiteralString, Fields, bool]:
    """The row of a neighborhood, its fields, and whether relationships are among them."""
    type_, selector = object_type(definition), evidence.compiler.selector
    slots, entries, related = Slots(), list[Entry](), False
    for key, each in selector.fields(type_, selector.below(nodes)).items():
        inner = type_.fields.get(each[0].name.value)
        match each[0].name.value:
            case "nodes" if inner:
                shape: Shape = _neighbors(evidence.compiler, inner, each, slots, size)
            case "relationships" if inner:
                related = True
                row, fields = evidence.row(object_type(inner), each)
                shape = Listed(slots.add(_links(row, walked=False)), (fields,), False, size)
            case "truncated":
                shape = Scalar(slots.add("more"), "Boolean")
            case _:
                shape = Typename(type_.name)
        entries.append(Entry(key, shape, required=True))
    return slots.text(), Fields(type_.name, tuple(entries)), related


def _neighbors(
    compiler: Compiler, definition: GraphQLField, nodes: list[FieldNode], slots: Slots, size: str
) -> Listed:
    type_, row = object_type(definition), Slots()
    entries: list[Entry] = []
    selected = compiler.selector.fields(type_, compiler.selector.below(nodes))
    for key, each in selected.items():
        match each[0].name.value:
            case "distance":
                shape: Shape = Scalar(row.add("distances[at]"), "Int")
            case "node":
                text, cases, tagged = compiler.row(type_.fields["node"], each, _NODE, anything())
                shape = Object(row.add(text), cases, tagged)
            case _:
                shape = Typename(type_.name)
        entries.append(Entry(key, shape, required=True))
    slot = slots.add(_places(row.text()))
    return Listed(slot, (Fields(type_.name, tuple(entries)),), False, size)
