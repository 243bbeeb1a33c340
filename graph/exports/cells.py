"""Values as cells: text that a spreadsheet would run as a formula is made plain text."""

import re
from typing import Any

import orjson

_FORMULA = re.compile(r"[=+\-@\t\r]")
# A signed number, such as a telephone number in E.164, does nothing when it is run.
_NUMBER = re.compile(r"[+-]?[0-9][0-9 .,()/-]*")


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: with a leading apostrophe if need be.

    The characters are those that OWASP names for CSV injection: = + - @, tab and carriage return.
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def text_of(value: Any) -> Any:
    """Return a value as a cell of a text file: text is neutral, null is empty, lists are JSON."""
    if isinstance(value, str):
        return neutral(value) if value[:1] in _LEADING else value
    if value is None:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, list | dict):
        return neutral(orjson.dumps(value).decode())
    return value


_LEADING = frozenset("=+-@\t\r")
