"""The first half of an import: the file, row by row, into the staging file.

Nothing is written to the graph here, so a file that turns out to be damaged at its last byte
has changed nothing.
"""

import hashlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

import orjson

from graph.imports.conditions import Cell, text_of
from graph.imports.definitions import Definition, NodeDefinition
from graph.imports.errors import Fault, FileRefused, Refusal, Unfit
from graph.imports.files import Source
from graph.imports.mapping import Mapping
from graph.imports.memo import Chunk
from graph.imports.plan import (
    Custom,
    Found,
    FoundColumns,
    Plan,
    check_columns,
    link_item,
    wanted_columns,
)
from graph.imports.progress import OnProgress, Phase, Progress
from graph.imports.reducing import Stamp
from graph.imports.rows import Rows, open_rows
from graph.imports.staging import HELD, Collector, Counters, Staging

TELL_EVERY = 2_000
AT_ONCE = 500
"""Rows that are looked at column by column; a divisor of `TELL_EVERY`."""


def plan_of(source: Source, mapping: Mapping, name: str, custom: Custom | None = None) -> Plan:
    """Open the file, check its header, and return the mapping compiled against it.

    Args:
        source: The file.
        mapping: The mapping.
        name: Name of the system that keys belong to.
        custom: The custom fields in use that the mapping names.

    Raises:
        FileRefused: the file cannot be used.
    """
    with open_rows(source, mapping.spec, wanted_columns(mapping)) as rows:
        check_columns(mapping, rows.columns)
        return Plan(mapping, rows.columns, name, custom)


def stage(
    source: Source, mapping: Mapping, plan: Plan, staging: Staging, on_progress: OnProgress
) -> None:
    """Read the whole file into an empty staging file and mark that as complete.

    Raises:
        FileRefused: the file as a whole cannot be used.
    """
    wanted = wanted_columns(mapping)
    if any(node.strict for node in plan.nodes):
        with open_rows(source, mapping.spec, wanted) as rows:
            _note_what_is_said(plan, rows, staging)
    with open_rows(source, mapping.spec, wanted) as rows:
        reading = _Reading(plan, staging, rows, source.size, on_progress)
        reading.run()
    if reading.rows == 0:
        raise FileRefused("NO_ROWS", "The file has a header and no rows: there is nothing to do.")
    source.check_unchanged()
    staging.finish({"rows": reading.rows})


class _Reading:
    """One pass over the rows."""

    def __init__(
        self, plan: Plan, staging: Staging, rows: Rows, size: int, on_progress: OnProgress
    ) -> None:
        self._plan = plan
        self._staging = staging
        self._rows = rows
        self._size = size
        self._on_progress = on_progress
        definitions: list[Definition] = [*plan.nodes, *plan.links]
        self._collector = Collector(staging, definitions)
        self._counters = Counters(staging, len(plan.groups))
        self._refusals: list[Refusal] = []
        self._finds = _Finds(plan, staging)
        self._strict = [(i, node) for i, node in enumerate(plan.nodes) if node.strict]
        self.rows = 0
        self.refused = 0

    def run(self) -> None:
        """Read every row."""
        while some := list(islice(self._rows.each, AT_ONCE)):
            self.rows += len(some)
            read = [each for each in some if not isinstance(each, Refusal)]
            if len(read) < len(some):
                for each in some:
                    if isinstance(each, Refusal):
                        self._refuse([each])
            self._take([number for number, _ in read], [cells for _, cells in read])
            if self.rows % TELL_EVERY == 0:
                self._tell()
        self._flush()
        self._collector.flush()
        self._finds.grant(self._collector)
        self._collector.flush()
        self._tell()

    def _take(self, numbers: list[int], rows: list[list[Cell]]) -> None:
        """Read some rows, column by column."""
        if not rows:
            return
        columns: list[Sequence[Cell]] = [*zip(*rows, strict=True), numbers]
        columns += [
            self._counters.count(i, joined(columns, group))
            for i, group in enumerate(self._plan.groups)
        ]
        chunk = Chunk(list(zip(*columns, strict=True)), columns)
        found = self._plan.read_many(chunk, self._check_strict if self._strict else None)
        for i, unfit in found.refused:
            faults = unfit.faults
            self._refuse([Refusal(numbers[i], one.column, one.code, one.message) for one in faults])
        stamps: list[Stamp] = [
            (isinstance(order, str), order, number)
            for order, number in zip(found.orders, numbers, strict=True)
        ]
        for position, items in enumerate(found.nodes):
            if not self._plan.nodes[position].reference:
                self._collector.add(position, items, stamps)
        first = len(found.nodes)
        for position, items in enumerate(found.links):
            if self._plan.links[position].find is None:
                self._collector.add(first + position, items, stamps)
        self._finds.note(chunk, stamps, found)

    def _check_strict(self, found: Found) -> None:
        """Refuse a row of a key over which rows contradict each other."""
        for position, node in self._strict:
            item = found.nodes[position]
            rows = self._staging.contradicted(position, item[0]) if item else None
            if rows:
                message = (
                    f"Rows {rows[0]} and {rows[1]} contradict each other over one {node.name}."
                )
                raise Unfit(Fault(None, "CONTRADICTION", message))

    def _refuse(self, refusals: list[Refusal]) -> None:
        self.refused += 1
        self._refusals.extend(refusals)
        if len(self._refusals) >= HELD:
            self._flush()

    def _flush(self) -> None:
        with self._staging.transaction():
            self._staging.refuse(self._refusals)
        self._refusals.clear()

    def _tell(self) -> None:
        done = self._rows.position()
        self._on_progress(Progress(Phase.READING, done, self._size, self.rows, self.refused))


class _Finds:
    """Links to nodes of earlier rows: rows are noted, and joined once all are known."""

    def __init__(self, plan: Plan, staging: Staging) -> None:
        self._staging = staging
        self._first = len(plan.nodes)
        self._links = [(i, link) for i, link in enumerate(plan.links) if link.find]
        self._candidates: list[tuple[Any, ...]] = []
        self._wishes: list[tuple[Any, ...]] = []

    def note(self, chunk: Chunk, stamps: Sequence[Stamp], found: FoundColumns) -> None:
        """Note what rows offer to others and what they look for."""
        for position, link in self._links:
            groups = joined(chunk.columns, link.find.cells if link.find else ())
            rows = zip(groups, stamps, found.nodes[link.end], found.links[position], strict=True)
            for by, (_, order, number), target, wish in rows:
                if target is not None:
                    self._candidates.append((position, by, order, number, target[0]))
                if wish is not None:
                    self._wishes.append((position, by, order, number, wish[0]))
        if len(self._candidates) + len(self._wishes) >= HELD:
            self._flush()

    def grant(self, collector: Collector) -> None:
        """Hand every link whose end was found to the collector."""
        self._flush()
        for position, link in self._links:
            for start, end, order, row in self._staging.granted(position):
                stamp: Stamp = (isinstance(order, str), order, row)
                collector.add(self._first + position, [link_item(link, start, end)], [stamp])

    def _flush(self) -> None:
        with self._staging.transaction():
            self._staging.add_candidates(self._candidates)
            self._staging.add_wishes(self._wishes)
        self._candidates.clear()
        self._wishes.clear()


def joined(columns: Sequence[Sequence[Cell]], group: Sequence[int]) -> list[str]:
    """Return for every row the texts of a group of columns as one; equal where the texts are."""
    texts = [[text_of(cell) for cell in columns[i]] for i in group]
    return ["\x1f".join(each) for each in zip(*texts, strict=True)]


def _note_what_is_said(plan: Plan, rows: Rows, staging: Staging) -> None:
    """Note, for every key that must be said once, what each row says of it."""
    noted: list[tuple[int, str, bytes, int]] = []
    strict = [(i, node) for i, node in enumerate(plan.nodes) if node.strict]
    for each in rows.each:
        if isinstance(each, Refusal):
            continue
        number, cells = each
        row = (*cells, number, *([0] * len(plan.groups)))
        noted.extend(_said(strict, row, number))
        if len(noted) >= HELD:
            _say(staging, noted)
    _say(staging, noted)


def _said(
    strict: Sequence[tuple[int, NodeDefinition]], row: Sequence[Cell], number: int
) -> list[tuple[int, str, bytes, int]]:
    found: list[tuple[int, str, bytes, int]] = []
    for position, node in strict:
        try:
            item = node.read(row)
        except Unfit:
            continue  # the second pass refuses this row with its reasons
        if item is not None:
            digest = hashlib.sha256(orjson.dumps(item[1])).digest()
            found.append((position, item[0], digest, number))
    return found


def _say(staging: Staging, noted: list[tuple[int, str, bytes, int]]) -> None:
    with staging.transaction():
        staging.say(noted)
    noted.clear()
