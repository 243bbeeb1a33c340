"""The one function through which everything changes the graph."""

import re
from datetime import UTC, datetime

import stamina
from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

from graph.database import Graph, is_retryable
from graph.errors import Conflict, InvalidInput, Timeout, Unavailable
from graph.write import formats
from graph.write.batch import Batch, Nodes, Outcome, Request, Writer
from graph.write.expecting import expect, name
from graph.write.linking import write_links
from graph.write.nodes import write_nodes
from graph.write.parties import write_parties
from graph.write.repeating import answer, earlier
from graph.write.sight import keep_sight
from graph.write.statements import is_party
from graph.write.telling import tell
from graph.write.unit import Unit

TIMEOUT = 300.0
"""Seconds after which the server ends a batch."""

_TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOut"
_TOO_LARGE = "Neo.TransientError.General.MemoryPoolOutOfMemoryError"


class _Undo(Exception):
    """Rolls a dry run back."""


async def write(
    graph: Graph,
    batch: Batch,
    writer: Writer,
    *,
    dry_run: bool = False,
    request: Request | None = None,
) -> Outcome:
    """Apply a batch in one transaction; see docs/writing.md.

    Rows are upserted by key. A row that says nothing new writes nothing; a change keeps the former
    state, and every changed entity gets one event. Transient failures, such as a deadlock, are
    retried for the whole batch.

    Args:
        graph: The graph.
        batch: What shall hold; its parts are applied in order.
        writer: Who says so.
        dry_run: Do everything, count, and take it back; then `request` is not remembered.
        request: Makes the batch repeatable: it is applied once, and again returns the same answer.

    Raises (nothing was changed, but perhaps with the last):
        InvalidInput: a row breaks the model; the message names row and property.
        Conflict: a row contradicts what is there, or the key of `request` belongs to another one.
        NotFound, Outdated: a node is not there, or not of the version, that the batch expects.
        Timeout: the server ended the batch.
        Unavailable: the database could not be reached within the retries. Repeat the batch: should
            it have been applied after all, it changes nothing.
    """
    try:
        return await _retried(graph, batch, writer, None if dry_run else request, dry_run)
    except ConstraintError as error:
        raise Conflict(_contradiction(error)) from None
    except (DriverError, Neo4jError) as error:
        raise _refusal(error) from error


async def _retried(
    graph: Graph,
    batch: Batch,
    writer: Writer,
    request: Request | None,
    dry_run: bool,
) -> Outcome:
    async for attempt in stamina.retry_context(
        on=_is_passing, attempts=8, timeout=60.0, wait_initial=0.02, wait_max=2.0
    ):
        with attempt:
            return await _once(graph, batch, writer, request, dry_run)
    raise Unavailable("The database cannot be reached right now.")


def _is_passing(error: Exception) -> bool:
    """Whether the same batch may succeed again; one that is too large will be too large again."""
    return is_retryable(error) and getattr(error, "code", "") != _TOO_LARGE


def _refusal(error: DriverError | Neo4jError) -> Exception:
    """What the caller is told of a failure that outlasted the retries."""
    code = str(getattr(error, "code", ""))
    if code == _TOO_LARGE:
        return InvalidInput("The batch needs more memory than the database has; send fewer rows.")
    if code.startswith(_TIMED_OUT):
        return Timeout(f"The batch took longer than {TIMEOUT:g} seconds; send fewer rows.")
    if is_retryable(error):
        return Unavailable("The database cannot be reached right now.")
    return error


async def _once(
    graph: Graph,
    batch: Batch,
    writer: Writer,
    request: Request | None,
    dry_run: bool,
) -> Outcome:
    now = formats.moment(writer.now or datetime.now(UTC))
    outcome = Outcome()
    try:
        async with graph.transaction("write.batch", timeout=TIMEOUT) as transaction:
            unit = Unit(transaction, writer, now, outcome, resolver=graph.resolver)
            before = await earlier(unit, request, batch) if request else None
            if before is not None:
                return before
            await expect(unit, batch)
            await _apply(unit, batch)
            await keep_sight(unit)
            await name(unit, batch)
            if dry_run:
                raise _Undo  # noqa: TRY301 - an exception is what rolls a transaction back
            await tell(unit)
            if request:
                await answer(unit, request, batch)
    except _Undo:
        pass
    return outcome


async def _apply(unit: Unit, batch: Batch) -> None:
    for part in batch.parts:
        if not isinstance(part, Nodes):
            await write_links(unit, part)
        elif is_party(part.node):
            await write_parties(unit, part)
        else:
            await write_nodes(unit, part)
    for step in batch.steps:
        await step.apply(unit)


def _contradiction(error: ConstraintError) -> str:
    """One sentence for a broken uniqueness constraint, without the value."""
    found = re.search(r"label `(\w+)` and propert(?:y|ies) ((?:`\w+`(?:, )?)+)", str(error.message))
    if found is None:
        return "Another node already has one of the unique values of this batch."
    names = " and ".join(re.findall(r"\w+", found[2]))
    return f"Another {found[1]} already has the {names} of a row of this batch; both must differ."
