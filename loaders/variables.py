"""Coerced variables of one operation: what can be prepared is prepared once.

graphql-core looks every type up again for each request and is the judge of everything unusual: a
variable that is missing or has a default, and every value that does not fit, go to it.
"""

from importlib import import_module
from typing import Any, cast

import graphql
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import Undefined

MAX_ERRORS = 5

# Both modules are hidden behind functions of the same name.
_coercion: Any = import_module("graphql.utilities.coerce_input_value")
_signature: Any = import_module("graphql.execution.get_variable_signature")
_values: Any = import_module("graphql.execution.values")

# Values of these Python types are what these scalars coerce to.
_AS_THEY_ARE: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}


class Variables:
    """Coerces the variables of one operation."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, suggests: bool = True
    ) -> None:
        """Prepare a validated operation; `suggests` lets errors say what was meant."""
        self._hide_suggestions = not suggests
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        self._prepared = [
            _Prepared(_signature.get_variable_signature(schema, each)) for each in self._definitions
        ]

    def coerce(self, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        """The coerced variables, or what is wrong with them; graphql-core's result in any case."""
        sources: dict[str, Any] = {}
        coerced: dict[str, Any] = {}
        for prepared in self._prepared:
            value = prepared.coerce(given.get(prepared.name, Undefined))
            if value is Undefined:
                return get_variable_values(
                    self._schema,
                    self._definitions,
                    given,
                    max_errors=MAX_ERRORS,
                    hide_suggestions=self._hide_suggestions,
                )
            coerced[prepared.name] = value
            source = _values.VariableValueSource(prepared.signature, given[prepared.name])
            sources[prepared.name] = source
        return VariableValues(sources, coerced)


class _Prepared:
    """One variable with its type found."""

    def __init__(self, signature: Any) -> None:
        self.signature = signature
        self.name: str = signature.name
        core = cast("Any", graphql)
        nullable = core.get_nullable_type(signature.type)
        self._direct = _AS_THEY_ARE.get(getattr(nullable, "name", ""))
        self._leaf = core.is_leaf_type(nullable)

    def coerce(self, value: Any) -> Any:
        """The coerced value, or Undefined where graphql-core must look at it."""
        if type(value) is self._direct:
            return value
        if value is Undefined or (
            not self._leaf and _values.input_is_nested_too_deeply(value, self.signature.type)
        ):
            return Undefined
        return _coercion.coerce_input_value(value, self.signature.type)
