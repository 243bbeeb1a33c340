"""The door of POST /graphql: ASGI in, ASGI out, before FastAPI's router is asked.

Routing, dependency machinery and request and response objects would cost more than the executor
does. What a request must be, and what it gets, is decided in `api/endpoint.py`.
"""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from api.backend import Backend
from api.endpoint import Headers, Reply, accepted, answered, checked, parse
from api.refusals import JSON, Refusal, masked, response
from api.subscriptions.events import wants_events
from api.subscriptions.hub import Hub

PATH = "/graphql"
MAX_BODY_BYTES = 100_000
BODY_SECONDS = 10.0

_READ = {
    b"authorization": "authorization",
    b"accept": "accept",
    b"content-type": "content_type",
    b"content-length": "content_length",
    b"idempotency-key": "idempotency_key",
}


class _Gone(Exception):
    """The client has closed its connection: nobody waits for an answer."""


class Door:
    """Answers POST /graphql; everything else is the application's."""

    def __init__(self, app: ASGIApp, backend: Callable[[], Backend]) -> None:
        """Stand before an application, on a backend that exists once it has started."""
        self._app = app
        self._backend = backend
        self._hub = Hub()

    async def close(self) -> None:
        """End what stays open: the server stops."""
        await self._hub.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] == "websocket" and scope["path"] == PATH:
            await self._hub.socket(self._backend(), scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        media_type = JSON
        try:
            headers = _headers(scope["headers"])
            if wants_events(headers.accept):
                await self._events(headers, receive, send)
                return
            media_type = accepted(headers)
            reply = await self._reply(headers, media_type, receive)
        except _Gone:
            return
        except Refusal as refusal:
            await response(refusal, media_type)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - a defect is logged and masked, never shown
            await masked("POST", error)(scope, receive, send)
        else:
            await _send(reply, send)

    async def _events(self, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer one request with events.

        Raises:
            Refusal: why it is not answered.
        """
        backend = self._backend()
        principal = checked(headers, backend.verifier)
        asked = parse(await _body(headers, receive))
        await self._hub.events(backend, asked, principal, receive, send)

    async def _reply(self, headers: Headers, media_type: str, receive: Receive) -> Reply:
        """Answer one request; nothing is asked of the graph for one that is refused.

        Raises:
            Refusal: why it is not answered.
        """
        backend = self._backend()
        principal = checked(headers, backend.verifier)
        body = await _body(headers, receive)
        key = headers.idempotency_key[0] if headers.idempotency_key else None
        return await answered(backend, body, principal, media_type, key)


def _headers(raw: list[tuple[bytes, bytes]]) -> Headers:
    """Read the headers that matter, each as often as it was sent."""
    found: dict[str, list[str]] = {name: [] for name in _READ.values()}
    for name, value in raw:
        wanted = _READ.get(name)
        if wanted is not None:
            found[wanted].append(value.decode("latin-1"))
    return Headers(**found)


async def _body(headers: Headers, receive: Receive) -> bytes:
    """Return the body.

    Raises:
        Refusal: 413 as soon as it is too large, 408 when it does not arrive in time.
    """
    declared = headers.content_length[0] if headers.content_length else "0"
    if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise _too_large()
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError as error:
        message = f"The body did not arrive within {BODY_SECONDS:g} seconds: send it at once."
        raise Refusal(408, "BODY_TIMEOUT", message, {"Connection": "close"}) from error


def _too_large() -> Refusal:
    message = f"The body is longer than {MAX_BODY_BYTES // 1000} kB: send less."
    # The rest of the body is not read, so the connection cannot be used again.
    return Refusal(413, "BODY_TOO_LARGE", message, {"Connection": "close"})


async def _send(reply: Reply, send: Send) -> None:
    headers = [
        (b"content-length", b"%d" % len(reply.body)),
        (b"content-type", reply.content_type),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
