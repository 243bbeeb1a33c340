"""`import`: bring a file into the graph."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from api.connections import open_graph_for_bulk_writes
from api.garbage import bulk_work
from api.resolving import resolver_of
from api.settings import Settings, load_settings
from graph.imports import (
    ImportRefused,
    Mapping,
    OnProgress,
    Phase,
    Progress,
    Summary,
    Tally,
    generic_mapping,
    import_file,
    is_generic,
    load_mapping,
)
from graph.migrations import migrate

MISUSED = 2
WITH_REFUSED_ROWS = 3
REPORTS = "imports"


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL (both also .gz) or XLSX.")],
    mapping: Annotated[
        Path,
        typer.Option(
            help="A YAML file, the name of a mapping that comes along, node:LABEL, or "
            "link:TYPE:START:END."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    source: Annotated[
        str | None, typer.Option(help="Name of the system the rows come from.")
    ] = None,
) -> None:
    """Import a file; the exit status is 3 when rows were refused, 2 when nothing could be done."""
    settings = load_settings()
    try:
        _check_source(source)
        name = str(mapping)
        usable = generic_mapping(name, file) if is_generic(name) else load_mapping(mapping)
        with bulk_work():
            summary = asyncio.run(_import(settings, file, usable, source, dry_run=dry_run))
    except ImportRefused as error:
        if error.code == "ALREADY_RUNNING":
            raise
        print(f"{error} [{error.code}]", file=sys.stderr)
        raise typer.Exit(MISUSED) from None
    print(told(summary))
    if summary.refused:
        raise typer.Exit(WITH_REFUSED_ROWS)


def _check_source(source: str | None) -> None:
    if source is not None and not (source.isprintable() and 0 < len(source.strip()) <= 100):
        raise typer.BadParameter("must be a name of 1 to 100 characters", param_hint="--source")


async def _import(
    settings: Settings, file: Path, mapping: Mapping, source: str | None, *, dry_run: bool
) -> Summary:
    """Import over the running engines, or own ones."""
    report = settings.data_dir / REPORTS / f"{file.name}.refused.jsonl"
    async with open_graph_for_bulk_writes(settings) as graph:
        graph.resolver = resolver_of(settings)
        if not dry_run:
            await migrate(graph)
        with _bars() as progress:
            return await import_file(
                graph,
                file,
                mapping,
                source=source.strip() if source else None,
                dry_run=dry_run,
                report=report,
                progress=progress,
            )


@contextmanager
def _bars() -> Generator[OnProgress]:
    """Draw a bar for each phase on standard error, if somebody looks at it."""
    console = Console(stderr=True)
    with Bars(*_columns(), console=console, disable=not console.is_terminal) as bars:
        tasks = {phase: bars.add_task(phase.value, visible=False, detail="") for phase in Phase}

        def show(moment: Progress) -> None:
            detail = f"{moment.rows:,} rows" + (
                f", {moment.refused:,} refused" if moment.refused else ""
            )
            bars.update(
                tasks[moment.phase],
                completed=moment.done,
                total=moment.total or None,
                detail=detail,
                visible=True,
            )

        yield show


class _Amount(ProgressColumn):
    """Bytes while reading, numbers of nodes and links while writing."""

    def __init__(self) -> None:
        super().__init__()
        self._read = DownloadColumn()
        self._written = MofNCompleteColumn()

    def render(self, task: Task) -> RenderableType:
        """Draw the column that fits the phase."""
        column = self._read if task.description == Phase.READING.value else self._written
        return column.render(task)


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description:8}"),
        BarColumn(),
        _Amount(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(compact=True),
    )


def told(summary: Summary) -> str:
    """Return what an import did, for a person."""
    rate = summary.rows / summary.seconds if summary.seconds else 0.0
    lines = [
        f"{summary.rows:,} rows in {summary.seconds:.1f} s ({rate:,.0f} rows/s), "
        f"{summary.refused:,} refused."
    ]
    if summary.dry_run:
        lines.insert(0, "Dry run: this is what would change; nothing was changed.")
    if summary.resumed:
        lines.append("An interrupted import went on where it had stopped; this part of it:")
    lines.append(f"{'':20}{'created':>12}{'changed':>12}{'unchanged':>12}{'retracted':>12}")
    lines += [
        _line(name, tally) for name, tally in (*summary.nodes.items(), *summary.links.items())
    ]
    if summary.report:
        lines.append(f"Refused rows and why: {summary.report}")
    return "\n".join(lines)


def _line(name: str, tally: Tally) -> str:
    counts = (tally.created, tally.changed, tally.unchanged, tally.retracted)
    return f"{name:20}" + "".join(f"{count:>12,}" for count in counts)
