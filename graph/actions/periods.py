"""Periods of relationships: first and last days, given or of today, and what they must not be."""

from collections.abc import Callable
from typing import Any, LiteralString

from graph.write import formats
from graph.write.actions import Draft, Guard

_BEFORE = "to must not lie before from."


def _day(value: Any) -> str | None:
    """A day as the graph stores it; None for none, and for what validation will refuse."""
    try:
        return formats.day(value) if value is not None else None
    except ValueError:
        return None


def today(draft: Draft, kind: str) -> dict[str, Any]:
    """Note the present day for guards; refuse a last day before the first."""
    values = draft.link(kind)
    first, last = _day(values.get("from")), _day(values.get("to"))
    if first is not None and last is not None and last < first:
        draft.refuse("ENDS_BEFORE_START", _BEFORE, "to")
    draft.values["today"] = draft.now[:10]
    return values


def begin(draft: Draft, kind: str) -> dict[str, Any]:
    """Note the bounds of a new relationship, open ones as far as days go, and return its values."""
    values = today(draft, kind)
    draft.values["from"] = _day(values.get("from")) or ""
    draft.values["to"] = _day(values.get("to")) or "9999"
    return values


def end(draft: Draft, kind: str) -> dict[str, Any]:
    """Complete the last day of a relationship that ends: today unless it was given."""
    values = today(draft, kind)
    if values.get("to") is None:
        values["to"] = draft.now[:10]
    return values


def lasting(kind: str) -> Callable[[Draft], None]:
    """A `prepare` for a change of a relationship that lasts for a time."""

    def prepare(draft: Draft) -> None:
        today(draft, kind)

    return prepare


def ending(kind: str) -> Callable[[Draft], None]:
    """A `prepare` for the end of a relationship: today unless another day was given."""

    def prepare(draft: Draft) -> None:
        end(draft, kind)

    return prepare


def missing(start: LiteralString, kind: LiteralString, end_: LiteralString) -> Guard:
    """Refuse what is about a relationship that is not there."""
    return Guard(
        "NOT_FOUND",
        "There is no such relationship between the two.",
        "NOT EXISTS { (" + start + ")-[:" + kind + "]->(" + end_ + ") }",
        (end_ + "Id",),
    )


def ended(start: LiteralString, kind: LiteralString, end_: LiteralString) -> Guard:
    """Refuse to end again, before a later call, what ended in the past."""
    return Guard(
        "NOT_ALLOWED",
        "It ended on {} already.",
        "EXISTS { MATCH (" + start + ")-[x:" + kind + "]->(" + end_ + ") "
        "WHERE x.to < r.values.today AND x.to <> r.links.l0.to }",
        ("to",),
        detail="head(COLLECT { MATCH (" + start + ")-[x:" + kind + "]->(" + end_ + ") "
        "RETURN x.to })",
    )  # fmt: skip


def within(start: LiteralString, kind: LiteralString, end_: LiteralString) -> tuple[Guard, ...]:
    """Refuse a period that, with the day that stays, would end before it begins."""
    standing: LiteralString = "MATCH (" + start + ")-[x:" + kind + "]->(" + end_ + ") WHERE "
    return (
        Guard(
            "ENDS_BEFORE_START",
            _BEFORE,
            "EXISTS { " + standing + "x.from > r.links.l0.to AND NOT 'from' IN keys(r.links.l0) }",
            ("to",),
        ),
        Guard(
            "ENDS_BEFORE_START",
            _BEFORE,
            "EXISTS { " + standing + "x.to < r.links.l0.from AND NOT 'to' IN keys(r.links.l0) }",
            ("from",),
        ),
    )
