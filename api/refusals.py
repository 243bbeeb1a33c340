"""Requests that are not answered, and how the caller is told.

Refusal                      status  code
├── Unauthenticated          401     UNAUTHENTICATED         no token, or one that is not accepted
├── BadRequest               400     BAD_JSON                the body is no JSON
│                            400     BAD_REQUEST             the JSON is no GraphQL request
│                            400     TOO_DEEP                variables that are nested too deeply
│                            400     PERSISTED_QUERY_MISMATCH  a hash that is of another text
│                            408     BODY_TIMEOUT            the body did not arrive in time
│                            413     BODY_TOO_LARGE          the body is longer than 100 kB
│                            415     UNSUPPORTED_MEDIA_TYPE  the body is declared as something else
│                            406     NOT_ACCEPTABLE          no media type of ours is accepted
├── Too much                 429     RATE_LIMITED            no points left, or too many at once
│                            503     OVERLOADED              the server has no place for it
├── Unavailable              503     UNAVAILABLE             the database cannot be reached
│                            504     TIMEOUT                 the answer took too long
├── (routing)                404     NOT_FOUND               nothing is there
│                            405     METHOD_NOT_ALLOWED      this method has no meaning there
└── (a defect)               500     INTERNAL                our fault; quote the reference

Every refusal is a GraphQL response: `errors[0].message` and `errors[0].extensions.code`.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from starlette.responses import Response

logger = structlog.stdlib.get_logger(__name__)

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


class Refusal(Exception):
    """A request that is not answered. The message is one sentence that says what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        """Refuse with a status and a code; the extensions stand beside the code."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.extensions = {"code": code, **(extensions or {})}


def unauthenticated(reason: str | None) -> Refusal:
    """Refuse a request without an accepted token.

    Args:
        reason: Why its token is not accepted; None when it has none.
    """
    challenge = "Bearer"
    if reason:
        challenge += f' error="invalid_token", error_description="{reason}"'
    message = reason or "A token is needed: send the header `Authorization: Bearer TOKEN`."
    return Refusal(401, "UNAUTHENTICATED", message, {"WWW-Authenticate": challenge})


def response(refusal: Refusal, media_type: str = JSON, reference: str | None = None) -> Response:
    """Return a refusal as a GraphQL response of that media type."""
    extensions = refusal.extensions | ({"reference": reference} if reference else {})
    body = {"errors": [{"message": str(refusal), "extensions": extensions}]}
    headers = {"Cache-Control": "no-store"} | refusal.headers
    return Response(orjson.dumps(body), refusal.status, headers, f"{media_type}; charset=utf-8")


def masked(method: str, error: Exception) -> Response:
    """Hide a defect behind a reference that leads to it in the log."""
    reference = secrets.token_hex(6)
    logger.error("a request failed", reference=reference, method=method, exc_info=error)
    message = f"Something went wrong on our side; quote the reference {reference}."
    return response(Refusal(500, "INTERNAL", message), reference=reference)
