"""Everything that stays open, so that a server that stops can end it first."""

import asyncio

from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.guard.asking import GraphQLRequest
from api.subscriptions.events import send_events
from api.subscriptions.socket import Socket
from api.tokens import Principal

CLOSE_SECONDS = 2.0


class Hub:
    """The open connections of one server."""

    def __init__(self) -> None:
        self._sockets: set[Socket] = set()
        self._streams: set[asyncio.Task[None]] = set()

    async def socket(self, backend: Backend, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak over a WebSocket until it closes."""
        socket = Socket(backend, scope, receive, send)
        self._sockets.add(socket)
        try:
            await socket.run()
        finally:
            self._sockets.discard(socket)

    async def events(
        self,
        backend: Backend,
        asked: GraphQLRequest,
        principal: Principal,
        receive: Receive,
        send: Send,
    ) -> None:
        """Send events until they end."""
        task = asyncio.create_task(send_events(backend, asked, principal, receive, send))
        self._streams.add(task)
        try:
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()
        finally:
            task.cancel()
            self._streams.discard(task)

    async def close(self) -> None:
        """End everything: the server stops, and clients go on elsewhere from their last cursor."""
        closing = [each.close(1001, "The server stops") for each in self._sockets]
        for task in self._streams:
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.gather(*closing, *self._streams, return_exceptions=True)
        except TimeoutError:
            return
