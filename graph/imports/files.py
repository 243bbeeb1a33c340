"""The file to import: which format it has, its bytes, its digest and how far it was read."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from graph.imports.errors import FileRefused

Format = Literal["csv", "jsonl", "xlsx"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".xlsx": "xlsx",
}  # fmt: skip
_CHUNK = 1 << 20


class Source:
    """A file opened for reading.

    Attributes:
        path: Where it is.
        size: Its bytes on the disk.
        format: What it is read as.
    """

    def __init__(self, path: Path, declared: Format | None) -> None:
        self.path = path
        self.gzipped = path.suffix == ".gz"
        try:
            if not path.is_file():
                raise FileRefused("NO_FILE", f"{path} is not a file: name a file that exists.")
            self._stat = path.stat()
        except OSError as error:
            raise FileRefused("UNREADABLE", f"{path} cannot be read: {error.strerror}.") from None
        self.size = self._stat.st_size
        self.format = declared or _guess(path)
        if self.format == "xlsx" and self.gzipped:
            raise FileRefused("WRONG_FORMAT", f"{path.name}: an XLSX file is compressed already.")

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes, in hexadecimal."""
        found = hashlib.sha256()
        with self._raw() as raw:
            while chunk := raw.read(_CHUNK):
                found.update(chunk)
        return found.hexdigest()

    def check_unchanged(self) -> None:
        """Refuse a file that somebody wrote to while it was read.

        Raises:
            FileRefused: FILE_CHANGED.
        """
        now = self.path.stat()
        before = self._stat
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise FileRefused(
                "FILE_CHANGED", f"{self.path.name} changed while it was read: import it again."
            )

    @contextmanager
    def _raw(self) -> Generator[io.FileIO]:
        try:
            with self.path.open("rb", buffering=0) as raw:
                yield raw
        except OSError as error:
            if isinstance(error, gzip.BadGzipFile):
                raise
            message = f"{self.path} cannot be read: {error.strerror}."
            raise FileRefused("UNREADABLE", message) from None

    @contextmanager
    def open(self) -> Generator["Bytes"]:
        """Open the bytes of the file, unpacked.

        Raises:
            FileRefused: DAMAGED_FILE or UNREADABLE, also while it is read.
        """
        try:
            with self._raw() as raw:
                if not self.gzipped:
                    yield Bytes(io.BufferedReader(raw, _CHUNK), raw)
                    return
                packed = cast("BinaryIO", io.BufferedReader(raw, _CHUNK))
                with gzip.GzipFile(fileobj=packed) as unpacked:
                    # GzipFile reads lines slowly; the buffer above it does not.
                    yield Bytes(io.BufferedReader(cast("io.RawIOBase", unpacked), _CHUNK), raw)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            message = f"{self.path.name} is damaged or no gzip file: fetch it again."
            raise FileRefused("DAMAGED_FILE", message) from None


class Bytes:
    """Unpacked bytes and how much of the packed file they came from."""

    def __init__(self, reader: io.BufferedReader, raw: io.FileIO) -> None:
        self.reader = reader
        self._raw = raw

    def position(self) -> int:
        """Return the number of bytes read from the disk so far."""
        return self._raw.tell()


def _guess(path: Path) -> Format:
    """Return the format a file's name tells."""
    name = path.name.removesuffix(".gz")
    found = _SUFFIXES.get(Path(name).suffix.lower())
    if found is None:
        message = f"{path.name} ends like no known format: set format to csv, jsonl or xlsx."
        raise FileRefused("WRONG_FORMAT", message)
    return found
