"""Arguments of a field as parameters: where each value will come from, without the value.

A plan holds no value of a request. What it holds is, for each parameter, how to compute it from the
request's coerced variables; constants of the query text are parameters too, so that two queries
that differ only in a literal share one statement.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, LiteralString, cast

from graphql import FieldNode, GraphQLArgument, GraphQLField, ValueNode
from graphql.execution.values import VariableValues
from graphql.language import VariableNode, print_ast
from graphql.pyutils import Undefined

from loaders.errors import BadRequest, Code
from loaders.schema import coerce_literal, default_of

Evaluate = Callable[[VariableValues], Any]


@dataclass(slots=True)
class Bindings:
    """The parameters of one plan: their names, and how to compute them per request."""

    _names: dict[tuple[str, ...], LiteralString] = field(default_factory=dict[tuple[str, ...], Any])
    evaluate: dict[LiteralString, Evaluate] = field(default_factory=dict[Any, Any])

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

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """Every parameter's value for one request."""
        return {name: evaluate(variables) for name, evaluate in self.evaluate.items()}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of one field node: its identity, how to evaluate it, and its first value.

    `now` is the value for the variables the plan is made for. Only what is part of a plan's shape
    may be decided by it: whether it is null, a Boolean, an enum value, an id's type.
    """

    identity: str
    evaluate: Evaluate
    now: Any


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
        return Argument(f"${name}", lambda each: each.coerced[name], variables.coerced[name])
    if "$" in print_ast(node):

        def evaluate(values: VariableValues) -> Any:
            return _checked(coerce_literal(node, definition, values))

        return Argument(print_ast(node), evaluate, evaluate(variables))
    constant = _checked(coerce_literal(node, definition))
    return Argument(print_ast(node), lambda _: constant, constant)


def _is_absent(node: VariableNode, variables: VariableValues) -> bool:
    return node.name.value not in variables.coerced


def _defined(value: Any) -> Any:
    return None if value is Undefined else value


def _checked(value: Any) -> Any:
    if value is Undefined:
        raise BadRequest(Code.INVALID_ARGUMENT, "A variable does not fit where it is used.")
    return value


def plain(value: Any) -> Any:
    """A coerced input value as the driver takes it: enum members by name, lists through."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        return [plain(each) for each in cast("list[Any]", value)]
    return value
