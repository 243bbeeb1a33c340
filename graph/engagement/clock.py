"""The clock of service levels: it runs while we are at work, and stands still while we wait."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_LONGEST = 3_660
"""Days after which a calendar without working time is given up."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the clock runs.

    Attributes:
        zone: Time zone of the hours; None when the clock never stops.
        hours: For each weekday from Monday the begin and end of work, None for a day off. Empty
            when the clock never stops.
        holidays: Days off, as ISO 8601 days.
    """

    zone: tzinfo | None = None
    hours: tuple[tuple[time, time] | None, ...] = ()
    holidays: frozenset[str] = frozenset()

    def _spell(self, day: datetime) -> tuple[datetime, datetime] | None:
        """Begin and end of work on the day of a moment in `zone`."""
        hours = self.hours[day.weekday()]
        if hours is None or day.date().isoformat() in self.holidays:
            return None
        begin, end = hours
        return (
            datetime.combine(day.date(), begin, self.zone),
            datetime.combine(day.date(), end, self.zone),
        )

    def after(self, start: datetime, worked: timedelta) -> datetime:
        """The moment at which so much working time has passed since `start`.

        Raises:
            ValueError: the calendar has no working time within ten years.
        """
        if not self.hours:
            return start + worked
        day, left = start.astimezone(self.zone), worked
        for _ in range(_LONGEST):
            spell = self._spell(day)
            if spell is not None:
                begin, end = max(spell[0], day), spell[1]
                if begin < end and end - begin >= left:
                    return (begin + left).astimezone(start.tzinfo)
                left -= max(end - begin, timedelta())
            day = datetime.combine(day.date() + timedelta(days=1), time(), self.zone)
        raise ValueError("The calendar has too little working time.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; none when `end` is not after `start`."""
        if end <= start:
            return timedelta()
        if not self.hours:
            return end - start
        day, last, total = start.astimezone(self.zone), end.astimezone(self.zone), timedelta()
        while day < last:
            spell = self._spell(day)
            if spell is not None:
                total += max(min(spell[1], last) - max(spell[0], day), timedelta())
            day = datetime.combine(day.date() + timedelta(days=1), time(), self.zone)
        return total


ALWAYS = Calendar()
"""Round the clock, every day."""
