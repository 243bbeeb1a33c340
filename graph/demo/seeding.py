"""Writing a demo world: the next batch is made while the last one is being written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from graph.database import Graph
from graph.demo import marker
from graph.demo.duplicates import Truth
from graph.demo.steps import steps
from graph.demo.world import LARGEST, SMALLEST, TODAY, Plan, World
from graph.errors import Conflict, InvalidInput
from graph.write import Outcome, Writer, write

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is written, and how much it is in all."""


@dataclass(slots=True)
class SeedSummary:
    """What became of the world's rows.

    Attributes:
        nodes: Nodes by label, whether they were there before or not.
        links: Relationships by type, likewise.
        created: Nodes and relationships that were not there before.
        changed: Those that differed; 0 unless somebody edited them.
        missing: Relationships whose end was not found; always 0.
    """

    nodes: dict[str, int] = field(default_factory=dict[str, int])
    links: dict[str, int] = field(default_factory=dict[str, int])
    created: int = 0
    changed: int = 0
    missing: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count what one batch did."""
        for mine, theirs in ((self.nodes, outcome.nodes), (self.links, outcome.links)):
            for name, count in theirs.items():
                rows = count.created + count.changed + count.unchanged
                mine[name] = mine.get(name, 0) + rows
                self.created += count.created
                self.changed += count.changed
                self.missing += len(count.missing)


async def seed(
    graph: Graph, *, people: int, seed: int, truth: Path, progress: Progress,
    today: date = TODAY, bench: bool = False,
) -> SeedSummary:  # fmt: skip
    """Write the demo world of these arguments; what is there already is left as it is.

    Args:
        graph: A graph whose schema is up to date.
        people: How many people, `SMALLEST` to `LARGEST`; planted second records come on top.
        seed: Chooses among the worlds of this size.
        truth: The file that says which records speak of one person; replaced as a whole.
        progress: Told after every batch.
        today: The day on which the world stands still.
        bench: Whether to add the two customers for benchmarks.

    Raises:
        InvalidInput: `people` is out of bounds.
        Conflict: the graph holds the demo world of other arguments.
        Unavailable: the database went away; run it again, and it goes on where it stopped.
    """
    return await _run(graph, _plan(people, seed, today, bench=bench), truth, progress)


async def seed_if_empty(
    graph: Graph, *, people: int, seed: int, truth: Path, progress: Progress,
    today: date = TODAY, bench: bool = False,
) -> SeedSummary | None:  # fmt: skip
    """Seed a graph that has no party, or complete what an interrupted seed began.

    Args, errors: as for `seed`; a world that was begun is completed with its own arguments.

    Returns:
        None when there was nothing to do.
    """
    found = await marker.read(graph)
    if found.plan and not found.complete:
        return await _run(graph, found.plan, truth, progress)
    if found.inhabited:
        return None
    return await _run(graph, _plan(people, seed, today, bench=bench), truth, progress)


def _plan(people: int, seed: int, today: date, *, bench: bool) -> Plan:
    if not SMALLEST <= people <= LARGEST:
        raise InvalidInput(f"A demo world has between {SMALLEST} and {LARGEST:,} people.")
    return Plan(people, seed, today, bench)


async def _run(graph: Graph, plan: Plan, truth: Path, progress: Progress) -> SeedSummary:
    found = await marker.read(graph)
    if found.plan not in {None, plan}:
        raise Conflict(
            "The graph holds the demo world of other arguments: use those, or an empty graph."
        )
    writer = Writer("seed", now=f"{plan.today}T00:00:00.000Z", op="seed")
    if found.plan is None:
        await marker.mark(graph, plan, writer, complete=False)
    summary = SeedSummary()
    await _fill(graph, plan, writer, truth, progress, summary)
    if not found.complete:
        await marker.mark(graph, plan, writer, complete=True)
    return summary


async def _fill(
    graph: Graph, plan: Plan, writer: Writer, truth: Path, progress: Progress, summary: SeedSummary
) -> None:
    """Make and write batch after batch."""
    with Truth(truth) as book:
        making = steps(World.of(plan), book.tell)
        step = await asyncio.to_thread(next, making, None)
        while step is not None:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(write(graph, step.batch, writer))
                coming = tasks.create_task(asyncio.to_thread(next, making, None))
            summary.add(writing.result())
            progress(step.stage, step.done, step.total)
            step = coming.result()
