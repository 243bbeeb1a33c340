"""The stream of changes in Redis: its name, its entries, and how the relay is woken.

An entry's id is `<number>-0`, so a number that was added before is refused: no duplicates. Entries
hold ids and names, never values. Whatever is not in the stream any more is in the graph.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

import orjson
import redis.asyncio
from redis.exceptions import DataError, RedisError, ResponseError

from graph.changes import Event
from loaders.responses import PREFIX

KEY = PREFIX + "changes"
WAKE = PREFIX + "outbox"
WAKE_SECONDS = 1.0
MAX_ENTRIES = 100_000
"""About as many entries are kept: some 40 MB, hours of a busy day."""


def _untyped(cache: redis.asyncio.Redis) -> Any:
    """The client, which types the options of its commands as unknown keywords."""
    return cache


def entry(event: Event) -> dict[str, str]:
    """Return an event as the fields of an entry."""
    said = [
        event.id, event.actor, event.op, event.entity, event.label, event.fields, event.version,
        event.at, event.parties,
    ]  # fmt: skip
    return {"e": orjson.dumps(said).decode()}


def event_of(number: bytes, fields: dict[bytes, bytes]) -> Event:
    """Return the event of an entry; digests are not in it.

    Raises:
        DataError: it is no entry of ours. Whoever follows the stream treats that as Redis away.
    """
    try:
        said: list[Any] = orjson.loads(fields[b"e"])
        return Event(*said, prev=None, digest=None, seq=int(number.partition(b"-")[0]))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError("The stream of changes holds something else.") from error


async def add(cache: redis.asyncio.Redis, events: list[Event]) -> None:
    """Add events in their order; one that is there already is passed over.

    Raises:
        RedisError: Redis is away or refuses; some may have been added.
    """
    async with cache.pipeline(transaction=False) as pipe:
        for each in events:
            fields = cast("dict[Any, Any]", entry(each))
            pipe.xadd(KEY, fields, id=f"{each.seq}-0", maxlen=MAX_ENTRIES, approximate=True)
        for answer in await pipe.execute(raise_on_error=False):
            if isinstance(answer, Exception) and not _is_repeat(answer):
                raise answer


def _is_repeat(error: Exception) -> bool:
    return isinstance(error, ResponseError) and "equal or smaller" in str(error)


async def last(cache: redis.asyncio.Redis) -> int:
    """Return the number of the last entry; 0 without one.

    Raises:
        RedisError: Redis is away.
    """
    found: Any = await _untyped(cache).xrevrange(KEY, count=1)
    return int(found[0][0].partition(b"-")[0]) if found else 0


async def read(cache: redis.asyncio.Redis, after: int, millis: int, count: int) -> list[Event]:
    """Return entries after a number, waiting for the first; empty when none came in time.

    Raises:
        RedisError: Redis is away, or an entry is not ours.
    """
    found: Any = await _untyped(cache).xread({KEY: f"{after}-0"}, count=count, block=millis)
    if not found:
        return []
    # One stream was asked for; the client answers a list or, by the newer protocol, a map.
    streams: Any = cast("dict[Any, Any]", found).items() if isinstance(found, dict) else found
    entries: list[Any] = [each for _, several in streams for each in several]
    if entries and isinstance(entries[0], list):
        entries = cast("list[Any]", entries[0])
    return [event_of(number, fields) for number, fields in entries]


async def reset(cache: redis.asyncio.Redis) -> None:
    """Forget the stream: the graph was set back, and numbers are given again."""
    await cache.delete(KEY)


class Waker:
    """Tells the relay that there is something in the outbox, without letting anybody wait.

    Without Redis the relay finds out by itself, a little later.
    """

    def __init__(self, cache: redis.asyncio.Redis) -> None:
        self._cache = cache
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Send word soon; while one is on its way, one more is enough for all."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while self._again:
            self._again = False
            try:
                await _untyped(self._cache).publish(WAKE, b"1")
            except (RedisError, OSError):
                return


async def woken(cache: redis.asyncio.Redis) -> AsyncGenerator[None]:
    """Yield whenever a writer says that there is something in the outbox.

    Raises:
        RedisError: Redis is away.
    """
    async with _untyped(cache).pubsub() as channel:
        await channel.subscribe(WAKE)
        while True:
            if await channel.get_message(ignore_subscribe_messages=True, timeout=WAKE_SECONDS):
                yield
