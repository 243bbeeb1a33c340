"""Connections in Cypher: filter, order, keyset cursor and limit before anything is expanded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.values import VariableValues

from graph.model.kinds import Walk
from graph.statements import Pattern
from loaders.arguments import Argument, Bindings, arguments, plain
from loaders.declare import DEFAULT_PAGE, MAX_PAGE
from loaders.errors import BadRequest, Code
from loaders.ids import decode_cursor
from loaders.registry import REGISTRY
from loaders.schema import object_type
from loaders.shapes import Count, Cursor, Edges, Entry, Fields, Info, Object, Page, Typename
from loaders.sources import Choice, Many
from loaders.text import Scope, Slots, rename

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


@dataclass(slots=True)
class _Window:
    """Which part of the list is asked: its size, its end, and its cursors."""

    limit: LiteralString
    backward: bool
    conditions: list[LiteralString]
    after: bool
    before: bool


def compile_page(compiler: "Compiler", paging: Paging, slots: Slots) -> Page:
    """Add a connection's rows and count to the slots."""
    child = paging.scope.child()
    given = arguments(paging.definition, paging.nodes[0], compiler.variables)
    window = _window(paging, given, child, compiler.bindings)
    reach = _reach(compiler, paging, given, child)
    wheres = _wheres(paging, given, child, compiler.bindings)
    connection = object_type(paging.definition)
    row = Slots()
    entries: list[Entry] = []
    needed = False
    selected = compiler.selector.fields(connection, compiler.selector.below(paging.nodes))
    for key, nodes in selected.items():
        match nodes[0].name.value:
            case "edges":
                needed = True
                shape = Edges(_edge(compiler, paging, connection, nodes, child, row))
            case "pageInfo":
                needed = True
                shape = _info(compiler, paging, connection, nodes, child, row)
            case "totalCount":
                shape = Count(slots.add(_count(paging, reach, wheres, child)))
            case _:
                shape = Typename(connection.name)
        entries.append(Entry(key, shape, required=True))
    rows = slots.add(_rows(paging, window, reach, wheres, child, row)) if needed else None
    fields = Fields(connection.name, tuple(entries))
    return Page(rows, window.limit, window.backward, window.after, window.before, fields)


def _reach(
    compiler: "Compiler", paging: Paging, given: dict[str, Argument], child: Scope
) -> LiteralString:
    reach = paging.source.reach
    if reach is None:
        return f"MATCH ({child.node}:{REGISTRY.kinds[paging.source.target].label})"
    if isinstance(reach, Choice):
        chosen = given[reach.name].now
        default = next(iter(reach.patterns))
        reach = reach.patterns[default if chosen is None else type(default)[plain(chosen)]]
    return compiler.reach(reach, paging.source.target, paging.scope, child)


def _wheres(
    paging: Paging, given: dict[str, Argument], child: Scope, bindings: Bindings
) -> list[LiteralString]:
    conditions: list[LiteralString] = []
    for where in paging.source.wheres:
        argument = given[where.name]
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


def _window(
    paging: Paging, given: dict[str, Argument], child: Scope, bindings: Bindings
) -> _Window:
    first, last = given["first"], given["last"]
    if first.now is not None and last.now is not None:
        raise BadRequest(Code.INVALID_PAGE, "Ask for either first or last, not both.")
    backward = last.now is not None
    size = last if backward else first
    limit = bindings.add(
        (size.identity, "limit"), lambda values: _limit(size.evaluate(values)), fixed=True
    )
    window = _Window(limit, backward, [], after=False, before=False)
    for name, follows in (("after", True), ("before", False)):
        cursor = given[name]
        if cursor.now is not None:
            window.conditions.append(_beyond(paging, cursor, child, bindings, follows=follows))
            setattr(window, name, True)
    return window


def _limit(size: Any) -> int:
    """One more than asked, which tells whether there is more."""
    if size is None:
        return DEFAULT_PAGE + 1
    if not 0 <= size <= MAX_PAGE:
        raise BadRequest(Code.INVALID_PAGE, f"A page holds 0 to {MAX_PAGE} rows.")
    return size + 1


def _beyond(
    paging: Paging, cursor: Argument, child: Scope, bindings: Bindings, *, follows: bool
) -> LiteralString:
    """What lies beyond a cursor, as CASE: the plain disjunction would lose the index's order."""
    kind, place = paging.source.order.kind, paging.place

    def part(values: VariableValues, position: int) -> Any:
        found = decode_cursor(cursor.evaluate(values), place, (kind, str))
        return found[position]

    term = bindings.add((cursor.identity, place, "term"), lambda values: part(values, 0))
    id_ = bindings.add((cursor.identity, place, "id"), lambda values: part(values, 1))
    greater = follows is not paging.source.order.descending
    at_most: LiteralString = ">=" if greater else "<="
    than: LiteralString = ">" if greater else "<"
    column = rename(paging.source.order.term, node=child.node, edge=child.edge)
    return (
        f"{column} {at_most} ${term} AND "
        f"CASE WHEN {column} = ${term} THEN {child.node}.id {than} ${id_} ELSE true END"
    )


def _rows(
    paging: Paging,
    window: _Window,
    reach: LiteralString,
    wheres: list[LiteralString],
    child: Scope,
    row: Slots,
) -> LiteralString:
    order = paging.source.order
    column = rename(order.term, node=child.node, edge=child.edge)
    direction: LiteralString = " DESC" if order.descending is not window.backward else ""
    conditions = list[LiteralString]()
    conditions.extend(wheres)
    conditions.extend(window.conditions)
    if paging.source.reach is None:
        # Said so that the planner may take both the rows and their order from the index.
        conditions.append(column + " IS NOT NULL")
        conditions.append(child.node + ".id IS NOT NULL")
    where: LiteralString = " WHERE " + " AND ".join(conditions) if conditions else ""
    return (
        f"COLLECT {{ {reach}{where} WITH {_kept(paging, child)} "
        f"ORDER BY {column}{direction}, {child.node}.id{direction} LIMIT ${window.limit} "
        f"RETURN {row.text()} }}"
    )


def _kept(paging: Paging, child: Scope) -> LiteralString:
    """What of a match goes on: a named pattern may have no edge, or find a node twice."""
    reach = paging.source.reach
    if isinstance(reach, Walk):
        return child.node + ", " + child.edge
    patterns = tuple(reach.patterns.values()) if isinstance(reach, Choice) else (reach,)
    distinct = any(isinstance(each, Pattern) and each.distinct for each in patterns)
    keeps_edge = all(isinstance(each, Pattern) and "EDGE" in each.text for each in patterns)
    kept = child.node + ", " + child.edge if keeps_edge else child.node
    return "DISTINCT " + kept if distinct else kept


def _count(
    paging: Paging, reach: LiteralString, wheres: list[LiteralString], child: Scope
) -> LiteralString:
    where: LiteralString = " WHERE " + " AND ".join(wheres) if wheres else ""
    return f"COUNT {{ {reach}{where} RETURN {_kept(paging, child)} }}"


def _cursor(paging: Paging, child: Scope, row: Slots) -> Cursor:
    column = rename(paging.source.order.term, node=child.node, edge=child.edge)
    return Cursor(row.add(column), row.add(child.node + ".id"), paging.place)


def _edge(
    compiler: "Compiler",
    paging: Paging,
    connection: GraphQLObjectType,
    nodes: list[FieldNode],
    child: Scope,
    row: Slots,
) -> Fields:
    edge = object_type(connection.fields["edges"])
    entries: list[Entry] = []
    for key, each in compiler.selector.fields(edge, compiler.selector.below(nodes)).items():
        match each[0].name.value:
            case "cursor":
                entries.append(Entry(key, _cursor(paging, child, row), required=True))
            case "node":
                reach = paging.source.reach
                text, cases, tagged = compiler.row(edge.fields["node"], each, child, reach)
                entries.append(Entry(key, Object(row.add(text), cases, tagged), required=True))
            case _:
                entries.append(compiler.entry(edge, key, each, child.as_edge(), row))
    return Fields(edge.name, tuple(entries))


def _info(
    compiler: "Compiler",
    paging: Paging,
    connection: GraphQLObjectType,
    nodes: list[FieldNode],
    child: Scope,
    row: Slots,
) -> Info:
    type_ = object_type(connection.fields["pageInfo"])
    selected = compiler.selector.fields(type_, compiler.selector.below(nodes))
    keys = tuple((key, each[0].name.value) for key, each in selected.items())
    wants_cursor = any(name in {"startCursor", "endCursor"} for _, name in keys)
    return Info(keys, _cursor(paging, child, row) if wants_cursor else None)
