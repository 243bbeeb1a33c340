"""A load client that costs little: raw HTTP/1.1 on kept connections, requests encoded once.

It shares the machine with what it measures, so it does nothing but send bytes, find the end of the
answer, and note the time. Its own CPU is part of every result.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

HEADER_END = b"\r\n\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"  # JSON holds no bare line breaks, so a body cannot look like it
OK = b"HTTP/1.1 200"
ANSWER_SECONDS = 60.0


class BadAnswer(Exception):
    """A server closed its connection, or answered with another status than 200."""


@dataclass(slots=True)
class Sample:
    """What a run saw.

    Attributes:
        seconds: How long it took.
        latencies: Of every answered request, in milliseconds.
        cpu: Seconds of CPU that this client used.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    cpu: float = 0.0


def encode(port: int, token: str | None, bodies: list[bytes]) -> list[bytes]:
    """Whole HTTP requests for the bodies."""
    authorization = f"authorization: Bearer {token}\r\n" if token else ""
    return [
        (
            f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{authorization}"
            "content-type: application/json\r\naccept: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode()
        + body
        for body in bodies
    ]


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered, until told to stop."""

    def __init__(self, requests: Iterator[bytes], latencies: list[float]) -> None:
        self._requests = requests
        self._latencies = latencies
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._needed = -1  # bytes of the whole answer; -1 while unknown, 0 for a chunked one
        self._sent_at = 0.0
        self._stopping = False
        self.answer = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def start(self) -> None:
        """Send the first request."""
        self._send()

    def stop(self) -> None:
        """End after the answer that is under way."""
        self._stopping = True

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._needed < 0 and not self._read_head():
            return
        whole = (
            len(self._buffer) >= self._needed if self._needed else self._buffer.endswith(LAST_CHUNK)
        )
        if whole:
            self._answered()

    def _read_head(self) -> bool:
        """Learn from the header how the answer ends; False while the header is not all there."""
        end = self._buffer.find(HEADER_END)
        if end < 0:
            return False
        if not self._buffer.startswith(OK):
            self._fail(f"not answered with 200: {bytes(self._buffer[:300])!r}")
            return False
        head = bytes(self._buffer[:end]).lower()
        _, found, rest = head.partition(b"\r\ncontent-length:")
        length = int(rest.partition(b"\r\n")[0]) if found else -1
        self._needed = end + len(HEADER_END) + length if found else 0
        return True

    def _answered(self) -> None:
        self._latencies.append((time.perf_counter() - self._sent_at) * 1e3)
        if self._stopping:
            self.answer = bytes(self._buffer)
            self._finish()
            return
        self._buffer.clear()
        self._needed = -1
        self._send()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        if self._transport is not None:
            self._transport.close()

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(BadAnswer(why))
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(BadAnswer(f"the server closed the connection: {exc}"))


async def drive(port: int, requests: list[bytes], connections: int, seconds: float) -> Sample:
    """Keep that many connections busy for that long, one request at a time on each.

    Raises:
        BadAnswer: a request was not answered with 200.
    """
    sample = Sample()
    turn = itertools.cycle(requests)
    opened = [await _open(port, turn, sample.latencies) for _ in range(connections)]
    started, cpu = time.perf_counter(), time.process_time()
    for each in opened:
        each.start()
    waiting = asyncio.gather(*(each.done for each in opened))
    await asyncio.wait([waiting], timeout=seconds)
    for each in opened:
        each.stop()
    async with asyncio.timeout(ANSWER_SECONDS):
        await waiting
    sample.seconds = time.perf_counter() - started
    sample.cpu = time.process_time() - cpu
    return sample


async def ask(port: int, request: bytes) -> bytes:
    """The body of one answer."""
    connection = await _open(port, iter([request]), [])
    connection.stop()
    connection.start()
    async with asyncio.timeout(ANSWER_SECONDS):
        await connection.done
    head, _, body = connection.answer.partition(HEADER_END)
    return _joined(body) if b"chunked" in head.lower() else body


async def _open(port: int, turn: Iterator[bytes], latencies: list[float]) -> _Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(
        lambda: _Connection(turn, latencies), "127.0.0.1", port
    )
    return connection


def _joined(body: bytes) -> bytes:
    """The content of a chunked body."""
    content = bytearray()
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        content += body[:length]
        body = body[length + 2 :]
    return bytes(content)
