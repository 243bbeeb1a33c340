"""What a server says to Neo4j: a proxy on loopback that counts, and keeps the statements.

It stands between them in a run of its own: nothing is timed through it.
"""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from bench.bolt import MANIFEST, Messages, run_of

Run = tuple[str, dict[str, Any]]


class Tap:
    """Counts the messages of every connection that goes through it.

    Attributes:
        uri: Where a server is told the graph is.
    """

    def __init__(self, target: str) -> None:
        """Listen on a free port of loopback for that Bolt address."""
        url = urlsplit(target)
        self._target = (url.hostname or "127.0.0.1", url.port or 7687)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._count = 0
        self._runs: list[Run] = []
        self._open: list[socket.socket] = []
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Forget what was seen so far."""
        with self._lock:
            self._count, self._runs = 0, []

    def seen(self) -> tuple[int, list[Run]]:
        """Messages sent to Neo4j since the last reset, and the statements among them."""
        with self._lock:
            return self._count, list(self._runs)

    def close(self) -> None:
        """Close every connection."""
        self._listener.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [client, server]
                messages = Messages()
                for pump in (self._outward, self._inward):
                    arguments = (client, server, messages)
                    threading.Thread(target=pump, args=arguments, daemon=True).start()

    def _outward(self, client: socket.socket, server: socket.socket, messages: Messages) -> None:
        """Pass on what the client sends, and count it."""
        with suppress(OSError):
            while data := client.recv(65_536):
                found = messages.feed(data)
                with self._lock:
                    self._count += len(found)
                    self._runs += [run for each in found if (run := run_of(each)) is not None]
                server.sendall(data)
        _end(server)

    def _inward(self, client: socket.socket, server: socket.socket, messages: Messages) -> None:
        """Pass on what Neo4j sends."""
        with suppress(OSError):
            first = True
            while data := server.recv(65_536):
                if first:
                    messages.manifest, first = data.startswith(MANIFEST), False
                client.sendall(data)
        _end(client)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)


@contextmanager
def tapped(target: str) -> Generator[Tap]:
    """A tap in front of a Bolt address, closed at the end."""
    tap = Tap(target)
    try:
        yield tap
    finally:
        tap.close()
