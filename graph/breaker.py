"""A circuit breaker: who is known to be away is not asked, and one question finds out its return.

While it is closed it costs nothing. A failure opens it; from then on every caller is told at once,
and a single task asks again and again until there is an answer.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

PROBE_SECONDS = 1.0
PAUSE_SECONDS = 0.25


class Breaker:
    """Between this process and something it depends on.

    Args:
        probe: Asks the other side for a sign of life, and raises when there is none.
        on_open: Called when it opens.
        seconds: How long a sign of life may take.

    Attributes:
        open: Whether the other side is away, as far as is known.
        opened: How often it has opened.
        late: Whether this process is late itself, so that an answer that did not come in time says
            little of the other side.
    """

    def __init__(
        self,
        probe: Callable[[], Awaitable[object]],
        on_open: Callable[[], None] | None = None,
        seconds: float = PROBE_SECONDS,
    ) -> None:
        self._probe = probe
        self._on_open = on_open
        self._seconds = seconds
        self._closed = False
        self._probing: asyncio.Task[None] | None = None
        self._doubting: asyncio.Task[None] | None = None
        self.open = False
        self.opened = 0
        self.late: Callable[[], bool] = _never

    def trip(self) -> None:
        """Open it: the other side has failed."""
        if self.open or self._closed:
            return
        self.open = True
        self.opened += 1
        self._probing = asyncio.get_running_loop().create_task(self._ask_again())
        if self._on_open is not None:
            self._on_open()

    def failed(self, error: Exception) -> None:
        """Judge by what became of a question: it was refused, or not answered in time."""
        if not isinstance(error, TimeoutError) or not self.late():
            self.trip()
        elif self._doubting is None:
            self._doubting = asyncio.get_running_loop().create_task(self._doubt())

    async def _doubt(self) -> None:
        try:
            if not await self.alive():
                self.trip()
        finally:
            self._doubting = None

    async def alive(self) -> bool:
        """Ask for a sign of life; False when there is none in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._probe()
        except Exception:  # noqa: BLE001 - whatever it is, there is no sign of life
            return False
        return True

    async def close(self) -> None:
        """Stop asking, for good."""
        self._closed = True
        for task in (self._probing, self._doubting):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def _ask_again(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            if await self.alive():
                self.open = False
                return


def _never() -> bool:
    return False
