"""What ordinary resolvers stand on: those whose answer is no plain read of the graph."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graph.database import Graph
from graph.exports import Folder
from loaders.viewer import Viewer


@dataclass(slots=True)
class Backing:
    """The parts of one server that such a resolver may use.

    Attributes:
        graph: The graph.
        plan: Makes a request ready to run, or says what is wrong with it, as `Executor.plan` does.
        answers: Asks a query for a viewer, as `Executor.answers` does: with the viewer's rights.
        narrowed: Whether there are rules that narrow staff.
        told: Records that a viewer was told personal data: by which operation, which kinds of data,
            and the ids of the people.
        recording: Whether this server records who is told personal data.
        purge: Deletes every kept answer; None where none are kept.
        exports: Where finished exports lie; None where nothing is exported.
    """

    graph: Graph
    plan: Callable[[str, dict[str, Any] | None, str | None], Any]
    answers: Callable[[str, dict[str, Any], Viewer], Awaitable[dict[str, Any]]]
    narrowed: Callable[[], bool]
    told: Callable[[Viewer, str, Iterable[str], Iterable[str]], None]
    recording: Callable[[], bool]
    purge: Callable[[], Awaitable[None]] | None = None
    exports: Folder | None = None
