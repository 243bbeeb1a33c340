"""Rows of a file, whatever its format: numbered lists of cells, or refusals."""

import csv
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph.imports import jsonl, xlsx
from graph.imports.conditions import Cell
from graph.imports.errors import FileRefused, Refusal
from graph.imports.files import Source
from graph.imports.lines import MAX_LINE, Lines, LineTooLong
from graph.imports.mapping import MappingSpec

RawRow = tuple[int, list[Cell]] | Refusal
TOO_LONG = "LINE_TOO_LONG"


@dataclass(frozen=True, slots=True)
class Rows:
    """An open file.

    Attributes:
        columns: Names of the columns, in the order of the cells.
        each: Yields every row in the order of the file; empty lines are no rows.
        position: Returns the number of bytes read so far.
    """

    columns: list[str]
    each: Iterator[RawRow]
    position: Callable[[], int]


@contextmanager
def open_rows(source: Source, spec: MappingSpec, wanted: list[str]) -> Generator[Rows]:
    """Open the rows of a file.

    Args:
        source: The file.
        spec: The mapping; says the delimiter, the encoding and the sheet.
        wanted: Columns the mapping uses; the columns of a JSONL file.

    Raises:
        FileRefused: the file as a whole cannot be used, also while it is read.
    """
    if source.format == "xlsx":
        with xlsx.open_sheet(source.path, spec.sheet) as sheet:
            rows = xlsx.rows_of(sheet)
            columns = checked_header(next(rows, None))
            yield Rows(columns, xlsx.cells_of(rows, len(columns)), lambda: 0)
        return
    with source.open() as content:
        lines = Lines(content.reader, spec.encoding)
        if source.format == "jsonl":
            names = [*wanted, *(name for name in spec.ignore if name not in wanted)]
            each = jsonl.rows_of(lines, names, spec.ignore)
            yield Rows(names, each, content.position)
        else:
            reader = csv.reader(lines, delimiter=spec.delimiter, strict=True)
            columns = checked_header(_header(reader, lines))
            yield Rows(columns, _csv_rows(reader, lines, len(columns)), content.position)


def checked_header(names: list[str] | None) -> list[str]:
    """Return the names of the columns.

    Raises:
        FileRefused: EMPTY_FILE, EMPTY_COLUMN or DUPLICATE_COLUMN.
    """
    if names is None:
        raise FileRefused("EMPTY_FILE", "The file is empty: its first row must name the columns.")
    names = [name.strip() for name in names]
    for position, name in enumerate(names, 1):
        if not name:
            raise FileRefused("EMPTY_COLUMN", f"Column {position} has no name: give it one.")
        if name in names[: position - 1]:
            first = names.index(name) + 1
            message = f"Columns {first} and {position} have the same name: rename one of them."
            raise FileRefused("DUPLICATE_COLUMN", message)
    return names


def _header(reader: Iterator[list[str]], lines: Lines) -> list[str] | None:
    try:
        return next((row for row in reader if row), None)
    except (csv.Error, LineTooLong):
        message = f"Line {lines.number} is no header: the first line must name the columns."
        raise FileRefused("BAD_HEADER", message) from None


def _csv_rows(reader: Iterator[list[str]], lines: Lines, width: int) -> Iterator[RawRow]:
    """Yield the rows of a CSV file; a row starts at the line after the one before it."""
    while True:
        start = lines.number + 1
        try:
            cells: list[Cell] = list(next(reader))
        except StopIteration:
            return
        except LineTooLong:
            message = f"The line is longer than {MAX_LINE >> 20} MiB."
            yield Refusal(lines.number, None, TOO_LONG, message)
            continue
        except csv.Error:
            message = f"Lines {start} to {lines.number} are no CSV: look for a lone quote."
            yield Refusal(start, None, "BAD_CSV", message)
            continue
        if len(cells) == width:
            yield start, cells
        elif cells:
            message = f"The row has {len(cells)} cells, and there are {width} columns."
            yield Refusal(start, None, "WRONG_CELL_COUNT", message)
