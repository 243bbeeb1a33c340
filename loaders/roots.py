"""Root fields: the anchor of a statement, and the statement itself."""

from dataclasses import dataclass, replace
from typing import Any, LiteralString, cast

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from graph.access import Rules, expanded, unwrapped
from graph.identity.aliases import anchor
from graph.statements import CYPHER_25, Kind, Statement
from loaders.arguments import Argument, Bindings, arguments
from loaders.compiler import Compiler
from loaders.declare import MAX_PAGE
from loaders.errors import BadRequest, Code
from loaders.ids import GlobalId, decode_id
from loaders.marking import known, seen
from loaders.moments import moment_of, parameter, rewound
from loaders.registry import REGISTRY
from loaders.schema import named_type, source_of
from loaders.shapes import Count, Entry, Lookup, Object, Page, Scalar
from loaders.sources import Explored, Find, FindMany, Many, Viewing
from loaders.text import Scope, Slots, rename


@dataclass(frozen=True, slots=True)
class Root:
    """One root field, ready to run: at most one statement.

    Attributes:
        statement: The statement; None when the answer is known to be empty without one.
        bindings: Its parameters.
        entry: How its row becomes the field's value.
        nothing: The row of a viewer who may see nothing.
    """

    key: str
    statement: Statement | None
    bindings: Bindings
    entry: Entry
    nothing: list[Any]


def compile_root(
    compiler: Compiler, query: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Root | None:
    """Compile a root field; None for one that has an ordinary resolver.

    Raises:
        BadRequest: an argument makes no sense; nothing was sent.
    """
    definition = query.fields.get(nodes[0].name.value)
    as_of = moment_of(definition, nodes[0], compiler.variables) if definition else None
    if as_of is not None:
        compiler = replace(compiler, as_of=as_of)
    root = _of_today(compiler, query, key, nodes)
    if root is None or root.statement is None:
        return root
    statement = root.statement
    if as_of is not None:
        moment = parameter(as_of, compiler.bindings)
        # Rights are always today's, so they come in when the rest speaks of the past already.
        statement = replace(statement, text=unwrapped(statement.text, compiler.rules))
        statement = rewound(statement, nodes[0].name.value, moment)
    return replace(root, statement=permitted(statement, compiler.rules, compiler.bindings))


def permitted(statement: Statement, rules: Rules, bindings: Bindings) -> Statement:
    """A statement that answers with nothing but what the viewer may see."""
    text = expanded(statement.text, rules)
    if rules.prologue:
        issuer = bindings.add_viewer("issuer", lambda viewer: viewer.issuer)
        subject = bindings.add_viewer("subject", lambda viewer: viewer.subject)
        text = CYPHER_25 + rules.begin("$" + issuer, "$" + subject) + " " + text
    return replace(statement, text=text)


def _of_today(
    compiler: Compiler, query: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Root | None:
    definition = query.fields.get(nodes[0].name.value)
    source = source_of(definition) if definition is not None else None
    match source:
        case Many():
            return _listing(compiler, query, key, nodes)
        case Find():
            return _find(compiler, cast("GraphQLField", definition), source, key, nodes)
        case Viewing():
            return _viewing(compiler, cast("GraphQLField", definition), source, key, nodes)
        case FindMany():
            return _find_many(compiler, cast("GraphQLField", definition), key, nodes)
        case Explored():
            return cast("Root", source.compile(compiler, definition, key, nodes))
        case _:
            return None


def _statement(name: str, text: LiteralString) -> Statement:
    return Statement("query." + name, Kind.READ, text)


def _listing(
    compiler: Compiler, query: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> Root:
    slots = Slots()
    entry = compiler.entry(query, key, nodes, Scope(), slots)
    page = cast("Page", entry.shape)
    nothing: list[Any] = [[] for _ in slots.texts]
    for each in page.fields.entries:
        if isinstance(each.shape, Count):
            nothing[each.shape.slot] = 0
    statement = _statement(nodes[0].name.value, f"RETURN {slots.text()} AS answer")
    return Root(key, statement, compiler.bindings, entry, nothing)


def _find(
    compiler: Compiler, definition: GraphQLField, source: Find, key: str, nodes: list[FieldNode]
) -> Root:
    given = arguments(definition, nodes[0], compiler.variables)
    scope = Scope()
    named = named_type(definition)
    way = _way(compiler, source, given, scope)
    if isinstance(way, str):
        row, cases, tagged = compiler.row(definition, nodes, scope)
        sees = seen(source.target, scope)
        text = f"«CALL n {scope.node}|{way} WITH {scope.node} WHERE {sees} "
        text = text + f"WITH {scope.node} LIMIT 1»"
        text = text + f" {known(source.target, scope)}RETURN [{row}] AS answer"
    else:
        wanted = compiler.schema.type_map.get(way.type)
        if not isinstance(wanted, GraphQLObjectType) or not _fits(compiler, named, wanted):
            return Root(key, None, compiler.bindings, _nothing(key), [None])
        sets = compiler.selector.below(nodes)
        row, cases, tagged = compiler.row_of(wanted, sets, scope)
        parameter = compiler.bindings.add(
            (given["id"].identity, "id"), lambda values: decode_id(given["id"].evaluate(values)).id
        )
        past = compiler.as_of is not None
        found = _by_id(way.type, scope, "$" + parameter, past=past)
        text = f"{found} {known(way.type, scope)}RETURN [{row}] AS answer"
    entry = Entry(key, Object(0, cases, tagged), required=False)
    return Root(key, _statement(nodes[0].name.value, text), compiler.bindings, entry, [None])


def _viewing(
    compiler: Compiler, definition: GraphQLField, source: Viewing, key: str, nodes: list[FieldNode]
) -> Root:
    scope = Scope()
    row, cases, tagged = compiler.row(definition, nodes, scope)
    found = rename(source.pattern.text, node=scope.node)
    text: LiteralString = (
        f"«CALL n {scope.node}|{found} WITH {scope.node} LIMIT 1» RETURN [{row}] AS answer"
    )
    entry = Entry(key, Object(0, cases, tagged), required=False)
    return Root(key, _statement(nodes[0].name.value, text), compiler.bindings, entry, [None])


def _nothing(key: str) -> Entry:
    """The entry of a field that is null whatever its row."""
    return Entry(key, Scalar(0, "String"), required=False)


def _by_id(type_: str, scope: Scope, value: LiteralString, *, past: bool = False) -> LiteralString:
    """The anchor by id: the label with the index, then the role that tells the type.

    As of an earlier time every id is its own: who answers for whom is only known of today.
    """
    kind = REGISTRY.kinds[type_]
    role: LiteralString = f"{scope.node}:{kind.role.name} AND " if kind.role else ""
    sees = seen(type_, scope)
    if past:
        found: LiteralString = f"MATCH ({scope.node}:{kind.node.name} {{id: {value}}})"
    else:
        found = anchor(kind.node, scope.node, value)
    return f"{found} WHERE {role}{sees}"


def _fits(compiler: Compiler, named: Any, wanted: GraphQLObjectType) -> bool:
    if wanted.name not in REGISTRY.kinds:
        return False
    if is_abstract_type(named):
        return compiler.schema.is_sub_type(named, wanted)
    return named is wanted


def _way(
    compiler: Compiler, source: Find, given: dict[str, Argument], scope: Scope
) -> LiteralString | GlobalId:
    """The clause that finds the node by another way, or the global id it was asked by."""
    by_id = given["id"]
    ways = [
        (way, argument)
        for way in source.ways
        if (argument := given[way.path[0]]).now is not None
        and argument.now.get(way.path[1]) is not None
    ]
    if (by_id.now is not None) + len(ways) != 1:
        raise BadRequest(Code.INVALID_ARGUMENT, "Name the node in exactly one way.")
    if by_id.now is not None:
        return decode_id(by_id.now)
    way, argument = ways[0]
    parameter = compiler.bindings.add(
        (argument.identity, *way.path), lambda values: argument.evaluate(values)[way.path[1]]
    )
    return rename(way.pattern.text, node=scope.node, value="$" + parameter)


def _find_many(
    compiler: Compiler, definition: GraphQLField, key: str, nodes: list[FieldNode]
) -> Root:
    argument = arguments(definition, nodes[0], compiler.variables)["ids"]
    sets = compiler.selector.below(nodes)

    def decoded(values: VariableValues) -> list[tuple[str, str]]:
        ids = argument.evaluate(values)
        if len(ids) > MAX_PAGE:
            raise BadRequest(Code.INVALID_PAGE, f"At most {MAX_PAGE} ids are answered at once.")
        found = [decode_id(each) for each in ids]
        return [(each.type, each.id) for each in found]

    ids = compiler.bindings.add((argument.identity, "ids"), decoded)
    slots, parts, scope = Slots(), list[Object](), Scope()
    exist = set(REGISTRY.kinds) & set(compiler.schema.type_map)
    for type_ in sorted({each for each, _ in decoded(compiler.variables)} & exist):
        row, cases, tagged = compiler.row_of(compiler.schema.type_map[type_], sets, scope)
        parameter = compiler.bindings.add(
            (argument.identity, "ids", type_),
            lambda values, wanted=type_: [i for t, i in decoded(values) if t == wanted],
        )
        text = (
            f"COLLECT {{ UNWIND ${parameter} AS wanted "
            f"{_by_id(type_, scope, 'wanted', past=compiler.as_of is not None)} "
            f"{known(type_, scope)}"
            f"RETURN [wanted, {row}] }}"
        )
        parts.append(Object(slots.add(text), cases, tagged))
    entry = Entry(key, Lookup(ids, tuple(parts)), required=True)
    statement = _statement(nodes[0].name.value, f"RETURN {slots.text()} AS answer")
    nothing: list[Any] = [[] for _ in parts]
    return Root(key, statement, compiler.bindings, entry, nothing)
