"""Jobs: claimed from the graph, run by the runner of their kind, and ended whatever happens."""

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

import structlog

from api.worker.broker import Broker
from graph.database import Graph
from graph.errors import GraphError, Timeout, Unavailable
from graph.jobs import Run, Runner, Stopped
from graph.write import queue
from graph.write.queue import Claimed
from loaders.stopping import stop

logger = structlog.stdlib.get_logger(__name__)

AT_ONCE = 4
MAX_ATTEMPTS = 5
AGAIN_SECONDS = 10
BEAT_SECONDS = 15.0
SWEEP_SECONDS = 2.0


class Jobs:
    """Runs jobs of a graph.

    Args:
        graph: Where the jobs are.
        runners: What runs each kind of job.
        redis_url: Where workers are woken.
    """

    def __init__(self, graph: Graph, runners: Mapping[str, Runner], redis_url: str) -> None:
        self._graph = graph
        self._runners = runners
        self._running: dict[str, asyncio.Task[None] | None] = {}
        self._broker = Broker(redis_url, self.run, AT_ONCE)

    async def serve(self) -> None:
        """Run what is due until cancelled."""
        try:
            async with self._broker.listening():
                while True:
                    await self._sweep()
                    await asyncio.sleep(SWEEP_SECONDS)
        finally:
            await stop(*(each for each in self._running.values() if each is not None))

    async def run(self, id_: str) -> None:
        """Run one job, unless somebody else does."""
        try:
            claimed = await queue.claim(self._graph, id_, secrets.token_hex(16))
            if claimed is not None:
                await self._run(claimed)
        except GraphError as error:
            # The job stays as it is, and is swept up when its worker counts as silent.
            logger.warning("a job lost the graph", job=id_, code=error.code)

    async def _sweep(self) -> None:
        """Announce what is due; without Redis this worker runs it itself."""
        try:
            waiting = await queue.due(self._graph)
        except GraphError as error:
            logger.warning("jobs cannot be looked for", code=error.code)
            return
        for id_ in waiting:
            if id_ not in self._running and not await self._broker.announce(id_):
                await self.run(id_)

    async def _run(self, job: Claimed) -> None:
        runner = self._runners.get(job.kind)
        if runner is None:
            logger.error("nothing runs jobs of this kind", job=job.id, kind=job.kind)
            await queue.fail(self._graph, job, "UNKNOWN_KIND", None)
            return
        run = Run(
            self._graph, job.id, job.kind, job.key, job.parameters, job.position, job.attempt,
            job.holder,
        )  # fmt: skip
        self._running[job.id] = asyncio.current_task()
        beating = asyncio.create_task(self._beat(job))
        try:
            await queue.finish(self._graph, job, await runner(run))
        except asyncio.CancelledError:
            # This worker stops: another one, or the next, goes on at once.
            await asyncio.shield(queue.fail(self._graph, job, "INTERRUPTED", timedelta()))
            raise
        except Stopped:
            logger.info("a job was stopped", job=job.id, kind=job.kind)
        except (Unavailable, Timeout) as error:
            await self._again(job, error)
        except GraphError as error:
            await queue.fail(self._graph, job, error.code, None)
        except Exception as error:
            reference = secrets.token_hex(6)
            logger.exception(
                "a job failed", job=job.id, kind=job.kind, reference=reference, exc_info=error
            )
            await queue.fail(self._graph, job, "INTERNAL", None)
        finally:
            self._running.pop(job.id, None)
            await stop(beating)

    async def _again(self, job: Claimed, error: GraphError) -> None:
        """Try a job again later; the graph that was away must be back to be told so."""
        again = None
        if job.attempt < MAX_ATTEMPTS:
            again = timedelta(seconds=AGAIN_SECONDS * 2 ** (job.attempt - 1))
        logger.warning("a job is tried again", job=job.id, kind=job.kind, code=error.code)
        await queue.fail(self._graph, job, error.code, again)

    async def _beat(self, job: Claimed) -> None:
        """Say that a job is alive, for runners that take their time between two notes."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            with contextlib.suppress(GraphError):
                await queue.beat(self._graph, job.id, job.holder)
