"""Queries written by walking the schema: every field, every argument, one level deep."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from loaders.schema import source_of
from loaders.sources import Many

PAGE = ("first", "after", "last", "before", "filter", "orderBy", "asOf")
AT_ONCE = 6
"""Connections of one type that one query asks for: what one plan can hold without strain."""


def leaves(type_: Any) -> str:
    """Every scalar, enum, amount and value object of a type."""
    parts = ["__typename"]
    for name, definition in type_.fields.items():
        named = get_named_type(definition.type)
        if is_leaf_type(named):
            parts.append(name)
        elif is_value(named):
            parts.append(f"{name} {{ {leaves(named)} }}")
    return " ".join(parts)


def is_value(named: Any) -> bool:
    """Whether a type is an object without identity: an amount or a value object."""
    fields = getattr(named, "fields", {})
    return isinstance(named, GraphQLObjectType) and not {"id", "edges"} & set(fields)


def _literal(type_: Any) -> str:
    nullable = get_nullable_type(type_)
    if isinstance(nullable, GraphQLList):
        return f"[{_literal(nullable.of_type)}]"
    named = get_named_type(nullable)
    if isinstance(named, GraphQLEnumType):
        return list(named.values)[-1]
    return {"Boolean": "true", "DateTime": '"2026-01-01T00:00:00Z"', "Int": "1"}[named.name]


def _page(name: str, definition: GraphQLField, given: str, *, deep: bool = True) -> str:
    connection: Any = get_named_type(definition.type)
    edge: Any = get_named_type(connection.fields["edges"].type)
    if not deep:
        return f"{name}({given}) {{ edges {{ cursor node {{ __typename id }} }} }}"
    walks = " ".join(f"{key} {{ __typename id }}" for key in walks_of(edge) if key != "node")
    return (
        f"{name}({given}) {{ __typename totalCount "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } "
        f"edges {{ {leaves(edge)} {walks} node {{ __typename id }} }} }}"
    )


def pages(name: str, definition: GraphQLField) -> Iterator[str]:
    """A connection as it is, and with every argument given."""
    yield _page(name, definition, "first: 100")
    arguments = [
        f"{key}: {_literal(each.type)}" for key, each in definition.args.items() if key not in PAGE
    ]
    if arguments:
        given = ", ".join(["first: 2", *arguments])
        yield _page(f"{name}Some: {name}", definition, given, deep=False)


def walks_of(type_: Any) -> list[str]:
    """The fields of a type that lead to one other node."""
    return [
        name
        for name, definition in type_.fields.items()
        if not isinstance(source_of(definition), Many)
        and not is_leaf_type(get_named_type(definition.type))
        and not is_value(get_named_type(definition.type))
    ]


def composites(type_: GraphQLObjectType, skip: set[str]) -> list[str]:
    """Every connection and every single walk of a type, but for those to skip."""
    walks = [f"{name} {{ __typename id }}" for name in walks_of(type_) if name not in skip]
    return walks + [
        " ".join(pages(name, definition))
        for name, definition in type_.fields.items()
        if isinstance(source_of(definition), Many) and name not in skip
    ]


def of_type(schema: GraphQLSchema, name: str, *, inherited: bool = True) -> Iterator[str]:
    """Selections that together hold every field of a type; or only its own connections."""
    type_: Any = schema.type_map[name]
    shared = {key for each in type_.interfaces for key in each.fields}
    yield leaves(type_)
    parts = composites(type_, set() if inherited else shared)
    for start in range(0, len(parts), AT_ONCE):
        yield " ".join(parts[start : start + AT_ONCE])


def of_roots(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Every root list by name, with every argument."""
    query: Any = schema.query_type
    for name, definition in query.fields.items():
        if isinstance(source_of(definition), Many):
            yield name, f"{{ {' '.join(pages(name, definition))} }}"
