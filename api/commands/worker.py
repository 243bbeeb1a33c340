"""`worker`: everything that is done in the background, as it runs in production."""

import asyncio
import signal

import structlog

from api.connections import open_graph_and_cache
from api.exporting import carrier_of, folder_in, runners
from api.graphql import executor
from api.logs import log_to_stderr
from api.settings import Settings, load_settings
from api.worker.working import working
from graph.migrations import migrate

logger = structlog.stdlib.get_logger(__name__)


def worker() -> None:
    """Relay changes, run jobs and call webhooks until SIGTERM or Ctrl-C; several may run."""
    settings = load_settings()
    log_to_stderr(settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    async with open_graph_and_cache(settings) as (graph, cache, redis_url):
        await migrate(graph)
        ended = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, ended.set)
        reader = executor(graph, max_batch=1)
        more = runners(reader, folder_in(settings.data_dir), carrier_of(settings))
        private = settings.webhook_targets == "any"
        async with working(graph, cache, redis_url, more, reader=reader, private=private):
            logger.info("working")
            await ended.wait()
