"""Remembering what was worked out for cells that look alike, in bounded memory.

The columns of a real file repeat themselves: a few hundred customers, prices and quantities in
millions of rows. Looking a result up costs a tenth of working it out, and looking a whole column up
at once a tenth of that.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Generic, TypeVar

from graph.imports.conditions import Cell, Row
from graph.imports.errors import Unfit

Result = TypeVar("Result")

SIZE = 8_192
TRIAL = 4096
HOPELESS = 0.9
COMPOSED = 0.3
"""Shares of rows that are new from which on remembering costs more than it saves: of a function,
and of one that can be composed of remembered columns."""
FAULT = Unfit()
"""What is remembered for cells of which a function raises `Unfit`."""


@dataclass(slots=True)
class Chunk:
    """Some rows, which are looked at column by column.

    Attributes:
        rows: The rows: cells, number, positions.
        columns: The same, turned.
        doubtful: Indexes of the rows that have to be read one by one, for their faults.
    """

    rows: list[Row]
    columns: list[Sequence[Cell]]
    doubtful: set[int] = field(default_factory=set[int])

    def some(self, held: Sequence[object], work: Callable[[Row], Result]) -> list[Result | None]:
        """Return a function of the rows that are held, None of the others; a fault makes doubt."""
        found: list[Result | None] = [None] * len(self.rows)
        for i, holds in enumerate(held):
            if holds:
                try:
                    found[i] = work(self.rows[i])
                except Unfit:
                    self.doubtful.add(i)
        return found


class Memo(Generic[Result]):
    """A function of a row with a memory; it gives up when rows hardly ever look alike."""

    def __init__(
        self,
        uses: Collection[int],
        work: Callable[[Row], Result],
        columns: Callable[[Chunk], list[Any]] | None = None,
    ) -> None:
        """Make the function.

        Args:
            uses: Positions of all the cells that the function looks at; none for a constant.
            work: The function. What it returns must not be changed; it may raise `Unfit`.
            columns: The function for many rows, used where remembering is hopeless.
        """
        self._uses = sorted(uses)
        self._cells: Callable[[Row], Any] = itemgetter(*self._uses) if uses else _nothing
        self._work = work
        self._columns = columns
        self._known: dict[Any, Any] = {}
        self._faulty = False
        self._asked = self._worked = 0
        self._hopeless = False

    def __call__(self, row: Row) -> Result:
        """Return the function of one row.

        Raises:
            Unfit: whatever the function raises.
        """
        if self._hopeless:
            return self._work(row)
        self._asked += 1
        cells = self._cells(row)
        try:
            found = self._known[cells]
        except KeyError:
            return self._add(cells, row)
        return self._work(row) if found is FAULT else found

    def _add(self, cells: object, row: Row) -> Result:
        self._bound()
        found = self._known[cells] = self._work(row)
        self._worked += 1
        self._judge()
        return found

    def many(self, chunk: Chunk) -> list[Any]:
        """Return the function of every row of a chunk; a row that has none becomes doubtful."""
        if self._hopeless and self._columns is not None:
            return self._columns(chunk)
        if self._hopeless:
            return self._marked(chunk, [self._attempt(row) for row in chunk.rows], faulty=True)
        keys = self._keys(chunk)
        known = self._known
        self._bound()
        self._asked += len(keys)
        # What is new comes in runs: a date with all lines of an invoice, a customer with both.
        missing = set(keys).difference(known)
        if missing:
            rows = dict(zip(keys, chunk.rows, strict=True))
            for key in missing:
                known[key] = self._attempt(rows[key])
            self._worked += len(missing)
        found: list[Any] = list(map(known.__getitem__, keys))
        if missing:
            self._judge()
        return self._marked(chunk, found, faulty=self._faulty)

    def _keys(self, chunk: Chunk) -> Sequence[Any]:
        if len(self._uses) == 1:
            return chunk.columns[self._uses[0]]
        if not self._uses:
            return [()] * len(chunk.rows)
        return list(zip(*[chunk.columns[i] for i in self._uses], strict=True))

    def _attempt(self, row: Row) -> Result | Unfit:
        try:
            return self._work(row)
        except Unfit:
            self._faulty = True
            return FAULT

    @staticmethod
    def _marked(chunk: Chunk, found: list[Any], *, faulty: bool) -> list[Any]:
        if faulty:
            chunk.doubtful.update(i for i, one in enumerate(found) if one is FAULT)
        return found

    def _bound(self) -> None:
        """Forget everything when it has become too much."""
        if len(self._known) >= SIZE:
            self._known.clear()
            self._faulty = False

    def _judge(self) -> None:
        """Stop remembering when after a trial nearly everything had to be worked out."""
        limit = HOPELESS if self._columns is None else COMPOSED
        if self._worked >= TRIAL and self._worked > limit * self._asked:
            self._hopeless = True
            self._known.clear()


def _nothing(_: Row) -> tuple[()]:
    return ()
