"""One import from its beginning to its end."""

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from graph.custom.definitions import Definition, definitions
from graph.database import Graph
from graph.imports.batches import Look, Portions
from graph.imports.errors import ImportRefused, MappingRefused
from graph.imports.files import Source
from graph.imports.job import Job
from graph.imports.mapping import Mapping, read_mapping
from graph.imports.plan import Custom, Plan, problems_of
from graph.imports.progress import OnProgress, Progress, Summary, Tally
from graph.imports.reading import plan_of, stage
from graph.imports.staging import Staging
from graph.imports.writing import Writing
from graph.model import MODEL
from graph.model.kinds import Node, Relationship
from graph.model.machinery import JOB
from graph.write import Key, Writer, planned_ahead, unchanged

ACTOR = "import"
_BUSY = "Another process imports this file: wait until that has ended."
REDUCTION = 3
"""Number of the way rows are reduced and ordered; raised when a staging file or place differs."""


def committed_mappings() -> dict[str, Path]:
    """Return the mappings that come with the program, by name."""
    folder = Path(__file__).parent / "mappings"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_mapping(path: Path) -> Mapping:
    """Read a mapping from a file; a name without a suffix may be that of a committed one.

    Raises:
        MappingRefused: one sentence per problem, each with the line of the YAML.
    """
    known = committed_mappings().get(str(path))
    return read_mapping(known if known and not path.exists() else path, problems_of)


async def import_file(
    graph: Graph,
    file: Path,
    mapping: Mapping,
    *,
    source: str | None = None,
    dry_run: bool = False,
    report: Path,
    progress: OnProgress = lambda _: None,
) -> Summary:
    """Bring a file into the graph; again, it changes nothing or goes on where it was interrupted.

    Args:
        graph: The graph, with its constraints in place.
        file: CSV, JSONL (both also .gz) or XLSX.
        mapping: What the columns mean.
        source: Name of the system, instead of the mapping's.
        dry_run: Count what would change, and change nothing.
        report: Receives one JSON object per reason; absent when no row was refused. The staging
            file lies beside it while the import runs.
        progress: Told how far it has come, also from another thread; must not raise.

    Returns:
        What this run created, changed and left alone, or would have.

    Raises:
        ImportRefused: the file cannot be used or is being imported already; nothing was changed.
        GraphError: the database failed; import again to go on.
    """
    started = time.monotonic()
    run = await asyncio.to_thread(
        _prepared, file, mapping, source, dry_run=dry_run, folder=report.parent, progress=progress
    )
    try:
        with FileLock(run.staged.with_suffix(".lock"), timeout=0):
            summary = await _run(graph, run, report)
    except Timeout:
        raise ImportRefused("ALREADY_RUNNING", _BUSY) from None
    summary.seconds = time.monotonic() - started
    return summary


def _prepared(
    file: Path,
    mapping: Mapping,
    source: str | None,
    *,
    dry_run: bool,
    folder: Path,
    progress: OnProgress,
) -> "_Import":
    """Return what one run is about."""
    opened = Source(file, mapping.spec.format)
    name = source or mapping.spec.source
    identity = _identity(opened, mapping, name)
    folder.mkdir(parents=True, exist_ok=True)
    staged = folder / f".{identity[:32]}{'.dry' if dry_run else ''}.staging"
    return _Import(opened, mapping, name, identity, dry_run, staged, progress)


class _Import:
    """What one run is about."""

    def __init__(
        self,
        file: Source,
        mapping: Mapping,
        name: str,
        identity: str,
        dry_run: bool,
        staged: Path,
        progress: OnProgress,
    ) -> None:
        self.file = file
        self.mapping = mapping
        self.name = name
        self.identity = identity
        self.dry_run = dry_run
        self.staged = staged
        self._progress = progress
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the reading, which goes on in a thread, at the next sign of progress."""
        self._stopped.set()

    def progress(self, moment: Progress) -> None:
        """Pass progress on, unless the import was interrupted."""
        if self._stopped.is_set():
            raise ImportRefused("INTERRUPTED", "The import was interrupted.")
        self._progress(moment)


async def _run(graph: Graph, run: _Import, report: Path) -> Summary:
    custom = await _custom(graph, run.mapping)
    plan = await asyncio.to_thread(plan_of, run.file, run.mapping, run.name, custom)
    async with planned_ahead(graph, _kinds(plan)):
        return await _stage_and_write(graph, run, plan, report)


async def _custom(graph: Graph, mapping: Mapping) -> Custom | None:
    """Return the custom fields in use for the nodes of a mapping; None when it names none.

    Raises:
        MappingRefused: it names one that is not in use, with the line of the YAML.
    """
    found: dict[str, dict[str, Definition]] = {}
    absent: list[str] = []
    for name, spec in mapping.spec.nodes.items():
        if not spec.custom:
            continue
        found[name] = known = await definitions(graph, MODEL.by_label[spec.label])
        for each in spec.custom:
            if each not in known:
                line = mapping.lines.of(("nodes", name, "custom", each))
                text = f"{spec.label} has no custom field {each!r} in use: define it by fieldDefine"
                absent.append(f"Line {line}: {text}.")
    if absent:
        raise MappingRefused(absent)
    return found or None


async def _stage_and_write(graph: Graph, run: _Import, plan: Plan, report: Path) -> Summary:
    try:
        staging, rows = await asyncio.to_thread(_staged, run, plan)
    except asyncio.CancelledError:
        run.stop()
        raise
    try:
        summary = await _write(graph, run, plan, staging, rows)
        summary.report = await asyncio.to_thread(_report, staging, summary.refused, report)
    finally:
        staging.close()
    _remove(run.staged)
    return summary


def _kinds(plan: Plan) -> list[Node | Relationship]:
    """Return the kinds of what an import writes, in that order."""
    nodes = (each.node for each in plan.nodes if not each.reference)
    return [JOB, *nodes, *(each.relationship for each in plan.links)]


async def _write(graph: Graph, run: _Import, plan: Plan, staging: Staging, rows: int) -> Summary:
    """Write what was staged."""
    summary = Summary(rows=rows, dry_run=run.dry_run)
    for node in plan.nodes:
        if not node.reference:
            summary.nodes.setdefault(node.node.name, Tally())
    for link in plan.links:
        summary.links.setdefault(link.relationship.name, Tally())
    writer = Writer(ACTOR, run.name, op="import")
    job = None if run.dry_run else Job(graph, run.identity, writer)
    if job:
        await job.find()
        summary.resumed = job.resumed
    portions = await asyncio.to_thread(
        Portions, plan, staging, None if run.dry_run else _looking(graph)
    )
    await Writing(graph, staging, writer, job, run.progress).run(portions, summary)
    summary.refused = staging.refused_rows()
    if job:
        await job.finish(portions.total(), {"rows": rows, "refused": summary.refused})
    return summary


def _looking(graph: Graph) -> Look:
    """Return how a thread asks the graph which documents it holds as they were last written."""
    loop = asyncio.get_running_loop()

    def look(node: Node, rows: Sequence[tuple[Key, str]]) -> set[int]:
        return asyncio.run_coroutine_threadsafe(unchanged(graph, node, rows), loop).result()

    return look


def _identity(file: Source, mapping: Mapping, name: str) -> str:
    """Return what tells this import from every other: contents, mapping and source."""
    parts = (file.digest(), mapping.digest, name, file.format, str(REDUCTION))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _staged(run: _Import, plan: Plan) -> tuple[Staging, int]:
    """Return the complete staging file, from an interrupted run or a new one, and its rows."""
    if run.staged.exists():
        staging = Staging(run.staged)
        meta = None if run.dry_run else staging.complete()
        if meta is not None:
            return staging, meta["rows"]
        staging.close()
        _remove(run.staged)
    staging = Staging(run.staged)
    try:
        staging.create()
        stage(run.file, run.mapping, plan, staging, run.progress)
    except BaseException:
        staging.close()
        _remove(run.staged)
        raise
    meta = staging.complete()
    return staging, meta["rows"] if meta else 0


def _remove(staged: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        staged.with_name(staged.name + suffix).unlink(missing_ok=True)


def _report(staging: Staging, refused: int, report: Path) -> Path | None:
    """Write the report at once, so that nobody reads half of one."""
    if refused == 0:
        report.unlink(missing_ok=True)
        return None
    partial = report.with_name(report.name + ".part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        for each in staging.refusals():
            line = {
                "row": each.row, "column": each.column, "code": each.code, "message": each.message,
            }  # fmt: skip
            out.write(orjson.dumps(line) + b"\n")
    partial.replace(report)
    return report
