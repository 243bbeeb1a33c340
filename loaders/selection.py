"""What an operation selects, flattened: fragments spread, conditions decided, fields merged.

`@skip` and `@include` by variable are part of a plan's shape, so they are decided here, once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    is_abstract_type,
)
from graphql.language import BooleanValueNode, VariableNode

Fields = dict[str, list[FieldNode]]
"""Field nodes by response key, in the order in which the keys first appear."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Collects fields of one operation for given values of its Boolean variables."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def fields(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Fields:
        """The fields that selection sets ask of one concrete type (spec 6.3.2)."""
        found: Fields = {}
        visited: set[str] = set()
        for each in sets:
            self._collect(type_, each, found, visited)
        return found

    def below(self, nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
        """The selection sets of fields that share a response key."""
        return [node.selection_set for node in nodes if node.selection_set]

    def _collect(
        self, type_: GraphQLObjectType, selected: SelectionSetNode, found: Fields, visited: set[str]
    ) -> None:
        for selection in selected.selections:
            if not self._included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(key, []).append(selection)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                if condition is None or self._applies(type_, condition.name.value):
                    self._collect(type_, selection.selection_set, found, visited)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self.fragments[name]
                if name not in visited and self._applies(type_, fragment.type_condition.name.value):
                    visited.add(name)
                    self._collect(type_, fragment.selection_set, found, visited)

    def _applies(self, type_: GraphQLObjectType, condition: str) -> bool:
        if type_.name == condition:
            return True
        other = self.schema.type_map[condition]
        return is_abstract_type(other) and self._is_possible(other, type_)

    def _is_possible(self, abstract: GraphQLAbstractType, type_: GraphQLObjectType) -> bool:
        return self.schema.is_sub_type(abstract, type_)

    def _included(self, directives: Iterable[DirectiveNode] | None) -> bool:
        for directive in directives or ():
            name = directive.name.value
            if name in {"skip", "include"}:
                condition = self._condition(directive)
                if condition is (name == "skip"):
                    return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        arguments = cast("tuple[ArgumentNode, ...]", directive.arguments)
        node = arguments[0].value  # validated: both directives have exactly one
        if isinstance(node, VariableNode):
            return bool(self.variables.get(node.name.value))
        return isinstance(node, BooleanValueNode) and node.value
