"""`python -m api match`: who of all parties is one, by a linkage model; see docs/matching.md."""

import asyncio
import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from api.connections import open_graph_for_bulk_writes
from api.garbage import bulk_work
from api.settings import Settings, load_settings
from graph.database import Graph
from graph.errors import InvalidInput
from graph.matching import neighbours, reading
from graph.matching.evaluating import MODELS, evaluator
from graph.matching.neighbours import Neighbours
from graph.matching.pairs import Pair
from graph.matching.resolving.policy import Policy
from graph.matching.resolving.scoring import RULE
from graph.matching.running import Matching, Predict, Progress, Report
from graph.migrations import migrate

MISUSED = 2
THREADS = 2


class Kind(StrEnum):
    """Kinds of party that are matched."""

    PERSON = "person"
    COMPANY = "company"
    HOUSEHOLD = "household"

    @property
    def label(self) -> str:
        """The kind's label in the graph."""
        return self.value.title()


Train = Annotated[
    Path | None, typer.Option(help="Learn a model from the records into this file instead.")
]
Memory = Annotated[str, typer.Option(help="Most memory that linking takes, such as 2GB.")]


def match(
    kind: Annotated[Kind, typer.Option(help="Whom to match.")] = Kind.PERSON,
    full: Annotated[
        bool, typer.Option("--full", help="Look at all records, not only at what changed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Join nobody: propose every pair to a person.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(help="Another model than the one that comes along.")
    ] = None,
    train: Train = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON, too.")] = None,
    memory: Memory = "2GB",
) -> None:
    """Find parties that are one, merge those a model is sure of and propose the others."""
    settings = load_settings()
    accept = settings.match_accept
    if kind is not Kind.PERSON and model is None:
        accept = neighbours.SURE  # no score joins companies: those of one group look like one
    policy = Policy("review" if review else "auto", accept, settings.match_review)
    try:
        with bulk_work():
            if train is not None:
                _learn(settings, kind, train, memory)
                return
            way = _way(kind, model, memory)
            found = asyncio.run(_match(settings, kind, way, policy, full=full, dry_run=dry_run))
        if report is not None:
            report.write_bytes(orjson.dumps(found.json(), option=orjson.OPT_INDENT_2) + b"\n")
    except (InvalidInput, OSError) as error:
        print(str(error), file=sys.stderr)
        raise typer.Exit(MISUSED) from None
    print(told(found))


@dataclass(frozen=True, slots=True)
class _Way:
    """How pairs are found: the name of the model, what predicts, and the rule that merges name."""

    model: str
    predict: Predict
    rule: str = RULE


def _way(kind: Kind, model: Path | None, memory: str) -> _Way:
    """How pairs of a kind are found: by a model, households by their address."""
    if kind is Kind.HOUSEHOLD:
        if model is not None:
            raise InvalidInput("Households are matched by their address, without a model.")
        found = partial(_by_address, kind)
        return _Way(Neighbours().model, found, neighbours.RULE)
    linking = _linking()
    loaded, name = _load(model or MODELS / f"{kind.value}.json", kind)
    predict = _predictor(linking, loaded, kind, linking.connect(memory, THREADS))
    if kind is Kind.PERSON or model is not None:
        return _Way(name, predict)
    return _Way(name, partial(_by_address, kind, predict=predict), neighbours.RULE)


def _by_address(
    kind: Kind, read: reading.Read, least: float, predict: Predict | None = None
) -> list[Pair]:
    """Pairs by name and address, before those that a model finds."""
    found = neighbours.pairs(kind.label, read)
    return [*found, *neighbours.below(predict(read, least))] if predict else found


def _learn(settings: Settings, kind: Kind, path: Path, memory: str) -> None:
    """Learn a model of a kind from the records in the graph."""
    if kind is Kind.HOUSEHOLD:
        raise InvalidInput("Households are matched by their address, without a model.")
    linking = _linking()
    asyncio.run(_train(settings, kind, path, linking, linking.connect(memory, THREADS)))


def _linking() -> Any:
    """The part that needs packages which the server does without."""
    try:
        return importlib.import_module("graph.matching.linking")
    except ModuleNotFoundError as error:
        print(
            f"Matching needs the package {error.name}: pip install --require-hashes "
            "-r requirements/matching.txt",
            file=sys.stderr,
        )
        raise typer.Exit(MISUSED) from None


def _load(path: Path, kind: Kind) -> tuple[dict[str, Any], str]:
    """Read a model, and refuse one that lacks something or is of another kind."""
    if not path.exists():
        raise InvalidInput(f"There is no model {path.name}; learn one with --train.")
    try:
        loaded: dict[str, Any] = orjson.loads(path.read_bytes())
        label, name = loaded["kind"], f"{path.stem} {loaded['version']}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise InvalidInput(f"{path.name} is no model; learn one with --train.") from None
    if label != kind.label:
        raise InvalidInput(f"{path.name} is a model of another kind of party: {label}.")
    evaluator(loaded, kind.label, name)
    return loaded, name


def _predictor(linking: Any, model: dict[str, Any], kind: Kind, database: Any) -> Predict:
    def predict(read: reading.Read, least: float) -> Any:
        table = linking.table(kind.label, read.rows, read.fresh)
        return linking.predict(model, table, database, least)

    return predict


async def _match(
    settings: Settings, kind: Kind, way: _Way, policy: Policy, *, full: bool, dry_run: bool
) -> Report:
    """Match over the running engines, or own ones."""
    async with open_graph_for_bulk_writes(settings) as graph:
        if not dry_run:
            await migrate(graph)
        with _bars() as progress:
            matching = Matching(
                graph, kind.label, way.model, way.predict, policy, progress, dry_run, way.rule
            )
            return await matching.run(full=full)


async def _train(settings: Settings, kind: Kind, path: Path, linking: Any, database: Any) -> None:
    """Learn a model from all records of a kind."""
    async with open_graph_for_bulk_writes(settings) as graph:
        with _bars() as progress:
            read = await _all(graph, kind, progress)
            progress("learning", 0, 0)
            table = linking.table(kind.label, read.rows, read.fresh)
            learned = linking.train(kind.label, table, database)
    linking.save(learned, path, kind.label, path.stem)
    print(f"Learned from {len(read.rows):,} records: {path}")


async def _all(graph: Graph, kind: Kind, progress: Progress) -> reading.Read:
    read = reading.Read()
    async for done, total, so_far in reading.records(graph, kind.label, None):
        progress("reading", done, total)
        read = so_far
    return read


@contextmanager
def _bars() -> Generator[Progress]:
    """Draw a bar for each stage on standard error, if somebody looks at it."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Bars(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield show


def told(report: Report) -> str:
    """Return what a run found, for a person."""
    lines = [
        f"{report.records:,} records of {report.kind}, {report.fresh:,} looked at; model "
        f"{report.model}; joined from {report.accept:g}, proposed from {report.review:g}.",
        f"{report.pairs:,} pairs; {report.clusters:,} clusters; {report.merged:,} parties merged; "
        f"{report.proposed:,} pairs for a person to decide.",
    ]
    if report.dry_run:
        lines.insert(0, "Dry run: this is what would change; nothing was changed.")
    for count, why in (
        (report.apart, "told apart by somebody"),
        (report.large, "in clusters that would be too large"),
        (report.gone, "changed meanwhile, for the next run"),
    ):
        if count:
            lines.append(f"Passed over: {count:,} pairs {why}.")
    if report.largest:
        largest = ", ".join(f"{count} ({party})" for count, party in report.largest)
        lines.append(f"Largest clusters: {largest}.")
    lines.append(", ".join(f"{stage} {seconds:g} s" for stage, seconds in report.seconds.items()))
    return "\n".join(lines)
