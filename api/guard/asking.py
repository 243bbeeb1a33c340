"""A GraphQL request as it comes in: its form is checked, its document not yet."""

from dataclasses import dataclass
from typing import Any, cast

import orjson

from api.guard.persisted import persisted_hash
from api.refusals import Refusal

# A variable's value is coerced by a function that calls itself for each level.
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A GraphQL request.

    Attributes:
        query: The document; None when only its hash was sent.
        variables: Variables by name.
        operation_name: Which operation of the document.
        hash: SHA-256 of the document, as the client has it.
    """

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None
    hash: str | None = None


def parse(body: bytes) -> GraphQLRequest:
    """Return the request a body holds.

    Raises:
        Refusal: 400.
    """
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, "BAD_JSON", "The body is no valid JSON in UTF-8.") from error
    return parse_members(sent)


def parse_members(sent: Any) -> GraphQLRequest:
    """Return the request that decoded JSON holds.

    Raises:
        Refusal: 400.
    """
    if isinstance(sent, list):
        raise _bad("Batches are not supported: send one request at a time.")
    if not isinstance(sent, dict):
        raise _bad("The body must be a JSON object with `query`.")
    members = cast("dict[str, Any]", sent)
    for name in ("variables", "extensions"):
        if not isinstance(members.get(name), dict | None):
            raise _bad(f"`{name}` must be a JSON object or null.")
    hash_ = persisted_hash(members["extensions"]) if "extensions" in members else None
    query = members.get("query")
    if query is None and hash_ is not None:
        query = None
    elif not isinstance(query, str) or not query.strip():
        raise _bad("`query` must be a GraphQL document.")
    operation_name = members.get("operationName")
    if not isinstance(operation_name, str | None):
        raise _bad("`operationName` must be text or null.")
    variables = members.get("variables")
    if variables:
        _check_depth(variables)
    return GraphQLRequest(query, variables, operation_name, hash_)


def _check_depth(variables: dict[str, Any]) -> None:
    """Refuse values that are nested more deeply than any input type."""
    level: list[Any] = [each for each in variables.values() if isinstance(each, dict | list)]
    depth = 1
    while level:
        if depth > MAX_DEPTH:
            message = f"Variables may have {MAX_DEPTH} levels: nest less."
            raise Refusal(400, "TOO_DEEP", message)
        depth += 1
        below: list[Any] = []
        for each in level:
            values = cast("dict[str, Any]", each).values() if isinstance(each, dict) else each
            below += [value for value in values if isinstance(value, dict | list)]
        level = below


def _bad(message: str) -> Refusal:
    return Refusal(400, "BAD_REQUEST", message)
