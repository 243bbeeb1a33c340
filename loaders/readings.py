"""The record of reads: who was told personal data of whom, written to the graph within a second.

What one user reads by one operation until the next writing is one record, whoever answered it and
however often. Records wait in memory until they are written, all that wait by one statement; a
process that is killed takes those of its last second, or what it could not write, with it.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog

from graph.database import Graph
from graph.errors import GraphError
from graph.write.readings import Read, record
from loaders.subjects import Reading
from loaders.viewer import Audience, Viewer

# All is in the graph a second after it was told; a record costs by the writing, not by the read.
SECONDS = 0.9
MAX_WAITING = 200_000
MAX_BATCH = 20_000

logger = structlog.stdlib.get_logger(__name__)

Heard = list[tuple[str, list[str], list[str]]]
"""What an answer holds, by operation: its kinds of personal data, and ids of people."""

_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def overheard() -> Generator[Heard]:
    """What is read meanwhile, here and in tasks made here; it is not recorded by itself.

    For an answer that is kept: it is recorded whenever somebody gets it.
    """
    heard = Heard()
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


_Key = tuple[str, str, str]
"""Issuer and subject, audience, operation."""


@dataclass(slots=True)
class _Waiting:
    """What waits to be written of one user and operation, and since when."""

    at: str
    classes: set[str] = field(default_factory=set[str])
    people: set[str] = field(default_factory=set[str])


class Readings:
    """Records what staff and partners read; customers read their own.

    Attributes:
        recorded: How many records were written.
        lost: How many people were left out of records because too many waited: the graph could be
            read but not written.
    """

    def __init__(self, graph: Graph) -> None:
        """Record in this graph; nothing is written before `running`."""
        self._graph = graph
        self._waiting: dict[_Key, _Waiting] = {}
        self._count = 0
        self._some = asyncio.Event()
        self._process = uuid4().hex
        self._batches = 0
        self.recorded = 0
        self.lost = 0

    def saw(self, reading: Reading, viewer: Viewer, row: Any, parameters: dict[str, Any]) -> None:
        """Somebody is told what a row holds."""
        heard = _heard.get()
        if heard is None and viewer.audience is Audience.CUSTOMER:
            return
        people = reading.people(row, parameters)
        if not people:
            return
        if heard is not None:
            heard.append((reading.operation, sorted(reading.classes), sorted(people)))
        else:
            self._note(viewer, reading.operation, reading.classes, people)

    def told(self, heard: Sequence[Sequence[Any]], viewer: Viewer) -> None:
        """Somebody is told what was overheard when the answer was made."""
        if viewer.audience is not Audience.CUSTOMER:
            for operation, classes, people in heard:
                self._note(viewer, operation, classes, people)

    def _note(self, viewer: Viewer, operation: str, classes: Any, people: Any) -> None:
        key = (f"{viewer.issuer}|{viewer.subject}", viewer.audience.name, operation)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(_second())
        before = len(waiting.people)
        if self._count + len(people) > MAX_WAITING:
            self.lost += len(people)
            return
        waiting.classes.update(classes)
        waiting.people.update(people)
        self._count += len(waiting.people) - before
        self._some.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Write what comes, once a second; what still waits is written at the end."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._try()

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(SECONDS)
            await self._try()

    async def _try(self) -> None:
        lost = self.lost
        try:
            await self.flush()
        except GraphError as error:
            logger.warning("reads could not be recorded yet", code=error.code, people=self._count)
        if lost:
            self.lost = 0
            logger.error("reads were not recorded", people=lost)

    async def flush(self) -> None:
        """Write everything that waits.

        Raises:
            GraphError: the graph cannot be written; what waits goes on waiting.
        """
        while self._waiting:
            taken = self._take()
            self._batches += 1
            batch = f"{self._process} {self._batches}"
            reads = [
                Read(batch, each.at, *key, tuple(each.classes), tuple(each.people))
                for key, each in taken.items()
                if each.people
            ]
            try:
                await record(self._graph, reads)
            except BaseException:
                self._put_back(taken)
                raise
            self.recorded += len(reads)
        self._some.clear()

    def _take(self) -> dict[_Key, _Waiting]:
        """The oldest records, as many as one statement should carry."""
        taken: dict[_Key, _Waiting] = {}
        count = 0
        for key, each in self._waiting.items():
            if taken and count + len(each.people) > MAX_BATCH:
                break
            taken[key] = each
            count += len(each.people)
        for key in taken:
            del self._waiting[key]
        self._count -= count
        return taken

    def _put_back(self, taken: dict[_Key, _Waiting]) -> None:
        for key, each in taken.items():
            now = self._waiting.get(key)
            if now is not None:
                each.classes |= now.classes
                each.people |= now.people
            self._waiting[key] = each
        self._count = sum(len(each.people) for each in self._waiting.values())


def _second() -> str:
    """The second that runs, as the graph stores it."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    return now.isoformat(timespec="milliseconds") + "Z"
