"""Making one thing of the many rows that speak of it, in bounded memory.

The latest row wins as a whole: its values replace those of earlier rows, an empty cell included, so
that a thing never mixes two rows. A mapping may say otherwise per property (`keep`).
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from graph.imports.definitions import Definition

MAX_LIST = 100
OVERFLOW = 1 << 63
"""A sum that does not fit into 64 bits; the write path refuses it."""

Stamp = tuple[bool, str | float, int]
"""When a row speaks: whether its order is text, the order, the number of the row."""

Values = Sequence[Any]


class State:
    """What is known of one thing so far.

    Attributes:
        values: In the order of the definition.
        top: Stamp of the latest row.
        bottom: Stamp of the earliest row.
        last: The values merged last; the same object again needs no work.
    """

    __slots__ = ("bottom", "last", "top", "values")

    def __init__(self, values: Values, top: Stamp, bottom: Stamp) -> None:
        self.values = values
        self.top = top
        self.bottom = bottom
        self.last: Values = values


def _sum(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    total = a + b
    return total if OVERFLOW not in (a, b) and -OVERFLOW <= total < OVERFLOW else OVERFLOW


def _least(a: Any, b: Any) -> Any:
    return (b if a is None else a) if a is None or b is None else min(a, b)


def _greatest(a: Any, b: Any) -> Any:
    return (b if a is None else a) if a is None or b is None else max(a, b)


def _distinct(a: Any, b: Any) -> Any:
    if not a or not b:
        return a or b
    return tuple(dict.fromkeys((*a, *b)))[:MAX_LIST]


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "sum": _sum, "least": _least, "greatest": _greatest, "distinct": _distinct,
}  # fmt: skip


class Reducer:
    """Merges what rows say of the things of one definition.

    Attributes:
        repeatable: Whether the same values once more, from a later row, change only the stamp.
    """

    def __init__(self, definition: Definition) -> None:
        self._keeps = definition.keeps
        self._plain = set(self._keeps) <= {"latest"}
        self.repeatable = "sum" not in self._keeps
        # Of the earliest nothing is made: it is one of the two.
        self._others = [
            (i, _COMBINE.get(keep)) for i, keep in enumerate(self._keeps) if keep != "latest"
        ]

    def add(self, state: State, values: Values, stamp: Stamp) -> None:
        """Merge one row into a state."""
        if self._plain:
            if stamp >= state.top:
                state.values, state.top = values, stamp
            return
        if values is state.last and self.repeatable and stamp >= state.top:
            state.top = stamp  # later than the latest, so not earlier than the earliest
            return
        self._merge(state, values, stamp, stamp)
        state.last = values

    def merge(self, state: State, other: State) -> None:
        """Merge a state that was built from later lines into an earlier one."""
        self._merge(state, other.values, other.top, other.bottom)

    def _merge(self, state: State, values: Values, top: Stamp, bottom: Stamp) -> None:
        later, earlier = top >= state.top, bottom < state.bottom
        old = state.values
        merged = list(values if later else old)
        for i, combine in self._others:
            if combine is None:
                merged[i] = values[i] if earlier else old[i]
            else:
                merged[i] = combine(old[i], values[i])
        state.values = merged
        state.top = top if later else state.top
        state.bottom = bottom if earlier else state.bottom


def finished(definition: Definition, values: Values) -> dict[str, Any]:
    """Return the properties of a thing once all its rows are known."""
    found = dict(zip(definition.names, values, strict=True))
    for name, other in zip(definition.names, definition.without, strict=True):
        if other is not None and found[name]:
            found[name] = [each for each in found[name] if each != found[other]] or None
    return {name: _listed(each) for name, each in found.items()}


def _listed(value: Any) -> Any:
    """Return a list for a tuple, as the driver wants it."""
    return list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
