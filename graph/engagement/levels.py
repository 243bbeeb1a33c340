"""Service levels as data: how soon a case must be answered and solved, and how its clock moves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from graph.engagement.clock import ALWAYS, Calendar
from graph.write import formats

PRIORITIES = ("LOW", "NORMAL", "HIGH", "URGENT")
"""From what can wait to what cannot."""


@dataclass(frozen=True, slots=True)
class Level:
    """Working time until the first answer and until the solution."""

    answer: timedelta
    solution: timedelta

    def sped_up(self, factor: float) -> "Level":
        """The same with both times multiplied."""
        return Level(self.answer * factor, self.solution * factor)


LEVELS: dict[str, Level] = {
    "LOW": Level(timedelta(hours=24), timedelta(days=7)),
    "NORMAL": Level(timedelta(hours=8), timedelta(days=3)),
    "HIGH": Level(timedelta(hours=2), timedelta(hours=24)),
    "URGENT": Level(timedelta(minutes=30), timedelta(hours=4)),
}
"""By priority."""

TIERS: dict[str, float] = {"PLATINUM": 0.5, "GOLD": 0.75}
"""Which part of the time a tier of customers waits; other tiers wait all of it."""

AT_LEAST: dict[str, str] = {"COMPLAINT": "HIGH"}
"""Priorities below which cases of a kind are not treated, whatever they say."""


def level(kind: str | None, priority: str | None, tier: str | None) -> Level:
    """The service level of a case; a priority that is not said is NORMAL."""
    said = priority or "NORMAL"
    least = AT_LEAST.get(kind or "", "LOW")
    counted = max(said, least, key=PRIORITIES.index)
    return LEVELS[counted].sped_up(TIERS.get((tier or "").upper(), 1.0))


def raised(priority: str | None) -> str:
    """The next higher priority; URGENT stays what it is."""
    place = PRIORITIES.index(priority or "NORMAL")
    return PRIORITIES[min(place + 1, len(PRIORITIES) - 1)]


@dataclass(frozen=True, slots=True)
class Due:
    """When a case must be answered and solved, as the graph stores times."""

    answer: str
    solution: str


def due(promised: Level, start: str, calendar: Calendar = ALWAYS) -> Due:
    """When what is promised falls due, counted from a stored time."""
    begin = _moment(start)
    return Due(
        formats.moment(calendar.after(begin, promised.answer)),
        formats.moment(calendar.after(begin, promised.solution)),
    )


def resumed(due_at: str, waiting_since: str, now: str, calendar: Calendar = ALWAYS) -> str:
    """When a case falls due that waited for the customer until now: later by as long as that."""
    waited = calendar.between(_moment(waiting_since), _moment(now))
    return formats.moment(calendar.after(_moment(due_at), waited))


def changed(
    due_at: str, opened_at: str, before: Level, after: Level, calendar: Calendar = ALWAYS
) -> str:
    """When a case falls due whose level changed; the time it stood still stays counted."""
    begin = _moment(opened_at)
    stood = calendar.between(calendar.after(begin, before.solution), _moment(due_at))
    return formats.moment(calendar.after(begin, after.solution + stood))


def _moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)
