"""Answers of the graph that are kept for seconds, so that no request waits for them twice.

Young ones are used as they are, older ones are used while they are read again in the background,
and those older still are read before anybody gets them: nobody is ever told one older than that.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

YOUNG_SECONDS = 20.0
OLDEST_SECONDS = 30.0
KEPT = 8_192


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Value]):
    """A value, and when its reading began."""

    value: Value
    at: float


class Recent(Generic[Key, Value]):
    """Values by key, read when they are asked for.

    Args:
        read: Reads one; what it raises reaches those who wait for it, and nothing is kept.
        young: Seconds for which a value is used as it is.
        oldest: Seconds after which it is not used any more.
        kept: Most values at a time; the one read longest ago goes first.
    """

    def __init__(
        self,
        read: Callable[[Key], Awaitable[Value]],
        *,
        young: float = YOUNG_SECONDS,
        oldest: float = OLDEST_SECONDS,
        kept: int = KEPT,
    ) -> None:
        self._read = read
        self._young, self._oldest, self._most = young, oldest, kept
        self._kept: OrderedDict[Key, _Kept[Value]] = OrderedDict()
        self._reading: dict[Key, asyncio.Task[Value]] = {}

    async def get(self, key: Key) -> Value:
        """Return the value of a key, at most `oldest` seconds old.

        Raises:
            Exception: what reading raises.
        """
        known = self._kept.get(key)
        age = time.monotonic() - known.at if known is not None else self._oldest
        if known is None or age >= self._oldest:
            # Whoever gives up waiting must not take the answer from the others.
            return await asyncio.shield(self._again(key))
        if age >= self._young:
            self._again(key)
        return known.value

    def forget(self, wanted: Callable[[Value], bool]) -> None:
        """Have the values for which this is true read again before they are used."""
        for key in [key for key, known in self._kept.items() if wanted(known.value)]:
            del self._kept[key]
        # What is being read may be from before the change: it is answered, but not kept.
        self._reading.clear()

    def _again(self, key: Key) -> asyncio.Task[Value]:
        """The reading of a key, one at a time."""
        task = self._reading.get(key)
        if task is None:
            # It is read for everybody, so it does not end with the time of the request at hand.
            task = asyncio.create_task(self._keep(key), context=Context())
            self._reading[key] = task
            task.add_done_callback(_heard)
        return task

    async def _keep(self, key: Key) -> Value:
        began = time.monotonic()
        try:
            value = await self._read(key)
            if self._reading.get(key) is asyncio.current_task():
                self._kept.pop(key, None)
                self._kept[key] = _Kept(value, began)
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return value
        finally:
            if self._reading.get(key) is asyncio.current_task():
                del self._reading[key]


def _heard(task: asyncio.Task[Value]) -> None:
    """Take note of a failure for which nobody waits: asyncio would log it as one forgotten."""
    if not task.cancelled():
        task.exception()
