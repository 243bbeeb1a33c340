"""Conditions of a comparison's levels: the SQL that a linkage model carries, as Python.

What is understood is what `graph.matching.comparisons` writes: columns of the left and the right
record, `=`, the functions in `FUNCTIONS` against a constant, `IS NULL`, AND, OR and brackets. As in
SQL, whatever compares with null is not true. NOT is none of it, so null need not be a third truth.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from graph.errors import InvalidInput

FUNCTIONS: Mapping[str, Callable[[str, str], float]] = {
    "jaro_winkler_similarity": JaroWinkler.similarity,
    "damerau_levenshtein": DamerauLevenshtein.distance,
    "starts_with": str.startswith,
}
"""How two texts compare, by names of DuckDB, and equal to what it says."""

_TOKEN = re.compile(
    r'\s*(?:"(?P<column>[a-z_]+)_(?P<side>[lr])"|(?P<number>\d+(?:\.\d+)?)'
    r"|(?P<word>[A-Za-z_]+)|(?P<mark><=|>=|[=<(),]))"
)
_TRUTHS = {"true": "True", "false": "False"}
_OPERATORS = {"=": "==", "<": "<", "<=": "<=", ">=": ">="}


class _Reader:
    """Reads one condition; every method returns the Python of what it has read."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self._text = text
        self._columns = {name: place for place, name in enumerate(columns)}
        self._tokens = list(self._split())
        self._place = 0

    def _split(self) -> Any:
        place, text = 0, self._text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._refusal()
            place = found.end()
            yield found

    def _refusal(self) -> InvalidInput:
        return InvalidInput(f"A model has a condition that is not understood: {self._text[:200]}")

    def _peek(self) -> str:
        if self._place == len(self._tokens):
            return ""
        return str(self._tokens[self._place][0]).strip().upper()

    def _take(self, wanted: str | None = None) -> Any:
        if self._place == len(self._tokens) or (wanted and self._peek() != wanted):
            raise self._refusal()
        self._place += 1
        return self._tokens[self._place - 1]

    def whole(self) -> str:
        found = self._either()
        if self._place < len(self._tokens):
            raise self._refusal()
        return found

    def _either(self) -> str:
        parts = [self._both()]
        while self._peek() == "OR":
            self._take()
            parts.append(self._both())
        return f"({' or '.join(parts)})" if len(parts) > 1 else parts[0]

    def _both(self) -> str:
        parts = [self._one()]
        while self._peek() == "AND":
            self._take()
            parts.append(self._one())
        return f"({' and '.join(parts)})" if len(parts) > 1 else parts[0]

    def _one(self) -> str:
        if self._peek() == "(":
            self._take()
            found = self._either()
            self._take(")")
            return found
        token = self._take()
        if token["column"]:
            left = self._column(token)
            if self._peek() == "IS":
                self._take()
                self._take("NULL")
                return f"{left} is None"
            self._take("=")
            return f"({left} is not None and {left} == {self._column(self._take())})"
        return self._distance(token)

    def _distance(self, token: Any) -> str:
        name = token["word"]
        if name not in FUNCTIONS:
            raise self._refusal()
        self._take("(")
        left = self._column(self._take())
        self._take(",")
        right = self._column(self._take())
        self._take(")")
        operator, value = self._take()["mark"], self._take()
        constant = value["number"] or _TRUTHS.get(value["word"])
        if operator not in _OPERATORS or constant is None:
            raise self._refusal()
        known = f"{left} is not None and {right} is not None"
        return f"({known} and {name}({left}, {right}) {_OPERATORS[operator]} {constant})"

    def _column(self, token: Any) -> str:
        if token["column"] not in self._columns:
            raise self._refusal()
        return f"{token['side']}[{self._columns[token['column']]}]"


def python_of(condition: str, columns: Sequence[str]) -> str:
    """A condition as a Python expression over the rows `l` and `r` and the names of `FUNCTIONS`.

    Args:
        condition: The SQL.
        columns: Names of the columns, in the order of a row.

    Raises:
        InvalidInput: it says something that is not understood.
    """
    return _Reader(condition, columns).whole()
