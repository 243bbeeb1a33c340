"""Which part of a list is asked for: its size, its end, and the cursors it lies between."""

from dataclasses import dataclass, field
from typing import Any, LiteralString

from graphql.execution.values import VariableValues

from loaders.arguments import Argument, Bindings, plain
from loaders.declare import DEFAULT_PAGE, MAX_PAGE
from loaders.errors import BadRequest, Code
from loaders.ids import decode_cursor, seal
from loaders.sorting import Term, beyond
from loaders.text import Scope

PAGE = ("first", "after", "last", "before")
"""The arguments that choose a part of a list; all others choose its rows or their order."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What binds cursors to a list: its place in the schema, its arguments, who asks."""

    place: str
    given: dict[str, Argument]
    bindings: Bindings

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from the seals of other lists of one operation."""
        bound = [f"{n}: {each.identity}" for n, each in self.given.items() if n not in PAGE]
        return (self.place, *bound)

    @property
    def name(self) -> LiteralString:
        """The parameter that holds it; there is none before this is asked, for it has its cost."""
        return self.bindings.add_seal(self.identity, self.value)

    def value(self, variables: VariableValues, viewer_scope: str) -> str:
        """The seal for one request."""
        bound = {
            name: plain(each.evaluate(variables))
            for name, each in self.given.items()
            if name not in PAGE
        }
        return seal(self.place, bound, viewer_scope)


@dataclass(slots=True)
class Window:
    """A part of a list.

    Attributes:
        limit: Name of the parameter that holds its size plus one.
        backward: True when it is counted from the list's end.
        conditions: What its cursors demand of a row.
        after: True when a cursor precedes it.
        before: True when a cursor follows it.
    """

    limit: LiteralString
    backward: bool
    conditions: list[LiteralString] = field(default_factory=list[LiteralString])
    after: bool = False
    before: bool = False


def window_of(
    given: dict[str, Argument], terms: list[Term], sealed: Seal, child: Scope, bindings: Bindings
) -> Window:
    """The part of a list that its arguments ask for.

    Raises:
        BadRequest: INVALID_PAGE for both ends at once; and the parameters raise INVALID_PAGE and
            INVALID_CURSOR for sizes and cursors that make no sense.
    """
    first, last = given["first"], given["last"]
    if first.now is not None and last.now is not None:
        raise BadRequest(Code.INVALID_PAGE, "Ask for either first or last, not both.")
    backward = last.now is not None
    size = last if backward else first
    limit = bindings.add(
        (size.identity, "limit"), lambda values: _limit(size.evaluate(values)), fixed=True
    )
    window = Window(limit, backward)
    for name, follows in (("after", True), ("before", False)):
        cursor = given[name]
        if cursor.now is not None:
            values = _values(cursor, terms, sealed, bindings)
            window.conditions.append(beyond(terms, values, child.node, follows=follows))
            setattr(window, name, True)
    return window


def page_size(size: Any) -> int:
    """A page's size as asked; raises INVALID_PAGE when it is out of bounds."""
    if not 0 <= size <= MAX_PAGE:
        raise BadRequest(Code.INVALID_PAGE, f"A page holds 0 to {MAX_PAGE} rows.")
    return size


def _limit(size: Any) -> int:
    """One more than asked, which tells whether there is more."""
    return DEFAULT_PAGE + 1 if size is None else page_size(size) + 1


def _values(
    cursor: Argument, terms: list[Term], sealed: Seal, bindings: Bindings
) -> list[LiteralString]:
    """A parameter for each of a cursor's values, the id last."""
    kinds = (*[each.kinds for each in terms], (str,))

    def part(variables: VariableValues, viewer_scope: str, position: int) -> Any:
        bound = sealed.value(variables, viewer_scope)
        return decode_cursor(cursor.evaluate(variables), bound, kinds)[position]

    return [
        "$"
        + bindings.add_sealed(
            (cursor.identity, *sealed.identity, str(position)),
            lambda variables, scope, position=position: part(variables, scope, position),
        )
        for position in range(len(kinds))
    ]
