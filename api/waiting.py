"""The server's time for one request, stage by stage, with one timer that most requests never hear.

`asyncio.timeout` around each stage would take as long as half of what the stages themselves do for
an operation that is known.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from starlette.types import Receive

# Most answers are ready before it pays to look whether their reader is still there.
LOOK_AFTER_SECONDS = 0.05


class Gone(Exception):
    """The client has closed its connection: nobody waits for an answer."""


class Waiting:
    """What one task does for one request, until a stage's time is over or nobody waits any more.

    Leaving it then raises what the stage said, or `Gone`.
    """

    __slots__ = (
        "_before", "_due", "_ended", "_gone", "_late", "_looking", "_looks", "_loop", "_receive",
        "_task", "_timer", "_until",
    )  # fmt: skip

    def __init__(self, receive: Receive) -> None:
        """Prepare; `receive` tells whether the client is still there, once the body was read."""
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[object] | None = None
        self._before = 0
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._due = self._until = 0.0
        self._late: Callable[[], Exception] | None = None
        self._looks = self._ended = self._gone = False

    def __enter__(self) -> Self:
        self._task = asyncio.current_task()
        self._before = self._task.cancelling() if self._task else 0
        return self

    def stage(self, seconds: float, late: Callable[[], Exception], *, looks: bool = False) -> None:
        """Begin a stage.

        Args:
            seconds: What it may take.
            late: What to raise when it takes longer.
            looks: Whether to look if the client is still there; its body must have been read.
        """
        self._until = self._loop.time() + seconds
        self._late, self._looks = late, looks
        if self._timer is None or looks or self._until < self._due:
            self._arm(min(seconds, LOOK_AFTER_SECONDS))

    def _arm(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._due = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        left = self._until - self._loop.time()
        if left <= 0:
            self._end()
            return
        if self._looks and self._looking is None:
            self._looking = self._loop.create_task(self._look())
        self._arm(left)

    async def _look(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._end()

    def _end(self) -> None:
        if not self._ended and self._task is not None:
            self._ended = True
            self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
        if not self._ended or self._task is None or self._late is None:
            return
        # As asyncio.timeout: a cancellation by somebody else is not ours to answer.
        if self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            if self._gone:
                raise Gone from None
            raise self._late() from error
