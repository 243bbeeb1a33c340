"""`python -m api drop`: take back everything that one source said; see docs/identity.md."""

import asyncio
import sys
from typing import Annotated

import typer

from api.connections import open_graph_for_bulk_writes
from api.garbage import bulk_work
from api.settings import Settings, load_settings
from graph.identity.dropping import Dropped, drop_source
from graph.migrations import migrate
from graph.write import Writer

ACTOR = "drop"


def drop(
    source: Annotated[str, typer.Argument(help="Name of the source, as its records state it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count at most how many, and change nothing.")
    ] = False,
    because: Annotated[str | None, typer.Option(help="Why, for the history.")] = None,
) -> None:
    """Take back what a source said: each value falls to the next record that states one."""
    with bulk_work():
        found = asyncio.run(_drop(load_settings(), source, because, dry_run=dry_run))
    if not found.records:
        print(f"There is no record of a source {source!r}.", file=sys.stderr)
        raise typer.Exit(2)
    print(told(found, dry_run=dry_run))


async def _drop(settings: Settings, source: str, because: str | None, *, dry_run: bool) -> Dropped:
    def progress(found: Dropped) -> None:
        print(f"{found.records:,} records", end="\r", file=sys.stderr, flush=True)

    writer = Writer(ACTOR, op="sourceRecordDrop", reason=because)
    async with open_graph_for_bulk_writes(settings) as graph:
        if not dry_run:
            await migrate(graph)
        return await drop_source(graph, source, writer, progress, dry_run=dry_run)


def told(found: Dropped, *, dry_run: bool) -> str:
    """Return what was done, or would be, as a few lines."""
    silent = found.records - found.dropped - found.kept
    done = "would say nothing any more" if dry_run else "say nothing any more"
    return (
        f"{found.records:,} records: {found.dropped:,} {done}, {silent:,} said nothing before, "
        f"{found.kept:,} stay as they are all that is known of a party."
    )
