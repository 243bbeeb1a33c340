"""How many requests run at once: the server's own measure, and each principal's share of it.

What cannot run waits a tenth of a second at most, and is then told to come again. Of one principal
the newest goes first, since the oldest are about to be refused anyway and a queue in order would
make everybody wait for the longest; principals take turns, so that one with many requests does not
delay one with few.
"""

import asyncio
from collections import OrderedDict
from types import TracebackType

from api.refusals import Refusal

QUEUE_SECONDS = 0.1
RETRY_SECONDS = "1"


class Admission:
    """The places of one process.

    Attributes:
        running: Requests that run.
        waiting: Requests that wait for a place.
        refused: Requests that found none, so far.
    """

    def __init__(self, places: int, queue: int | None = None) -> None:
        """Let as many requests run at once as there are places, and four times as many wait."""
        self._places = places
        self._queue = 4 * places if queue is None else queue
        self._present: dict[str, int] = {}
        self._turns: OrderedDict[str, list[asyncio.Future[None]]] = OrderedDict()
        self.running = 0
        self.waiting = 0
        self.refused = 0

    def place(self, principal: str, most: int) -> "Place":
        """Return a place to be entered, for a principal that may have so many at once."""
        return Place(self, principal, most)

    async def enter(self, principal: str, most: int) -> None:
        """Wait for a place.

        Raises:
            Refusal: 429, when the principal has its share; 503, when there is no place.
        """
        present = self._present.get(principal, 0)
        if present >= most:
            self.refused += 1
            message = f"At most {most} requests may run at once: wait for an answer first."
            raise Refusal(429, "RATE_LIMITED", message, {"Retry-After": RETRY_SECONDS})
        if self.running >= self._places:
            if self.waiting >= self._queue:
                self.refused += 1
                raise overloaded()
            self._present[principal] = present + 1
            await self._wait(principal)
            return
        self._present[principal] = present + 1
        self.running += 1

    def leave(self, principal: str) -> None:
        """Give the place to whoever's turn it is."""
        self.running -= 1
        self._forget(principal)
        while self._turns:
            who, futures = self._turns.popitem(last=False)
            newest = futures.pop()
            if futures:
                self._turns[who] = futures
            if not newest.done():
                self.running += 1
                newest.set_result(None)
                return

    async def _wait(self, principal: str) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._turns.setdefault(principal, []).append(turn)
        expiring = loop.call_later(QUEUE_SECONDS, _expire, turn)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave(principal)  # it was given a place at the moment at which it gave up
            else:
                self._give_up(principal, turn)
            raise
        except Refusal:
            self.refused += 1
            self._give_up(principal, turn)
            raise
        finally:
            self.waiting -= 1
            expiring.cancel()

    def _give_up(self, principal: str, turn: asyncio.Future[None]) -> None:
        self._forget(principal)
        turns = self._turns.get(principal)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._turns[principal]

    def _forget(self, principal: str) -> None:
        left = self._present[principal] - 1
        if left:
            self._present[principal] = left
        else:
            del self._present[principal]


class Place:
    """One request's place, as an async context."""

    __slots__ = ("_admission", "_most", "_principal")

    def __init__(self, admission: Admission, principal: str, most: int) -> None:
        self._admission = admission
        self._principal = principal
        self._most = most

    async def __aenter__(self) -> None:
        await self._admission.enter(self._principal, self._most)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._admission.leave(self._principal)


def _expire(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(overloaded())


def overloaded() -> Refusal:
    """Refuse a request that there is no room for."""
    message = "The server has more to do than it can: try again in a moment."
    return Refusal(503, "OVERLOADED", message, {"Retry-After": RETRY_SECONDS})
