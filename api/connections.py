"""The engines a process uses: those that run already, or its own."""

import signal
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import redis.asyncio

from api.cache import cache_at
from api.freshness import stale_answers
from api.settings import Settings
from graph.database import Graph
from graph.engines import Endpoints, EngineConfig, attach_or_open

AnyGraph = TypeVar("AnyGraph", bound=Graph)


def engine_config(settings: Settings) -> EngineConfig:
    """Return what the engines need to know of the settings."""
    password, redis_url = settings.neo4j_password, settings.redis_url
    return EngineConfig(
        data_dir=settings.data_dir,
        cache_dir=settings.cache_dir,
        neo4j_uri=settings.neo4j_uri,
        neo4j_user=settings.neo4j_user,
        neo4j_password=password.get_secret_value() if password else None,
        neo4j_database=settings.neo4j_database,
        redis_url=redis_url.get_secret_value() if redis_url else None,
        neo4j_heap=settings.neo4j_heap,
        neo4j_page_cache=settings.neo4j_page_cache,
        bolt_port=settings.bolt_port,
    )


def graph_at(endpoints: Endpoints, kind: type[AnyGraph] = Graph) -> AnyGraph:
    """Return a connection to the graph of these endpoints; opened by its first statement."""
    return kind(
        endpoints.neo4j_uri,
        endpoints.neo4j_user,
        endpoints.neo4j_password,
        endpoints.neo4j_database,
    )


@asynccontextmanager
async def open_graph(settings: Settings, *, quiet: bool = False) -> AsyncGenerator[Graph]:
    """Connect to the graph of running engines, or of engines that live as long as this context.

    Args:
        settings: Where the engines are, or how to run them.
        quiet: Draw no progress bar when an engine has to be downloaded.

    Yields:
        A graph that answers.

    Raises:
        EngineError: the engines cannot run.
        Unavailable: a graph somewhere else does not answer.
    """
    async with _opened(settings, quiet=quiet) as (graph, _):
        yield graph


@asynccontextmanager
async def open_graph_and_cache(
    settings: Settings,
) -> AsyncGenerator[tuple[Graph, redis.asyncio.Redis, str]]:
    """As `open_graph`, with Redis and its address beside it; Redis need not answer."""
    async with _opened(settings) as (graph, endpoints):
        url = endpoints.redis_url
        async with cache_at(url) as cache:
            yield graph, cache, url


@asynccontextmanager
async def open_graph_for_bulk_writes(settings: Settings) -> AsyncGenerator[Graph]:
    """As `open_graph`; what servers keep in the cache is stale while this lasts, and after it.

    A cache that cannot be reached is reported once and otherwise left alone: kept answers end by
    themselves.
    """
    async with _opened(settings) as (graph, endpoints), stale_answers(endpoints.redis_url):
        yield graph


@asynccontextmanager
async def _opened(
    settings: Settings, *, quiet: bool = False
) -> AsyncGenerator[tuple[Graph, Endpoints]]:
    engines = attach_or_open(engine_config(settings), quiet=quiet)
    with _interruptible():
        running = engines.__enter__()
    try:
        async with graph_at(running.endpoints) as graph:
            await graph.verify()
            yield graph, running.endpoints
    finally:
        engines.__exit__(None, None, None)


@contextmanager
def _interruptible() -> Generator[None]:
    """Let Ctrl-C end a blocking start: asyncio would only note it until the next await."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
