"""What POST /graphql must be asked like, and what it answers: who asks, what, and the result."""

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import orjson

from api.backend import Backend
from api.graphql import Result, viewer
from api.negotiation import negotiate
from api.refusals import GRAPHQL_JSON, JSON, Refusal, unauthenticated
from api.tokens import InvalidToken, Principal, Verifier
from graph.errors import GraphError, Timeout

ANSWER_SECONDS = 5.0
# Clients send few different values of a header; whoever sends many only pushes out their own.
HEADERS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a request that matter, each with every value that was sent."""

    authorization: list[str]
    accept: list[str]
    content_type: list[str]
    content_length: list[str]
    idempotency_key: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A GraphQL request as it came in, its form checked."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way out."""

    status: int
    content_type: bytes
    body: bytes


def accepted(headers: Headers) -> str:
    """Return the media type of the response.

    Raises:
        Refusal: 406.
    """
    return _negotiated(", ".join(headers.accept))


_negotiated = lru_cache(HEADERS_KEPT)(negotiate)


def checked(headers: Headers, verifier: Verifier) -> Principal:
    """Return who asks, once the headers are found to be in order.

    Raises:
        Refusal: 401 or 415.
    """
    principal = authenticate(headers.authorization, verifier)
    check_content_type(headers.content_type[0] if headers.content_type else "")
    return principal


async def answered(
    backend: Backend,
    body: bytes,
    principal: Principal,
    media_type: str,
    idempotency_key: str | None = None,
) -> Reply:
    """Answer a request by its body; the key makes its mutations repeatable.

    Raises:
        Refusal: 400, 503 or 504.
    """
    content_type = f"{media_type}; charset=utf-8".encode()
    result = await _executed(backend, parse(body), principal, idempotency_key)
    if isinstance(result, bytes):
        return Reply(200, content_type, result)
    # A document that was refused has no `data`; only the newer media type tells so by its status.
    status = 400 if media_type == GRAPHQL_JSON and "data" not in result else 200
    return Reply(status, content_type, orjson.dumps(result))


def authenticate(sent: list[str], verifier: Verifier) -> Principal:
    """Return who asks, by the Authorization headers that were sent.

    Raises:
        Refusal: 401, without a token or with one that is not accepted.
    """
    if not sent:
        raise unauthenticated(None)
    scheme, _, token = sent[0].partition(" ")
    if len(sent) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("Send one header `Authorization: Bearer TOKEN`.")
    try:
        return verifier.verify(token.strip())
    except InvalidToken as error:
        raise unauthenticated(str(error)) from error


@lru_cache(HEADERS_KEPT)
def check_content_type(declared: str) -> None:
    """Accept application/json in UTF-8, which no browser sends to another site unasked.

    Raises:
        Refusal: 415.
    """
    kind, *parameters = (piece.strip().lower() for piece in declared.split(";"))
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    if kind != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        message = f"The body must be declared as `Content-Type: {JSON}`, in UTF-8."
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)


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
    query = members.get("query")
    if not isinstance(query, str) or not query.strip():
        raise _bad("`query` must be a GraphQL document.")
    for name in ("variables", "extensions"):
        if not isinstance(members.get(name), dict | None):
            raise _bad(f"`{name}` must be a JSON object or null.")
    operation_name = members.get("operationName")
    if not isinstance(operation_name, str | None):
        raise _bad("`operationName` must be text or null.")
    return GraphQLRequest(query, members.get("variables"), operation_name)


def _bad(message: str) -> Refusal:
    return Refusal(400, "BAD_REQUEST", message)


async def _executed(
    backend: Backend, asked: GraphQLRequest, principal: Principal, idempotency_key: str | None
) -> Result | bytes:
    """Execute a request within its time.

    Raises:
        Refusal: 503 or 504.
    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await backend.keeper.execute(
                asked.query,
                asked.variables,
                asked.operation_name,
                viewer(principal),
                idempotency_key,
            )
    except (TimeoutError, Timeout) as error:
        raise Refusal(504, "TIMEOUT", "The answer took too long: ask for less.") from error
    except GraphError as error:
        message = "The database cannot be reached right now: try again."
        raise Refusal(503, "UNAVAILABLE", message, {"Retry-After": "1"}) from error
