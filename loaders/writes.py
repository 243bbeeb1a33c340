"""Sends actions: concurrent requests of one action share a statement, then caches are told.

While a statement is in flight, further requests of its action wait and leave together; an idle
server sends at once. One of them that is refused does not disturb the others.
"""

import asyncio
import hashlib
import hmac
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from graph.custom.taking import take
from graph.database import Graph
from graph.errors import GraphError
from graph.statements import Kind, Statement
from graph.write.actions import (
    Action,
    Caller,
    Mutation,
    Named,
    Outcome,
    Procedure,
    Ready,
    Refusal,
    Work,
    perform,
    plan,
    ready,
    sketch,
)
from graph.write.actions.rows import restored
from graph.write.formats import moment
from graph.write.secret import secret
from loaders.mutating import Input, read_input
from loaders.viewer import Viewer

LANES = 2
MAX_BATCH = 32
MAX_KEY = 100

Changed = Callable[[frozenset[str]], Awaitable[None]]
"""Told what was written: labels and relationship types."""

FIND_KEY = Statement(
    "mutation.find_key",
    Kind.READ,
    "MATCH (key:IdempotencyKey {key: $key}) RETURN key.request, key.result",
)


@dataclass(slots=True)
class _Waiting:
    request: Ready
    answer: asyncio.Future[Outcome]


@dataclass(slots=True)
class _Queue:
    waiting: deque[_Waiting] = field(default_factory=deque[_Waiting])
    busy: int = 0


class Writes:
    """Performs mutations for callers.

    Args:
        graph: What is changed.

    Attributes:
        changed: Told after every commit; None when there is nothing to tell.
        batches: How many statements carried so many requests.
    """

    def __init__(self, graph: Graph, max_batch: int = MAX_BATCH, lanes: int = LANES) -> None:
        self._graph = graph
        self._max_batch = max_batch
        self._lanes = lanes
        self._queues: dict[Action, _Queue] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self._secret: bytes | None = None
        self.changed: Changed | None = None
        self.batches: Counter[int] = Counter()

    async def prepare(self, mutation: Mutation) -> None:
        """Have the database plan an action, so that no request waits for it.

        Raises:
            GraphError: the database cannot be reached.
        """
        if isinstance(mutation, Action):
            await plan(self._graph, mutation)

    async def do(self, mutation: Mutation, value: dict[str, Any], viewer: Viewer) -> Outcome:
        """Perform one mutation.

        Args:
            mutation: What is asked for.
            value: Its coerced input.
            viewer: Who asks.

        Raises:
            GraphError: the database is away; with a `clientMutationId` it can be repeated.
        """
        found = read_input(mutation, value)
        caller = await self._caller(mutation, value, found, viewer)
        draft = sketch(mutation, caller, found.refs, found.given)
        wrong = {each.path[0] for each in found.refusals}
        missing = [each for each in draft.refusals if each.path[0] not in wrong]
        draft.refusals = [*found.refusals, *missing]
        await take(self._graph, draft)
        if isinstance(mutation, Procedure):
            return await self._proceed(mutation, draft)
        if not isinstance(mutation, Action):
            raise TypeError(mutation.name)
        prepared = ready(mutation, draft)
        if isinstance(prepared, Outcome):
            return prepared
        outcome = await self.send(prepared)
        if not outcome.refusals:
            await self._tell(prepared.touched)
        return outcome

    async def _caller(
        self, mutation: Mutation, value: dict[str, Any], found: Input, viewer: Viewer
    ) -> Caller:
        given = found.given
        reason, client = given.pop("reason", None), given.pop("clientMutationId", None)
        if reason is not None and len(reason) > 1_000:
            message = "reason must have at most 1,000 characters."
            found.refusals.append(Refusal("TOO_LONG", message, ("reason",)))
        actor, now = f"{viewer.issuer}|{viewer.subject}", moment(datetime.now(UTC))
        if client is None:
            return Caller(actor, now, reason=reason)
        if not client or len(client) > MAX_KEY:
            message = f"clientMutationId must have 1 to {MAX_KEY} characters."
            found.refusals.append(Refusal("INVALID", message, ("clientMutationId",)))
        key = f"{viewer.audience.value}:{actor}:{client}"
        return Caller(actor, now, key, await self._digest(mutation, value), reason)

    async def _digest(self, mutation: Mutation, value: dict[str, Any]) -> str:
        """A keyed digest of a request: it tells requests apart, and nothing of what they say."""
        if self._secret is None:
            self._secret = await secret(self._graph, "requests")
        known = orjson.dumps([mutation.name, value], default=str, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._secret, known, hashlib.sha256).hexdigest()

    async def _proceed(self, procedure: Procedure, draft: Any) -> Outcome:
        """Run a procedure, unless it is refused or was done before."""
        if draft.refusals:
            return Outcome(refusals=draft.refusals)
        caller: Caller = draft.caller
        if caller.key is not None:
            for request, result in await self._graph.run(FIND_KEY, {"key": caller.key}):
                if request != caller.request:
                    message = "This clientMutationId belongs to another request; choose a new one."
                    refusal = Refusal("CONFLICT", message, ("clientMutationId",))
                    return Outcome(refusals=[refusal])
                return Outcome(restored(result))
        work = Work(self._graph, caller, self.send)
        try:
            await procedure.run(work, draft)
        except GraphError as error:
            if error.code not in {"CONFLICT", "INVALID_INPUT"}:
                raise
            return Outcome(refusals=[Refusal(error.code, str(error))])
        finally:
            await self._tell(frozenset(work.touched))
        if draft.refusals:
            return Outcome(refusals=draft.refusals)
        return Outcome(_returned(procedure, draft.returned))

    async def _tell(self, touched: frozenset[str]) -> None:
        if self.changed is not None and touched:
            await self.changed(touched)

    async def send(self, request: Ready) -> Outcome:
        """Perform one ready request, together with others of its action that wait.

        Raises:
            GraphError: what `perform` raises; never for its neighbours' sake.
        """
        queue = self._queues.setdefault(request.action, _Queue())
        if queue.busy < self._lanes and not queue.waiting:
            queue.busy += 1
            try:
                self.batches[1] += 1
                return (await perform(self._graph, [request]))[0]
            finally:
                self._leave(request.action, queue)
        waiting = _Waiting(request, asyncio.get_running_loop().create_future())
        queue.waiting.append(waiting)
        return await waiting.answer

    def _leave(self, action: Action, queue: _Queue) -> None:
        """A statement has ended: its lane goes to those who wait, or is free."""
        queue.busy -= 1
        if queue.waiting:
            queue.busy += 1
            task = asyncio.get_running_loop().create_task(self._drain(action, queue))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)
        elif not queue.busy:
            self._queues.pop(action, None)

    async def _drain(self, action: Action, queue: _Queue) -> None:
        try:
            while batch := self._batch(queue):
                await self._together(batch)
        finally:
            self._leave(action, queue)

    def _batch(self, queue: _Queue) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while queue.waiting and len(batch) < self._max_batch:
            waiting = queue.waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _together(self, batch: list[_Waiting]) -> None:
        self.batches[len(batch)] += 1
        try:
            outcomes = await perform(self._graph, [each.request for each in batch])
        except Exception as error:  # noqa: BLE001 - it is each caller's, who awaits it
            if len(batch) == 1 or isinstance(error, GraphError):
                for waiting in batch:
                    if not waiting.answer.done():
                        waiting.answer.set_exception(error)
                return
            for waiting in batch:
                await self._together([waiting])
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)


def _returned(procedure: Procedure, known: dict[str, Named]) -> dict[str, Named]:
    return {
        each.variable: known[each.variable] for each in procedure.returns if each.variable in known
    }
