"""A proxy on loopback that can do what networks do."""

import asyncio
import contextlib
import socket
import struct
from urllib.parse import urlsplit

# An abortive close: the other side gets RST.
_ABORT = struct.pack("ii", 1, 0)
DELAY_SECONDS = 0.2
UP_SECONDS = 0.6
DOWN_SECONDS = 0.4


class Proxy:
    """Stands in front of a server, by its address; `mode` is what it does.

    `pass` forwards, `blackhole` takes everything and says nothing, `half` forwards what is asked
    and keeps the answers, `refuse` has nobody listening, `reset` ends every connection at once,
    `cut` ends each in the middle of what it answers, `delay` answers late, and `flap` is `pass` and
    `reset` by turns.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = urlsplit(upstream)
        self._server: asyncio.Server | None = None
        self._live: set[asyncio.StreamWriter] = set()
        self._flapping: asyncio.Task[None] | None = None
        self.mode = "pass"
        self.port = 0

    async def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def set(self, mode: str) -> None:
        """Do this from now on, to open connections, too."""
        if self._flapping is not None:
            self._flapping.cancel()
            self._flapping = None
        if mode == "flap":
            self._flapping = asyncio.create_task(self._flap())
        else:
            await self._become(mode)

    async def _flap(self) -> None:
        while True:
            for mode, seconds in (("reset", DOWN_SECONDS), ("pass", UP_SECONDS)):
                await self._become(mode)
                await asyncio.sleep(seconds)

    async def _become(self, mode: str) -> None:
        self.mode = mode
        if mode in ("refuse", "reset"):
            await self.cut()
        if mode == "refuse" and self._server is not None:
            self._server.close()
            self._server = None
        elif mode != "refuse" and self._server is None:
            await self.start()

    async def cut(self) -> None:
        """End the connections there are."""
        for each in [*self._live]:
            _abort(each)

    async def close(self) -> None:
        """End everything."""
        await self.set("refuse")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "reset":
            _abort(writer)
            return
        self._live.add(writer)
        with contextlib.suppress(OSError):
            up, down = await self._open()
            self._live.add(down)
            await asyncio.gather(self._pump(reader, down), self._pump(up, writer, answers=True))
            self._live.discard(down)
        self._live.discard(writer)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._upstream.scheme == "unix":
            return await asyncio.open_unix_connection(self._upstream.path)
        return await asyncio.open_connection(self._upstream.hostname, self._upstream.port)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        held = ("blackhole", "half") if answers else ("blackhole",)
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                while self.mode in held:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.02)
                if answers and self.mode == "delay":
                    await asyncio.sleep(DELAY_SECONDS)
                if answers and self.mode == "cut":
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    _abort(writer)
                    return
                writer.write(data)
                await writer.drain()
        writer.close()


def _abort(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
