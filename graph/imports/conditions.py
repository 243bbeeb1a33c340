"""Conditions of a mapping, compiled to functions of a row."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from graph.imports.errors import Path, Problem, Unfit
from graph.imports.functions import as_decimal, as_text
from graph.imports.mapping import Condition

Cell = str | int | tuple[str, ...]
Row = Sequence[Cell]
Test = Callable[[Row], bool]
TextTest = Callable[[str], bool]


class Columns:
    """The columns of a file by name; without a file, every name that is asked for becomes one."""

    def __init__(self, names: Sequence[str] | None) -> None:
        self.names = list(names or ())
        self._index = {name: i for i, name in enumerate(self.names)}
        self._open = names is None

    def index(self, name: str, path: Path) -> int:
        """Return the position of a column.

        Raises:
            Problem: there is no such column.
        """
        if self._open and name not in self._index:
            self._index[name] = len(self.names)
            self.names.append(name)
        found = self._index.get(name)
        if found is None:
            raise Problem(path, f"the column {name!r} is not in the file")
        return found


def compile_condition(
    spec: Condition | None, columns: Columns, path: Path, uses: set[int]
) -> Test | None:
    """Return a function that tells whether a row fulfils a condition; None for no condition.

    Args:
        spec: The condition.
        columns: Where columns are.
        path: Where the condition stands in the mapping.
        uses: Receives the positions of the columns it looks at.

    Raises:
        Problem: a column or a regular expression cannot be used.
    """
    if spec is None:
        return None
    tests: list[Test] = []
    if spec.column is not None:
        index = columns.index(spec.column, (*path, "column"))
        uses.add(index)
        tests.extend(_on(index, test) for test in _text_tests(spec, path))
    for word in ("all", "any", "none"):
        parts = getattr(spec, word)
        if parts is None:
            continue
        inner = [
            compile_condition(part, columns, (*path, word, i), uses) for i, part in enumerate(parts)
        ]
        tests.append(_joined(word, [each for each in inner if each]))
    return tests[0] if len(tests) == 1 else _joined("all", tests)


def _on(index: int, test: TextTest) -> Test:
    return lambda row: test(text_of(row[index]))


def text_of(cell: Cell) -> str:
    """Return a cell as text without blanks at its ends; a list has one line per element."""
    if isinstance(cell, str):
        return cell.strip()
    return "\n".join(cell) if isinstance(cell, tuple) else str(cell)


def _joined(word: str, tests: list[Test]) -> Test:
    if word == "all":
        return lambda row: all(test(row) for test in tests)
    if word == "any":
        return lambda row: any(test(row) for test in tests)
    return lambda row: not any(test(row) for test in tests)


def _text_tests(spec: Condition, path: Path) -> list[TextTest]:
    """Return one test for each thing a condition says of its column."""
    tests: list[TextTest] = []
    if (prefix := spec.prefix) is not None:
        tests.append(lambda text: text.startswith(prefix))
    if spec.matches is not None:
        try:
            pattern = re.compile(spec.matches)
        except re.error as error:
            raise Problem((*path, "matches"), f"no regular expression: {error}") from None
        tests.append(lambda text: pattern.search(text) is not None)
    if spec.equals is not None:
        wanted = as_text(spec.equals)
        tests.append(lambda text: text == wanted)
    if spec.among is not None:
        choices = frozenset(spec.among)
        tests.append(lambda text: text in choices)
    if (empty := spec.empty) is not None:
        tests.append(lambda text: (text == "") is empty)
    tests.extend(_number_tests(spec))
    return tests


def _number_tests(spec: Condition) -> list[TextTest]:
    """Return the tests that compare numbers; text that is no number fulfils none of them."""
    tests: list[TextTest] = []
    if spec.above is not None:
        tests.append(_compared(spec.above, lambda a, b: a > b))
    if spec.below is not None:
        tests.append(_compared(spec.below, lambda a, b: a < b))
    if spec.least is not None:
        tests.append(_compared(spec.least, lambda a, b: a >= b))
    if spec.most is not None:
        tests.append(_compared(spec.most, lambda a, b: a <= b))
    return tests


def _compared(limit: float, holds: Callable[[Decimal, Decimal], bool]) -> TextTest:
    bound = Decimal(str(limit))

    def test(text: str) -> bool:
        try:
            return holds(as_decimal(text), bound)
        except Unfit:
            return False

    return test
