"""Writers of rows: CSV (RFC 4180), XLSX and JSONL, each with bounded memory."""

import csv
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from graph.errors import InvalidInput
from graph.exports.cells import neutral, text_of

Rows = Sequence[Sequence[Any]]

XLSX_ROWS = 1_048_575
"""Rows that a sheet has besides its heading."""

XLSX_CHARACTERS = 32_767
"""Characters that a cell of a sheet holds."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


class Writer(Protocol):
    """Writes rows to one file; `close` finishes the file, `abandon` leaves it as it is."""

    def rows(self, rows: Rows) -> None:
        """Append rows, with a value for each column."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...

    def abandon(self) -> None:
        """Close the file without finishing it."""
        ...


class Csv:
    """Comma separated values: UTF-8, CRLF, quoted where it has to be."""

    def __init__(self, path: Path, columns: Sequence[str], *, bom: bool) -> None:
        encoding = "utf-8-sig" if bom else "utf-8"
        self._file: IO[str] = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(columns)

    def rows(self, rows: Rows) -> None:
        """Append rows."""
        self._writer.writerows([list(map(text_of, row)) for row in rows])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    abandon = close


class Jsonl:
    """One JSON object a line, with the columns as members."""

    def __init__(self, path: Path, columns: Sequence[str], *, bom: bool) -> None:  # noqa: ARG002
        self._file = path.open("wb")
        self._columns = list(columns)

    def rows(self, rows: Rows) -> None:
        """Append rows."""
        columns, option = self._columns, orjson.OPT_APPEND_NEWLINE
        lines = [orjson.dumps(dict(zip(columns, row, strict=True)), option=option) for row in rows]
        self._file.write(b"".join(lines))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    abandon = close


class Xlsx:
    """One sheet, written as a stream; numbers are numbers, everything else is text."""

    def __init__(self, path: Path, columns: Sequence[str], *, bom: bool) -> None:  # noqa: ARG002
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("Export")
        self._sheet.append(list(columns))
        self._count = 0

    def rows(self, rows: Rows) -> None:
        """Append rows.

        Raises:
            InvalidInput: a sheet cannot hold as many.
        """
        self._count += len(rows)
        if self._count > XLSX_ROWS:
            raise InvalidInput("A sheet holds 1,048,575 rows; narrow the filter or choose CSV.")
        for row in rows:
            self._sheet.append([self._cell(value) for value in row])

    def _cell(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        text = text_of(value) if not isinstance(value, str) else neutral(value)
        cell = WriteOnlyCell(self._sheet, _NOT_IN_XML.sub("", str(text))[:XLSX_CHARACTERS])
        # Left to itself the library makes a formula of text that begins with an equals sign.
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        """Finish the file."""
        self._book.save(self._path)

    def abandon(self) -> None:
        """Close the sheet's own temporary file, without writing the book."""
        self._sheet.close()


_WRITERS: dict[Format, Callable[..., Writer]] = {
    Format.CSV: Csv,
    Format.XLSX: Xlsx,
    Format.JSONL: Jsonl,
}

FORMATS = tuple(each.value for each in Format)
"""Names of the formats."""


def writer(kind: Format, path: Path, columns: Sequence[str], *, bom: bool = False) -> Writer:
    """Return a writer to a new file, with its heading written.

    Args:
        kind: The format.
        path: The file.
        columns: Names of the columns.
        bom: Whether a CSV file begins with a byte order mark, by which Excel knows UTF-8.
    """
    return _WRITERS[kind](path, columns, bom=bom)
