"""What the compiler asks of a GraphQL schema; graphql-core's partly untyped API ends here."""

from importlib import import_module
from typing import Any, cast

import graphql
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    TypeNode,
    ValueNode,
)
from graphql.execution.values import VariableValues

from loaders.sources import Source

# `graphql.utilities` exports a function under the module's name.
_coercion: Any = import_module("graphql.utilities.coerce_input_value")


def _type(definition: GraphQLField | GraphQLArgument) -> Any:
    return cast("Any", definition).type


def named_type(definition: GraphQLField | GraphQLArgument) -> Any:
    """The named type of a field or argument, without its lists and non-nulls."""
    return cast("Any", graphql).get_named_type(_type(definition))


def object_type(definition: GraphQLField) -> GraphQLObjectType:
    """As `named_type`, of a field known to hold objects of one concrete type."""
    return cast("GraphQLObjectType", named_type(definition))


def is_required(definition: GraphQLField | GraphQLArgument) -> bool:
    """Whether the type is non-null."""
    return isinstance(_type(definition), GraphQLNonNull)


def is_list(definition: GraphQLField | GraphQLArgument) -> bool:
    """Whether the type is a list, null or not."""
    return isinstance(cast("Any", graphql).get_nullable_type(_type(definition)), GraphQLList)


def source_of(definition: GraphQLField) -> Source | None:
    """The declared source of a field, or None for one with an ordinary resolver."""
    return getattr(definition.extensions.get("strawberry-definition"), "source", None)


def variable_type(schema: GraphQLSchema, node: TypeNode) -> str | None:
    """The name of a variable's named type."""
    core = cast("Any", graphql)
    found = core.type_from_ast(schema, node)
    return core.get_named_type(found).name if found is not None else None


def coerce_literal(
    node: ValueNode, definition: GraphQLArgument, variables: VariableValues | None = None
) -> Any:
    """The value of an argument's literal by graphql-core's rules; Undefined when it has none."""
    return _coercion.coerce_input_literal(node, _type(definition), variables)


def default_of(definition: GraphQLArgument) -> Any:
    """The coerced default of an argument; Undefined when it has none."""
    return _coercion.coerce_default_value(definition)
