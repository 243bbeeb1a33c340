"""Mutations: a field from an action, its input as a draft, and the read of what was selected."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, LiteralString, cast

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.values import VariableValues

from graph.errors import NOT_THERE
from graph.model.kinds import Node
from graph.statements import Kind, Pattern, Statement
from graph.write.actions import Mutation, Named, Ref, Refusal, Return
from loaders.arguments import Argument, arguments, plain
from loaders.audiences import directives_of
from loaders.compiler import Compiler
from loaders.connections import Deferred, argument
from loaders.declare import GraphField
from loaders.errors import BadRequest
from loaders.ids import GlobalId, decode_id
from loaders.marking import known, seen
from loaders.payloads import input_of, payload_of
from loaders.registry import REGISTRY
from loaders.roots import Root, permitted
from loaders.schema import is_required, named_type, object_type
from loaders.shapes import (
    Entry,
    Fields,
    FromMap,
    Id,
    Listed,
    Object,
    Scalar,
    Shape,
    Typename,
    ValuesOf,
)
from loaders.text import Scope, Slots


@dataclass(frozen=True, slots=True)
class Change:
    """One mutation of a plan.

    Attributes:
        mutation: What is done.
        input: Its argument.
        read: The read of what was selected; None when nothing was.
        returned: For each parameter of the read the variable whose id it holds.
        known: Variables of which only the id is selected, which takes no read; and whether their
            rows name the type.
        nothing: What the read would fill, when nothing was done. Then follow what is known, the
            errors, and the client's id.
        lists: Those variables that stand for any number of things.
    """

    mutation: Mutation
    input: Argument
    read: Statement | None
    returned: dict[LiteralString, str]
    known: tuple[tuple[str, bool], ...]
    nothing: tuple[Any, ...]
    lists: frozenset[str]

    def told(self, result: dict[str, Named]) -> dict[str, Any]:
        """The parameters of the read: the id of each thing, or those of a list."""
        found: dict[str, Any] = {}
        for parameter, variable in self.returned.items():
            things = self._things(result, variable)
            ids = [each.id for each in things]
            found[parameter] = ids if variable in self.lists else next(iter(ids), None)
        return found

    def rows(self, result: dict[str, Named]) -> list[Any]:
        """The rows of what takes no read."""
        found: list[Any] = []
        for variable, tagged in self.known:
            rows = [known_row(each, tagged=tagged) for each in self._things(result, variable)]
            found.append(rows if variable in self.lists else next(iter(rows), None))
        return found

    def _things(self, result: dict[str, Named], variable: str) -> list[Named]:
        if variable not in self.lists:
            return [result[variable]] if variable in result else []
        numbered = [
            (int(name.rpartition(".")[2]), each)
            for name, each in result.items()
            if name.startswith(variable + ".")
        ]
        return [each for _, each in sorted(numbered, key=itemgetter(0))]


def mutation_field(mutation: Mutation) -> Any:
    """The root field of a mutation."""
    made: dict[str, Any] = {}

    def once(make: Callable[[Mutation], Any], name: str) -> Callable[[], Any]:
        def get() -> Any:
            if name not in made:
                made[name] = make(mutation)
            return made[name]

        return get

    made_field = GraphField(
        description=mutation.description,
        graphql_name=mutation.name,
        directives=directives_of(mutation.audiences, staff=mutation.staff),
    )
    made_field.lazy_type = once(payload_of, "payload")
    made_field.arguments = [
        argument("input", Deferred(once(input_of, "input")), "What is to be done.")
    ]
    made_field.mutation = mutation
    return made_field


def is_action(mutations: GraphQLObjectType, name: str) -> bool:
    """Whether a root field is an action; the others have an ordinary resolver, and run after."""
    field = mutations.fields.get(name)
    declared = field.extensions.get("strawberry-definition") if field is not None else None
    return hasattr(declared, "mutation")


def mutation_of(definition: GraphQLField) -> Mutation:
    """The action behind a root field."""
    declared: Any = definition.extensions["strawberry-definition"]
    return cast("Mutation", declared.mutation)


@dataclass(slots=True)
class _Payload:
    """What the selection of one payload asks for, as it is gathered.

    Attributes:
        slots: What the read answers.
        returned: For each parameter of the read the variable whose id it holds.
        known: Variables of which only the id is selected, and whether their rows name the type.
    """

    compiler: Compiler
    mutation: Mutation
    input: Argument
    slots: Slots = field(default_factory=Slots)
    returned: dict[LiteralString, str] = field(default_factory=dict[LiteralString, str])
    known: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    nothing: list[Any] = field(default_factory=list[Any])

    def shape(self, definition: GraphQLField, nodes: list[FieldNode]) -> Shape | str:
        """How a field of the payload is answered; a text for the client's own id."""
        name = nodes[0].name.value
        if name == "userErrors":
            return ValuesOf(-1, _errors(self.compiler, definition, nodes), many=True)
        thing = next((one for one in self.mutation.returns if one.name == name), None)
        return name if thing is None else self._thing(definition, nodes, thing)

    def _thing(
        self, definition: GraphQLField, nodes: list[FieldNode], thing: Return
    ) -> Object | Listed:
        """The read of one thing of the payload, or of a list, by ids that the write will give."""
        scope, variable = Scope(), thing.variable
        row, cases, tagged = self.compiler.row(definition, nodes, scope)
        entries = [entry for case in cases for entry in case.entries]
        if all(isinstance(entry.shape, Id | Typename) for entry in entries):
            self.known.append((variable, tagged))
            return self._shape(-len(self.known), cases, thing, tagged=tagged)
        parameter = self.compiler.bindings.add(("returned", variable), _later)
        self.returned[parameter] = variable
        type_ = named_type(definition).name
        between: LiteralString = "|"
        labels = between.join([each.name for each in self._targets(type_, variable)])
        sees = seen(type_, scope, Pattern("returned", "", targets=self._targets(type_, variable)))
        if thing.per is None:
            text: LiteralString = (
                f"head(COLLECT {{ MATCH ({scope.node}:{labels} {{id: ${parameter}}}) WHERE {sees} "
                f"{known(type_, scope)}RETURN {row} }})"
            )
        else:
            text = (
                f"COLLECT {{ UNWIND range(0, size(${parameter}) - 1) AS place "
                f"MATCH ({scope.node}:{labels} {{id: ${parameter}[place]}}) WHERE {sees} "
                f"{known(type_, scope)}WITH * ORDER BY place RETURN {row} }}"
            )
        self.nothing.append([] if thing.per else None)
        return self._shape(self.slots.add(text), cases, thing, tagged=tagged)

    def _shape(
        self, slot: int, cases: tuple[Fields, ...], thing: Return, *, tagged: bool
    ) -> Object | Listed:
        if thing.per is None:
            return Object(slot, cases, tagged)
        per: str = thing.per
        size = self.compiler.bindings.add(
            ("size", thing.variable), lambda values: len(self.input.evaluate(values)[per])
        )
        return Listed(slot, cases, tagged, size)

    def _targets(self, type_: str, variable: str) -> tuple[Node, ...]:
        """What a thing may be: of an interface over many kinds what its ref may be."""
        kind = REGISTRY.kinds.get(type_)
        if kind is not None:
            return (kind.node,)
        return next(each for each in self.mutation.refs if each.name == variable).nodes

    def placed(self, shape: Shape | str) -> Shape:
        """The shape with its place in the row: read, known, errors, the client's id."""
        reads, things = len(self.slots.texts), len(self.slots.texts) + len(self.known)
        match shape:
            case str():
                return Scalar(things + 1, "String")
            case ValuesOf():
                return ValuesOf(things, shape.fields, many=True)
            case Object(slot=slot) | Listed(slot=slot) if slot < 0:
                return replace(shape, slot=reads - slot - 1)
            case _:
                return shape


def compile_change(
    compiler: Compiler, mutations: GraphQLObjectType, key: str, nodes: list[FieldNode]
) -> tuple[Root, Change]:
    """Compile a root field of a mutation: its read, and how its answer is completed."""
    definition = mutations.fields[nodes[0].name.value]
    mutation = mutation_of(definition)
    payload = object_type(definition)
    given = arguments(definition, nodes[0], compiler.variables)["input"]
    gathered = _Payload(compiler, mutation, given)
    shapes: list[tuple[str, Shape | str, bool]] = []
    for name, each in compiler.selector.fields(payload, compiler.selector.below(nodes)).items():
        if each[0].name.value == "__typename":
            shapes.append((name, Typename(payload.name), True))
            continue
        inner = payload.fields[each[0].name.value]
        shapes.append((name, gathered.shape(inner, each), is_required(inner)))
    entries = tuple(
        Entry(name, gathered.placed(shape), required) for name, shape, required in shapes
    )
    entry = Entry(key, Object(0, (Fields(payload.name, entries),), tagged=False), required=True)
    read = None
    if gathered.slots.texts:
        text: LiteralString = f"RETURN {gathered.slots.text()} AS answer"
        read = Statement("mutation." + mutation.name, Kind.READ, text)
        read = permitted(read, compiler.rules, compiler.bindings)
    root = Root(key, None, compiler.bindings, entry, [None])
    lists = frozenset(each.variable for each in mutation.returns if each.per)
    known, nothing = tuple(gathered.known), tuple(gathered.nothing)
    change = Change(mutation, given, read, gathered.returned, known, nothing, lists)
    return root, change


def known_row(named: Named, *, tagged: bool) -> list[str]:
    """The row of a thing of which nothing but its id and type is asked."""
    if not tagged:
        return [named.id]
    types = (name for name, kind in REGISTRY.kinds.items() if kind.role is None)
    type_ = next(name for name in types if REGISTRY.kinds[name].node.name == named.label)
    return [type_, named.id]


def _errors(compiler: Compiler, definition: GraphQLField, nodes: list[FieldNode]) -> Fields:
    named = object_type(definition)
    entries: list[Entry] = []
    for key, each in compiler.selector.fields(named, compiler.selector.below(nodes)).items():
        name = each[0].name.value
        shape: Shape = FromMap(name, "String", many=name == "field")
        if name == "__typename":
            shape = Typename(named.name)
        entries.append(Entry(key, shape, required=True))
    return Fields(named.name, tuple(entries))


def _later(_: VariableValues) -> None:
    return None


@dataclass(slots=True)
class Input:
    """The input of a mutation, its ids decoded.

    Attributes:
        refs: Nodes by the ref's name.
        given: Everything else.
        refusals: Ids that cannot be of what is asked for.
    """

    refs: dict[str, Named | list[Named] | None]
    given: dict[str, Any]
    refusals: list[Refusal]


def read_input(mutation: Mutation, value: dict[str, Any]) -> Input:
    """Decode the ids of an input and sort them out from the rest."""
    given = cast("dict[str, Any]", plain(value))
    found = Input({}, given, [])
    for ref in mutation.refs:
        name = ref.name if ref.many else ref.name + "Id"
        asked = given.pop(name, None)
        if asked is None:
            found.refs[ref.name] = None
        elif ref.many:
            found.refs[ref.name] = _list(ref, asked, found.refusals, (name,))
        else:
            found.refs[ref.name] = _named(ref, asked, None, found.refusals, (name,))
    for each in mutation.given:
        for inner in each.fields:
            if isinstance(inner, Ref) and each.property.name in given:
                _inside(inner, given[each.property.name], found.refusals, each.property.name)
    return found


def _inside(ref: Ref, value: Any, refusals: list[Refusal], name: str) -> None:
    """Decode a ref in the objects of a further field, in place."""
    rows = cast("list[dict[str, Any]]", value if isinstance(value, list) else [value])
    for i, row in enumerate(rows):
        path = (name, str(i)) if isinstance(value, list) else (name,)
        key = ref.name if ref.many else ref.name + "Id"
        asked = row.pop(key, None)
        if asked is not None and ref.many:
            row[ref.name] = _list(ref, asked, refusals, (*path, key))
        else:
            row[ref.name] = (
                None if asked is None else _named(ref, asked, None, refusals, (*path, key))
            )


def _list(
    ref: Ref, asked: list[Any], refusals: list[Refusal], path: tuple[str, ...]
) -> list[Named]:
    found: list[Named] = []
    for i, each in enumerate(asked):
        place = (*path, str(i))
        if ref.row is None:
            named = _named(ref, each, None, refusals, place)
        else:
            values = dict(each)
            named = _named(ref, values.pop(ref.row), values, refusals, (*place, ref.row))
        if named is not None:
            found.append(named)
    return found


def _named(
    ref: Ref,
    value: str,
    values: dict[str, Any] | None,
    refusals: list[Refusal],
    path: tuple[str, ...],
) -> Named | None:
    """The node that an id names; an id of another kind is one that is not there."""
    try:
        asked = decode_id(value)
    except BadRequest:
        asked = GlobalId("", "")
    kind = REGISTRY.kinds.get(asked.type)
    if kind is None or not any(kind.node.is_a(node) for node in ref.nodes):
        refusals.append(Refusal("NOT_FOUND", NOT_THERE, path))
        return None
    return Named(asked.id, kind.node.name, values)


def mutation_type(mutations: tuple[Mutation, ...], *others: type) -> Any:
    """The root type of all mutations; `others` are types whose fields have ordinary resolvers."""
    fields = {each.name: mutation_field(each) for each in mutations}
    annotations = dict.fromkeys(fields, Any)
    cls = type("Mutation", others, {**fields, "__annotations__": annotations})
    return cast("Any", strawberry.type(cls, description="Everything that can be done."))
