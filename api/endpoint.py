"""POST /graphql: check who asks and what, hand it to the executor, send the answer as JSON."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.backend import Backend
from api.graphql import Result, viewer
from api.negotiation import negotiate
from api.refusals import GRAPHQL_JSON, JSON, Refusal, response, unauthenticated
from api.tokens import InvalidToken, Principal, Verifier
from graph.errors import GraphError, Timeout

MAX_BODY_BYTES = 100_000
BODY_SECONDS = 10.0
ANSWER_SECONDS = 5.0
CLIENT_CLOSED_REQUEST = 499


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A GraphQL request as it came in, its form checked."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


async def answer(request: Request, backend: Backend) -> Response:
    """Answer one GraphQL request, or refuse it; nothing is asked of the graph for a refused one."""
    media_type = JSON
    try:
        media_type = negotiate(request.headers.get("accept"))
        principal = authenticate(request.headers, backend.verifier)
        check_content_type(request.headers.get("content-type"))
        asked = parse(await read_body(request))
        result = await _executed(backend, asked, principal)
    except Refusal as refusal:
        return response(refusal, media_type)
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    # A document that was refused has no `data`; only the newer media type tells so by its status.
    status = 400 if media_type == GRAPHQL_JSON and "data" not in result else 200
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(result), status, headers, f"{media_type}; charset=utf-8")


def authenticate(headers: Headers, verifier: Verifier) -> Principal:
    """Return who asks.

    Raises:
        Refusal: 401, without a token or with one that is not accepted.
    """
    sent = headers.getlist("authorization")
    if not sent:
        raise unauthenticated(None)
    scheme, _, token = sent[0].partition(" ")
    if len(sent) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("Send one header `Authorization: Bearer TOKEN`.")
    try:
        return verifier.verify(token.strip())
    except InvalidToken as error:
        raise unauthenticated(str(error)) from error


def check_content_type(declared: str | None) -> None:
    """Accept application/json in UTF-8, which no browser sends to another site unasked.

    Raises:
        Refusal: 415.
    """
    kind, *parameters = (piece.strip().lower() for piece in (declared or "").split(";"))
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    if kind != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        message = f"The body must be declared as `Content-Type: {JSON}`, in UTF-8."
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)


async def read_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        Refusal: 413 as soon as it is too large, 408 when it does not arrive in time.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise _too_large()
                chunks.append(chunk)
    except TimeoutError as error:
        message = f"The body did not arrive within {BODY_SECONDS:g} seconds: send it at once."
        raise Refusal(408, "BODY_TIMEOUT", message, {"Connection": "close"}) from error
    return b"".join(chunks)


def _too_large() -> Refusal:
    message = f"The body is longer than {MAX_BODY_BYTES // 1000} kB: send less."
    # The rest of the body is not read, so the connection cannot be used again.
    return Refusal(413, "BODY_TOO_LARGE", message, {"Connection": "close"})


def parse(body: bytes) -> GraphQLRequest:
    """Return the request a body holds.

    Raises:
        Refusal: 400.
    """
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refusal(400, "BAD_JSON", "The body is no valid JSON in UTF-8.") from error
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


async def _executed(backend: Backend, asked: GraphQLRequest, principal: Principal) -> Result:
    """Execute a request within its time.

    Raises:
        Refusal: 503 or 504.
    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await backend.executor.execute(
                asked.query, asked.variables, asked.operation_name, viewer(principal)
            )
    except (TimeoutError, Timeout) as error:
        raise Refusal(504, "TIMEOUT", "The answer took too long: ask for less.") from error
    except GraphError as error:
        message = "The database cannot be reached right now: try again."
        raise Refusal(503, "UNAVAILABLE", message, {"Retry-After": "1"}) from error
