"""Connections in Cypher: filter, order, keyset cursor and limit before anything is expanded."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, LiteralString

from graphql import FieldNode, GraphQLField, GraphQLObjectType

from loaders.arguments import ABSENT, Argument, Bindings, arguments, plain
from loaders.facets import facet_text
from loaders.filters import compile_filter
from loaders.marking import known, may, seen
from loaders.members import edge_of
from loaders.reaching import kept, reached
from loaders.registry import REGISTRY
from loaders.schema import object_type
from loaders.shapes import (
    Count,
    Cursor,
    Edges,
    Entry,
    Facets,
    Fields,
    Info,
    Object,
    Page,
    Scalar,
    Shape,
    Typename,
)
from loaders.sorting import Term, order_by, terms_of
from loaders.sources import Choice, Many
from loaders.text import Scope, Slots, rename
from loaders.windows import Seal, Window, page_size, window_of

if TYPE_CHECKING:
    from loaders.compiler import Compiler


@dataclass(frozen=True, slots=True)
class Paging:
    """A connection field as it was selected."""

    source: Many
    definition: GraphQLField
    nodes: list[FieldNode]
    scope: Scope
    owner: str

    @property
    def place(self) -> str:
        """What binds a cursor to this list."""
        return f"{self.owner}.{self.nodes[0].name.value}"


@dataclass(frozen=True, slots=True)
class _List:
    """A list's parts in Cypher.

    Attributes:
        reach: The clauses that find its rows.
        wheres: What narrows and filters them.
        seen: The condition that a row may be seen.
        terms: Its order.
        child: The variables of a row.
        slots: The expressions of a row.
    """

    compiler: "Compiler"
    paging: Paging
    connection: GraphQLObjectType
    terms: list[Term]
    seal: Seal
    window: Window
    reach: LiteralString
    wheres: list[LiteralString]
    seen: LiteralString
    child: Scope
    slots: Slots = field(default_factory=Slots)


def compile_page(compiler: "Compiler", paging: Paging, slots: Slots) -> Page:
    """Add a connection's rows, count and facets to the slots."""
    found = _list(compiler, paging)
    entries: list[Entry] = []
    needed = False
    selected = compiler.selector.fields(found.connection, compiler.selector.below(paging.nodes))
    for key, nodes in selected.items():
        shape: Shape
        match nodes[0].name.value:
            case "edges":
                needed = True
                shape = Edges(_edge(found, nodes))
            case "pageInfo":
                needed = True
                shape = _info(found, nodes)
            case "totalCount":
                shape = Count(slots.add(_count(found)))
            case "facets":
                shape = _facets(found, nodes, slots)
            case _:
                shape = Typename(found.connection.name)
        entries.append(Entry(key, shape, required=True))
    rows = slots.add(_rows(found)) if needed else None
    window, fields = found.window, Fields(found.connection.name, tuple(entries))
    return Page(rows, window.limit, window.backward, window.after, window.before, fields)


def _list(compiler: "Compiler", paging: Paging) -> _List:
    child, bindings = paging.scope.child(), compiler.bindings
    given = arguments(paging.definition, paging.nodes[0], compiler.variables)
    given.pop("asOf", None)
    terms = terms_of(paging.source, given.get("orderBy", ABSENT).now, child)
    moment = {"asOf": compiler.as_of} if compiler.as_of is not None else {}
    sealed = Seal(paging.place, given | moment, bindings)
    window = window_of(given, terms, sealed, child, bindings)
    reach = _reach(paging, given, child)
    wheres = _wheres(paging, given, child, bindings)
    asked = given.get("filter", ABSENT)
    if asked.now is not None:
        place = f"filter {id(paging.nodes[0])}"
        target = paging.source.target
        wheres.append(compile_filter(asked, place, target, child, bindings))
    connection = object_type(paging.definition)
    source, field = paging.source, paging.nodes[0].name.value
    allowed = may(paging.owner, field, paging.scope, known=True)
    if allowed is not None:
        wheres.insert(0, allowed)
    sees = seen(source.target, child, source.reach, paging.scope)
    return _List(compiler, paging, connection, terms, sealed, window, reach, wheres, sees, child)


def _reach(paging: Paging, given: dict[str, Argument], child: Scope) -> LiteralString:
    reach = paging.source.reach
    if reach is None:
        return f"«FROM {REGISTRY.kinds[paging.source.target].label} {child.node}»"
    if isinstance(reach, Choice):
        chosen = given.get(reach.name, ABSENT).now
        default = next(iter(reach.patterns))
        reach = reach.patterns[default if chosen is None else type(default)[plain(chosen)]]
    return reached(reach, paging.source.target, paging.scope, child)


def _wheres(
    paging: Paging, given: dict[str, Argument], child: Scope, bindings: Bindings
) -> list[LiteralString]:
    conditions: list[LiteralString] = []
    for where in paging.source.wheres:
        argument = given.get(where.name, ABSENT)
        if argument.now is None:
            continue
        name = bindings.add(
            (argument.identity, "plain"), lambda values, each=argument: plain(each.evaluate(values))
        )
        conditions.append(
            rename(
                where.condition,
                this=paging.scope.node,
                node=child.node,
                edge=child.edge,
                value="$" + name,
            )
        )
    return conditions


def _matched(found: _List) -> LiteralString:
    """The clauses that yield the list's rows."""
    return f"{found.reach} WHERE {' AND '.join([*found.wheres, found.seen])}"


def _rows(found: _List) -> LiteralString:
    """The rows of a page: filtered, sorted and cut off before anything of them is read."""
    child, window = found.child, found.window
    names = kept(found.paging.source.reach, child)
    order = order_by(found.terms, child.node, backward=window.backward)
    if found.paging.source.reach is None:
        label = REGISTRY.kinds[found.paging.source.target].label
        body = _narrowed(found, names, found.seen, *_indexed(found))
        carried = ", ".join([names, *(each.text for each in found.terms if each.given is not None)])
        kind: LiteralString = "PAGE" if found.wheres or _in_order(found) else "SORT"
        page: LiteralString = (
            f"«{kind} {label} {child.node}|{carried}|{order}|{body} "
            f"ORDER BY {order} LIMIT ${window.limit}»"
        )
    else:
        # What may be seen is asked after the sort, of no more rows than a page needs.
        page = (
            f"{found.reach}{_narrowed(found, names)} ORDER BY {order} "
            f"WITH * WHERE {found.seen} WITH * LIMIT ${window.limit}"
        )
    knows = known(found.paging.source.target, child)
    return f"COLLECT {{ {page} {knows}RETURN {found.slots.text()} }}"


def _in_order(found: _List) -> bool:
    """Whether the list comes in the order of its index, so that a page takes a part of it."""
    column = rename(found.paging.source.order.term, node=found.child.node, edge=found.child.edge)
    return found.terms[0].text == column


def _indexed(found: _List) -> tuple[LiteralString, ...]:
    """Said so that the planner may take both the rows and their order from the index."""
    order = found.paging.source.order
    column = rename(order.term, node=found.child.node, edge=found.child.edge)
    return column + " IS NOT NULL", found.child.node + ".id IS NOT NULL"


def _narrowed(found: _List, names: LiteralString, *more: LiteralString) -> LiteralString:
    """The conditions of a page's rows, and what its order needs of them."""
    given: list[LiteralString] = [
        f"{each.given} AS {each.text}" for each in found.terms if each.given is not None
    ]
    if not given:
        return f"{_where(*found.wheres, *found.window.conditions, *more)} WITH {names}"
    # Terms that have to be computed are, once, before the cursors compare them.
    plainly = names.removeprefix("DISTINCT ")
    computed: LiteralString = ", ".join(given)
    narrowed, beyond = _where(*found.wheres, *more), _where(*found.window.conditions)
    return f"{narrowed} WITH {names} WITH {plainly}, {computed}{beyond}"


def _where(*conditions: LiteralString) -> LiteralString:
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def _count(found: _List) -> LiteralString:
    names = kept(found.paging.source.reach, found.child)
    return f"COUNT {{ {_matched(found)} RETURN {names} }}"


def _facets(found: _List, nodes: list[FieldNode], slots: Slots) -> Facets:
    compiler, definition = found.compiler, found.connection.fields["facets"]
    given = arguments(definition, nodes[0], compiler.variables)
    size = given["first"]
    limit = compiler.bindings.add(
        (size.identity, "facet"), lambda values: page_size(size.evaluate(values)), fixed=True
    )
    source = found.paging.source
    matched = f"{_matched(found)} WITH {kept(source.reach, found.child)}"
    wanted = plain(given["field"].now)
    slot = slots.add(facet_text(edge_of(source), wanted, matched, found.child, limit))
    type_ = object_type(definition)
    entries: list[Entry] = []
    for key, each in compiler.selector.fields(type_, compiler.selector.below(nodes)).items():
        match each[0].name.value:
            case "value":
                entries.append(Entry(key, Scalar(0, "String"), required=False))
            case "count":
                entries.append(Entry(key, Scalar(1, "Int"), required=True))
            case _:
                entries.append(Entry(key, Typename(type_.name), required=True))
    return Facets(slot, Fields(type_.name, tuple(entries)))


def _cursor(found: _List) -> Cursor:
    terms = tuple(found.slots.add(each.text) for each in found.terms)
    return Cursor(terms, found.slots.add(found.child.node + ".id"), found.seal.name)


def _edge(found: _List, nodes: list[FieldNode]) -> Fields:
    compiler, child, row = found.compiler, found.child, found.slots
    edge = object_type(found.connection.fields["edges"])
    entries: list[Entry] = []
    for key, each in compiler.selector.fields(edge, compiler.selector.below(nodes)).items():
        match each[0].name.value:
            case "cursor":
                entries.append(Entry(key, _cursor(found), required=True))
            case "node":
                reach = found.paging.source.reach
                text, cases, tagged = compiler.row(edge.fields["node"], each, child, reach)
                entries.append(Entry(key, Object(row.add(text), cases, tagged), required=True))
            case _:
                entries.append(compiler.entry(edge, key, each, child.as_edge(), row))
    return Fields(edge.name, tuple(entries))


def _info(found: _List, nodes: list[FieldNode]) -> Info:
    compiler = found.compiler
    type_ = object_type(found.connection.fields["pageInfo"])
    selected = compiler.selector.fields(type_, compiler.selector.below(nodes))
    keys = tuple((key, each[0].name.value) for key, each in selected.items())
    wants_cursor = any(name in {"startCursor", "endCursor"} for _, name in keys)
    return Info(keys, _cursor(found) if wants_cursor else None)
