"""Values of a mapping, compiled to functions of a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from graph.imports.conditions import Cell, Columns, Row, Test, compile_condition, text_of
from graph.imports.errors import Fault, Path, Problem, Unfit
from graph.imports.functions import (
    Step,
    Value,
    as_boolean,
    as_decimal,
    as_integer,
    as_text,
    build,
    multiply,
)
from graph.imports.mapping import Keep, ValueSpec
from graph.model.kinds import Property, Type

_PLACE = re.compile(r"\{([^{}]+)\}")
Getter = Callable[[Row], Value]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A value ready to be read from rows.

    Attributes:
        get: Returns the value of a row; raises `Unfit`.
        column: The column an error is blamed on; None when there is no single one.
        keep: Which row's value is kept when several rows speak of the same thing.
        without: The property whose value a list leaves out.
    """

    get: Getter
    column: str | None
    keep: Keep = "latest"
    without: str | None = None


class Ordinals:
    """The position counters of a mapping: one pseudo column per distinct group of columns."""

    def __init__(self, first: int) -> None:
        self._first = first
        self.groups: list[tuple[int, ...]] = []

    def index(self, group: tuple[int, ...]) -> int:
        """Return the pseudo column that counts rows with the same values in these columns."""
        if group not in self.groups:
            self.groups.append(group)
        return self._first + self.groups.index(group)


@dataclass(slots=True)
class Scope:
    """What a definition is compiled against, and which columns it was found to use."""

    columns: Columns
    ordinals: Ordinals
    uses: set[int]

    @property
    def row_number(self) -> int:
        """The pseudo column that holds the number of the row."""
        return len(self.columns.names)


def compile_value(spec: ValueSpec, scope: Scope, path: Path) -> Compiled:
    """Compile a value.

    Raises:
        Problem: a column, function or template cannot be used.
    """
    origin, column = _origin(spec, scope, path)
    steps = [_step(call, (*path, "do", i)) for i, call in enumerate(spec.do)]
    if spec.table is not None:
        steps.insert(0, _lookup(spec.table))
    test = compile_condition(spec.when, scope.columns, (*path, "when"), scope.uses)
    return Compiled(_getter(origin, steps, test, column), column, spec.keep, spec.without)


def _origin(spec: ValueSpec, scope: Scope, path: Path) -> tuple[Getter, str | None]:
    """Return where a value comes from and the column to blame."""
    if spec.column is not None:
        index = scope.columns.index(spec.column, (*path, "column"))
        scope.uses.add(index)
        return lambda row: row[index] or None, spec.column
    if spec.template is not None:
        return _template(spec.template, scope, (*path, "template"))
    if spec.multiply is not None:
        return _product(spec.multiply, scope, (*path, "multiply"))
    if spec.ordinal is not None:
        group = tuple(scope.columns.index(name, (*path, "ordinal")) for name in spec.ordinal)
        counter = scope.ordinals.index(group)
        scope.uses.add(counter)
        return lambda row: row[counter], spec.ordinal[0]
    if spec.row_number:
        number = scope.row_number
        scope.uses.add(number)
        return lambda row: row[number], None
    if spec.cases is not None:
        return _cases(spec, scope, path)
    fixed = _exact(spec.constant)
    return lambda _: fixed, None


def _exact(constant: str | float | bool | None) -> Value:
    """Return a constant of the mapping; a number with a point is exactly what was written."""
    return Decimal(str(constant)) if isinstance(constant, float) else constant


def _cases(spec: ValueSpec, scope: Scope, path: Path) -> tuple[Getter, str | None]:
    """Return the constant of the first case whose condition a row fulfils."""
    cases: list[tuple[Test, Value]] = []
    for i, case in enumerate(spec.cases or ()):
        place = (*path, "cases", i, "when")
        test = compile_condition(case.when, scope.columns, place, scope.uses)
        if test is not None:
            cases.append((test, _exact(case.then)))
    otherwise = _exact(spec.otherwise)

    def get(row: Row) -> Value:
        return next((then for test, then in cases if test(row)), otherwise)

    return get, spec.cases[0].when.column if spec.cases else None


def _template(template: str, scope: Scope, path: Path) -> tuple[Getter, str | None]:
    """Return a text with columns in it; nothing when one of them is empty."""
    names = _PLACE.findall(template)
    if not names:
        raise Problem(path, "a template names at least one column in braces")
    indexes = [scope.columns.index(name, path) for name in names]
    scope.uses.update(indexes)
    pieces = _PLACE.split(template)[::2]

    def get(row: Row) -> Value:
        texts = [text_of(row[index]) for index in indexes]
        if not all(texts):
            return None
        ends = (text + piece for text, piece in zip(texts, pieces[1:], strict=True))
        return pieces[0] + "".join(ends)

    return get, names[0]


def _product(names: list[str], scope: Scope, path: Path) -> tuple[Getter, str | None]:
    """Return the product of columns; nothing when one of them is empty."""
    indexes = [scope.columns.index(name, path) for name in names]
    scope.uses.update(indexes)

    def get(row: Row) -> Value:
        cells: list[Value] = [row[index] for index in indexes]
        return None if "" in cells else multiply(cells)

    return get, names[0]


def _step(call: str, path: Path) -> Step:
    try:
        name, step = build(call)
    except ValueError as error:
        raise Problem(path, str(error)) from None
    if name in {"default", "split"}:  # these two know what to do with nothing and with a list
        return step if name == "default" else lambda v: None if v is None else step(v)

    def guarded(value: Value) -> Value:
        if value is None or value == "":
            return None
        if isinstance(value, tuple):
            each = (step(part) for part in value)
            return tuple(as_text(part) for part in each if part is not None)
        return step(value)

    return guarded


def _lookup(table: dict[str, str | int | float | bool | None]) -> Step:
    """Return the step that looks a text up; what is not in the table passes through."""

    def step(value: Value) -> Value:
        if value is None or isinstance(value, tuple):
            return value
        text = as_text(value).strip()
        return table.get(text, value)

    return step


def _getter(origin: Getter, steps: list[Step], test: Test | None, column: str | None) -> Getter:
    def get(row: Row) -> Value:
        if test is not None and not test(row):
            return None
        try:
            value = origin(row)
            for step in steps:
                value = step(value)
        except Unfit as unfit:
            fault = unfit.faults[0]
            raise Unfit(Fault(fault.column or column, fault.code, fault.message)) from None
        return None if value == "" else value

    return get


def fit(kind: Property, value: Value) -> object:
    """Return a value in the form in which the property's type is stored.

    Raises:
        Unfit: NOT_A_NUMBER, NOT_WHOLE, TOO_LARGE, NOT_A_BOOLEAN or WRONG_TYPE.
    """
    if value is None:
        return None
    match kind.type:
        case Type.INTEGER:
            return as_integer(value)
        case Type.FLOAT:
            return float(as_decimal(value))
        case Type.BOOLEAN:
            return value if isinstance(value, bool) else as_boolean(value)
        case Type.MONEY:
            if isinstance(value, int):
                return value
            message = "An amount needs the function money with its currency."
            raise Unfit(Fault(None, "WRONG_TYPE", message))
        case Type.STRINGS:
            return list(value) if isinstance(value, tuple) else [as_text(value)]
        case _:
            if isinstance(value, tuple):
                raise Unfit(Fault(None, "WRONG_TYPE", "A list was given for a single value."))
            return as_text(value)


def key_text(value: Value) -> str | None:
    """Return a part of a key as text; None when there is none.

    Raises:
        Unfit: BAD_KEY, for a list, a control character or more than 500 characters.
    """
    if value is None:
        return None
    text = "" if isinstance(value, tuple) else as_text(value).strip()
    if isinstance(value, tuple) or len(text) > 500 or not text.isprintable():
        message = "A key is one line of at most 500 characters without control characters."
        raise Unfit(Fault(None, "BAD_KEY", message))
    return text or None


__all__ = ["Cell", "Compiled", "Getter", "Ordinals", "Scope", "compile_value", "fit", "key_text"]
