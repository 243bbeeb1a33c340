"""Arguments of a field as parameters: where each value will come from, without the value.

A plan holds no value of a request. What it holds is, for each parameter, how to compute it from the
request's coerced variables; constants of the query text are parameters too, so that two queries
that differ only in a literal share one statement.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, LiteralString, cast

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
)
from graphql.execution.values import VariableValues
from graphql.language import VariableNode, print_ast
from graphql.pyutils import Undefined

from loaders.errors import BadRequest, Code
from loaders.schema import coerce_literal, default_of
from loaders.viewer import Viewer

Evaluate = Callable[[VariableValues], Any]
Sealed = Callable[[VariableValues, str], Any]
Path = tuple[str | int, ...]
"""The way from an argument to a value in it: names of members, positions in lists."""


@dataclass(slots=True)
class Bindings:
    """The parameters of one plan: their names, and how to compute them per request."""

    _names: dict[tuple[str, ...], LiteralString] = field(default_factory=dict[tuple[str, ...], Any])
    evaluate: dict[LiteralString, Evaluate] = field(default_factory=dict[Any, Any])
    sealed: dict[LiteralString, Sealed] = field(default_factory=dict[Any, Any])
    asking: dict[LiteralString, Callable[[Viewer], Any]] = field(default_factory=dict[Any, Any])
    _seals: dict[tuple[str, ...], LiteralString] = field(default_factory=dict[Any, Any])

    def add(
        self, identity: tuple[str, ...], evaluate: Evaluate, *, fixed: bool = False
    ) -> LiteralString:
        """The name of the parameter with this identity; the same identity is one parameter.

        `fixed` is for a place where Cypher takes nothing but a parameter, such as LIMIT: requests
        that share a statement have the same value there. Its name starts with `f`, others with `p`.
        """
        name = self._names.get(identity)
        if name is None:
            # Made from a letter and a count, so it is as literal as if it were written out.
            letter = "f" if fixed else "p"
            name = cast("LiteralString", f"{letter}{len(self._names)}")
            self._names[identity] = name
            self.evaluate[name] = evaluate
        return name

    def add_sealed(self, identity: tuple[str, ...], evaluate: Sealed) -> LiteralString:
        """As `add`, of a value that also depends on who asks."""
        name = self.add(identity, _nothing)
        self.evaluate.pop(name, None)
        self.sealed[name] = evaluate
        return name

    def add_seal(self, identity: tuple[str, ...], evaluate: Sealed) -> LiteralString:
        """The name of a value that depends on who asks and that no statement needs.

        It is counted apart, so that it does not change the names of parameters.
        """
        name = self._seals.get(identity)
        if name is None:
            name = self._seals[identity] = cast("LiteralString", f"s{len(self._seals)}")
            self.sealed[name] = evaluate
        return name

    def add_viewer(self, name: str, evaluate: Callable[[Viewer], Any]) -> LiteralString:
        """As `add`, of what is said of the viewer under a name."""
        made = self.add(("viewer", name), _nothing)
        self.evaluate.pop(made, None)
        self.asking[made] = evaluate
        return made

    def values(self, variables: VariableValues, viewer: Viewer | None = None) -> dict[str, Any]:
        """Every parameter's value for one request.

        Args:
            variables: Its coerced variables.
            viewer: Who asks: a cursor made for one is refused from another.

        Raises:
            BadRequest: a value makes no sense.
        """
        found: dict[str, Any] = {name: each(variables) for name, each in self.evaluate.items()}
        scope = viewer.scope if viewer is not None else ""
        for name, sealed in self.sealed.items():
            found[name] = sealed(variables, scope)
        for name, said in self.asking.items():
            found[name] = said(viewer) if viewer is not None else None
        return found


def _nothing(_: VariableValues) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of one field node: its identity, how to evaluate it, and its first value.

    `now` is the value for the variables the plan is made for. Only what is part of a plan's shape
    may be decided by it: whether it is null, a Boolean, an enum value, an id's type.
    """

    identity: str
    evaluate: Evaluate
    now: Any
    node: ValueNode | None = None

    def part(self, path: Path) -> Evaluate:
        """How to evaluate the value at a path, without the rest where that is possible."""
        node, rest = self.node, path
        while rest and isinstance(node, ObjectValueNode | ListValueNode):
            node, rest = _below(node, rest[0]), rest[1:]
        if isinstance(node, VariableNode):
            name = node.name.value
            return lambda values: _at(values.coerced[name], rest)
        if node is not None and "$" not in print_ast(node):
            constant = _at(self.now, path)
            return lambda _: constant
        return lambda values: _at(self.evaluate(values), path)


def _below(node: ObjectValueNode | ListValueNode, step: str | int) -> ValueNode | None:
    if isinstance(node, ListValueNode):
        return node.values[step] if isinstance(step, int) else None
    # A single value stands for a list of one, so a position may have nothing to descend into.
    return next((each.value for each in node.fields if each.name.value == step), None)


def _at(value: Any, path: Path) -> Any:
    """The value at a path; None where there is none."""
    for step in path:
        if value is None or (isinstance(step, str) and step not in value):
            return None
        value = value[step]
    return value


ABSENT = Argument("absent", lambda _: None, None)
"""An argument that does not exist for who asks."""


def arguments(
    definition: GraphQLField, node: FieldNode, variables: VariableValues
) -> dict[str, Argument]:
    """The arguments of a field node by name, defaults included; null where absent."""
    given = {each.name.value: each.value for each in node.arguments or ()}
    return {
        name: _argument(each, given.get(name), variables) for name, each in definition.args.items()
    }


def _argument(
    definition: GraphQLArgument, node: ValueNode | None, variables: VariableValues
) -> Argument:
    if node is None or (isinstance(node, VariableNode) and _is_absent(node, variables)):
        default = _defined(default_of(definition))
        return Argument(f"default {default!r}", lambda _: default, default)
    if isinstance(node, VariableNode):
        name = node.name.value
        return Argument(f"${name}", lambda each: each.coerced[name], variables.coerced[name], node)
    if "$" in print_ast(node):

        def evaluate(values: VariableValues) -> Any:
            return _checked(coerce_literal(node, definition, values))

        return Argument(print_ast(node), evaluate, evaluate(variables), node)
    constant = _checked(coerce_literal(node, definition))
    return Argument(print_ast(node), lambda _: constant, constant, node)


def _is_absent(node: VariableNode, variables: VariableValues) -> bool:
    return node.name.value not in variables.coerced


def _defined(value: Any) -> Any:
    return None if value is Undefined else value


def _checked(value: Any) -> Any:
    if value is Undefined:
        raise BadRequest(Code.INVALID_ARGUMENT, "A variable does not fit where it is used.")
    return value


def plain(value: Any) -> Any:
    """A coerced input value as the driver takes it: enum members by name, wherever they stand."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        return [plain(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {name: plain(each) for name, each in items}
    return value
