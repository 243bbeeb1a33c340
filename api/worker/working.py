"""A worker: everything in the background, started together and stopped together."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import redis.asyncio
import structlog

from api.worker.jobs import Jobs
from api.worker.runners import RUNNERS
from api.worker.sweeping import Sweeping
from api.worker.webhooks import Webhooks
from graph.database import Graph
from graph.jobs import Runner
from loaders.execution import Executor
from loaders.relay import Relay
from loaders.stopping import stop

logger = structlog.stdlib.get_logger(__name__)

RESTART_SECONDS = 1.0


@asynccontextmanager
async def working(
    graph: Graph,
    cache: redis.asyncio.Redis,
    redis_url: str,
    runners: Mapping[str, Runner] = RUNNERS,
    *,
    reader: Executor,
    private: bool,
) -> AsyncGenerator[Relay]:
    """Relay changes, run jobs, call webhooks and sweep while this lasts.

    Args:
        graph: The graph.
        cache: Redis.
        redis_url: The same Redis, for the task library's own connections.
        runners: What runs each kind of job.
        reader: Reads what webhooks select.
        private: Whether webhooks may be sent to private and local addresses.

    Yields:
        The relay, which can be woken.
    """
    relay = Relay(graph, cache)
    jobs = Jobs(graph, runners, redis_url)
    webhooks = Webhooks(graph, reader, private=private)
    tasks = [
        asyncio.create_task(_for_ever("relay", relay.run)),
        asyncio.create_task(_for_ever("jobs", jobs.serve)),
        asyncio.create_task(_for_ever("webhooks", webhooks.serve)),
        asyncio.create_task(_for_ever("sweeping", Sweeping(graph).serve)),
    ]
    try:
        yield relay
    finally:
        await stop(*tasks)


async def _for_ever(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the worker, and again after a defect: the others must not end with it."""
    while True:
        try:
            await run()
        except Exception as error:
            logger.exception("a part of the worker failed", part=name, exc_info=error)
        await asyncio.sleep(RESTART_SECONDS)
