"""The second half of an import: portions of the staging file, one transaction each.

While one portion is written the next one is prepared, so that Python and Neo4j work at the same
time. A row that the write path refuses is found by halving and reported; the rest is written.
"""

import asyncio
from collections.abc import Iterator

from graph.database import Graph
from graph.errors import Conflict, InvalidInput
from graph.imports.batches import Place, Portion, Portions
from graph.imports.errors import Refusal
from graph.imports.job import Job
from graph.imports.progress import OnProgress, Phase, Progress, Summary, Tally
from graph.imports.staging import Staging
from graph.write import Batch, Count, Links, Nodes, Outcome, Writer, prepare, write


class Writing:
    """The writing of one staging file."""

    def __init__(
        self,
        graph: Graph,
        staging: Staging,
        writer: Writer,
        job: Job | None,
        on_progress: OnProgress,
    ) -> None:
        self._graph = graph
        self._staging = staging
        self._writer = writer
        self._job = job
        self._on_progress = on_progress
        self._refusals: list[Refusal] = []

    async def run(self, portions: Portions, summary: Summary) -> None:
        """Write everything after the job's place, and count it into the summary."""
        place = self._job.place if self._job else Place()
        total = portions.total()
        done = portions.before(place)
        remaining = portions.since(place)
        portion = await asyncio.to_thread(_next, remaining)
        while portion is not None:
            self._flush()
            ahead = asyncio.create_task(asyncio.to_thread(_next, remaining))
            try:
                note = self._job.note(place, done, total) if self._job else []
                outcome = await self._write(portion, note) if portion.parts else Outcome()
            finally:
                following = await ahead
            self._count(portion, outcome, summary)
            done += portion.passed
            place = portion.place
            self._on_progress(
                Progress(Phase.WRITING, done, total, summary.rows, self._staging.refused_rows())
            )
            portion = following
        self._flush()

    async def _write(self, portion: Portion, note: list[Nodes]) -> Outcome:
        """Write a portion; leave out and report the rows that the write path refuses."""
        dry_run = self._job is None
        parts = [*portion.ends, *portion.parts, *note]
        try:
            return await write(self._graph, Batch(parts), self._writer, dry_run=dry_run)
        except (InvalidInput, Conflict) as error:
            if portion.size == 1:
                code = "CONFLICT" if isinstance(error, Conflict) else "INVALID"
                row = next(number for rows in portion.rows for number in rows)
                self._refusals.append(Refusal(row, None, code, str(error)))
                return Outcome()
        outcome = Outcome()
        for smaller in portion.smaller():
            outcome.add(await self._write(smaller, note))
        return outcome

    def _count(self, portion: Portion, outcome: Outcome, summary: Summary) -> None:
        """Add what became of a portion, and report links whose ends are not there."""
        for name, number in portion.unchanged_nodes.items():
            summary.nodes.setdefault(name, Tally()).unchanged += number
        for name, number in portion.unchanged_links.items():
            summary.links.setdefault(name, Tally()).unchanged += number
        for part, rows in zip(portion.parts, portion.rows, strict=True):
            if isinstance(part, Links):
                name = part.relationship.name
                count = outcome.links.get(name, Count())
                tally = summary.links.setdefault(name, Tally())
                self._report_missing(part, rows, count)
            else:
                count = outcome.nodes.get(part.node.name, Count())
                tally = summary.nodes.setdefault(part.node.name, Tally())
            tally.created += count.created
            tally.changed += count.changed
            tally.unchanged += count.unchanged
            tally.retracted += count.retracted
            if self._job and count.created + count.changed + count.retracted:
                self._job.changed()

    def _report_missing(self, part: Links, rows: list[int], count: Count) -> None:
        missing = set(count.missing)
        if not missing:
            return
        name = part.relationship.name
        message = f"The {name} of this row leads from or to a {part.end.name} that is not there."
        for link, row in zip(part.rows, rows, strict=True):
            if (link.start, link.end) in missing:
                self._refusals.append(Refusal(row, None, "MISSING_END", message))

    def _flush(self) -> None:
        """Keep the refusals before the next batch moves the place on."""
        with self._staging.transaction():
            self._staging.refuse(self._refusals)
        self._refusals.clear()


def _next(portions: Iterator[Portion]) -> Portion | None:
    """The next portion, its rows checked: the thread has the time, the database is at work."""
    portion = next(portions, None)
    if portion is not None:
        prepare([*portion.ends, *portion.parts])
    return portion
