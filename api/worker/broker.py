"""The task library behind a door of our own: it carries ids of jobs to whoever is free.

Nothing depends on a message: jobs are in the graph, and a sweeper announces again what is due. So a
message is acknowledged when it arrives, and a Redis that forgets all of them costs seconds.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog
from redis.exceptions import RedisError
from taskiq.acks import AcknowledgeType
from taskiq.kicker import AsyncKicker
from taskiq.receiver.receiver import Receiver
from taskiq_redis import RedisStreamBroker

from loaders.stopping import stop

logger = structlog.stdlib.get_logger(__name__)

TASK = "c360.job"
QUEUE = "c360:jobs"
# Defaults of the library keep a lock forever, every message forever, and take jobs from the living.
LOCK_SECONDS = 30.0
MAX_MESSAGES = 10_000
IDLE_MILLIS = 600_000
REST_SECONDS = 1.0

Handle = Callable[[str], Awaitable[None]]


class Broker:
    """Announces jobs, and calls a handler for those announced.

    Args:
        redis_url: Where Redis is.
        handle: Called with the id of each job announced; must not raise.
        at_once: Most jobs of this process at the same time.
    """

    def __init__(self, redis_url: str, handle: Handle, at_once: int) -> None:
        self._at_once = at_once
        self._broker = RedisStreamBroker(
            redis_url,
            queue_name=QUEUE,
            consumer_group_name=QUEUE,
            consumer_id="0",
            maxlen=MAX_MESSAGES,
            idle_timeout=IDLE_MILLIS,
            unacknowledged_lock_timeout=LOCK_SECONDS,
            xread_block=1_000,
        )

        async def job(id_: str) -> None:
            await handle(id_)

        self._broker.register_task(job, task_name=TASK)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Call the handler for whatever is announced, while this lasts."""
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            await stop(listening)
            with contextlib.suppress(RedisError, OSError):
                await self._broker.shutdown()

    async def announce(self, id_: str) -> bool:
        """Tell some worker of a job; False when Redis is away."""
        kicker = cast("Any", AsyncKicker)(task_name=TASK, broker=self._broker, labels={})
        try:
            await kicker.kiq(id_)
        except Exception as error:  # noqa: BLE001 - the library wraps whatever Redis says
            logger.warning("a job is not announced", error=type(error).__name__)
            return False
        return True

    async def _listen(self) -> None:
        """Receive until cancelled; without Redis try again every second."""
        with ThreadPoolExecutor(max_workers=1) as executor:
            while True:
                try:
                    self._broker.is_worker_process = True
                    await self._broker.startup()
                    receiver = Receiver(
                        self._broker,
                        executor=executor,
                        max_async_tasks=self._at_once,
                        run_startup=False,
                        ack_type=AcknowledgeType.WHEN_RECEIVED,
                    )
                    await receiver.listen(asyncio.Event())
                except Exception as error:  # noqa: BLE001 - the library wraps whatever Redis says
                    logger.warning("jobs are not received", error=type(error).__name__)
                await asyncio.sleep(REST_SECONDS)
