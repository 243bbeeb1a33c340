"""A worker: everything in the background, started together and stopped together."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import redis.asyncio
import structlog

from api.worker.jobs import Jobs
from api.worker.runners import RUNNERS
from graph.database import Graph
from graph.jobs import Runner
from loaders.relay import Relay

logger = structlog.stdlib.get_logger(__name__)

RESTART_SECONDS = 1.0


@asynccontextmanager
async def working(
    graph: Graph,
    cache: redis.asyncio.Redis,
    redis_url: str,
    runners: Mapping[str, Runner] = RUNNERS,
) -> AsyncGenerator[Relay]:
    """Relay changes and run jobs while this lasts.

    Args:
        graph: The graph.
        cache: Redis.
        redis_url: The same Redis, for the task library's own connections.
        runners: What runs each kind of job.

    Yields:
        The relay, which can be woken.
    """
    relay = Relay(graph, cache)
    jobs = Jobs(graph, runners, redis_url)
    tasks = [
        asyncio.create_task(_for_ever("relay", relay.run)),
        asyncio.create_task(_for_ever("jobs", jobs.serve)),
    ]
    try:
        yield relay
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the worker, and again after a defect: the others must not end with it."""
    while True:
        try:
            await run()
        except Exception as error:
            logger.exception("a part of the worker failed", part=name, exc_info=error)
        await asyncio.sleep(RESTART_SECONDS)
