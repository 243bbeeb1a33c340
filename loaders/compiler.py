"""From a selection to Cypher: one expression per object, nested as the selection is.

An object becomes a list literal of its fields' expressions; a relation becomes a subquery that
filters, sorts and limits *before* it expands its own children. Everything a root field needs is
thus one expression tree, and so one statement. No text depends on a value or an alias.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, LiteralString, cast

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues

from graph.access import STAFF, Rules
from graph.model.kinds import Property, Type, Walk
from graph.statements import Pattern
from loaders.arguments import Argument, Bindings
from loaders.marking import known, masked
from loaders.moments import check
from loaders.pages import Paging, compile_page
from loaders.reaching import first
from loaders.registry import REGISTRY
from loaders.schema import is_list, is_required, named_type, object_type, source_of
from loaders.selection import Selector
from loaders.shapes import (
    Entry,
    EnumName,
    Fields,
    FromMap,
    Id,
    MoneyOf,
    Object,
    Scalar,
    Shape,
    Typename,
    ValuesOf,
)
from loaders.sources import Computed, Many, One, OwnId, Source, Stored, Values
from loaders.subjects import Classes
from loaders.text import Scope, Slots, rename, tag


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the fields of one operation, for one shape of its variables.

    Attributes:
        rules: What the viewer may see.
        as_of: The argument that says as of when the answer is; None for now.
        personal: Which kinds of personal data are read.
    """

    schema: GraphQLSchema
    selector: Selector
    variables: VariableValues
    bindings: Bindings
    rules: Rules = STAFF
    as_of: Argument | None = None
    personal: Classes = field(default_factory=Classes)

    def object(
        self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode], scope: Scope, slots: Slots
    ) -> Fields:
        """The fields of one concrete type; their expressions are added to the slots."""
        selected = self.selector.fields(type_, sets)
        somebody = self.personal.enter(type_.name)
        entries = tuple(
            self.entry(type_, key, nodes, scope, slots) for key, nodes in selected.items()
        )
        subject = somebody and self.personal.leave(type_.name)
        return Fields(type_.name, entries, slots.add(scope.node + ".id") if subject else None)

    def entry(
        self, type_: GraphQLObjectType, key: str, nodes: list[FieldNode], scope: Scope, slots: Slots
    ) -> Entry:
        """One field of a node or an edge."""
        name = nodes[0].name.value
        if name == "__typename":
            return Entry(key, Typename(type_.name), required=True)
        definition = type_.fields[name]
        source = source_of(definition)
        self.personal.note(source)
        if self.as_of is not None:
            check(source, f"{type_.name}.{name}", on_edge=scope.on_edge)
        shape = self._shape(type_, definition, source, nodes, scope, slots)
        return Entry(key, shape, is_required(definition))

    def _masked(
        self,
        type_: GraphQLObjectType,
        nodes: list[FieldNode],
        scope: Scope,
        text: LiteralString,
        *,
        many: bool,
    ) -> LiteralString:
        """A value of a node, where it may be told."""
        if scope.on_edge:
            return text
        return masked(type_.name, nodes[0].name.value, scope, text, known=True, many=many)

    def _shape(
        self,
        type_: GraphQLObjectType,
        definition: GraphQLField,
        source: Source | None,
        nodes: list[FieldNode],
        scope: Scope,
        slots: Slots,
    ) -> Shape:
        match source:
            case OwnId():
                return Id(slots.add(scope.node + ".id"), type_.name)
            case Stored(declared):
                owner = scope.edge if scope.on_edge else scope.node
                text = _stored(declared, owner)
                many = declared.type is Type.STRINGS
                text = self._masked(type_, nodes, scope, text, many=many)
                return self._leaf(definition, slots.add(text), nodes)
            case Computed(expression):
                text = rename(expression.text, this=scope.node, edge=scope.edge)
                text = self._masked(type_, nodes, scope, text, many=False)
                return self._leaf(definition, slots.add(text), nodes)
            case Values(expression, many):
                text = rename(expression.text, this=scope.node)
                slot = slots.add(self._masked(type_, nodes, scope, text, many=many))
                return ValuesOf(slot, self._map(definition, nodes), many)
            case One():
                return self._one(type_, source, definition, nodes, scope, slots)
            case Many():
                paging = Paging(source, definition, nodes, scope, type_.name)
                return compile_page(self, paging, slots)
            case _:
                raise LookupError(f"{type_.name}.{nodes[0].name.value} has no source")

    def _leaf(self, definition: GraphQLField, slot: int | str, nodes: list[FieldNode]) -> Shape:
        named = named_type(definition)
        if isinstance(named, GraphQLEnumType):
            return EnumName(slot, frozenset(named.values))
        if isinstance(named, GraphQLObjectType):
            fields = self.selector.fields(named, self.selector.below(nodes))
            keys = tuple((key, each[0].name.value) for key, each in fields.items())
            return MoneyOf(slot, keys)
        if isinstance(slot, str):
            return FromMap(slot, named.name, is_list(definition))
        return Scalar(slot, named.name, is_list(definition))

    def _map(self, definition: GraphQLField, nodes: list[FieldNode]) -> Fields:
        """A value object: its maps hold every field, whatever is selected."""
        named = object_type(definition)
        entries: list[Entry] = []
        for key, each in self.selector.fields(named, self.selector.below(nodes)).items():
            name = each[0].name.value
            if name == "__typename":
                entries.append(Entry(key, Typename(named.name), required=True))
                continue
            field = named.fields[name]
            entries.append(Entry(key, self._leaf(field, name, each), is_required(field)))
        return Fields(named.name, tuple(entries))

    def _one(
        self,
        type_: GraphQLObjectType,
        source: One,
        definition: GraphQLField,
        nodes: list[FieldNode],
        scope: Scope,
        slots: Slots,
    ) -> Object:
        child = scope.child()
        row, cases, tagged = self.row(definition, nodes, child, source.reach)
        found = first(source, scope, child, type_.name, nodes[0].name.value, known=True)
        text = f"head(COLLECT {{ {found} {known(source.target, child)}RETURN {row} }})"
        return Object(slots.add(text), cases, tagged)

    def row(
        self, definition: GraphQLField, nodes: list[FieldNode], scope: Scope, reach: Any = None
    ) -> tuple[LiteralString, tuple[Fields, ...], bool]:
        """The list literal of a nested object, with its fields by concrete type.

        Of an abstract type only the kinds that a walk leads to are told apart.
        """
        sets = self.selector.below(nodes)
        return self.row_of(named_type(definition), sets, scope, reach)

    def row_of(
        self, named: Any, sets: list[SelectionSetNode], scope: Scope, reach: Any = None
    ) -> tuple[LiteralString, tuple[Fields, ...], bool]:
        """As `row`, for a type and selection sets."""
        if isinstance(named, GraphQLObjectType):
            slots = Slots()
            fields = self.object(named, sets, scope, slots)
            return slots.text(), (fields,), False
        targets = reach.targets if isinstance(reach, Walk | Pattern) else ()
        types = [
            each
            for each in self.schema.get_possible_types(cast("GraphQLInterfaceType", named))
            if not targets or REGISTRY.kinds[each.name].is_among(targets)
        ]
        # One row serves all types: what one type selects is null or empty for the others and is not
        # read there. Branches by type would say (and plan) what they share once for each of them.
        slots = Slots([tag([each.name for each in types], scope.node)])
        cases = tuple(self.object(each, sets, scope, slots) for each in types)
        return slots.text(), cases, True


def _stored(declared: Property, owner: LiteralString) -> LiteralString:
    """A property as its row holds it."""
    text: LiteralString = owner + "." + declared.name
    if declared.type is Type.MONEY:
        return f"CASE WHEN {text} IS NOT NULL THEN [{text}, {owner}.currency] END"
    return f"coalesce({text}, [])" if declared.type is Type.STRINGS else text
