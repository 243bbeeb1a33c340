"""A mapping made ready for one file: what each row is turned into.

Nothing here remembers rows, except the position counters, which hold one number per group.
"""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Known
from dataclasses import dataclass, field
from typing import Any

from graph.custom.definitions import Definition as CustomField
from graph.imports.conditions import Columns, Row, compile_condition
from graph.imports.definitions import (
    LINK_SEPARATOR,
    SELDOM,
    Item,
    LinkDefinition,
    NodeDefinition,
    compile_link,
    compile_node,
)
from graph.imports.errors import Fault, FileRefused, Path, Problem, Unfit
from graph.imports.functions import Value
from graph.imports.mapping import Condition, Mapping
from graph.imports.memo import FAULT, Chunk, Memo
from graph.imports.values import Ordinals, Scope, compile_value

MAX_COLUMNS = 1_000
Custom = Known[str, Known[str, CustomField]]
"""The custom fields in use, by the name of a node in the mapping and by their own."""


@dataclass(slots=True)
class Found:
    """What one row holds: per node definition an item or None, and the links' items."""

    order: str | float
    nodes: list[Item | None]
    links: list[Item | None] = field(default_factory=list[Item | None])


@dataclass(slots=True)
class FoundColumns:
    """What the rows of a chunk hold: `Found` turned, by definition and then by row."""

    orders: list[str | float]
    nodes: list[list[Item | None]]
    links: list[list[Item | None]]
    refused: list[tuple[int, Unfit]] = field(default_factory=list[tuple[int, Unfit]])

    def put(self, i: int, found: Found) -> None:
        """Replace what a row holds."""
        self.orders[i] = found.order
        for items, item in zip(self.nodes, found.nodes, strict=True):
            items[i] = item
        for items, item in zip(self.links, found.links, strict=True):
            items[i] = item

    def drop(self, i: int, unfit: Unfit) -> None:
        """Refuse a row: it holds nothing."""
        for items in (*self.nodes, *self.links):
            items[i] = None
        self.refused.append((i, unfit))


@dataclass(frozen=True, slots=True)
class Rule:
    """A check: the row is refused when it applies and does not hold."""

    require: Memo[bool]
    when: Memo[bool] | None
    fault: Fault


class Plan:
    """A mapping compiled against the columns of a file.

    Attributes:
        nodes: In the order of the mapping, which is the order of writing.
        links: Likewise.
        groups: Columns of each position counter; their counts follow the row's number.
        columns: The columns of the file; without a file, those that the mapping uses.
    """

    def __init__(
        self,
        mapping: Mapping,
        columns: Sequence[str] | None,
        source: str,
        custom: Custom | None = None,
    ) -> None:
        """Compile a mapping.

        Args:
            mapping: The mapping.
            columns: The columns of the file; None without a file.
            source: Name of the system that keys belong to.
            custom: The custom fields in use; None when they are not known yet.

        Raises:
            Problem: something of it is not in the model, in the file or in use.
        """
        spec = mapping.spec
        known = Columns(columns)
        scope = Scope(known, Ordinals(len(columns or ()) + 1), set())
        self.nodes: list[NodeDefinition] = [
            compile_node(name, each, source, scope, custom.get(name, {}) if custom else None)
            for name, each in spec.nodes.items()
        ]
        self.links: list[LinkDefinition] = [
            compile_link(i, each, self.nodes, scope) for i, each in enumerate(spec.links)
        ]
        self._rules = [_rule(i, mapping, scope) for i in range(len(spec.checks))]
        scope.uses = set()
        self._order = compile_value(spec.order, scope, ("order",)) if spec.order else None
        self._order_value = Memo(scope.uses, self._order.get) if self._order else None
        self.groups = scope.ordinals.groups
        self.columns = known.names

    def read_many(self, chunk: Chunk, check: Callable[[Found], None] | None) -> FoundColumns:
        """Return what the rows of a chunk hold, as `read` of each would tell.

        Args:
            chunk: The rows.
            check: Raises `Unfit` for a row that is to be refused for another reason.
        """
        for rule in self._rules:
            held = rule.require.many(chunk)
            if not all(held):
                failed = {i for i, one in enumerate(held) if not one}
                when = rule.when.many(chunk) if rule.when else None
                chunk.doubtful |= failed if when is None else {i for i in failed if when[i]}
        orders = self._orders(chunk)
        nodes = [node.read.many(chunk) for node in self.nodes]
        found = FoundColumns(orders, nodes, [_links(link, chunk, nodes) for link in self.links])
        for i in range(len(chunk.rows)) if check else sorted(chunk.doubtful):
            try:
                one = self.read(chunk.rows[i])
                if check:
                    check(one)
                found.put(i, one)
            except Unfit as unfit:
                found.drop(i, unfit)
        return found

    def _orders(self, chunk: Chunk) -> list[str | float]:
        if self._order_value is None:
            return [""] * len(chunk.rows)
        orders = self._order_value.many(chunk)
        if None in orders:
            chunk.doubtful.update(i for i, order in enumerate(orders) if order is None)
        return [
            order if isinstance(order, str) else 0.0 if order is FAULT else _comparable(order)
            for order in orders
        ]

    def read(self, row: Row) -> Found:
        """Return what a row holds.

        Args:
            row: The cells, the number of the row, then its positions.

        Raises:
            Unfit: with every fault that was found; the row is to be refused as a whole.
        """
        faults = [
            rule.fault
            for rule in self._rules
            if (rule.when is None or rule.when(row)) and not rule.require(row)
        ]
        nodes: list[Item | None] = []
        for node in self.nodes:
            try:
                nodes.append(node.read(row))
            except Unfit as unfit:
                faults.extend(unfit.faults)
                nodes.append(None)
        found = Found(self._order_of(row, faults), nodes)
        for link in self.links:
            found.links.append(_link(link, row, nodes, faults))
        if faults:
            raise Unfit(*dict.fromkeys(faults))
        return found

    def _order_of(self, row: Row, faults: list[Fault]) -> str | float:
        """Return what tells whether the row is later than another."""
        if self._order is None or self._order_value is None:
            return ""
        try:
            value = self._order_value(row)
        except Unfit as unfit:
            faults.extend(unfit.faults)
            return ""
        if value is None:
            message = "The order of the row is empty."
            faults.append(Fault(self._order.column, "MISSING_ORDER", message))
            return ""
        return _comparable(value)


def _comparable(value: Value) -> str | float:
    """Return a value that compares with the others of its column."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, tuple | bool) else float(value or 0)


def _link(
    link: LinkDefinition, row: Row, nodes: list[Item | None], faults: list[Fault]
) -> Item | None:
    """Return a row's link: start and end in the key, unless it is yet to be found."""
    start, end = nodes[link.start], nodes[link.end]
    if start is None or (end is None and link.find is None):
        return None
    if link.when is not None and not link.when(row):
        return None
    try:
        item = link.read(row)
    except Unfit as unfit:
        faults.extend(unfit.faults)
        return None
    values = item[1] if item else ()
    if link.find is not None:
        return start[0], values
    return link_item(link, start[0], end[0] if end else "", values)


def _links(
    link: LinkDefinition, chunk: Chunk, nodes: Sequence[Sequence[Item | None]]
) -> list[Item | None]:
    """Return the links of a chunk's rows; what is wrong with a doubtful row does not matter."""
    starts, ends = nodes[link.start], nodes[link.end]
    absent = starts.count(None)
    if absent == len(starts):
        return list(starts)
    seldom = (len(starts) - absent) * SELDOM < len(starts)
    read = chunk.some(starts, link.read) if seldom else link.read.many(chunk)
    if link.when:
        held = zip(link.when.many(chunk), read, strict=True)
        read = [item if holds else None for holds, item in held]
    make = link_maker(link)
    found: list[Item | None] = []
    former: tuple[object, object, object] = (None, None, None)
    made: Item | None = None
    for start, end, item in zip(starts, ends, read, strict=True):
        if start is None or item is None or item is FAULT or start is FAULT:
            found.append(None)
        elif make is None:
            found.append((start[0], item[1]))
        elif end is None or end is FAULT:
            found.append(None)
        else:
            # Rows of one invoice follow each other: the same link is the same object.
            if start is not former[0] or end is not former[1] or item is not former[2]:
                made = make(start[0], end[0], item[1])
                former = (start, end, item)
            found.append(made)
    return found


def link_maker(link: LinkDefinition) -> Callable[[str, str, tuple[Any, ...]], Item] | None:
    """Return how a link's item is made of the keys of its ends; None if the end is to be found."""
    if link.find is not None:
        return None
    if link.positional and len(link.key_positions) == 1:
        [i] = link.key_positions
        return lambda start, end, values: (
            f"{start}{LINK_SEPARATOR}{values[i]}{LINK_SEPARATOR}",
            (*values, end),
        )
    return lambda start, end, values: link_item(link, start, end, values)


def link_item(link: LinkDefinition, start: str, end: str, values: tuple[Any, ...] = ()) -> Item:
    """Return a link's item: what tells it apart, and its values with the key of its end."""
    key = start
    for i in link.key_positions:
        key = f"{key}{LINK_SEPARATOR}{values[i]}"
    if not link.positional:
        key = f"{key}{LINK_SEPARATOR}{end}"
    return key + LINK_SEPARATOR, (*values, end)


def _rule(position: int, mapping: Mapping, scope: Scope) -> Rule:
    check = mapping.spec.checks[position]
    path = ("checks", position)
    require = _remembered(check.require, scope, (*path, "require"))
    when = _remembered(check.when, scope, (*path, "when"))
    if require is None:
        raise Problem(path, "a check needs a condition")
    return Rule(require, when, Fault(check.require.column, "CHECK_FAILED", check.say))


def _remembered(spec: Condition | None, scope: Scope, path: Path) -> Memo[bool] | None:
    uses: set[int] = set()
    test = compile_condition(spec, scope.columns, path, uses)
    return Memo(uses, test) if test else None


def wanted_columns(mapping: Mapping) -> list[str]:
    """Return the columns a mapping uses, in the order in which they are met."""
    return Plan(mapping, None, mapping.spec.source).columns


def problems_of(mapping: Mapping) -> list[tuple[int, str]]:
    """Return what is wrong with a mapping beyond its form, each with its line."""
    try:
        Plan(mapping, None, mapping.spec.source)
    except Problem as problem:
        place = ".".join(str(part) for part in problem.path)
        return [(mapping.lines.of(problem.path), f"{place}: {problem.message}")]
    return []


def check_columns(mapping: Mapping, columns: Sequence[str]) -> None:
    """Refuse a file whose columns are not those of the mapping.

    Raises:
        FileRefused: UNKNOWN_COLUMN.
    """
    wanted = wanted_columns(mapping)
    absent = [name for name in wanted if name not in columns]
    if absent:
        listed = ", ".join(repr(name) for name in absent[:10])
        message = f"The mapping uses columns that the file does not have: {listed}."
        raise FileRefused("UNKNOWN_COLUMN", message)
    known = {*wanted, *mapping.spec.ignore}
    strange = [name for name in columns if name not in known]
    if strange:
        listed = ", ".join(repr(name) for name in strange[:10])
        message = (
            f"The file has columns that the mapping neither uses nor ignores: {listed}; "
            "add them to ignore in the mapping, or use them."
        )
        raise FileRefused("UNKNOWN_COLUMN", message)
