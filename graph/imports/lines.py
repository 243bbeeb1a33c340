"""Lines of bounded length: a line of a gigabyte is refused in a megabyte of memory."""

import codecs
import io

from graph.imports.errors import FileRefused

MAX_LINE = 1 << 20
"""Longest line that is read, in bytes, its end included."""


class LineTooLong(Exception):
    """One line was longer than `MAX_LINE`; the next one can be read."""


class Lines:
    """The lines of a file as text, with their ends. An iterator that survives a refused line.

    Attributes:
        number: Number of the line returned last, from 1.
    """

    def __init__(self, reader: io.BufferedReader, encoding: str) -> None:
        self._readline = reader.readline
        self._encoding = codecs.lookup(encoding).name
        self.number = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        """Return the next line.

        Raises:
            LineTooLong: the line was skipped.
            FileRefused: WRONG_ENCODING.
        """
        raw = self._readline(MAX_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > MAX_LINE:
            self._skip(raw)
            raise LineTooLong
        if self.number == 1 and self._encoding == "utf-8":
            raw = raw.removeprefix(codecs.BOM_UTF8)
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError:
            raise FileRefused("WRONG_ENCODING", self._advice(raw)) from None

    def _skip(self, raw: bytes) -> None:
        """Read on to the end of the line and keep nothing."""
        while raw and not raw.endswith(b"\n"):
            raw = self._readline(MAX_LINE)

    def _advice(self, raw: bytes) -> str:
        """Say which line is not in the encoding and what to do."""
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "The file is UTF-16: save it as UTF-8."
        return (
            f"Line {self.number} is not {self._encoding}: save the file as UTF-8, or name its "
            "encoding in the mapping, such as encoding: cp1252."
        )
