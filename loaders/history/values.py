"""Values of fields, whatever their type, and which fields of a type have a history."""

from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLSchema

from graph.history import UNKNOWN
from graph.model.kinds import Type
from loaders.errors import BadRequest, Code
from loaders.schema import source_of
from loaders.sources import Stored

CUSTOM = "x_"
"""What names of custom fields begin with."""


class FieldValue:
    """The annotation of a value that may be of any type."""


FIELD_VALUE: Any = strawberry.scalar(
    name="FieldValue",
    description="The value of a field as the field itself shows it: a text (also of an enum, a day "
    "or a moment), a number, a flag, a list of texts, or for an amount an object of `amount` "
    "and `currency`.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


@cache
def named_fields(schema: GraphQLSchema, type_: str) -> tuple[tuple[str, str, bool], ...]:
    """Of each field of a type that has a history its name, its property, and if it is an amount."""
    found: list[tuple[str, str, bool]] = []
    named: Any = schema.type_map[type_]
    for name, definition in named.fields.items():
        source = source_of(definition)
        if isinstance(source, Stored) and not source.property.internal:
            column = source.property.name
            if column not in UNKNOWN:
                found.append((name, column, source.property.type is Type.MONEY))
    return tuple(found)


def wanted(schema: GraphQLSchema, type_: str, asked: list[str] | None) -> list[list[Any]]:
    """The fields that are asked for, in the order of the type; all when none is named.

    Raises:
        BadRequest: INVALID_ARGUMENT for a field that the type does not have, or without a history.
    """
    known = {name: [name, column, money] for name, column, money in named_fields(schema, type_)}
    if asked is None:
        return list(known.values())
    for name in asked:
        if name not in known and not name.startswith(CUSTOM):
            text = "`fields` names a field without a history; name properties of the type."
            raise BadRequest(Code.INVALID_ARGUMENT, text)
    return [each for name, each in known.items() if name in asked]


def custom(asked: list[str] | None) -> list[str] | None:
    """The custom fields that are asked for; None for all."""
    return None if asked is None else [name for name in asked if name.startswith(CUSTOM)]
