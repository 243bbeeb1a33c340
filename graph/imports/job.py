"""The Job of an import: how far it has come, in the graph and in the batches' own transactions."""

from datetime import UTC, datetime
from typing import Any

import orjson

from graph.database import Graph
from graph.imports.batches import Place
from graph.imports.functions import utc_text
from graph.model.machinery import JOB
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write

KIND = "IMPORT"

FIND_JOB = Statement(
    "imports.job",
    Kind.READ,
    """MATCH (j:Job {kind: 'IMPORT', key: $key})
RETURN j.state, j.position""",
)
"""The state and the position of one import."""


class Job:
    """One import of one file with one mapping under one source.

    A finished import that is run again leaves its job alone until something has to be changed.

    Attributes:
        place: Where to go on.
        resumed: Whether an interrupted run had come past the beginning.
    """

    def __init__(self, graph: Graph, key: str, writer: Writer) -> None:
        self._graph = graph
        self._key = key
        self._writer = writer
        self._silent = False
        self._started = utc_text(datetime.now(UTC))
        self.place = Place()
        self.resumed = False

    async def find(self) -> None:
        """Look whether an earlier run has come somewhere."""
        rows = await self._graph.run(FIND_JOB, {"key": self._key})
        if not rows:
            return
        state, position = rows[0]
        self._silent = state == "DONE"
        if state == "RUNNING" and position:
            found: dict[str, Any] = orjson.loads(position)
            self.place = Place(found["step"], found["key"])
            self.resumed = self.place != Place()

    def note(self, place: Place, done: int, total: int) -> list[Nodes]:
        """Return the part that goes into a batch, so that both are committed or neither.

        Args:
            place: What was finished before the batch.
            done: Nodes and links finished before the batch.
            total: All of them.
        """
        if self._silent:
            return []
        position = orjson.dumps({"step": place.step, "key": place.key}).decode()
        return [self._row(state="RUNNING", position=position, done=done, total=total)]

    def changed(self) -> None:
        """Say that something had to be changed, so that the place is kept from now on."""
        self._silent = False

    async def finish(self, total: int, summary: dict[str, Any]) -> None:
        """Mark the import as done."""
        if self._silent:
            return
        ended = utc_text(datetime.now(UTC))
        counts = orjson.dumps(summary).decode()
        done = self._row(
            state="DONE", position=None, done=total, total=total, summary=counts, endedAt=ended
        )
        await write(self._graph, Batch([done]), self._writer)

    def _row(self, **properties: Any) -> Nodes:
        values = {"startedAt": self._started, **properties}
        return Nodes(JOB, [NodeRow((KIND, self._key), values)])
