"""Rows of an XLSX sheet, read as a stream.

A formula counts as the value the spreadsheet program stored with it; a formula that was never
calculated is refused, since an empty cell would be a lie. A date becomes ISO text.
"""

import warnings
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from graph.imports.conditions import Cell
from graph.imports.errors import FileRefused, Refusal

MAX_UNPACKED = 1 << 30
"""Most bytes an XLSX file may unpack to: its texts are held in memory by its format."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, once with the values of its formulas and once with the formulas."""

    values: Any
    formulas: Any


@contextmanager
def open_sheet(path: Path, name: str | None) -> Generator[Sheet]:
    """Open the named or the first sheet.

    Raises:
        FileRefused: DAMAGED_FILE, TOO_LARGE or NO_SHEET.
    """
    books: list[Any] = []
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise FileRefused("TOO_LARGE", f"{path.name} unpacks to over 1 GiB: save it as CSV.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl remarks on styles, which nobody reads here
            books.append(openpyxl.load_workbook(path, read_only=True, data_only=True))
            books.append(openpyxl.load_workbook(path, read_only=True, data_only=False))
        if name is not None and name not in books[0].sheetnames:
            raise FileRefused("NO_SHEET", f"{path.name} has no sheet {name!r}.")
        sheets = [book[name or book.sheetnames[0]] for book in books]
        yield Sheet(*sheets)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError):
        message = f"{path.name} is damaged or no XLSX file: save it again."
        raise FileRefused("DAMAGED_FILE", message) from None
    finally:
        for book in books:
            book.close()


def rows_of(sheet: Sheet) -> Iterator[Any]:
    """Yield the header as texts, then for each row its number and its two forms."""
    both = zip(sheet.values.iter_rows(), sheet.formulas.iter_rows(), strict=True)
    started = False
    for number, (values, formulas) in enumerate(both, 1):
        if not any(cell.value is not None for cell in (*values, *formulas)):
            continue
        if started:
            yield number, values, formulas
        else:
            started = True
            yield _trimmed(["" if cell.value is None else str(cell.value) for cell in values])


def _trimmed(names: list[str]) -> list[str]:
    """Return the names without the empty ones at the end, which formatting leaves behind."""
    while names and not names[-1].strip():
        names.pop()
    return names


def cells_of(rows: Iterator[Any], width: int) -> Iterator[tuple[int, list[Cell]] | Refusal]:
    """Yield the rows as cells."""
    for number, values, formulas in rows:
        refusal = _strange(number, values, formulas, width)
        if refusal:
            yield refusal
            continue
        cells = [_text(cell.value) for cell in values[:width]]
        yield number, [*cells, *([""] * (width - len(cells)))]


def _strange(number: int, values: Any, formulas: Any, width: int) -> Refusal | None:
    """Say why a row cannot be read; None when it can."""
    if any(cell.value is not None for cell in values[width:]):
        return Refusal(number, None, "WRONG_CELL_COUNT", "A cell has no column above it.")
    for value, formula in zip(values, formulas, strict=True):
        if formula.data_type == "f" and value.value is None:
            message = "A formula was never calculated: open the file, save it, import it again."
            return Refusal(number, None, "FORMULA_WITHOUT_VALUE", message)
        if value.data_type == "e":
            return Refusal(number, None, "CELL_ERROR", "A cell holds an error such as #REF!.")
    return None


def _text(value: Any) -> Cell:
    """Return a cell as text: dates in ISO 8601, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
