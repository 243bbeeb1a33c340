"""What POST /graphql must be asked like, and what it answers: who asks, what, and the result."""

from dataclasses import dataclass, field
from functools import lru_cache

import orjson

from api.backend import Backend
from api.graphql import Result
from api.guard.asking import GraphQLRequest, parse
from api.negotiation import negotiate
from api.principals.checking import Principals
from api.principals.keyring import KeysMissing
from api.refusals import GRAPHQL_JSON, JSON, Refusal, unauthenticated
from api.tokens import InvalidToken, Principal
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
    origin: list[str] = field(default_factory=list[str])


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


async def checked(headers: Headers, principals: Principals) -> Principal:
    """Return who asks, once the headers are found to be in order.

    Raises:
        Refusal: 401, 415 or 503.
    """
    principal = await authenticate(headers.authorization, principals)
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
        Refusal: 400, 429, 503 or 504.
    """
    content_type = f"{media_type}; charset=utf-8".encode()
    result = await _executed(backend, parse(body), principal, idempotency_key)
    if isinstance(result, bytes):
        return Reply(200, content_type, result)
    # A document that was refused has no `data`; only the newer media type tells so by its status.
    status = 400 if media_type == GRAPHQL_JSON and "data" not in result else 200
    return Reply(status, content_type, orjson.dumps(result))


async def _executed(
    backend: Backend, asked: GraphQLRequest, principal: Principal, idempotency_key: str | None
) -> Result | bytes:
    """Execute a request.

    Raises:
        Refusal: 429, 503 or 504.
    """
    try:
        return await backend.guard.execute(asked, principal, idempotency_key)
    except (TimeoutError, Timeout) as error:
        raise too_slow() from error
    except GraphError as error:
        raise away() from error


def too_slow() -> Refusal:
    """Refuse a request whose time is over."""
    return Refusal(504, "TIMEOUT", "The answer took too long: ask for less.")


def away() -> Refusal:
    """Refuse a request while the database is away."""
    message = "The database cannot be reached right now: try again."
    return Refusal(503, "UNAVAILABLE", message, {"Retry-After": "1"})


async def authenticate(sent: list[str], principals: Principals) -> Principal:
    """Return who asks, by the Authorization headers that were sent.

    Raises:
        Refusal: 401, without a token or with one that is not accepted; 503 when that cannot be told
            because the issuer or the graph is away.
    """
    if not sent:
        raise unauthenticated(None)
    scheme, _, token = sent[0].partition(" ")
    if len(sent) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("Send one header `Authorization: Bearer TOKEN`.")
    try:
        return await principals.of(token.strip())
    except InvalidToken as error:
        raise unauthenticated(str(error)) from error
    except KeysMissing as error:
        message = "The issuer's keys cannot be had right now: try again."
        raise Refusal(503, "UNAVAILABLE", message, {"Retry-After": "1"}) from error
    except GraphError as error:
        raise away() from error


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
