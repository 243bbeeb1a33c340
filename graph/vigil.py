"""Whether the database is there, told by what it answers and by what it does not.

A database that disappears without a word leaves statements waiting until their time is over. So,
while statements wait and nothing has been answered for a moment, one question asks for a sign of
life. Without one everybody who waits is told at once that the database is away, and nobody else is
sent there until it answers again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from graph.breaker import Breaker
from graph.errors import Unavailable

# Together less than 3 seconds, after which whoever waits is told. The question has most of them: a
# database that plans, or collects garbage, on a crowded machine is slow and not away.
SILENT_SECONDS = 0.4
LOOK_SECONDS = 0.1
PROBE_SECONDS = 2.3
AWAY = "The database cannot be reached right now."


class Vigil:
    """Watches the statements of one connection.

    Attributes:
        breaker: Open while the database is away.
    """

    def __init__(self, probe: Callable[[], Awaitable[object]]) -> None:
        """Ask for signs of life by `probe`, which raises when there is none."""
        self.breaker = Breaker(probe, self._give_up, PROBE_SECONDS)
        self._waiting: set[Watched] = set()
        self._heard = 0.0
        self._looking: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None

    def watched(self) -> "Watched":
        """Return a context for one statement.

        Entering or leaving it raises `Unavailable` when the database is away.
        """
        return Watched(self)

    def heard(self) -> None:
        """Note a sign of life."""
        self._heard = asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Stop watching."""
        if self._looking is not None:
            self._looking.cancel()
        if self._asking is not None:
            self._asking.cancel()
        await self.breaker.close()

    def enter(self, statement: "Watched") -> None:
        """Watch a statement from now on."""
        self._waiting.add(statement)
        if self._looking is None:
            self._look_later()

    def leave(self, statement: "Watched") -> None:
        """A statement has ended."""
        self._waiting.discard(statement)

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        if not self._waiting:
            return
        self._look_later()
        silent_since = asyncio.get_running_loop().time() - SILENT_SECONDS
        oldest = min(each.since for each in self._waiting)
        if max(oldest, self._heard) < silent_since and self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask())

    async def _ask(self) -> None:
        try:
            if await self.breaker.alive():
                self.heard()
            else:
                self.breaker.trip()
        finally:
            self._asking = None

    def _give_up(self) -> None:
        for each in self._waiting:
            each.give_up()


class Watched:
    """One statement while it is on its way."""

    __slots__ = ("_scope", "_vigil", "since")

    def __init__(self, vigil: Vigil) -> None:
        self._vigil = vigil
        self._scope = asyncio.timeout(None)
        self.since = 0.0

    def give_up(self) -> None:
        """Wait no longer."""
        self._scope.reschedule(0)

    async def __aenter__(self) -> Self:
        if self._vigil.breaker.open:
            raise Unavailable(AWAY)
        self.since = asyncio.get_running_loop().time()
        await self._scope.__aenter__()
        self._vigil.enter(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._vigil.leave(self)
        if kind is None:
            self._vigil.heard()
        try:
            await self._scope.__aexit__(kind, error, at)
        except TimeoutError:
            raise Unavailable(AWAY) from error
