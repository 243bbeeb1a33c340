"""`retention`: end what is past its time."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from api.connections import open_graph_for_bulk_writes
from api.exporting import folder_in
from api.settings import Settings, load_settings
from graph.privacy.retention import run_retention

ACTOR = "retention"


def retention(
    action: Annotated[Literal["run"], typer.Argument(help="What to do: run.")],  # noqa: ARG001
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count; nothing is changed.")
    ] = False,
) -> None:
    """End what is past its retention, and erase people of whom nothing was heard for as long."""
    counts = asyncio.run(_run(load_settings(), dry_run=dry_run))
    said = "would end" if dry_run else "ended"
    for name, count in sorted(counts.items()):
        print(f"{name:24}{count:>12,} {said}")
    print(f"{sum(counts.values()):,} in all {said}.")


async def _run(settings: Settings, *, dry_run: bool) -> dict[str, int]:
    async def progress(name: str, count: int) -> None:
        print(f"{name}: {count:,}", end="\r", flush=True)

    async with open_graph_for_bulk_writes(settings) as graph:
        counts = await run_retention(
            graph,
            datetime.now(UTC),
            ACTOR,
            progress,
            dry_run=dry_run,
            record_days=settings.record_days,
        )
    if not dry_run:
        counts["export files"] = await asyncio.to_thread(folder_in(settings.data_dir).expire)
    return {name: count for name, count in counts.items() if count}
