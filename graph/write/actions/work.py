"""What a procedure works with: reads, batches and actions on behalf of one caller."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from graph.audiences import Audience
from graph.database import Graph, Row
from graph.statements import Statement
from graph.write.actions.draft import Caller, Draft, Named, Outcome, sketch
from graph.write.actions.performing import Ready, ready
from graph.write.actions.spec import Action, Values
from graph.write.batch import Batch, Nodes, Request, Writer
from graph.write.batch import Outcome as Counts
from graph.write.writing import write

Send = Callable[[Ready], Awaitable[Outcome]]
"""Performs one ready request, perhaps together with others of the same action."""


@dataclass(slots=True)
class Work:
    """One procedure's access to the graph.

    Attributes:
        graph: Where it reads.
        caller: On whose behalf.
        touched: Labels and relationship types that were written, for caches.
    """

    graph: Graph
    caller: Caller
    send: Send
    touched: set[str] = field(default_factory=set[str])

    async def read(self, statement: Statement, **parameters: Any) -> list[Row]:
        """Run a read statement; its rows."""
        return await self.graph.run(statement, parameters)

    def trusted(self) -> "Work":
        """The same work without the caller's rights, for what follows from what was checked.

        Whoever opens a case never sees who of us takes it; a deal waits behind that of a rival.
        """
        caller = replace(self.caller, audience=Audience.STAFF)
        return Work(self.graph, caller, self.send, self.touched)

    def sketch(
        self, action: Action, refs: dict[str, Named | list[Named] | None], given: Values
    ) -> Draft:
        """A draft of another action for the same caller and key."""
        return sketch(action, self.caller, refs, given)

    async def perform(self, action: Action, draft: Draft) -> Outcome:
        """Perform an action; its event carries its own name as `op`."""
        prepared = ready(action, draft)
        if isinstance(prepared, Outcome):
            return prepared
        self.touched |= prepared.touched
        return await self.send(prepared)

    async def write(self, batch: Batch, op: str, *, keep: bool = True) -> Counts:
        """Apply a batch in the caller's name; see `graph.write.write`.

        With `Batch.named` it is applied once for the caller's key, and repeated with what was
        named, unless `keep` says that the key is not kept; a procedure may apply one such batch.

        Raises:
            GraphError: as `write` does.
        """
        for part in batch.parts:
            if isinstance(part, Nodes):
                self.touched |= {*part.node.labels, "SourceRecord", "Identifier"}
            else:
                self.touched |= {part.relationship.name, part.relationship.was}
                self.touched |= {*part.start.labels, *part.end.labels, "Customer", "Partner"}
        self.touched |= {"HAS_IDENTIFIER", "RESOLVES_TO", "Version", "ChangeEvent", "WAS"}
        request = None
        if keep and batch.named is not None and self.caller.key and self.caller.request:
            request = Request(self.caller.key, self.caller.request)
        return await write(self.graph, batch, writer_of(self.caller, op), request=request)


def writer_of(caller: Caller, op: str) -> Writer:
    """The caller as the writer of a batch."""
    return Writer(caller.actor, None, caller.now, op, caller.reason)
