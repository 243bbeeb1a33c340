"""The comparisons of a filter: what each is called, what it takes, and its Cypher.

Every comparison is true or false in the end: what is not known to be true is false, and `ne` and
`notIn` are the opposites of `eq` and `in`, so that they hold for what has no value.
"""

from dataclasses import dataclass
from enum import Enum
from typing import LiteralString

from loaders.members import Operand


class Takes(Enum):
    """What a comparison is given."""

    VALUE = "value"
    LIST = "list"
    RANGE = "range"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison.

    Attributes:
        name: Its name in GraphQL.
        takes: What it is given.
        text: Cypher over NODE, the value compared, and VALUE (a range: EDGE to VALUE). One that
            takes a flag has the text for true; `otherwise` is the text for false.
        description: What it means.
    """

    name: str
    takes: Takes
    text: LiteralString
    description: str
    otherwise: LiteralString = ""


_EQUAL = (
    Comparison("eq", Takes.VALUE, "NODE = VALUE", "Equal to this."),
    Comparison(
        "ne",
        Takes.VALUE,
        "coalesce(NODE <> VALUE, true)",
        "Not equal to this; what has no value is not equal either.",
    ),
)
_AMONG = (
    Comparison("in", Takes.LIST, "NODE IN VALUE", "Equal to one of these; of none, never."),
    Comparison(
        "notIn",
        Takes.LIST,
        "coalesce(NOT NODE IN VALUE, true)",
        "Equal to none of these; what has no value is equal to none.",
    ),
)
_NULL = Comparison(
    "isNull",
    Takes.FLAG,
    "NODE IS NULL",
    "True for what has no value, false for what has one.",
    "NODE IS NOT NULL",
)
_ORDERED = (
    Comparison("lt", Takes.VALUE, "NODE < VALUE", "Less than this, or before it."),
    Comparison("lte", Takes.VALUE, "NODE <= VALUE", "At most this, or not after it."),
    Comparison("gt", Takes.VALUE, "NODE > VALUE", "Greater than this, or after it."),
    Comparison("gte", Takes.VALUE, "NODE >= VALUE", "At least this, or not before it."),
    Comparison(
        "between",
        Takes.RANGE,
        "EDGE <= NODE <= VALUE",
        "From the one to the other, both included; from must not exceed to.",
    ),
)
_TEXT = (
    Comparison("contains", Takes.VALUE, "NODE CONTAINS VALUE", "Contains this, case as it is."),
    Comparison("startsWith", Takes.VALUE, "NODE STARTS WITH VALUE", "Starts with this."),
    Comparison("endsWith", Takes.VALUE, "NODE ENDS WITH VALUE", "Ends with this."),
)
_LISTED = (
    Comparison("has", Takes.VALUE, "VALUE IN NODE", "Has this among its values."),
    Comparison(
        "hasAny",
        Takes.LIST,
        "any(asked IN VALUE WHERE asked IN NODE)",
        "Has at least one of these among its values.",
    ),
    Comparison(
        "hasAll",
        Takes.LIST,
        "all(asked IN VALUE WHERE asked IN NODE)",
        "Has all of these among its values.",
    ),
    Comparison(
        "isEmpty",
        Takes.FLAG,
        "size(NODE) = 0",
        "True for what has no values, false for what has some.",
        "size(NODE) > 0",
    ),
)

COMPARISONS: dict[Operand, tuple[Comparison, ...]] = {
    Operand.STRING: (*_EQUAL, *_AMONG, *_TEXT, _NULL),
    Operand.INT: (*_EQUAL, *_AMONG, *_ORDERED, _NULL),
    Operand.FLOAT: (*_EQUAL, *_ORDERED, _NULL),
    Operand.BOOLEAN: (*_EQUAL, _NULL),
    Operand.DATE_TIME: (*_EQUAL, *_ORDERED, _NULL),
    Operand.DATE: (*_EQUAL, *_ORDERED, _NULL),
    Operand.MONEY: (*_EQUAL, *_ORDERED, _NULL),
    Operand.ENUM: (*_EQUAL, *_AMONG, _NULL),
    Operand.STRINGS: _LISTED,
    Operand.ID: (*_EQUAL, *_AMONG),
}
"""The comparisons of each kind of value, by which its input type is made."""

BY_NAME = {
    operand: {each.name: each for each in comparisons}
    for operand, comparisons in COMPARISONS.items()
}
