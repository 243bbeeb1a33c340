"""`seed`: fill the graph with the demo world."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.connections import open_graph_for_bulk_writes
from api.garbage import bulk_work
from api.settings import Settings, load_settings
from graph import demo
from graph.database import Graph
from graph.migrations import migrate

TRUTH = "demo-truth.jsonl"


@dataclass(frozen=True)  # no slots: the command reads the defaults from the class
class World:
    """Which demo world; the defaults are what `make demo` shows."""

    people: int = 2000
    seed: int = 7
    today: date = demo.TODAY
    bench: bool = False


def seed(
    people: Annotated[
        int,
        typer.Option(
            help="How many people; companies, orders and the rest follow from it.",
            min=demo.SMALLEST,
            max=demo.LARGEST,
        ),
    ] = World.people,
    seed: Annotated[int, typer.Option(help="Which of the worlds of this size.")] = World.seed,
    today: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which the world stands still."),
    ] = datetime.combine(World.today, datetime.min.time()),
    bench: Annotated[
        bool, typer.Option("--bench", help="Add a customer with 1,000 orders and one with 10.")
    ] = False,
    if_empty: Annotated[
        bool,
        typer.Option(
            "--if-empty", help="Only if the graph has no party, or to complete an interrupted seed."
        ),
    ] = False,
) -> None:
    """Fill the graph with invented people, companies and partners; safe to repeat."""
    world = World(people, seed, today.date(), bench)
    asyncio.run(_seed(load_settings(), world, if_empty=if_empty))


async def _seed(settings: Settings, world: World, *, if_empty: bool) -> None:
    async with open_graph_for_bulk_writes(settings) as graph:
        await migrate(graph)
        summary = await fill(graph, settings.data_dir, world, if_empty=if_empty)
    if summary is None:
        print("The graph holds parties already: nothing was added.")
        return
    nodes, links = sum(summary.nodes.values()), sum(summary.links.values())
    print(f"{nodes:,} nodes and {links:,} relationships, {summary.created:,} of them new.")
    print(f"Which records speak of the same person: {settings.data_dir / TRUTH}")


async def fill(
    graph: Graph, data_dir: Path, world: World | None = None, *, if_empty: bool = True
) -> demo.SeedSummary | None:
    """Seed a graph whose schema is up to date, with a progress bar on stderr.

    Returns:
        None when the graph was to be left alone because it holds parties.

    Raises:
        Conflict: the graph holds the demo world of other arguments.
        Unavailable: the database went away; the same call goes on where it stopped.
    """
    world = world or World()
    columns = (TextColumn("demo data: {task.description:<10}"), BarColumn(), TimeElapsedColumn())
    run = demo.seed_if_empty if if_empty else demo.seed
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def told(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total)

        with bulk_work():
            return await run(
                graph,
                people=world.people,
                seed=world.seed,
                truth=data_dir / TRUTH,
                progress=told,
                today=world.today,
                bench=world.bench,
            )
