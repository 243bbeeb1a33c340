"""Bolt on the wire: message framing, and as much of PackStream as a RUN message needs.

The format is Neo4j's published Bolt protocol: a handshake of 20 bytes (with the manifest of Bolt
5.7 and later a second part), then messages of chunks, each chunk led by its length in two bytes,
each message closed by an empty chunk.
"""

import struct
from dataclasses import dataclass, field
from typing import Any, cast

HANDSHAKE = 20
MANIFEST = b"\x00\x00\x01\xff"
RUN = 0x10


@dataclass(slots=True)
class Messages:
    """Cuts what a client sends into messages; feed it bytes as they come.

    Attributes:
        manifest: Set it when the server's first four bytes are `MANIFEST`.
    """

    manifest: bool = False
    _buffer: bytearray = field(default_factory=bytearray)
    _greeted: bool = False
    _chosen: bool = False
    _message: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete, without their framing."""
        self._buffer += data
        if not self._greeted:
            if len(self._buffer) < HANDSHAKE:
                return []
            del self._buffer[:HANDSHAKE]
            self._greeted = True
        if self.manifest and not self._chosen and not self._skip_choice():
            return []
        return self._messages()

    def _skip_choice(self) -> bool:
        """Skip the version and the capabilities that the client picks; False while incomplete."""
        end = 4
        while end < len(self._buffer) and self._buffer[end] & 0x80:
            end += 1
        if end >= len(self._buffer):
            return False
        del self._buffer[: end + 1]
        self._chosen = True
        return True

    def _messages(self) -> list[bytes]:
        found: list[bytes] = []
        while len(self._buffer) >= 2:
            size = int.from_bytes(self._buffer[:2], "big")
            if len(self._buffer) < 2 + size:
                break
            self._message += self._buffer[2 : 2 + size]
            del self._buffer[: 2 + size]
            if size == 0 and self._message:
                found.append(bytes(self._message))
                self._message.clear()
        return found


def run_of(message: bytes) -> tuple[str, dict[str, Any]] | None:
    """The statement and parameters of a RUN message; None for any other."""
    if message[1] != RUN:
        return None
    reader = _Reader(message, 2)
    return reader.value(), reader.value()


class _Reader:
    """Reads PackStream values one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def value(self) -> Any:
        """The next value.

        Raises:
            ValueError: it is of a kind that no parameter of the benchmark has.
        """
        marker = self._take(1)[0]
        if marker <= 0x7F or marker >= 0xF0:
            return marker if marker <= 0x7F else marker - 0x100
        if marker in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[marker]
        if marker == 0xC1:
            return struct.unpack(">d", self._take(8))[0]
        if 0xC8 <= marker <= 0xCB:
            return int.from_bytes(self._take(1 << (marker - 0xC8)), "big", signed=True)
        return self._sized(marker)

    def _sized(self, marker: int) -> Any:
        """A string, list or map: small ones hold their size in the marker."""
        for small, large in ((0x80, 0xD0), (0x90, 0xD4), (0xA0, 0xD8)):
            if marker & 0xF0 == small:
                return self._read(small, marker & 0x0F)
            if large <= marker <= large + 2:
                return self._read(small, int.from_bytes(self._take(1 << (marker - large)), "big"))
        raise ValueError(f"marker {marker:#x}")

    def _read(self, kind: int, size: int) -> Any:
        if kind == 0x80:
            return self._take(size).decode()
        if kind == 0x90:
            return [self.value() for _ in range(size)]
        return {cast("str", self.value()): self.value() for _ in range(size)}

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
