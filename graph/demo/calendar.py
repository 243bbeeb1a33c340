"""When things happen in the demo world: office hours, weekends, seasons, never the future."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

YEARS = 3
ZONES = {"FR": "Europe/Paris", "RO": "Europe/Bucharest", "GB": "Europe/London"}

_ZONES = {country: ZoneInfo(name) for country, name in ZONES.items()}
# Busy before Christmas, quiet in August; January to December.
_MONTHS = (0.8, 0.85, 1.0, 1.0, 0.95, 1.0, 0.75, 0.55, 1.05, 1.15, 1.4, 1.3)
_OFFICE = (8, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 14, 15, 15, 15, 16, 16, 17)
_LEISURE = (7, 8, 9, 10, 11, 12, 12, 13, 14, 16, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22)


def stamp(at: datetime) -> str:
    """A time as the graph stores it: ISO 8601, UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


class Calendar:
    """The last three years before a day, as seen by offices and by people at home."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.now = datetime.combine(today, time(), UTC)
        self.start = date(today.year - YEARS, today.month, 1)
        span = (today - self.start).days
        days = [self.start + timedelta(offset) for offset in range(span)]
        seasons = [_MONTHS[day.month - 1] for day in days]
        office = [
            season if day.weekday() < 5 else 0.0 for day, season in zip(days, seasons, strict=True)
        ]
        self._office = [0.0, *accumulate(office)]
        self._leisure = [0.0, *accumulate(seasons)]

    def office(self, rng: Random, country: str, since: date | None = None) -> datetime:
        """A moment in office hours of the country, on or after `since`, before today."""
        return self._at(rng, self._pick(rng, self._office, since), _OFFICE, country)

    def leisure(self, rng: Random, country: str, since: date | None = None) -> datetime:
        """A moment when people shop from home, on or after `since`, before today."""
        return self._at(rng, self._pick(rng, self._leisure, since), _LEISURE, country)

    def later(
        self, rng: Random, start: datetime, days: tuple[float, float], country: str
    ) -> datetime | None:
        """A moment in office hours some days after `start`; None when that is not yet past."""
        day = (start + timedelta(rng.uniform(*days))).date()
        day += timedelta((0, 0, 0, 0, 0, 2, 1)[day.weekday()])
        at = self._at(rng, day, _OFFICE, country)
        if at <= start:
            at = start + timedelta(minutes=rng.randint(4, 50))
        return at if at < self.now else None

    def day(self, offset: int) -> date:
        """The day that lies `offset` days after today."""
        return self.today + timedelta(offset)

    def at(self, offset: int, hour: int = 9, minute: int = 0) -> str:
        """A time told from today, such as three days ago at half past nine, UTC."""
        return stamp(datetime.combine(self.day(offset), time(hour, minute), UTC))

    def _pick(self, rng: Random, weights: list[float], since: date | None) -> date:
        first = 0 if since is None else max(0, (since - self.start).days)
        low = weights[min(first, len(weights) - 8)]
        place = bisect_left(weights, rng.uniform(low, weights[-1])) - 1
        return self.start + timedelta(max(place, 0))

    def _at(self, rng: Random, day: date, hours: tuple[int, ...], country: str) -> datetime:
        clock = time(rng.choice(hours), rng.randrange(60), rng.randrange(60))
        return datetime.combine(day, clock, _ZONES[country]).astimezone(UTC)
