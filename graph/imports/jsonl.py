"""Rows of a JSON Lines file: one object per line, nested ones flattened to `address.city`."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from graph.imports.conditions import Cell
from graph.imports.errors import Refusal
from graph.imports.lines import MAX_LINE, Lines, LineTooLong

MAX_DEPTH = 8


class _Unusable(Exception):
    """An object that is no row; the message says why."""


def rows_of(
    lines: Lines, names: list[str], ignored: list[str]
) -> Iterator[tuple[int, list[Cell]] | Refusal]:
    """Yield the rows of a file; an absent key is an empty cell.

    Args:
        lines: The lines of the file.
        names: The columns, in the order of the cells.
        ignored: Columns that may be there and are not looked at.
    """
    known = frozenset(names)
    skipped = frozenset(ignored)
    while True:
        try:
            line = next(lines)
            if not line.strip():
                continue
            cells = _flat(_object(line), skipped)
        except StopIteration:
            return
        except LineTooLong:
            message = f"The line is longer than {MAX_LINE >> 20} MiB."
            yield Refusal(lines.number, None, "LINE_TOO_LONG", message)
            continue
        except _Unusable as error:
            yield Refusal(lines.number, None, "BAD_JSON", str(error))
            continue
        strange = next((name for name in cells if name not in known), None)
        if strange is None:
            yield lines.number, [cells.get(name, "") for name in names]
        else:
            message = "The mapping neither uses nor ignores a key of this object."
            yield Refusal(lines.number, strange[:100], "UNKNOWN_COLUMN", message)


def _object(line: str) -> dict[str, Any]:
    """Parse a line; numbers stay as they were written."""
    try:
        found = json.loads(
            line,
            parse_int=str,
            parse_float=str,
            parse_constant=_no_constant,
            object_pairs_hook=_no_repeats,
        )
    except (ValueError, RecursionError):
        raise _Unusable("The line is not a JSON object with each key once.") from None
    if not isinstance(found, dict):
        raise _Unusable("The line is not a JSON object with each key once.")
    return cast("dict[str, Any]", found)


def _no_constant(_: str) -> NoReturn:
    raise ValueError


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _flat(given: dict[str, Any], ignored: frozenset[str]) -> dict[str, Cell]:
    """Return the cells of an object by dotted name."""
    cells: dict[str, Cell] = {}
    waiting: list[tuple[str, Any, int]] = [("", given, 0)]
    while waiting:
        name, value, depth = waiting.pop()
        if name in ignored:
            continue
        if isinstance(value, dict):
            if depth > MAX_DEPTH:
                raise _Unusable(f"The object is nested more than {MAX_DEPTH} deep.")
            inner = cast("dict[str, Any]", value)
            for key, each in inner.items():
                path = f"{name}.{key}" if name else key
                waiting.append((path, each, depth + 1))
        else:
            cells[name] = _cell(value)
    return cells


def _cell(value: Any) -> Cell:
    """Return a value as the text it was written as; a list as a tuple of texts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        parts = cast("list[Any]", value)
        if any(isinstance(part, dict | list) for part in parts):
            raise _Unusable("A list holds objects or lists: only lists of plain values are read.")
        return tuple(str(_cell(part)) for part in parts)
    return str(value)
