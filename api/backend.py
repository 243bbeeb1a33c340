"""What a running server stands on: graph, cache, executor, and the verifier of tokens."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from api.cache import cache_at
from api.connections import graph_at
from api.examples import CUSTOMER_360, variables_of_nobody
from api.exporting import runners
from api.garbage import settle
from api.graphql import Executor, Keeper, Readings, Responses, executor, follow_changes
from api.guard.admission import Admission
from api.guard.budgets import Budgets
from api.guard.guarding import Guard
from api.guard.persisted import Persisted
from api.guard.rules import DEFAULTS, Rules
from api.metrics import Metrics
from api.operations import StoredOperation
from api.principals.checking import Principals
from api.readings import readings
from api.tokens import AudienceName, Verifier
from api.worker.messages import Carrier
from api.worker.runners import RUNNERS
from api.worker.working import working
from graph.breaker import Breaker
from graph.database import Graph
from graph.engines import Endpoints
from graph.errors import GraphError
from graph.exports import Folder
from graph.write.resolving import Resolver

logger = structlog.stdlib.get_logger(__name__)

PROBE_SECONDS = 1.0
PROBE_KEPT_SECONDS = 0.5
WARM_UP_PAUSE_SECONDS = 1.0
PLACES = 128


@dataclass(slots=True)
class Backend:
    """The parts of one server.

    Attributes:
        graph: The database.
        cache: Redis or Valkey.
        executor: Plans and answers GraphQL requests.
        keeper: Answers them too, from kept answers where it may.
        verifier: Tells who a token speaks for.
        operations: What is planned before the server is ready.
        rules: What each audience may ask.
        places: Most requests that run at once.
        principals: Tells who asks: tokens by the verifier, API keys and revocations by the graph.
        guard: Stands before the keeper: limits, budgets, admission.
        metrics: What is counted.
        breaker: Open while Redis is away.
        warm: Whether the first queries have been planned, which takes seconds.
        stopping: Whether the server has been told to stop, and only finishes what it has begun.
    """

    graph: Graph
    cache: redis.asyncio.Redis
    executor: Executor
    keeper: Keeper
    verifier: Verifier
    operations: Sequence[StoredOperation]
    warm: bool = False
    stopping: bool = False
    rules: Mapping[AudienceName, Rules] = field(default_factory=lambda: DEFAULTS)
    places: int = PLACES
    principals: Principals = field(init=False)
    guard: Guard = field(init=False)
    metrics: Metrics = field(init=False)
    breaker: Breaker = field(init=False)
    _probing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _probed: tuple[float, list[str]] = (0.0, [])

    def __post_init__(self) -> None:
        """Check tokens and API keys on this graph, and stand guard before the keeper."""
        self.principals = Principals(self.verifier, self.graph)
        kept, self.metrics = self.keeper.responses, Metrics()
        self.breaker = (kept and kept.breaker) or Breaker(self._ping)
        trusted = [each.document for each in self.operations if each is not EXAMPLE]
        self.guard = Guard(
            self.keeper,
            self.rules,
            Admission(self.places),
            Budgets(self.cache, self.breaker),
            Persisted(self.cache, self.breaker, trusted),
            self.metrics,
        )
        self.breaker.late = self._late
        self.graph.observe = self.metrics.statement
        self.metrics.read(lambda: readings(self))

    def _late(self) -> bool:
        return self.guard.lateness.busy(asyncio.get_running_loop().time())

    async def reasons_not_ready(self) -> list[str]:
        """Return why no traffic should be sent here; empty when it should.

        However often it is asked, graph and cache are asked twice a second at most.
        """
        async with self._probing:
            asked_at, reasons = self._probed
            if time.monotonic() - asked_at > PROBE_KEPT_SECONDS:
                found = await asyncio.gather(self._graph_silent(), self._cache_silent())
                reasons = [reason for reason in found if reason]
                if not self.principals.ready:
                    reasons.append("the issuer's keys are not there")
                self._probed = (time.monotonic(), reasons)
        more = [] if self.warm else ["warming up"]
        return [*reasons, *more, *(["stopping"] if self.stopping else [])]

    async def warm_up(self) -> None:
        """Plan the operations that are likely to come; try again until that works."""
        started = time.monotonic()
        while not self.warm:
            self.warm = await self._plan_once()
            if not self.warm:
                await asyncio.sleep(WARM_UP_PAUSE_SECONDS)
        logger.info("ready", seconds=round(time.monotonic() - started, 1))

    async def _plan_once(self) -> bool:
        """Have every known operation planned, and say whether the database did."""
        try:
            await self.principals.prepare()
            for operation in self.operations:
                for variables in operation.variables:
                    for error in await self.executor.prepare(operation.document, variables):
                        code = (error.extensions or {}).get("code")
                        logger.warning("not planned", operation=operation.name, code=code)
        except GraphError as error:
            logger.warning("the warm-up failed", code=error.code)
            return False
        return True

    async def _graph_silent(self) -> str | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self.graph.verify()
        except (GraphError, TimeoutError):
            return "the graph does not answer"
        return None

    async def _ping(self) -> None:
        # The client types the options of its commands as unknown keywords.
        await self.cache.ping()  # pyright: ignore[reportUnknownMemberType]

    async def _cache_silent(self) -> str | None:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._ping()
        except (RedisError, OSError, TimeoutError):
            return "the cache does not answer"
        return None


@dataclass(frozen=True, slots=True)
class Answering:
    """How requests are answered.

    Attributes:
        max_batch: Most concurrent requests that share a statement.
        keep: Whether answers are kept in the cache.
        operations: What clients are known to send.
        work: Whether this process is a worker, too.
        exports: Where finished exports lie; None exports nothing.
        private: Whether webhooks may be sent to private and local addresses.
        rules: What each audience may ask.
        places: Most requests that run at once.
        carrier: Who sends messages to people outside; None sends none.
        record_reads: Whether it is recorded who read personal data of whom.
        resolver: What resolves records that are written; None leaves each to itself.
    """

    max_batch: int
    keep: bool
    operations: Sequence[StoredOperation] = ()
    work: bool = False
    exports: Folder | None = None
    private: bool = False
    rules: Mapping[AudienceName, Rules] = field(default_factory=lambda: DEFAULTS)
    places: int = PLACES
    carrier: Carrier | None = None
    record_reads: bool = True
    resolver: Resolver | None = None


# The first thing a newcomer asks.
EXAMPLE = StoredOperation("Customer360", CUSTOMER_360, tuple(variables_of_nobody()))
OnReady = Callable[[Backend], Awaitable[None]]


@asynccontextmanager
async def open_backend(
    endpoints: Endpoints, verifier: Verifier, answering: Answering, on_ready: OnReady
) -> AsyncGenerator[Backend]:
    """Open everything a server needs, warm it up in the background, and close it again.

    Args:
        endpoints: Where the engines answer.
        verifier: Tells who a token speaks for.
        answering: How requests are answered.
        on_ready: Called once, when the warm-up is done.
    """
    async with graph_at(endpoints) as graph, cache_at(endpoints.redis_url) as cache:
        made = executor(graph, answering.max_batch)
        made.backing.exports = answering.exports
        graph.watch()
        graph.resolver = answering.resolver
        keeper = Keeper(made, Responses(cache, watched=True) if answering.keep else None)
        feed = follow_changes(made, graph, cache)
        known, rules = (EXAMPLE, *answering.operations), answering.rules
        backend = Backend(
            graph, cache, made, keeper, verifier, known, rules=rules, places=answering.places
        )
        warming = asyncio.create_task(_warm_up(backend, on_ready))
        try:
            async with (
                made.narrowing.watched(),
                backend.principals.served(cache),
                _recording(made, answering),
                _worker(backend, endpoints, answering),
            ):
                yield backend
        finally:
            await feed.close()
            await backend.breaker.close()
            warming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await warming


@asynccontextmanager
async def _recording(made: Executor, answering: Answering) -> AsyncGenerator[None]:
    """Record meanwhile who reads personal data of whom, where that is asked for."""
    if not answering.record_reads:
        yield
        return
    made.readings = Readings(made.backing.graph)
    async with made.readings.running():
        yield


@asynccontextmanager
async def _worker(
    backend: Backend, endpoints: Endpoints, answering: Answering
) -> AsyncGenerator[None]:
    """Work in the background too, where that is asked for."""
    if not answering.work:
        yield
        return
    folder, more = answering.exports, RUNNERS
    if folder is not None:
        more = runners(backend.executor, folder, answering.carrier)
    async with working(
        backend.graph,
        backend.cache,
        endpoints.redis_url,
        more,
        reader=backend.executor,
        private=answering.private,
    ):
        yield


async def _warm_up(backend: Backend, on_ready: OnReady) -> None:
    await backend.warm_up()
    settle()
    await on_ready(backend)
