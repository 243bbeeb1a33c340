"""The relay: from the outbox to the chain, from the chain to the stream.

One worker at a time has the turn, which the graph gives and checks at every step. A step is: read
what waits, number it in an order in which no event comes before its predecessor (one commit), add
it to the stream, make kept answers stale, note that it is announced. A relay that dies anywhere in
between is taken over by another that announces again what may not have been: the stream refuses
what it has. Without Redis events are numbered all the same, and read from the graph.
"""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from graph.changes import Event
from graph.database import Graph
from graph.errors import GraphError
from graph.write import outbox
from graph.write.outbox import Turn
from loaders import stream
from loaders.responses import bump, drop
from loaders.stopping import stop
from loaders.tags import parties_of_events, tags_of_events

logger = structlog.stdlib.get_logger(__name__)

BATCH = 1_000
TURN_MILLIS = 6_000
KEEP_SECONDS = 2.0
STANDBY_SECONDS = 1.0
POLL_SECONDS = 0.25
REST_SECONDS = 1.0
HEADS = 50_000
REDIS_SECONDS = 2.0

Point = Callable[[str], None]
"""Told which step is about to begin; tests end the relay there."""


class Relay:
    """Numbers and announces events, as long as it has the turn.

    Args:
        graph: Where events are.
        cache: Where the stream is; its owner closes it.
        point: Told of every step.

    Attributes:
        seq: Number of the last event it numbered or found numbered.
        behind: Whether some numbered events are not in the stream because Redis is away.
    """

    def __init__(
        self, graph: Graph, cache: redis.asyncio.Redis, point: Point = lambda _: None
    ) -> None:
        self._graph = graph
        self._cache = cache
        self._point = point
        self._holder = secrets.token_hex(16)
        self._turn: Turn | None = None
        self._kept = 0.0
        self._heads: OrderedDict[str, str] = OrderedDict()
        self._woken = asyncio.Event()
        self._rest_until = 0.0
        self.behind = False

    @property
    def seq(self) -> int:
        """Number of the last event it numbered; 0 without the turn."""
        return self._turn.seq if self._turn else 0

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Relay until cancelled; whatever fails is tried again."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                self._woken.clear()
                try:
                    busy = await self.step()
                except GraphError as error:
                    logger.warning("the relay cannot reach the graph", code=error.code)
                    busy = self._lose()
                    await asyncio.sleep(REST_SECONDS)
                if not busy:
                    await self._pause()
        finally:
            await stop(listening)
            await self._leave()

    async def step(self) -> bool:
        """Relay one batch; whether there was one.

        Raises:
            GraphError: the graph is away; the next step finds out what was done.
        """
        turn = await self._keep_turn()
        if turn is None:
            return False
        if self.behind and time.monotonic() >= self._rest_until:
            await self._catch_up()
        found = await outbox.waiting(self._graph, BATCH)
        if not found:
            return False
        events = await self._ordered(found)
        self._point("number")
        try:
            done = await outbox.number(self._graph, turn, events)
        except GraphError:
            self._lose()
            raise
        if not done:
            # Either the turn is lost or an answer was: the graph knows.
            self._lose()
            return True
        self._remember(events)
        self._point("announce")
        if await self._announce(events) and not self.behind:
            self._point("forget")
            await outbox.announced(self._graph, turn.seq)
        self._point("done")
        return True

    async def _keep_turn(self) -> Turn | None:
        now = time.monotonic()
        if self._turn is not None and now - self._kept < KEEP_SECONDS:
            return self._turn
        had = self._turn
        if had is None and now - self._kept < STANDBY_SECONDS:
            return None
        self._turn = await outbox.take_turn(self._graph, self._holder, TURN_MILLIS)
        self._kept = now
        if self._turn is not None and had is None:
            self._heads.clear()
            self.behind = True
            await self._begin(self._turn)
        return self._turn

    def _lose(self) -> bool:
        """Forget the turn, and ask for it at the next step; never busy."""
        self._turn, self._kept = None, 0.0
        return False

    async def _begin(self, turn: Turn) -> None:
        """Announce what a predecessor may not have announced."""
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                if await stream.last(self._cache) > turn.seq:
                    logger.warning("the graph was set back: the stream begins again", seq=turn.seq)
                    await stream.reset(self._cache)
        except (RedisError, OSError, TimeoutError):
            self._rest_until = time.monotonic() + REST_SECONDS
            return
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Announce in order what is numbered and was not announced.

        More than the stream would keep is not added: it is read from the graph.
        """
        while True:
            found = await outbox.numbered(self._graph, BATCH)
            if not found:
                self.behind = False
                return
            old = self.seq - stream.MAX_ENTRIES
            self._point("resend")
            if not await self._announce([each for each in found if each.seq > old]):
                return
            await outbox.announced(self._graph, found[-1].seq)

    async def _announce(self, events: list[Event]) -> bool:
        """Add events to the stream and make answers stale; False when Redis is away."""
        if time.monotonic() < self._rest_until:
            self.behind = True
            return False
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                if events:
                    await bump(self._cache, tags_of_events(events))
                    await drop(self._cache, parties_of_events(events))
                    await stream.add(self._cache, events)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("changes are not announced", error=type(error).__name__)
            self.behind = True
            self._rest_until = time.monotonic() + REST_SECONDS
            return False
        return True

    async def _ordered(self, found: list[Event]) -> list[Event]:
        """Events in the order of their time, each after its predecessor.

        A predecessor that a read of the outbox has missed is fetched, however long the row of them.
        """
        pending = {(each.entity, each.digest): each for each in found}
        missing = self._unknown(found, pending)
        while missing:
            fetched = await outbox.before(self._graph, missing)
            new = [each for each in fetched if (each.entity, each.digest) not in pending]
            pending.update(((each.entity, each.digest), each) for each in new)
            missing = self._unknown(new, pending)
        ordered: list[Event] = []
        placed: set[str] = set()
        for each in sorted(pending.values(), key=lambda one: (one.at or "", one.id)):
            row: list[Event] = []
            one: Event | None = each
            while one is not None and one.id not in placed:
                placed.add(one.id)
                row.append(one)
                one = pending.get((one.entity, one.prev)) if one.prev else None
            ordered += reversed(row)
        return ordered

    def _unknown(
        self, events: Iterable[Event], pending: dict[tuple[str, str | None], Event]
    ) -> list[tuple[str, str]]:
        """Predecessors that may have no number yet and are not at hand."""
        return [
            (each.entity, each.prev)
            for each in events
            if each.prev is not None
            and (each.entity, each.prev) not in pending
            and self._heads.get(each.entity) != each.prev
        ]

    def _remember(self, events: list[Event]) -> None:
        """Keep the last digest of entities that change often: their next event need not ask."""
        for each in events:
            if each.digest is not None:
                self._heads[each.entity] = each.digest
                self._heads.move_to_end(each.entity)
        while len(self._heads) > HEADS:
            self._heads.popitem(last=False)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _listen(self) -> None:
        """Wake up when a writer says so; without Redis the poll must do."""
        while True:
            try:
                async for _ in stream.woken(self._cache):
                    self._woken.set()
            except (RedisError, OSError):
                await asyncio.sleep(REST_SECONDS)

    async def _leave(self) -> None:
        if self._turn is None:
            return
        try:
            await outbox.leave(self._graph, self._turn)
        except GraphError:
            logger.warning("the relay's turn ends by itself")
        self._turn = None
