"""How `history` and `diff` are asked: one statement each, whatever is selected."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, LiteralString

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.values import VariableValues

from graph.history import Asked as About
from graph.history import Page as Part
from graph.history import changes, difference
from graph.model.kinds import Pii
from graph.model.parties import PERSON
from graph.statements import Kind, Statement
from loaders.arguments import Argument, Bindings, arguments
from loaders.compiler import Compiler
from loaders.connections import argument
from loaders.declare import DEFAULT_PAGE, MAX_PAGE, GraphField
from loaders.errors import BadRequest, Code
from loaders.evidence import Explorable, concrete
from loaders.history.types import HistoryConnection, difference_class
from loaders.history.values import custom, wanted
from loaders.ids import decode_cursor, decode_id
from loaders.moments import checked, stored
from loaders.registry import REGISTRY
from loaders.roots import Root
from loaders.schema import is_required, named_type, object_type
from loaders.shapes import (
    AnyId,
    Cursor,
    Edges,
    Entry,
    EnumName,
    Fields,
    FieldValueOf,
    Info,
    Listed,
    Object,
    Page,
    Scalar,
    Shape,
    Typename,
)
from loaders.sources import Explored
from loaders.windows import Seal, page_size

MAX_FIELDS = 100
ALWAYS = "9999"
LARGEST = 2**62

_ID = argument("id", strawberry.ID, "Id of the node.")


def history(description: str) -> Any:
    """Declare the root field that lists the changes of a node."""
    field = GraphField(description=description)
    field.source = Explored(partial(_history))
    field.lazy_type = lambda: HistoryConnection
    field.arguments = [
        _ID,
        argument(
            "fields", list[str] | None,
            f"Only changes of these fields, at most {MAX_FIELDS}; default all. Properties of the "
            "node by their names here; custom fields by their properties, as `x_color`.",
        ),
        argument("from", datetime | None, "Only changes from this moment on, UTC."),
        argument("to", datetime | None, "Only changes before this moment, UTC."),
        argument("first", int | None, f"How many, 0 to {MAX_PAGE}; default {DEFAULT_PAGE}."),
        argument("after", str | None, "Return what follows this cursor."),
    ]  # fmt: skip
    return field


def diff(description: str, explorable: Explorable) -> Any:
    """Declare the root field that compares a node at two moments."""
    field = GraphField(description=description)
    field.source = Explored(partial(_diff, explorable))
    field.lazy_type = lambda: difference_class(explorable) | None
    field.arguments = [
        _ID,
        argument("from", datetime, "The first moment, UTC, from 1970 on."),
        argument(
            "to", datetime | None, "The second moment, UTC, not before the first; default now."
        ),
    ]
    return field


def _label(compiler: Compiler, given: dict[str, Argument]) -> str | None:
    """The type that the id names; None when no node can have it."""
    type_ = decode_id(given["id"].now).type
    known = isinstance(compiler.schema.type_map.get(type_), GraphQLObjectType)
    return type_ if known and type_ in REGISTRY.kinds else None


def _own_id(bindings: Bindings, given: dict[str, Argument]) -> LiteralString:
    asked = given["id"]
    found = bindings.add(
        (asked.identity, "id"), lambda values: decode_id(asked.evaluate(values)).id
    )
    return "$" + found


# --- history


def _history(
    compiler: Compiler, definition: GraphQLField, key: str, nodes: list[FieldNode]
) -> Root:
    given, bindings = arguments(definition, nodes[0], compiler.variables), compiler.bindings
    type_ = _label(compiler, given)
    size, asked = given["first"], given["fields"]
    limit = bindings.add((size.identity, "limit"), lambda v: _size(size, v) + 1, fixed=True)
    seal = Seal("Query.history", given, bindings)
    page = _page(
        compiler, definition, nodes, limit, seal, type_, after=given["after"].now is not None
    )
    entry = Entry(key, page, required=True)
    if type_ is None:
        return Root(key, None, bindings, entry, [[]])
    read: LiteralString = ""
    if asked.now is None:
        read = "$" + bindings.add(
            (size.identity, "states"), lambda v: _size(size, v) + 2, fixed=True
        )
    since, until = _period(bindings, given)
    about = About(
        REGISTRY.kinds[type_].node,
        id=_own_id(bindings, given),
        names="$" + _names(compiler, bindings, asked, type_),
        custom="$" + bindings.add((asked.identity, "x"), lambda v: custom(asked.evaluate(v))),
        since=since,
        until=until,
    )
    text = changes(about, Part("$" + _below(bindings, given["after"], seal), "$" + limit, read))
    return Root(key, Statement("query.history", Kind.READ, text), bindings, entry, [[]])


def _size(size: Argument, values: VariableValues) -> int:
    found = size.evaluate(values)
    return DEFAULT_PAGE if found is None else page_size(found)


def _names(compiler: Compiler, bindings: Bindings, asked: Argument, type_: str) -> LiteralString:
    def names(values: VariableValues) -> list[list[Any]]:
        fields = asked.evaluate(values)
        if fields is not None and not 1 <= len(fields) <= MAX_FIELDS:
            raise BadRequest(Code.INVALID_ARGUMENT, f"Name 1 to {MAX_FIELDS} `fields`, or none.")
        return wanted(compiler.schema, type_, fields)

    return bindings.add((asked.identity, "names", type_), names)


def _period(bindings: Bindings, given: dict[str, Argument]) -> tuple[LiteralString, LiteralString]:
    since, until = given["from"], given["to"]

    def end(values: VariableValues) -> str:
        last, first = until.evaluate(values), since.evaluate(values)
        if last is not None and first is not None and last < first:
            raise BadRequest(Code.INVALID_TIME, "`to` lies before `from`; exchange them.")
        return last or ALWAYS

    return (
        "$" + bindings.add((since.identity, "from"), lambda values: since.evaluate(values) or ""),
        "$" + bindings.add((since.identity, until.identity, "to"), end),
    )


def _below(bindings: Bindings, after: Argument, seal: Seal) -> LiteralString:
    """The parameter that holds the version of the cursor."""

    def version(values: VariableValues, viewer: str) -> int:
        cursor = after.evaluate(values)
        if cursor is None:
            return LARGEST
        return decode_cursor(cursor, seal.value(values, viewer), ((int,), (str,)))[0]

    return bindings.add_sealed((after.identity, "below", *seal.identity), version)


def _page(
    compiler: Compiler,
    definition: GraphQLField,
    nodes: list[FieldNode],
    limit: str,
    seal: Seal,
    type_: str | None,
    *,
    after: bool,
) -> Page:
    cursor = Cursor((1,), 2, seal.name)

    def edge(name: str, inner: GraphQLField, each: list[FieldNode]) -> Shape:
        if name == "cursor":
            return cursor
        return Object(0, (_fields(compiler, inner, each, _entry(compiler, type_)),), tagged=False)

    def connection(name: str, inner: GraphQLField, each: list[FieldNode]) -> Shape:
        if name == "pageInfo":
            selected = compiler.selector.fields(object_type(inner), compiler.selector.below(each))
            keys = tuple((key, found[0].name.value) for key, found in selected.items())
            return Info(keys, cursor)
        return Edges(replace(_fields(compiler, inner, each, edge), subject=_person(type_, 2)))

    return Page(0, limit, False, after, False, _fields(compiler, definition, nodes, connection))


_Make = Callable[[str, GraphQLField, list[FieldNode]], Shape]


def _fields(
    compiler: Compiler, definition: GraphQLField, nodes: list[FieldNode], make: _Make
) -> Fields:
    """The selected fields of an object, each with the shape that is made for it."""
    type_, entries = object_type(definition), list[Entry]()
    selected = compiler.selector.fields(type_, compiler.selector.below(nodes))
    for key, each in selected.items():
        inner = type_.fields.get(each[0].name.value)
        if inner is None:
            entries.append(Entry(key, Typename(type_.name), required=True))
            continue
        shape = make(each[0].name.value, inner, each)
        entries.append(Entry(key, shape, is_required(inner)))
    return Fields(type_.name, tuple(entries))


def _leaves(slots: dict[str, int]) -> _Make:
    """Makes leaves from the places of their values."""

    def make(name: str, inner: GraphQLField, _: list[FieldNode]) -> Shape:
        named, slot = named_type(inner), slots[name]
        if named.name == "FieldValue":
            return FieldValueOf(slot)
        if named.name == "ID":
            return AnyId(slot)
        if hasattr(named, "values"):
            return EnumName(slot, frozenset(named.values))
        return Scalar(slot, named.name)

    return make


_ENTRY = {"version": 0, "at": 1, "kind": 2, "actor": 3, "op": 4, "reason": 5}
_CHANGED = {"field": 0, "before": 1, "after": 2}


def _person(type_: str | None, slot: int) -> int | None:
    """The slot of the node's id where it is a person, whose values are personal data."""
    kind = REGISTRY.kinds.get(type_ or "")
    return slot if kind is not None and kind.node.is_a(PERSON) else None


def _note(compiler: Compiler, type_: str | None) -> None:
    """Former values of a person are read: of which fields, the variables of a request say."""
    if type_ is not None and _person(type_, 0) is not None:
        properties = REGISTRY.kinds[type_].node.properties.values()
        compiler.personal.found |= {each.pii.value for each in properties} - {Pii.NONE.value}


def _entry(compiler: Compiler, type_: str | None) -> _Make:
    leaf = _leaves(_ENTRY)

    def make(name: str, inner: GraphQLField, each: list[FieldNode]) -> Shape:
        if name != "fields":
            return leaf(name, inner, each)
        _note(compiler, type_)
        fields = _fields(compiler, inner, each, _leaves(_CHANGED))
        return Listed(6, (fields,), False, 10)

    return make


# --- diff


def _diff(
    explorable: Explorable,
    compiler: Compiler,
    definition: GraphQLField,
    key: str,
    nodes: list[FieldNode],
) -> Root:
    given, bindings = arguments(definition, nodes[0], compiler.variables), compiler.bindings
    type_ = _label(compiler, given)
    fields = _fields(compiler, definition, nodes, _difference(compiler, type_))
    fields = replace(fields, subject=_person(type_, 5))
    entry = Entry(key, Object(0, (fields,), tagged=False), required=False)
    if type_ is None:
        return Root(key, None, bindings, entry, [None])
    names = bindings.add(("names", type_), lambda _: wanted(compiler.schema, type_, None))
    since, until = _moments(bindings, given)
    about = About(
        REGISTRY.kinds[type_].node,
        id=_own_id(bindings, given),
        names="$" + names,
        custom="$" + bindings.add(("x",), lambda _: None),
        since=since,
        until=until,
    )
    text = difference(about, explorable.relationships, _global_id(bindings))
    return Root(key, Statement("query.diff", Kind.READ, text), bindings, entry, [None])


def _moments(bindings: Bindings, given: dict[str, Argument]) -> tuple[LiteralString, LiteralString]:
    since, until = given["from"], given["to"]

    def end(values: VariableValues) -> str:
        last, first = until.evaluate(values), since.evaluate(values)
        last = checked(last) if last is not None else stored(datetime.now(UTC))
        if last < first:
            raise BadRequest(Code.INVALID_TIME, "`to` lies before `from`; exchange them.")
        return last

    return (
        "$" + bindings.add((since.identity, "from"), lambda v: checked(since.evaluate(v))),
        "$" + bindings.add((since.identity, until.identity, "to"), end),
    )


def _global_id(bindings: Bindings) -> LiteralString:
    """The type and id of the node `far`, archived or not."""
    pairs = [[name, node.name] for name, node in concrete().items()]
    types = bindings.add(("types",), lambda _: pairs)
    return (
        f"head([pair IN ${types} WHERE pair[1] IN coalesce(far.archivedLabels, labels(far)) "
        "| pair[0]]) + ':' + far.id"
    )


_FIELD = {**_CHANGED, "at": 3, "actor": 4, "op": 5, "reason": 6}
_LINK = {
    "type": 0, "direction": 1, "nodeId": 2, "headline": 3, "at": 4, "actor": 5, "op": 6, "reason": 7
}  # fmt: skip
_LISTS = {"fields": (2, _FIELD), "gained": (3, _LINK), "lost": (4, _LINK)}
_FLAGS = {"existedBefore": 0, "existsAfter": 1}


def _difference(compiler: Compiler, type_: str | None) -> _Make:
    def make(name: str, inner: GraphQLField, each: list[FieldNode]) -> Shape:
        if name in _FLAGS:
            return Scalar(_FLAGS[name], "Boolean")
        if name == "fields":
            _note(compiler, type_)
        slot, places = _LISTS[name]
        return Listed(slot, (_fields(compiler, inner, each, _leaves(places)),), False, 10)

    return make
