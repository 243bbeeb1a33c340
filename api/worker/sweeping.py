"""What the worker does by the clock: see docs/partners.md and docs/commerce.md."""

import asyncio
from dataclasses import asdict

import structlog

from graph.commerce.timing import pass_time
from graph.database import Graph
from graph.partnering.waiting import sweep
from graph.write import sight

logger = structlog.stdlib.get_logger(__name__)

FIRST_SECONDS = 60.0
EVERY_SECONDS = 1_800.0


class Sweeping:
    """Ends what has run out, promotes what waited, and looks again at which partner sees whom.

    Quotes lapse, invoices fall overdue, contracts renew or end.

    Several workers may do so at once: each step is taken once, and the rest finds nothing to do.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def serve(self) -> None:
        """Sweep a minute after the start, which also brings an older graph up to date, and on."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            swept = await sweep(self._graph)
            passed = await pass_time(self._graph)
            looked = await sight.sweep(self._graph)
            logger.info(
                "partners swept", expired=swept.expired, promoted=swept.promoted, parties=looked
            )
            logger.info("time passed", **asdict(passed))
            await asyncio.sleep(EVERY_SECONDS)
