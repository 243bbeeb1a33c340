"""The load client, against a real HTTP server on loopback."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bench.load import BadAnswer, ask, drive, encode

BODY = b'{"data":{"text":"' + b"x" * 20_000 + b'"}}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    + b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (7, BODY[:7], len(BODY) - 7, BODY[7:])
)
REFUSED = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Seen:
    """What a server was asked."""

    port: int = 0
    bodies: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    handlers: list[asyncio.Task[None] | None] = field(default_factory=list)


@asynccontextmanager
async def serving(answer: bytes) -> AsyncGenerator[Seen]:
    """A server that gives the same answer to everything, in two pieces."""
    seen = Seen()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        seen.handlers.append(asyncio.current_task())
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                seen.heads.append(head)
                seen.bodies.append(await reader.readexactly(size))
                writer.write(answer[:30])
                await asyncio.sleep(0.001)
                writer.write(answer[30:])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client is done
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    seen.port = server.sockets[0].getsockname()[1]
    async with server:
        yield seen
        await asyncio.wait([each for each in seen.handlers if each], timeout=5)


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["content-length", "chunked"])
def test_an_answer_is_read_to_its_end_in_both_framings(answer: bytes):
    async def scenario() -> bytes:
        async with serving(answer) as seen:
            return await ask(seen.port, encode(seen.port, None, [b"{}"])[0])

    assert asyncio.run(scenario()) == BODY


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["content-length", "chunked"])
def test_every_request_is_answered_and_noted_once_on_kept_connections(answer: bytes):
    async def scenario() -> tuple[Seen, int]:
        async with serving(answer) as seen:
            requests = encode(seen.port, "secret", [b"1", b"2", b"3"])
            sample = await drive(seen.port, requests, connections=4, seconds=0.2)
            assert 0.2 <= sample.seconds < 2
            assert all(each >= 1 for each in sample.latencies)
            return seen, len(sample.latencies)

    seen, noted = asyncio.run(scenario())

    assert seen.connections == 4
    assert len(seen.bodies) == noted > 8
    expected = list(itertools.islice(itertools.cycle([b"1", b"2", b"3"]), noted))
    assert sorted(seen.bodies) == sorted(expected)
    assert all(b"authorization: Bearer secret\r\n" in head for head in seen.heads)


def test_a_refusal_ends_the_measurement():
    async def scenario() -> None:
        async with serving(REFUSED) as seen:
            await drive(seen.port, encode(seen.port, None, [b"{}"]), connections=2, seconds=5)

    with pytest.raises(BadAnswer, match="401"):
        asyncio.run(scenario())
