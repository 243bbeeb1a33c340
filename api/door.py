"""The door of POST /graphql: ASGI in, ASGI out, before FastAPI's router is asked.

Routing, dependency machinery and request and response objects would cost more than the executor
does. What a request must be, and what it gets, is decided in `api/endpoint.py`.
"""

import asyncio
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.backend import Backend
from api.endpoint import ANSWER_SECONDS, Headers, Reply, accepted, answered, checked, too_slow
from api.guard.admission import overloaded
from api.guard.asking import parse
from api.origins import HTTPS_ONLY, SAFE, Header, Origins
from api.protocol import ARRIVED
from api.refusals import JSON, Refusal, masked, response
from api.subscriptions.events import wants_events
from api.subscriptions.hub import Hub
from api.tracing import Tracing
from api.waiting import Gone, Waiting
from graph.deadlines import begin

PATH = "/graphql"
MAX_BODY_BYTES = 100_000
BODY_SECONDS = 5.0

_READ = {
    b"authorization": "authorization",
    b"accept": "accept",
    b"content-type": "content_type",
    b"content-length": "content_length",
    b"idempotency-key": "idempotency_key",
    b"origin": "origin",
}


class Door:
    """Answers POST /graphql; everything else is the application's."""

    def __init__(
        self,
        app: ASGIApp,
        backend: Callable[[], Backend],
        origins: Origins,
        *,
        https: bool,
        tracing: Tracing | None = None,
    ) -> None:
        """Stand before an application.

        Args:
            app: Answers everything else.
            backend: Exists once the application has started.
            origins: Pages that may call.
            https: Whether browsers are told to come by TLS only.
            tracing: Makes a span of each request; None of none.
        """
        self._app = app
        self._tracing = tracing
        self._backend = backend
        self._origins = origins
        self._safe = (*SAFE, HTTPS_ONLY) if https else SAFE
        self._hub = Hub()

    async def close(self) -> None:
        """Send no more traffic here, and end what stays open: the server stops."""
        self._backend().stopping = True
        await self._hub.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] == "websocket" and scope["path"] == PATH:
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        origin = _first(scope["headers"], b"origin") if scope["path"] == PATH else None
        added = (*self._safe, *self._origins.cors(origin)) if origin else self._safe
        if scope["path"] == PATH and scope["method"] == "POST":
            if self._tracing is None:
                await self._post(scope, receive, send, added)
                return
            with self._tracing.request(_carrier(scope["headers"])) as answering:
                await self._post(scope, receive, answering.watching(send), added)
            return
        send = _adding(send, added)
        allowed = self._origins.preflight(origin) if scope["method"] == "OPTIONS" else ()
        if allowed:
            await _send_empty(allowed, send)
            return
        await self._app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak over a WebSocket, unless a page of somebody else opens it."""
        origin, host = _first(scope["headers"], b"origin"), _first(scope["headers"], b"host")
        if self._origins.may_connect(origin, host):
            await self._hub.socket(self._backend(), scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden origin"})

    async def _post(
        self, scope: Scope, receive: Receive, send: Send, added: tuple[Header, ...]
    ) -> None:
        media_type = JSON
        try:
            self._in_time(scope)
            headers = _headers(scope["headers"])
            if wants_events(headers.accept):
                await self._events(headers, receive, _adding(send, added))
                return
            media_type = accepted(headers)
            reply = await self._reply(headers, media_type, receive)
        except Gone:
            return
        except Refusal as refusal:
            self._backend().metrics.failed(refusal.code)
            await response(refusal, media_type)(scope, receive, _adding(send, added))
        except Exception as error:  # noqa: BLE001 - a defect is logged and masked, never shown
            self._backend().metrics.failed("INTERNAL")
            await masked("POST", error)(scope, receive, _adding(send, added))
        else:
            await _send(reply, send, added)

    def _in_time(self, scope: Scope) -> None:
        """Turn away who waited for this process for too long, before anything is done for him.

        Raises:
            Refusal: 503.
        """
        arrived = scope.get(ARRIVED)
        now = asyncio.get_running_loop().time()
        if arrived is None:
            return
        caller = _first(scope["headers"], b"authorization") or b""
        if self._backend().guard.lateness.turns_away(caller, arrived, now):
            raise overloaded()

    async def _events(self, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer one request with events.

        Raises:
            Refusal: why it is not answered.
        """
        backend = self._backend()
        with Waiting(receive) as waiting:
            waiting.stage(ANSWER_SECONDS, too_slow)
            principal = await checked(headers, backend.principals)
            waiting.stage(BODY_SECONDS, _body_late)
            asked = parse(await _body(headers, receive))
        await self._hub.events(backend, asked, principal, receive, send)

    async def _reply(self, headers: Headers, media_type: str, receive: Receive) -> Reply:
        """Answer one request; nothing is asked of the graph for one that is refused.

        Raises:
            Refusal: why it is not answered.
        """
        backend = self._backend()
        with Waiting(receive) as waiting:
            begin(ANSWER_SECONDS)
            waiting.stage(ANSWER_SECONDS, too_slow)
            principal = await checked(headers, backend.principals)
            waiting.stage(BODY_SECONDS, _body_late)
            body = await _body(headers, receive)
            key = headers.idempotency_key[0] if headers.idempotency_key else None
            # What the client took to send the body is not the server's time.
            begin(ANSWER_SECONDS)
            waiting.stage(ANSWER_SECONDS, too_slow, looks=True)
            return await answered(backend, body, principal, media_type, key)


def _carrier(headers: Iterable[Header]) -> dict[str, str]:
    """What says of which trace a request is a part."""
    return {
        name.decode(): value.decode("latin-1")
        for name, value in headers
        if name in (b"traceparent", b"tracestate")
    }


def _first(raw: list[Header], wanted: bytes) -> bytes | None:
    return next((value for name, value in raw if name == wanted), None)


def _adding(send: Send, headers: tuple[Header, ...]) -> Send:
    """A way to send answers with these headers."""

    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            has = {name for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(each for each in headers if each[0] not in has),
            ]
        await send(message)

    return added


async def _send_empty(headers: tuple[Header, ...], send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": [*headers]})
    await send({"type": "http.response.body", "body": b""})


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
        Refusal: 413 as soon as it is too large.
        Gone: the client did not stay to send it.
    """
    declared = headers.content_length[0] if headers.content_length else "0"
    if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _body_late() -> Refusal:
    message = f"The body did not arrive within {BODY_SECONDS:g} seconds: send it at once."
    return Refusal(408, "BODY_TIMEOUT", message, {"Connection": "close"})


def _too_large() -> Refusal:
    message = f"The body is longer than {MAX_BODY_BYTES // 1000} kB: send less."
    # The rest of the body is not read, so the connection cannot be used again.
    return Refusal(413, "BODY_TOO_LARGE", message, {"Connection": "close"})


async def _send(reply: Reply, send: Send, added: tuple[Header, ...]) -> None:
    headers = [
        (b"content-length", b"%d" % len(reply.body)),
        (b"content-type", reply.content_type),
        (b"cache-control", b"no-store"),
        *added,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
