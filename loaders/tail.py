"""The end of the chain as one process follows it, for all of its subscribers together.

One task reads the stream and keeps the last events at hand. A subscriber only knows its position:
what it takes comes from there or, when it has fallen behind, from the graph. So a slow subscriber
costs no memory, and nobody misses an event or gets one twice.
"""

import asyncio
from collections import deque

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from graph.changes import Event, end, since
from graph.database import Graph
from graph.errors import GraphError
from loaders import stream
from loaders.stopping import stop

logger = structlog.stdlib.get_logger(__name__)

KEPT = 4_000
PORTION = 200
BLOCK_MILLIS = 1_000
POLL_SECONDS = 0.25


class Tail:
    """The last events of the chain.

    Args:
        graph: Where all events are.
        cache: Where the stream is; its owner closes it.
        kept: Events kept at hand.
    """

    def __init__(self, graph: Graph, cache: redis.asyncio.Redis, kept: int = KEPT) -> None:
        self._graph = graph
        self._cache = cache
        self._kept: deque[Event] = deque(maxlen=kept)
        self._last = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def position(self) -> int:
        """Return the number of the last event there is.

        Raises:
            GraphError: the graph is away.
        """
        return (await end(self._graph))[0]

    async def after(self, seq: int) -> list[Event]:
        """Return the next events after a number, waiting for the first; at most `PORTION`.

        Raises:
            GraphError: the graph is away and the events are not at hand.
        """
        await self._start()
        while seq >= self._last:
            await self._news.wait()
        if not self._kept or seq + 1 < self._kept[0].seq:
            return await since(self._graph, seq, PORTION)
        place = seq + 1 - self._kept[0].seq
        return [self._kept[i] for i in range(place, min(place + PORTION, len(self._kept)))]

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            await stop(self._task)

    async def _start(self) -> None:
        if self._task is not None:
            return
        async with self._starting:
            if self._task is None:
                self._last = await self.position()
                self._task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            try:
                self._take(await self._next())
            except GraphError as error:
                logger.warning("changes cannot be followed", code=error.code)
                await asyncio.sleep(POLL_SECONDS)

    async def _next(self) -> list[Event]:
        """The next events, from the stream or, where that has a gap or is away, from the graph."""
        try:
            found = await stream.read(self._cache, self._last, BLOCK_MILLIS, PORTION)
        except (RedisError, OSError):
            await asyncio.sleep(POLL_SECONDS)
            found = []
        if found and found[0].seq == self._last + 1 and _whole(found):
            return found
        last = await self.position()
        if last < self._last:
            logger.warning("the graph was set back", seq=last)
            self._kept.clear()
            self._last = last
        return await since(self._graph, self._last, PORTION) if last > self._last else []

    def _take(self, events: list[Event]) -> None:
        if events:
            self._kept.extend(events)
            self._last = events[-1].seq
            news, self._news = self._news, asyncio.Event()
            news.set()


def _whole(events: list[Event]) -> bool:
    return events[-1].seq - events[0].seq == len(events) - 1
