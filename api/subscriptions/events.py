"""Server-sent events: POST /graphql with `Accept: text/event-stream`, one operation a request.

The protocol is GraphQL over Server-Sent Events, distinct connections mode: an event `next` for each
response, and `complete` at the end. A comment every few seconds tells that the server is there.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import orjson
from starlette.types import Receive, Send

from api.backend import Backend
from api.guard.asking import GraphQLRequest
from api.subscriptions.answering import answers, refusal
from api.tokens import Principal

ALIVE_SECONDS = 12.0
MEDIA_TYPE = "text/event-stream"


def wants_events(accept: list[str]) -> bool:
    """Whether a client names this media type."""
    ranges = ",".join(accept).split(",")
    return any(each.partition(";")[0].strip().lower() == MEDIA_TYPE for each in ranges)


async def send_events(
    backend: Backend, asked: GraphQLRequest, principal: Principal, receive: Receive, send: Send
) -> None:
    """Answer a request with events, until it ends, its token does, or the client goes."""
    headers = [
        (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.create_task(_send_all(backend, asked, principal, send))
    leaving = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        # A client that has gone, or a server that stops, cannot be told.
        with contextlib.suppress(OSError, RuntimeError):
            await send({"type": "http.response.body", "body": b""})


async def _send_all(
    backend: Backend, asked: GraphQLRequest, principal: Principal, send: Send
) -> None:
    ended = asyncio.create_task(backend.principals.ended(principal))
    try:
        async for body in _bodies(answers(backend, asked, principal), ended):
            await send({"type": "http.response.body", "body": body, "more_body": True})
    finally:
        ended.cancel()


async def _bodies(found: AsyncGenerator[object], ended: asyncio.Task[str]) -> AsyncGenerator[bytes]:
    """The events as text, with comments in between, until the principal is not accepted."""
    upcoming = asyncio.ensure_future(anext(found))
    try:
        while True:
            await asyncio.wait(
                (upcoming, ended),
                timeout=ALIVE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if ended.done():
                yield _event("next", orjson.dumps(refusal("UNAUTHENTICATED", ended.result())))
                break
            if not upcoming.done():
                yield b":\n\n"
                continue
            try:
                answer = upcoming.result()
            except StopAsyncIteration:
                break
            yield _event("next", orjson.dumps(answer))
            upcoming = asyncio.ensure_future(anext(found))
        yield _event("complete", b"")
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
        await found.aclose()


def _event(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
