"""Checks that several actions of engagement share: times in order, ranges, nobody named twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, LiteralString

from graph.write import formats
from graph.write.actions import Draft, Guard

ENDS_BEFORE_START = "ENDS_BEFORE_START"


def moment(value: Any) -> str | None:
    """A time as the graph stores it; None for none, and for what validation will refuse."""
    return _form(formats.moment, value)


def day(value: Any) -> str | None:
    """A day as the graph stores it; None for none, and for what validation will refuse."""
    return _form(formats.day, value)


def _form(form: Any, value: Any) -> str | None:
    try:
        return form(value) if value is not None else None
    except ValueError:
        return None


def within(draft: Draft, values: dict[str, Any], name: str, least: float, most: float) -> None:
    """Refuse a number outside its range; none at all is fine."""
    value = values.get(name)
    if isinstance(value, int | float) and not least <= value <= most:
        draft.refuse("OUT_OF_RANGE", f"{name} must be from {least:g} to {most:g}.", name)


def in_order(draft: Draft, first: str | None, last: str | None, name: str, other: str) -> None:
    """Refuse an end before its start; both as the graph stores them."""
    if first is not None and last is not None and last < first:
        draft.refuse(ENDS_BEFORE_START, f"{name} must not lie before {other}.", name)


def not_later(draft: Draft, at: str | None, name: str) -> None:
    """Refuse a time that is still to come; a clock that is five minutes fast is forgiven."""
    latest = datetime.fromisoformat(draft.now) + timedelta(minutes=5)
    if at is not None and at > formats.moment(latest):
        draft.refuse("OUT_OF_RANGE", f"{name} must not lie in the future.", name)


def once(draft: Draft, *names: str) -> None:
    """Refuse a node that is named twice in one list, with the same role where there are roles."""
    for name in names:
        seen: set[tuple[str, Any]] = set()
        for i, each in enumerate(draft.many(name)):
            key = (each.id, (each.values or {}).get("role"))
            if key in seen:
                draft.refuse("DUPLICATE", "It is named twice; name it once.", name, str(i))
            seen.add(key)


def some(draft: Draft, names: Iterable[str]) -> None:
    """Refuse a request that names nothing in any of these lists."""
    names = list(names)
    if not any(draft.many(name) for name in names):
        draft.refuse("REQUIRED", f"Name at least one in {' or '.join(names)}.", names[0])


def ordered_guard(
    node: LiteralString, first: LiteralString, last: LiteralString, message: str
) -> Guard:
    """Refuse an update after which `last` would lie before `first`, given or as it stands."""
    before, after = _after(node, first), _after(node, last)
    return Guard(ENDS_BEFORE_START, message, after + " < " + before, (last,))


def _after(node: LiteralString, name: LiteralString) -> LiteralString:
    """A property of a node as it will be after its update."""
    return (
        "CASE WHEN '" + name + "' IN keys(r.updates." + node + ") THEN r.updates." + node + "."
        + name + " ELSE " + node + "." + name + " END"
    )  # fmt: skip
