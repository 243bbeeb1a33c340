"""What an answer may cost, before it is asked for: a point for every object it could hold.

A list is priced by the size asked, not by what it turns out to hold: an actual count would tell of
rows that the viewer may not see. A page costs its size times the price of one of its rows, and a
count of its own one point; of an interface the dearest type counts.
"""

from collections.abc import Callable, Sequence
from typing import Any

from loaders.shapes import (
    Count,
    Edges,
    Entry,
    Facets,
    Fields,
    Listed,
    Lookup,
    Object,
    Page,
    Shape,
    ValuesOf,
)

Parameter = Callable[[str], Any]
"""The value of a parameter by its name."""
Formula = int | Callable[[Parameter], int]
"""Points: known, or depending on parameters, in which page sizes are."""


def price(entry: Entry, parameters: dict[str, Any]) -> int:
    """Points of one root field, at least 1.

    Args:
        entry: The root field as it was planned.
        parameters: Its parameters, in which page sizes are.
    """
    return points(formula(entry), parameters.__getitem__)


def formula(entry: Entry) -> Formula:
    """How to price a root field: whatever no parameter decides is added up already."""
    return _of(entry.shape)


def points(priced: Formula, parameter: Parameter) -> int:
    """Points of a root field for one request's parameters, at least 1."""
    return max(1, priced if isinstance(priced, int) else priced(parameter))


def _of(shape: Shape) -> Formula:
    match shape:
        case Object(_, cases, _):
            return _plus([1, _dearest([_sum(each) for each in cases])])
        case Page():
            return _page(shape)
        case Lookup(ids, parts):
            dearest = _dearest([_of(each) for each in parts], at_least=1)
            return _times(lambda parameter: len(parameter(ids)), dearest)
        case Listed(_, cases, _, size):
            row = _dearest([_sum(each) for each in cases], at_least=1)
            if isinstance(size, int):
                return _times(lambda _: size, row)
            return _times(lambda parameter: parameter(size), row)
        case ValuesOf(_, fields, _):
            return _plus([1, _sum(fields)])
        case Count() | Facets():
            return 1
        case _:
            return 0


def _page(page: Page) -> Formula:
    """The rows that are asked for, and what is counted beside them."""
    beside = [_of(each.shape) for each in page.fields.entries]
    rows = [e.shape.fields for e in page.fields.entries if isinstance(e.shape, Edges)]
    if page.rows is None or not rows:
        return _plus(beside)
    limit = page.limit
    of_row = _plus([_dearest([_sum(each)], at_least=1) for each in rows])
    # The limit is one more than what is asked, to see whether more follow.
    return _plus([*beside, _times(lambda parameter: parameter(limit) - 1, of_row)])


def _sum(fields: Fields) -> Formula:
    return _plus([_of(each.shape) for each in fields.entries])


def _plus(parts: Sequence[Formula]) -> Formula:
    known = sum(each for each in parts if isinstance(each, int))
    open_ = [each for each in parts if not isinstance(each, int)]
    if not open_:
        return known
    return lambda parameter: known + sum([each(parameter) for each in open_])


def _dearest(parts: Sequence[Formula], at_least: int = 0) -> Formula:
    known = max([at_least, *(each for each in parts if isinstance(each, int))])
    open_ = [each for each in parts if not isinstance(each, int)]
    if not open_:
        return known
    return lambda parameter: max([known, *(each(parameter) for each in open_)])


def _times(size: Callable[[Parameter], int], row: Formula) -> Formula:
    if isinstance(row, int):
        return lambda parameter: size(parameter) * row
    return lambda parameter: size(parameter) * row(parameter)
