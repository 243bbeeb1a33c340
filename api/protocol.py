"""HTTP as uvicorn speaks it, for callers who take their time: headers must come soon and be short.

uvicorn waits for headers for ever, and keeps all that it gets; a few hundred sockets that send a
byte a minute would be enough to take a server away from everybody else.
"""

import asyncio
import socket
from typing import cast

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEADER_SECONDS = 5.0
MAX_HEADER_BYTES = 32_768
# Where a scope tells when its headers were there, on the loop's clock.
ARRIVED = "c360.arrived"

_REASONS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
}


class Protocol(HttpToolsProtocol):
    """One connection; it is closed when its next headers do not arrive in time."""

    _timer: asyncio.TimerHandle | None = None
    _in_headers = False
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first headers."""
        super().connection_made(transport)
        # asyncio leaves it to the listening socket. Headers and body are written one after the
        # other: the body would wait 40 ms until the client acknowledges the headers.
        if (connection := transport.get_extra_info("socket")) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and count what belongs to headers that are not complete."""
        super().data_received(data)
        if not self._in_headers or self.transport.is_closing():
            return
        self._header_bytes += len(data)
        if self._header_bytes > MAX_HEADER_BYTES:
            kilobytes = MAX_HEADER_BYTES // 1024
            message = f"The headers are longer than {kilobytes} kB: send less."
            self._refuse(431, "HEADERS_TOO_LARGE", message)
        elif self._timer is None:
            self._wait()

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        self._in_headers = True
        self._header_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that the headers are there."""
        self._in_headers = False
        self._stop_waiting()
        before = cast("RequestResponseCycle | None", self.cycle)
        if before is None or before.response_complete:
            # One that is sent before the last was answered waits for nobody but that.
            self.scope[ARRIVED] = self.loop.time()  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - what uvicorn would say
        """Refuse what is no HTTP."""
        self._refuse(400, "BAD_REQUEST", "This is no valid HTTP request: check the client.")

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._in_headers:
            message = f"The headers did not arrive within {HEADER_SECONDS:g} seconds: send at once."
            self._refuse(408, "HEADER_TIMEOUT", message)
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
        head = (
            b"HTTP/1.1 %d %b\r\ncontent-type: application/json; charset=utf-8\r\n"
            b"content-length: %d\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head % (status, _REASONS[status], len(body)) + body)
        self.transport.close()
