"""Custom fields in GraphQL: their values, how they are given, and how they are asked for.

What fields there are is data, so none of this changes with them: a value is of any simple type, and
a filter names its field.
"""

from typing import Any

import strawberry

from graph.custom.definitions import NAME, PREFIX
from graph.statements import Expression
from loaders.errors import BadRequest, Code
from loaders.members import Operand

FIELDS = Expression(
    "custom.fields",
    """COLLECT {
      UNWIND [each IN keys(THIS) WHERE each STARTS WITH 'x_' | each] AS property
      MATCH (definition:FieldDef {name: substring(property, 2)})
      WHERE definition.label IN labels(THIS) AND definition.retiredAt IS NULL
      WITH property ORDER BY property
      RETURN {name: substring(property, 2), value: THIS[property]}
    }""",
)
"""The custom fields of a node that have a value and are in use, by name."""

OPERANDS: dict[str, Operand] = {
    "string": Operand.STRING,
    "int": Operand.INT,
    "float": Operand.FLOAT,
    "boolean": Operand.BOOLEAN,
    "dateTime": Operand.DATE_TIME,
    "date": Operand.DATE,
}
"""Kinds of comparison of a custom field, by the member that asks for it."""


def _simple(value: Any) -> Any:
    if isinstance(value, str | int | float | bool):
        return value
    raise ValueError("A custom field holds text, a number, or true or false.")


SIMPLE_VALUE: Any = strawberry.scalar(
    name="SimpleValue",
    description="A value of a custom field: text, a number, or true or false. Times and days are "
    "ISO 8601 text.",
    serialize=_simple,
    parse_value=_simple,
)


class SimpleValue:
    """Stands for the scalar in annotations."""


@strawberry.type(description="A custom field of a node, and its value.")
class CustomField:
    """A custom field of a node, and its value."""

    name: str = strawberry.field(description="Name of the field, as its definition says.")
    value: SimpleValue = strawberry.field(description="Its value, of the type it is defined with.")


@strawberry.input(description="A value for a custom field.")
class CustomFieldInput:
    """A value for a custom field."""

    name: str = strawberry.field(description="Name of the field, as its definition says.")
    value: SimpleValue | None = strawberry.field(
        default=None, description="Its value, of the type it is defined with; null removes it."
    )


def property_of(name: Any) -> str:
    """The property behind a custom field's name.

    Raises:
        BadRequest: INVALID_FILTER for what cannot be a name.
    """
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        text = "A custom field is named by letters and digits, such as `loyaltyPoints`."
        raise BadRequest(Code.INVALID_FILTER, text)
    return PREFIX + name
