"""Prepared operations: parsed, validated and planned once, then found by their text."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    validate,
)
from graphql.execution.values import VariableValues

from graph.access import STAFF, Rules
from loaders.arguments import Bindings
from loaders.compiler import Compiler
from loaders.completion import Complete, generate
from loaders.errors import BadRequest
from loaders.limits.documents import parsed
from loaders.mutating import Change, compile_change, is_action
from loaders.policy import Policy, policy_of
from loaders.roots import Root, compile_root
from loaders.schema import variable_type
from loaders.selection import Selector
from loaders.structure import structural_numbers, structure
from loaders.subjects import Reading, reading_of
from loaders.variables import Variables

MAX_PLANS = 64
# Every audience has its own. An operation takes about 130 bytes for each character of its text,
# and more for its plans: the largest texts must not have all memory.
MAX_OPERATIONS = 1_000
MAX_CHARS = 500_000
# Documents that cannot be run and are remembered all the same, and how long one of them may be.
MAX_REFUSED, MAX_REFUSED_CHARS = 200, 20_000


@dataclass(frozen=True, slots=True)
class Field:
    """A planned root field: a root with its completions, or the reason it was refused.

    `reading` is what it reads of people; None when that is nothing.
    """

    key: str
    root: Root | None
    refused: BadRequest | None
    strict: Complete | None
    lenient: Complete | None
    change: Change | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one operation does for one shape of its variables.

    Attributes:
        fields: Root fields that the graph answers, in the order of the response.
        whole: True when these are all fields, so that compiled completion can answer alone.
        policy: How long its answers may be kept; None when they may not.
    """

    fields: tuple[Field, ...]
    whole: bool
    policy: Policy | None = None


@dataclass(slots=True)
class Operation:
    """One operation of one document."""

    schema: GraphQLSchema
    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    id_variables: frozenset[str]
    variables: Variables
    numbers: frozenset[str] = frozenset()
    rules: Rules = STAFF
    plans: OrderedDict[Any, Plan] = field(default_factory=OrderedDict[Any, Plan])

    def plan(self, variables: VariableValues) -> Plan:
        """The plan for the shape of these variables, made when first seen."""
        if self.definition.operation is OperationType.MUTATION:
            # What is given decides nothing but what `@skip` and `@include` leave of the selection.
            given = variables.coerced.items()
            flags = tuple((name, value) for name, value in given if isinstance(value, bool))
            return self._kept(flags, variables)
        shape = tuple(
            (name, structure(value, is_id=name in self.id_variables))
            for name, value in variables.coerced.items()
        ) + tuple(variables.coerced.get(name) for name in self.numbers)
        return self._kept(shape, variables)

    def _kept(self, shape: Any, variables: VariableValues) -> Plan:
        found = self.plans.get(shape)
        if found is None:
            found = self.plans[shape] = self._make(variables)
            if len(self.plans) > MAX_PLANS:
                self.plans.popitem(last=False)
        return found

    def _make(self, variables: VariableValues) -> Plan:
        if self.definition.operation is OperationType.MUTATION:
            return self._changes(variables)
        query = self.schema.query_type
        if query is None or self.definition.operation is not OperationType.QUERY:
            return Plan((), whole=False)
        selector = Selector(self.schema, self.fragments, variables.coerced)
        selected = selector.fields(query, [self.definition.selection_set])
        fields: list[Field] = []
        for key, nodes in selected.items():
            compiler = Compiler(self.schema, selector, variables, Bindings(), self.rules)
            try:
                root = compile_root(compiler, query, key, nodes)
            except BadRequest as error:
                fields.append(Field(key, None, error, None, None))
                continue
            if root is not None:
                strict = generate(root.entry, strict=True)
                lenient = generate(root.entry, strict=False)
                reading = self._reading(root, compiler)
                fields.append(Field(key, root, None, strict, lenient, reading=reading))
        whole = len(fields) == len(selected)
        roots = [each.root for each in fields if each.root is not None]
        # What depends on who asks is not kept: a right that is gone must be gone at once.
        keeps = whole and len(roots) == len(fields) and self.rules.unrestricted
        policy = policy_of(roots) if keeps else None
        return Plan(tuple(fields), whole, policy)

    def _changes(self, variables: VariableValues) -> Plan:
        """The plan of a mutation: its root fields one after the other."""
        mutations = self.schema.mutation_type
        if mutations is None:
            return Plan((), whole=False)
        selector = Selector(self.schema, self.fragments, variables.coerced)
        fields: list[Field] = []
        selected = selector.fields(mutations, [self.definition.selection_set])
        for key, nodes in selected.items():
            if not is_action(mutations, nodes[0].name.value):
                continue
            compiler = Compiler(self.schema, selector, variables, Bindings(), self.rules)
            try:
                root, change = compile_change(compiler, mutations, key, nodes)
            except BadRequest as error:
                fields.append(Field(key, None, error, None, None))
                continue
            strict = generate(root.entry, strict=True)
            lenient = generate(root.entry, strict=False)
            reading = self._reading(root, compiler)
            fields.append(Field(key, root, None, strict, lenient, change, reading))
        return Plan(tuple(fields), whole=len(fields) == len(selected))

    def _reading(self, root: Root, compiler: Compiler) -> Reading | None:
        return reading_of(root.entry, compiler.personal, self.definition)


class Operations:
    """The operations that were asked of late, by query text and operation name.

    Bounded by their number and by the characters of their texts together; the one that was not
    asked for the longest time goes first.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        rules: Rules = STAFF,
        size: int = MAX_OPERATIONS,
        chars: int = MAX_CHARS,
    ) -> None:
        self._schema = schema
        self._rules = rules
        self._size = size
        self._most_chars = chars
        self._chars = 0
        self._found: OrderedDict[tuple[str, str | None], Operation] = OrderedDict()
        # Apart from the others: whoever sends nonsense pushes out nothing but nonsense.
        self._refused: OrderedDict[tuple[str, str | None], list[GraphQLError]] = OrderedDict()

    def __len__(self) -> int:
        """How many operations are kept."""
        return len(self._found)

    def get(self, query: str, name: str | None) -> Operation | list[GraphQLError]:
        """The operation of a query text, or why it cannot be run."""
        key = (query, name)
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
            return found
        if (refused := self._refused.get(key)) is not None:
            return [*refused]
        made = self._prepare(query, name)
        if not isinstance(made, Operation):
            self._refuse(key, made)
        else:
            self._found[key] = made
            self._chars += len(query)
            while len(self._found) > self._size or self._chars > self._most_chars:
                (text, _), _ = self._found.popitem(last=False)
                self._chars -= len(text)
        return made

    def _refuse(self, key: tuple[str, str | None], errors: list[GraphQLError]) -> None:
        """Remember why a short text is refused, without the document, which takes more room."""
        if len(key[0]) > MAX_REFUSED_CHARS:
            return
        self._refused[key] = [
            GraphQLError(
                each.message,
                source=each.source,
                positions=each.positions,
                extensions=each.extensions,
            )
            for each in errors
        ]
        if len(self._refused) > MAX_REFUSED:
            self._refused.popitem(last=False)

    def _prepare(self, query: str, name: str | None) -> Operation | list[GraphQLError]:
        try:
            document = parsed(query)
        except GraphQLError as error:
            return [error]
        errors = validate(
            self._schema, document, max_errors=5, hide_suggestions=not self._rules.suggests
        )
        if errors:
            return errors
        operations = [
            each for each in document.definitions if isinstance(each, OperationDefinitionNode)
        ]
        chosen = [each for each in operations if name is None or _name(each) == name]
        if len(chosen) != 1:
            return [GraphQLError(_unclear(name, len(operations)))]
        fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        ids = frozenset(self._id_variables(chosen[0]))
        variables = Variables(self._schema, chosen[0], suggests=self._rules.suggests)
        numbers = structural_numbers(self._schema, document)
        return Operation(
            self._schema, document, chosen[0], fragments, ids, variables, numbers, self._rules
        )

    def _id_variables(self, definition: OperationDefinitionNode) -> list[str]:
        return [
            each.variable.name.value
            for each in definition.variable_definitions or ()
            if variable_type(self._schema, each.type) == "ID"
        ]


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


def _unclear(name: str | None, count: int) -> str:
    if name is not None:
        return "The document has no operation of that name."
    return "The document has no operation." if count == 0 else "Say which operation to run."
