"""Requests that come while others of their kind are in flight leave together.

Of each kind one sending is in flight, or a few when there is enough for each. What comes meanwhile
waits, and leaves as one batch as soon as it may; a request that finds nothing in flight leaves at
once, with no task and no future of its own, so that an idle server never waits.
"""

import asyncio
import contextvars
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Request, Answer]):
    request: Request
    answer: "asyncio.Future[Answer]"

    def settle(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(slots=True)
class _Queue(Generic[Request, Answer]):
    """Requests of one kind.

    Attributes:
        waiting: Those that have not left.
        busy: Sendings in flight.
        flying: Requests in flight.
        last: How many requests the sending carried that ended last.
    """

    waiting: "deque[_Waiting[Request, Answer]]" = field(default_factory=deque)
    busy: int = 0
    flying: int = 0
    last: int = 1


class Coalescer(Generic[Request, Answer]):
    """Sends requests, several at a time when they come faster than answers.

    Args:
        one: Answers one request.
        many: Answers several of one kind, in order; None when each is to be asked by itself, since
            one of them may have spoilt it for the others. What it raises, all of them get.
        max_batch: Most requests that leave together; 1 sends every request by itself, at once.
        lanes: Most sendings of one kind in flight at once.

    Attributes:
        batches: How many sendings carried so many requests.
    """

    def __init__(
        self,
        one: Callable[[Request], Awaitable[Answer]],
        many: Callable[[list[Request]], Awaitable[list[Answer] | None]],
        max_batch: int,
        lanes: int,
    ) -> None:
        self._one = one
        self._many = many
        self._max_batch = max_batch
        self._lanes = lanes
        self._queues: dict[Hashable, _Queue[Request, Answer]] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self.batches: Counter[int] = Counter()

    async def ask(self, kind: Hashable, request: Request) -> Answer:
        """The answer to one request.

        Raises:
            Exception: what `one` or `many` raises.
        """
        if self._max_batch == 1:
            return await self._alone(request)
        queue = self._queues.get(kind)
        if queue is None:
            queue = self._queues[kind] = _Queue()
        if not queue.waiting and self._may_send(queue):
            self._begin(queue, 1)
            try:
                return await self._alone(request)
            finally:
                self._end(queue, 1)
                self._next(kind, queue)
        waiting: _Waiting[Request, Answer] = _Waiting(
            request, asyncio.get_running_loop().create_future()
        )
        queue.waiting.append(waiting)
        self._next(kind, queue)
        return await waiting.answer

    def _may_send(self, queue: _Queue[Request, Answer]) -> bool:
        """Whether to send something now, beside what is in flight.

        A second sending pays for a whole batch, or while requests come so seldom that each travels
        alone; in between it would only split in two what could leave together.
        """
        if not queue.busy:
            return True
        if queue.busy >= self._lanes:
            return False
        alone = queue.flying == queue.busy and queue.last == 1
        return alone or len(queue.waiting) >= self._max_batch

    def _begin(self, queue: _Queue[Request, Answer], count: int) -> None:
        queue.busy += 1
        queue.flying += count

    def _end(self, queue: _Queue[Request, Answer], count: int) -> None:
        queue.busy -= 1
        queue.flying -= count
        queue.last = count

    def _next(self, kind: Hashable, queue: _Queue[Request, Answer]) -> None:
        """Let those who wait leave, if they may; forget a queue in which nothing is left."""
        if batch := self._leaving(queue):
            # It answers for others, too, so what one request has left of its time is not its own.
            task = asyncio.get_running_loop().create_task(
                self._drain(kind, queue, batch), context=contextvars.Context()
            )
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)
        elif not queue.busy and not queue.waiting:
            self._queues.pop(kind, None)

    def _leaving(self, queue: _Queue[Request, Answer]) -> list[_Waiting[Request, Answer]]:
        """Those who leave together now, in flight from here on; nobody when it is not the time."""
        batch = self._batch(queue) if queue.waiting and self._may_send(queue) else []
        if batch:
            self._begin(queue, len(batch))
        return batch

    async def _drain(
        self,
        kind: Hashable,
        queue: _Queue[Request, Answer],
        batch: list[_Waiting[Request, Answer]],
    ) -> None:
        """Answer a batch, and those who may leave after it; one lane of a queue."""
        try:
            while batch:
                try:
                    await self._answer(batch)
                finally:
                    self._end(queue, len(batch))
                batch = self._leaving(queue)
        finally:
            self._next(kind, queue)

    def _batch(self, queue: _Queue[Request, Answer]) -> list[_Waiting[Request, Answer]]:
        """Those who leave together; who has gone away in the meantime is not asked for."""
        batch: list[_Waiting[Request, Answer]] = []
        while queue.waiting and len(batch) < self._max_batch:
            waiting = queue.waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _answer(self, batch: list[_Waiting[Request, Answer]]) -> None:
        if len(batch) > 1 and await self._together(batch):
            return
        for waiting in batch:
            if waiting.answer.done():
                continue
            try:
                answer = await self._alone(waiting.request)
            except Exception as error:  # noqa: BLE001 - it is the caller's, who awaits it
                waiting.fail(error)
            else:
                waiting.settle(answer)

    async def _together(self, batch: list[_Waiting[Request, Answer]]) -> bool:
        """Whether all are answered, be it with an error."""
        self.batches[len(batch)] += 1
        try:
            answers = await self._many([each.request for each in batch])
        except Exception as error:  # noqa: BLE001 - it is each caller's, who awaits it
            for waiting in batch:
                waiting.fail(error)
            return True
        if answers is None:
            return False
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.settle(answer)
        return True

    async def _alone(self, request: Request) -> Answer:
        self.batches[1] += 1
        return await self._one(request)
