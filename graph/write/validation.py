"""Checking what a source says against the model, before anything is written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from babel.core import Locale
from babel.numbers import list_currencies
from pydantic_core import PydanticCustomError, SchemaValidator, ValidationError, core_schema

from graph.model.kinds import RECORDED_FROM, RECORDED_TO, Node, Property, Relationship, Type
from graph.write import formats

LINE = 1_000
TEXT = 100_000
ITEMS = 100
LARGEST = 2**63 - 1

Schema = core_schema.CoreSchema
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a property was refused; the message says what to do and never repeats the value."""

    property: str
    code: str
    message: str


_CODES: dict[str, tuple[str, str]] = {
    "extra_forbidden": ("UNKNOWN_PROPERTY", "is not a property that may be written here"),
    "missing": ("REQUIRED", "is required"),
    "none_required": ("REQUIRED", "is required"),
    "string_too_short": ("REQUIRED", "must not be empty"),
    "string_too_long": ("TOO_LONG", "must have at most {max_length:,} characters"),
    "too_long": ("TOO_LONG", "must have at most {max_length:,} items"),
    "string_pattern_mismatch": ("NOT_ONE_LINE", "must be one line without control characters"),
    "string_unicode": ("INVALID_TEXT", "must be valid Unicode text"),
    "string_type": ("NOT_TEXT", "must be text"),
    "list_type": ("NOT_A_LIST", "must be a list"),
    "literal_error": ("NOT_ALLOWED", "must be one of {expected}"),
    "finite_number": ("OUT_OF_RANGE", "must be a finite number"),
    "greater_than_equal": ("OUT_OF_RANGE", "must be a whole number of at most 64 bits"),
    "less_than_equal": ("OUT_OF_RANGE", "must be a whole number of at most 64 bits"),
    "int_parsing_size": ("OUT_OF_RANGE", "must be a whole number of at most 64 bits"),
    "int_type": ("NOT_A_NUMBER", "must be a whole number"),
    "int_parsing": ("NOT_A_NUMBER", "must be a whole number"),
    "int_from_float": ("NOT_A_NUMBER", "must be a whole number"),
    "float_type": ("NOT_A_NUMBER", "must be a number"),
    "float_parsing": ("NOT_A_NUMBER", "must be a number"),
    "bool_type": ("NOT_A_BOOLEAN", "must be true or false"),
    "bool_parsing": ("NOT_A_BOOLEAN", "must be true or false"),
    "country": ("NOT_ALLOWED", "must be an ISO 3166-1 code of two letters, such as FR"),
    "currency": ("NOT_ALLOWED", "must be an ISO 4217 code of three letters, such as EUR"),
}


def _formatted(form: Callable[[Any], str], code: LiteralString) -> Schema:
    def apply(value: Any) -> str:
        try:
            return form(value)
        except ValueError as error:
            raise PydanticCustomError(code, "{reason}", {"reason": str(error)}) from None

    return core_schema.no_info_plain_validator_function(apply)


def _line(*, required: bool = False) -> Schema:
    return core_schema.str_schema(
        strip_whitespace=True,
        max_length=LINE,
        min_length=1 if required else None,
        pattern=r"^[^\x00-\x1f\x7f\u0085\u2028\u2029]*$",
    )


def _written(form: Callable[[str], str], code: LiteralString) -> Schema:
    """A form of one line of text."""
    return core_schema.chain_schema([_line(required=True), _formatted(form, code)])


def _code_of(allowed: Iterable[str], error: LiteralString) -> Schema:
    return core_schema.custom_error_schema(
        core_schema.chain_schema(
            [
                core_schema.str_schema(to_upper=True, strip_whitespace=True),
                core_schema.literal_schema(sorted(allowed)),
            ]
        ),
        custom_error_type=error,
        custom_error_message=error,
    )


_GROUPS = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of two letters by which the CLDR means several countries, or none."""


@cache
def _countries() -> tuple[str, ...]:
    names = Locale("en").territories
    codes = (str(code) for code in names)  # pyright: ignore[reportUnknownArgumentType]
    return tuple(each for each in codes if re.fullmatch("[A-Z]{2}", each) and each not in _GROUPS)


def _whole() -> Schema:
    return core_schema.int_schema(ge=-LARGEST - 1, le=LARGEST)


def _schema(each: Property) -> Schema:
    match each.type:
        case Type.STRING:
            return _line(required=each.required)
        case Type.TEXT:
            return core_schema.str_schema(max_length=TEXT, pattern=r"^[^\x00]*$")
        case Type.INTEGER | Type.MONEY:
            return _whole()
        case Type.FLOAT:
            return core_schema.float_schema(allow_inf_nan=False)
        case Type.BOOLEAN:
            return core_schema.bool_schema()
        case Type.ENUM:
            return core_schema.literal_schema(list(each.values))
        case Type.CURRENCY:
            return _code_of(list_currencies(), "currency")
        case Type.COUNTRY:
            return _code_of(_countries(), "country")
        case Type.STRINGS:
            return core_schema.list_schema(_line(), max_length=ITEMS)
        case _:
            return _form(each.type)


def property_schema(each: Property) -> Schema:
    """The schema of one property's values, null apart."""
    return _schema(each)


def _form(kind: Type) -> Schema:
    match kind:
        case Type.DATETIME:
            return _formatted(formats.moment, "NOT_A_TIME")
        case Type.DATE:
            return _formatted(formats.day, "NOT_A_DAY")
        case Type.EMAIL:
            return _written(formats.email, "NOT_AN_EMAIL")
        case Type.PHONE:
            return _written(formats.phone, "NOT_A_PHONE")
        case Type.URL:
            return _written(formats.url, "NOT_A_URL")
        case Type.LANGUAGE:
            return _written(formats.language, "NOT_A_LANGUAGE")
        case _:
            return _formatted(formats.json, "NOT_JSON")


def key_names(node: Node) -> tuple[LiteralString, ...]:
    """Properties whose values a row gives by its key, not among its properties."""
    if node.sourced:
        return ("source", "externalId")
    return node.keys[0] if node.keys else ()


@cache
def writable(owner: Node | Relationship) -> dict[str, Property]:
    """Properties that a row may state, by name."""
    interval = {RECORDED_FROM.name, RECORDED_TO.name}
    return {
        name: each
        for name, each in owner.properties.items()
        if not each.internal and not (isinstance(owner, Relationship) and name in interval)
    }


@cache
def required(owner: Node | Relationship) -> tuple[str, ...]:
    """Properties that must have a value, the key's apart."""
    keys = key_names(owner) if isinstance(owner, Node) else ()
    return tuple(
        name for name, each in writable(owner).items() if each.required and name not in keys
    )


@cache
def _validator(owner: Node | Relationship, *, creating: bool) -> SchemaValidator:
    needed = set(required(owner))
    fields: dict[str, core_schema.TypedDictField] = {}
    for name, each in writable(owner).items():
        schema = _schema(each)
        if name not in needed:
            schema = core_schema.nullable_schema(schema)
        fields[name] = core_schema.typed_dict_field(schema, required=creating and name in needed)
    config = core_schema.CoreConfig(hide_input_in_errors=True)
    return SchemaValidator(
        core_schema.typed_dict_schema(fields, extra_behavior="forbid", config=config)
    )


def _problem(error: Any) -> Problem:
    place = ".".join(str(each) for each in error["loc"])
    context: dict[str, Any] = error.get("ctx") or {}
    kind: str = error["type"]
    if kind not in _CODES:
        return Problem(place, kind.upper(), str(context.get("reason", "is not valid")))
    if kind in ("string_type", "literal_error") and error.get("input", place) is None:
        kind = "none_required"
    code, message = _CODES[kind]
    return Problem(place, code, message.format(**context))


def _problems(error: ValidationError) -> list[Problem]:
    return [_problem(each) for each in error.errors(include_url=False)]


def validate(
    owner: Node | Relationship, properties: Values, *, creating: bool = True
) -> Values | list[Problem]:
    """Check one row's properties and bring them to the form that the graph stores.

    Args:
        owner: The kind of node or relationship.
        properties: Values by name; None removes a property and is refused for required ones.
        creating: Whether required properties must be there.

    Returns:
        The normalised values, or every problem found.
    """
    try:
        return _validator(owner, creating=creating).validate_python(properties)
    except ValidationError as error:
        return _problems(error)


def validate_many(
    owner: Node | Relationship, rows: Iterable[Values], *, creating: bool = True
) -> list[Values | list[Problem]]:
    """Check many rows of one kind, in order; see `validate`."""
    check = _validator(owner, creating=creating).validate_python
    found: list[Values | list[Problem]] = []
    for row in rows:
        try:
            found.append(check(row))
        except ValidationError as error:
            found.append(_problems(error))
    return found
