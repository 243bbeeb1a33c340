"""Concurrent requests of one statement share it: one round trip carries several rows.

A call costs driver and database about as much as what it asks for. While a statement is in flight,
further requests for the same text wait; when a lane is free, all that wait leave together, each as
a row with its own parameters. An idle server sends at once, so sharing never adds a wait to an
unloaded one.
"""

import asyncio
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, LiteralString, cast

from graph.database import Graph
from graph.errors import Unavailable
from graph.statements import Statement

LANES = 2
MAX_BATCH = 16
MAX_TEXTS = 1_000
SECONDS = 5.0

_PARAMETER = re.compile(r"\$([pf]\d+)\b")


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement with its form for several rows.

    Attributes:
        single: The statement as it was written.
        several: The same for the rows in `$shared`; it returns [position, answer] pairs of those
            that match.
        names: Parameters that differ from row to row, in the order of a row.
        fixed: Parameters that all rows of one statement have in common.
    """

    single: Statement
    several: Statement
    names: tuple[str, ...]
    fixed: tuple[str, ...]

    def parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the statement for one row is sent with."""
        return {name: values[name] for name in (*self.names, *self.fixed)}

    def row(self, values: dict[str, Any]) -> list[Any]:
        """One row of the statement for several."""
        return [values[name] for name in self.names]


@lru_cache(MAX_TEXTS)
def shared(statement: Statement) -> Shared:
    """Derive the form for several rows: what differs is read from the row, the rest stays.

    A parameter named `f…` stands where Cypher takes nothing but a parameter, such as LIMIT.
    """
    found = list(dict.fromkeys(_PARAMETER.findall(statement.text)))
    names = tuple(name for name in found if name.startswith("p"))
    fixed = tuple(name for name in found if name.startswith("f"))
    places = {name: f"sharing[{position}]" for position, name in enumerate(names)}
    inner = _PARAMETER.sub(lambda each: places.get(each[1], each[0]), statement.text)
    # In a map, since of a list that is a parameter itself the order of magnitude of its length is
    # part of the plan: 1, 10 and 100 rows would be planned apart.
    text = (
        "UNWIND range(0, size($shared.rows) - 1) AS place "
        "WITH place, $shared.rows[place] AS sharing "
        f"CALL (sharing) {{ {inner} }} RETURN collect([place, answer]) AS answers"
    )
    # The text of a literal statement with literal names put in; `re` only loses the type.
    several = Statement(statement.name, statement.kind, cast("LiteralString", text))
    return Shared(statement, several, names, fixed)


@dataclass(slots=True)
class _Waiting:
    values: dict[str, Any]
    answer: asyncio.Future[Any]


@dataclass(slots=True)
class _Queue:
    """Requests for one text and one set of fixed values."""

    statement: Shared
    waiting: deque[_Waiting] = field(default_factory=deque[_Waiting])
    busy: int = 0


class Lanes:
    """Sends statements, several requests at a time when they come faster than answers.

    Args:
        graph: Where statements run.
        max_batch: Most requests of one statement; 1 sends every request by itself.
        lanes: Statements of one text in flight at once.

    Attributes:
        batches: How many statements carried so many requests.
    """

    def __init__(self, graph: Graph, max_batch: int = MAX_BATCH, lanes: int = LANES) -> None:
        self._graph = graph
        self._max_batch = max_batch
        self._lanes = lanes
        self._queues: dict[tuple[Any, ...], _Queue] = {}
        self._draining: set[asyncio.Task[None]] = set()
        self.batches: Counter[int] = Counter()

    async def ask(self, statement: Statement, values: dict[str, Any]) -> Any:
        """The answer to one request, None when nothing matches.

        Args:
            statement: Returns at most one row, whose first column is the answer.
            values: Its parameters, and perhaps others.

        Raises:
            GraphError: what `Graph.run` raises; a request never fails for its neighbours' sake.
        """
        sent = shared(statement)
        if self._max_batch == 1:
            return await self._single(sent, values)
        key = (statement.text, *[values[name] for name in sent.fixed])
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = _Queue(sent)
        if queue.busy < self._lanes and not queue.waiting:
            # The usual case of a server with time: no task, no future, no wait.
            queue.busy += 1
            try:
                return await self._single(sent, values)
            finally:
                self._leave(key, queue)
        waiting = _Waiting(values, asyncio.get_running_loop().create_future())
        queue.waiting.append(waiting)
        return await waiting.answer

    async def prepare(self, statement: Statement, values: dict[str, Any]) -> None:
        """Have the database plan both forms of a statement, so that no request waits for it.

        Planning takes a tenth of a second; the form for several runs with no row at all.
        """
        sent = shared(statement)
        await self._graph.run(sent.single, sent.parameters(values))
        if self._max_batch > 1:
            fixed = {name: values[name] for name in sent.fixed}
            await self._graph.run(sent.several, {**fixed, "shared": {"rows": []}})

    def _leave(self, key: tuple[Any, ...], queue: _Queue) -> None:
        """A statement has ended: its lane goes to those who wait, or is free."""
        queue.busy -= 1
        if queue.waiting:
            queue.busy += 1
            task = asyncio.get_running_loop().create_task(self._drain(key, queue))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)
        elif not queue.busy:
            self._queues.pop(key, None)

    async def _drain(self, key: tuple[Any, ...], queue: _Queue) -> None:
        """Answer everyone who waits, a batch at a time; one lane of a queue."""
        try:
            while batch := self._batch(queue):
                await self._answer(queue.statement, batch)
        finally:
            self._leave(key, queue)

    def _batch(self, queue: _Queue) -> list[_Waiting]:
        """Those who leave together; who has gone away in the meantime is not asked for."""
        batch: list[_Waiting] = []
        while queue.waiting and len(batch) < self._max_batch:
            waiting = queue.waiting.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    async def _answer(self, statement: Shared, batch: list[_Waiting]) -> None:
        if len(batch) > 1 and await self._answer_together(statement, batch):
            return
        for waiting in batch:
            if waiting.answer.done():
                continue
            try:
                answer = await self._single(statement, waiting.values)
            except Exception as error:  # noqa: BLE001 - it is the caller's, who awaits it
                _fail(waiting, error)
            else:
                _settle(waiting, answer)

    async def _answer_together(self, statement: Shared, batch: list[_Waiting]) -> bool:
        """Whether all are answered; if not, one of them may have spoilt it for the others."""
        first = batch[0].values
        parameters: dict[str, Any] = {name: first[name] for name in statement.fixed}
        parameters["shared"] = {"rows": [statement.row(each.values) for each in batch]}
        self.batches[len(batch)] += 1
        try:
            rows = await self._graph.run(statement.several, parameters, timeout=SECONDS)
        except Unavailable as error:
            for waiting in batch:
                _fail(waiting, error)
            return True
        except Exception:  # noqa: BLE001 - each is asked again by itself and fails by itself
            return False
        answers: dict[int, Any] = dict(rows[0][0])
        for place, waiting in enumerate(batch):
            _settle(waiting, answers.get(place))
        return True

    async def _single(self, statement: Shared, values: dict[str, Any]) -> Any:
        self.batches[1] += 1
        parameters = statement.parameters(values)
        rows = await self._graph.run(statement.single, parameters, timeout=SECONDS)
        return rows[0][0] if rows else None


def _settle(waiting: _Waiting, answer: Any) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(answer)


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
