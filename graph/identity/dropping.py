"""Records that are taken back: each value of a party falls to the next record that states one.

A record that was dropped stays, says nothing, and keeps its former states. When its source sends it
again, it says again what it says then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.database import Graph
from graph.errors import NOT_THERE, Conflict, InvalidInput, NotFound
from graph.model import MODEL
from graph.model.identity import SOURCE_RECORD
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from graph.write import identity as statements
from graph.write.deriving import derive_anew
from graph.write.ledger import concrete
from graph.write.nodes import change
from graph.write.unit import Unit
from graph.write.validation import writable

PAGE = 200
"""Records of one transaction."""
DERIVED = tuple(each.name for each in SOURCE_RECORD.own if each.internal)
"""What is kept of a record for the sake of finding it by what it says."""

OF_SOURCE = Statement(
    "identity.of_source",
    Kind.READ,
    """MATCH (s:SourceRecord {source: $source}) WHERE s.externalId > $after
WITH s ORDER BY s.externalId LIMIT $page
RETURN s.id, s.externalId""",
)


@dataclass(slots=True)
class Drop:
    """Records that say nothing from now on: a part of a batch.

    Attributes:
        records: Ids of source records.
        name: By which the outcome names the party of the first.
        dropped: How many of them said something, when it was done.
    """

    records: list[str]
    name: str = "party"
    dropped: int = 0

    async def apply(self, unit: Unit) -> None:
        """Let them say nothing, and derive anew what follows from it.

        Raises:
            NotFound: one of them is not there.
            InvalidInput: a party, or one that was merged, would be left without its name.
            Conflict: one of them came to speak of another party meanwhile.
        """
        ids = sorted(set(self.records))
        spoken = await unit.run(statements.SPOKEN, ids=ids)
        if len(spoken) < len(ids):
            raise NotFound(NOT_THERE)
        await unit.lock({party for _, _, party, _, _ in spoken})
        if await unit.run(statements.SPOKEN, ids=ids) != spoken:
            raise Conflict("Somebody merged its party meanwhile; try again.")
        by_label: dict[str, dict[int, int]] = {}
        for _, record, party, labels, _ in spoken:
            by_label.setdefault(concrete(labels), {})[record] = party
        self.dropped = 0
        for label, records in sorted(by_label.items()):
            node = MODEL.by_label[label]
            nothing = dict.fromkeys((*writable(node), *DERIVED))
            places = sorted(records)
            rows: list[list[Any]] = [[i, each, nothing, None] for i, each in enumerate(places)]
            silent = {places[i] for i in await change(unit, SOURCE_RECORD.name, rows)}
            self.dropped += len(silent)
            await derive_anew(unit, node, set(records.values()), silent)
        _, _, _, labels, party = spoken[0]
        unit.outcome.named[self.name] = (party, concrete(labels))


@dataclass(slots=True)
class Dropped:
    """What became of the records of a source.

    Attributes:
        records: Records looked at.
        dropped: Those that said something and do so no more.
        kept: Those that are all that is known of a party.
    """

    records: int = 0
    dropped: int = 0
    kept: int = 0


async def drop_source(
    graph: Graph,
    source: str,
    writer: Writer,
    progress: Callable[[Dropped], None],
    *,
    dry_run: bool = False,
) -> Dropped:
    """Drop every record of a source; safe to repeat after an interruption.

    Args:
        graph: The graph.
        source: Name of the system.
        writer: Who does it, and why.
        progress: Told how far it is.
        dry_run: Find and count, and change nothing; of several records of one party, each by itself
            can be dropped, so the count may be too high.

    Raises:
        GraphError: the database is away; what was dropped stays so.
    """
    found, after = Dropped(), ""
    while page := await graph.run(OF_SOURCE, {"source": source, "after": after, "page": PAGE}):
        found.dropped += await _drop(graph, [row[0] for row in page], writer, found, dry_run)
        found.records += len(page)
        after = page[-1][1]
        progress(found)
    return found


async def _drop(
    graph: Graph, records: list[str], writer: Writer, found: Dropped, dry_run: bool
) -> int:
    """Drop some at once, or in halves where one of them is refused; how many are done."""
    step = Drop(records)
    try:
        await write(graph, Batch([], named={}, steps=[step]), writer, dry_run=dry_run)
    except (Conflict, InvalidInput, NotFound):
        if len(records) == 1:
            found.kept += 1
            return 0
        middle = len(records) // 2
        parts = records[:middle], records[middle:]
        return sum([await _drop(graph, part, writer, found, dry_run) for part in parts])
    return step.dropped
