"""Remembering what was worked out for cells that look alike, in bounded memory.

The columns of a real file repeat themselves: a few hundred customers, prices and quantities in
millions of rows. Looking a result up costs a tenth of working it out.
"""

from collections.abc import Callable, Collection
from operator import itemgetter
from typing import Any, TypeVar

from graph.imports.conditions import Row

Result = TypeVar("Result")

SIZE = 8_192
TRIAL = 4_096
HOPELESS = 0.9


def memoised(uses: Collection[int], work: Callable[[Row], Result]) -> Callable[[Row], Result]:
    """Return a function of a row with a memory; it gives up when rows hardly ever look alike.

    Args:
        uses: Positions of all the cells that the function looks at; none for a constant.
        work: The function. What it returns must not be changed; what it raises is not remembered.
    """
    if not uses:
        return _once(work)
    cells_of = itemgetter(*sorted(uses))
    known: dict[Any, Result] = {}
    asked = worked = 0
    hopeless = False

    def add(cells: object, row: Row) -> Result:
        nonlocal worked, hopeless
        found = work(row)
        worked += 1
        if worked % TRIAL == 0 and worked > HOPELESS * asked:
            hopeless = True
            known.clear()
            return found
        if len(known) >= SIZE:
            known.clear()
        known[cells] = found
        return found

    def read(row: Row) -> Result:
        nonlocal asked
        if hopeless:
            return work(row)
        asked += 1
        cells = cells_of(row)
        try:
            return known[cells]
        except KeyError:
            return add(cells, row)

    return read


def _once(work: Callable[[Row], Result]) -> Callable[[Row], Result]:
    """Return a function of no cell, worked out at its first row."""
    only: list[Result] = []

    def read(row: Row) -> Result:
        if not only:
            only.append(work(row))
        return only[0]

    return read
