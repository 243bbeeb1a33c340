"""Values of custom fields: checked and brought to the form that the graph stores."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema

from graph.custom.definitions import Definition
from graph.model.kinds import Property, Type
from graph.write.validation import property_schema

_WORDS = {
    Type.STRING: "one line of text of at most 1,000 characters",
    Type.TEXT: "text of at most 100,000 characters",
    Type.INTEGER: "a whole number of at most 64 bits",
    Type.FLOAT: "a finite number",
    Type.BOOLEAN: "true or false",
    Type.DATETIME: "an ISO 8601 time with its time zone, such as 2026-11-22T10:00:00Z",
    Type.DATE: "an ISO 8601 day such as 2026-11-22",
}


class Unfit(Exception):
    """A value that a custom field does not take; code and message are as in `Problem`."""

    def __init__(self, code: str, message: str) -> None:
        """Say what is wrong, without the value."""
        super().__init__(message)
        self.code = code


@cache
def _validator(type_: Type) -> SchemaValidator:
    schema = property_schema(Property("value", type_, ""))
    return SchemaValidator(schema, core_schema.CoreConfig(hide_input_in_errors=True, strict=True))


def stored(definition: Definition, value: Any) -> Any:
    """A value in the form that the graph stores; None, which removes it, is None.

    Raises:
        Unfit: WRONG_TYPE, when the field takes no such value.
    """
    if value is None:
        return None
    type_ = Type(definition.type)
    # JSON writes 3.0 as 3 where a client has but one kind of number.
    if type_ is Type.FLOAT and type(value) is int:
        value = float(value)
    try:
        return _validator(type_).validate_python(value)
    except ValidationError:
        raise Unfit("WRONG_TYPE", f"value must be {_WORDS[type_]}.") from None


def properties(
    fields: Mapping[str, Definition], given: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[tuple[str, str, tuple[str, ...]]]]:
    """Values of custom fields by property, and what is wrong: code, message, path.

    Args:
        fields: Custom fields in use for the node, by name.
        given: Objects with `name` and `value`; of equal names the later wins.
    """
    found: dict[str, Any] = {}
    problems: list[tuple[str, str, tuple[str, ...]]] = []
    for i, each in enumerate(given):
        definition = fields.get(str(each["name"]))
        if definition is None:
            message = "There is no such custom field for this; define it by fieldDefine."
            problems.append(("UNKNOWN_PROPERTY", message, ("custom", str(i), "name")))
            continue
        try:
            found[definition.property] = stored(definition, each.get("value"))
        except Unfit as error:
            problems.append((error.code, str(error), ("custom", str(i), "value")))
    return found, problems
