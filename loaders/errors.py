"""Requests that are refused, and how the caller is told.

BadRequest                a GraphQL error with `extensions.code`; nothing was sent to the graph
├── INVALID_ID            a global id that this server never made
├── INVALID_CURSOR        a cursor that this server never made for this list
├── INVALID_PAGE          `first` or `last` out of bounds, or both at once
├── INVALID_FILTER        a comparison that makes no sense: with null, a range reversed
├── FILTER_TOO_DEEP       a filter that follows too many relationships or is nested too deep
├── FILTER_TOO_WIDE       a filter with too many conditions, or too many values in one of them
├── INVALID_ORDER         an order by too many fields
├── INVALID_ARGUMENT      an argument that makes no sense here
├── INVALID_TIME          a moment that is still to come, or before 1970; a period reversed
├── NOT_AT_A_TIME         something that is only known of the present
├── FORBIDDEN             the viewer may not do this
├── TOO_MANY_TOKENS       a document that is too long to be parsed
├── TOO_DEEP              fields, brackets or variables that are nested too deeply
├── TOO_MANY_ALIASES      more aliases than the viewer's audience may use
├── TOO_MANY_DIRECTIVES   more directives than that
├── TOO_MANY_DEFINITIONS  more operations and fragments than that
├── TOO_MANY_VARIABLES    more variables than that
├── TOO_MANY_FIELDS       more fields than that, fragments spread
├── TOO_REPETITIVE        one field, asked at one place again and again
├── TOO_EXPENSIVE         a price above what one request may cost
├── INTROSPECTION_OFF     the schema cannot be asked for by the viewer's audience
└── NOT_TRUSTED           the viewer's audience may only send operations that are known here

What graphql-core finds wrong before anything is planned is coded, too:

INVALID_DOCUMENT          no GraphQL, or not of this schema: an unknown field, argument or value
INVALID_VARIABLES         variables that are missing or do not fit their types
"""

from collections.abc import Iterable
from enum import StrEnum

from graphql import GraphQLError


class Code(StrEnum):
    """Values of `extensions.code` for refused requests."""

    INVALID_ID = "INVALID_ID"
    INVALID_CURSOR = "INVALID_CURSOR"
    INVALID_PAGE = "INVALID_PAGE"
    INVALID_FILTER = "INVALID_FILTER"
    FILTER_TOO_DEEP = "FILTER_TOO_DEEP"
    FILTER_TOO_WIDE = "FILTER_TOO_WIDE"
    INVALID_ORDER = "INVALID_ORDER"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    INVALID_TIME = "INVALID_TIME"
    NOT_AT_A_TIME = "NOT_AT_A_TIME"
    FORBIDDEN = "FORBIDDEN"
    TOO_MANY_TOKENS = "TOO_MANY_TOKENS"
    TOO_DEEP = "TOO_DEEP"
    TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
    TOO_MANY_DIRECTIVES = "TOO_MANY_DIRECTIVES"
    TOO_MANY_DEFINITIONS = "TOO_MANY_DEFINITIONS"
    TOO_MANY_VARIABLES = "TOO_MANY_VARIABLES"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    TOO_REPETITIVE = "TOO_REPETITIVE"
    TOO_EXPENSIVE = "TOO_EXPENSIVE"
    INTROSPECTION_OFF = "INTROSPECTION_OFF"
    NOT_TRUSTED = "NOT_TRUSTED"
    INVALID_DOCUMENT = "INVALID_DOCUMENT"
    INVALID_VARIABLES = "INVALID_VARIABLES"


class BadRequest(GraphQLError):
    """The caller's request makes no sense; the message says what would."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message, extensions={"code": code.value})


def coded(errors: Iterable[GraphQLError], code: Code) -> list[GraphQLError]:
    """Errors of graphql-core, told apart by a code as ours are."""
    found = list(errors)
    for error in found:
        error.extensions = {**(error.extensions or {}), "code": code.value}
    return found
