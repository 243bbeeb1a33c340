"""Long pieces of work: what a runner gets, and how it tells how far it has come.

A runner is a coroutine that the worker calls with a `Run`. It may be called again for the same job
after a crash, so it notes a position from which it can go on, and does nothing twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from graph.database import Graph
from graph.write import queue


class Stopped(Exception):
    """The job was cancelled, or another worker has taken it: end without another word."""


@dataclass(slots=True)
class Run:
    """One run of one job.

    Attributes:
        graph: The graph.
        id: Id of the job.
        kind: What it does.
        key: What it works on; None when that says nothing.
        parameters: What it was asked to do.
        position: Where an earlier run had come, as it said; None at the beginning.
        attempt: How often it was started, from 1.
        holder: Token of this run.
    """

    graph: Graph
    id: str
    kind: str
    key: str | None
    parameters: dict[str, Any]
    position: Any
    attempt: int
    holder: str = field(repr=False)

    async def progress(self, done: int, total: int | None = None, position: Any = None) -> None:
        """Note how far the job has come, and that it is alive; at least every 30 seconds.

        Raises:
            Stopped: the job was cancelled, or is another worker's.
            GraphError: the graph is away.
        """
        if not await queue.beat(self.graph, self.id, self.holder, done, total, position):
            raise Stopped


Runner = Callable[[Run], Awaitable[dict[str, Any] | None]]
"""Does one job and returns its summary: counts and names, no personal data."""
