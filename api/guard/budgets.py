"""What a principal may spend: a bucket of points that fills again, kept in Redis for all processes.

A process takes some points out of the bucket at a time and spends them by itself, so that most
requests ask nobody; what it took and did not spend it gives back with its next call. Taken points
are out of the bucket, so all processes together never spend more than there is. While Redis is
away each process goes on with the bucket as it last knew it.
"""

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, LiteralString, cast

import redis.asyncio
from redis.exceptions import RedisError

from api.guard.rules import Rules
from graph.breaker import Breaker

PREFIX = "c360:budget:"
MAX_PRINCIPALS = 10_000
CALL_SECONDS = 0.25
# A process takes this part of a full bucket at once, and keeps it no longer than this.
PORTION = 50
KEEP_SECONDS = 1.0

# Times are Redis's own, so that the clocks of processes do not matter.
_TAKE: LiteralString = """
local most, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local need, want, back = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local kept = redis.call('HMGET', KEYS[1], 'points', 'at')
local points = tonumber(kept[1]) or most
local at = tonumber(kept[2]) or now
points = math.min(most, points + math.max(0, now - at) * rate + back)
local taken = 0
if points >= need then
  taken = math.floor(math.min(points, math.max(need, want)))
  points = points - taken
end
redis.call('HSET', KEYS[1], 'points', tostring(points), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil((most - points) / rate * 1000) + 60000)
return {taken, tostring(points)}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request was charged, and what is left.

    Attributes:
        requested: Points of the request.
        limit: Points of a full bucket.
        remaining: Points that are left.
        restore: Points that come back each second.
        wait: Seconds until there are enough; 0 when it was charged.
    """

    requested: int
    limit: int
    remaining: int
    restore: int
    wait: int

    def shown(self) -> dict[str, int]:
        """The cost as `extensions.cost`."""
        return {
            "requested": self.requested,
            "limit": self.limit,
            "remaining": self.remaining,
            "restoreRate": self.restore,
        }


@dataclass(slots=True)
class _Purse:
    """One principal's points, as this process knows them.

    Attributes:
        hand: Points taken out and not spent.
        bucket: Points in the bucket at `at`.
        at: When that was known, on the monotonic clock.
        until: Until when the points in hand are kept.
        filling: A call that is on its way.
    """

    hand: float
    bucket: float
    at: float
    until: float = 0.0
    filling: "asyncio.Task[None] | None" = None


class Budgets:
    """The budgets of all principals.

    Attributes:
        refused: Requests that could not be paid, so far.
    """

    def __init__(self, cache: redis.asyncio.Redis, breaker: Breaker) -> None:
        """Keep budgets in a Redis that somebody else closes."""
        self._cache = cache
        self._breaker = breaker
        # The client types a script's result and arguments as unknown.
        self._script = cast("Any", cache).register_script(_TAKE)
        self._purses: OrderedDict[str, _Purse] = OrderedDict()
        self.refused = 0

    async def charge(self, principal: str, rules: Rules, price: int) -> Cost:
        """Take the price of a request, if there are as many points.

        Args:
            principal: Whose points.
            rules: Its audience's.
            price: Points; never more than the bucket holds.
        """
        purse = self._purse(principal, rules)
        now = time.monotonic()
        if purse.hand < price or now >= purse.until:
            if purse.hand + _grown(purse, rules, now) < price:
                # Others can only have taken more: there is no need to ask.
                return self._cost(purse, rules, price, paid=False)
            await self._fill(principal, purse, rules, price)
        paid = purse.hand >= price
        if paid:
            purse.hand -= price
        return self._cost(purse, rules, price, paid=paid)

    def _purse(self, principal: str, rules: Rules) -> _Purse:
        purse = self._purses.get(principal)
        if purse is None:
            purse = self._purses[principal] = _Purse(0, rules.budget, time.monotonic())
            if len(self._purses) > MAX_PRINCIPALS:
                self._purses.popitem(last=False)
        else:
            self._purses.move_to_end(principal)
        return purse

    def _cost(self, purse: _Purse, rules: Rules, price: int, *, paid: bool) -> Cost:
        left = purse.hand + _grown(purse, rules, time.monotonic())
        wait = 0 if paid else max(1, math.ceil((price - left) / rules.restore))
        self.refused += not paid
        remaining = max(0, min(rules.budget, math.floor(left)))
        return Cost(price, rules.budget, remaining, rules.restore, wait)

    async def _fill(self, principal: str, purse: _Purse, rules: Rules, price: int) -> None:
        """Have at least the price in hand, if there is as much."""
        while purse.hand < price or time.monotonic() >= purse.until:
            if purse.filling is None:
                call = self._take(principal, purse, rules, price)
                purse.filling = asyncio.get_running_loop().create_task(call)
                await asyncio.shield(purse.filling)
                return
            # Another request of the same principal is asking: perhaps it takes enough for both.
            await asyncio.shield(purse.filling)

    async def _take(self, principal: str, purse: _Purse, rules: Rules, price: int) -> None:
        want = max(price, rules.budget // PORTION)
        back, purse.hand = purse.hand, 0
        try:
            taken, bucket = await self._asked(principal, rules, price, want, back)
        finally:
            purse.filling = None
        purse.hand, purse.bucket, purse.at = taken, bucket, time.monotonic()
        purse.until = purse.at + KEEP_SECONDS

    async def _asked(
        self, principal: str, rules: Rules, need: int, want: int, back: float
    ) -> tuple[float, float]:
        """What is taken and what stays in the bucket, by Redis or as if it had said so."""
        purse = self._purses.get(principal)
        if not self._breaker.open:
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    made: Awaitable[Any] = self._script(
                        keys=[_key(principal)],
                        args=[rules.budget, rules.restore, need, want, back],
                    )
                    taken, bucket = await made
            except (RedisError, OSError, TimeoutError) as error:
                self._breaker.failed(error)
            else:
                return float(taken), float(bucket)
        grown = _grown(purse, rules, time.monotonic()) if purse else rules.budget
        left = min(rules.budget, grown + back)
        taken = min(left, want) if left >= need else 0
        return taken, left - taken


def _grown(purse: _Purse, rules: Rules, now: float) -> float:
    """Points in the bucket now, if nobody else has taken any."""
    return min(rules.budget, purse.bucket + (now - purse.at) * rules.restore)


def _key(principal: str) -> str:
    """A key that does not tell whose it is."""
    return PREFIX + hashlib.blake2b(principal.encode(), digest_size=16).hexdigest()
