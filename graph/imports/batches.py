"""From the staging file to batches of the write path, in an order that never changes.

Nodes come in the order of the mapping and then of their keys, together with the links that start
from them towards nodes that were written before: of a new node's links the write path knows that
none is there, without a look. The other links follow. A place in that order is where an interrupted
import goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import orjson

from graph.imports.definitions import (
    END,
    LINK_SEPARATOR,
    OBSERVED,
    LinkDefinition,
    NodeDefinition,
)
from graph.imports.keys import KEY_SEPARATOR
from graph.imports.plan import Plan
from graph.imports.reducing import finished
from graph.imports.staging import Raw, Staging, Stored, stored, values_of
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.write import SEALABLE, Key, LinkRow, Links, NodeRow, Nodes

SEAL = 16
"""Bytes of a seal."""

NODES_PER_BATCH = 5_000
PARTIES_PER_BATCH = 2_000
"""A party comes with its record, identifiers, relationships, and events of each."""
LINKS_PER_BATCH = 10_000

Look = Callable[[Node, Sequence[tuple[Key, str]]], set[int]]
"""Tells which nodes the graph holds as they were last written with their links: `unchanged`."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far the writing has come: everything up to this key of this step."""

    step: int = 0
    key: str = ""


@dataclass(slots=True)
class Portion:
    """What is written at once.

    Attributes:
        place: Where it ends.
        parts: What is to be written: nodes and links that start from them, or links alone.
        rows: For each row of each part the number of the file's row that spoke last.
        ends: Nodes that the links need; only written, and taken back, by a dry run.
        unchanged_nodes: How many more nodes, by label, are as the graph has them.
        unchanged_links: The same of links, by type.
    """

    place: Place
    parts: list[Nodes | Links]
    rows: list[list[int]]
    ends: list[Nodes] = field(default_factory=list[Nodes])
    unchanged_nodes: dict[str, int] = field(default_factory=dict[str, int])
    unchanged_links: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def size(self) -> int:
        """How many nodes and links are to be written."""
        return sum(len(rows) for rows in self.rows)

    @property
    def passed(self) -> int:
        """How many nodes and links are dealt with once it is written."""
        left = (*self.unchanged_nodes.values(), *self.unchanged_links.values())
        return self.size + sum(left)

    def smaller(self) -> list["Portion"]:
        """Cut the portion, to find a row that cannot be written.

        Nodes keep their links until a node is alone with its own; then it comes before them.
        """
        head = self.parts[0]
        if isinstance(head, Nodes) and len(head.rows) > 1:
            middle = len(head.rows) // 2
            return [self._around(head.rows[:middle]), self._around(head.rows[middle:])]
        if len(self.parts) > 1:
            pairs = zip(self.parts, self.rows, strict=True)
            return [Portion(self.place, [part], [rows], self.ends) for part, rows in pairs if rows]
        middle = len(self.rows[0]) // 2
        cuts = (slice(None, middle), slice(middle, None))
        return [
            Portion(self.place, [_part(head, head.rows[cut])], [self.rows[0][cut]], self.ends)
            for cut in cuts
        ]

    def _around(self, nodes: list[NodeRow]) -> "Portion":
        """Return the portion of some of its nodes."""
        keys = {row.key for row in nodes}
        found = Portion(self.place, [], [], self.ends)
        for part, rows in zip(self.parts, self.rows, strict=True):
            kept = [
                i
                for i, row in enumerate(part.rows)
                if (row.key if isinstance(row, NodeRow) else row.start) in keys
            ]
            found.parts.append(_part(part, [part.rows[i] for i in kept]))
            found.rows.append([rows[i] for i in kept])
        return found


def _part(part: Nodes | Links, rows: Sequence[NodeRow | LinkRow]) -> Nodes | Links:
    """Return a part like this one with some of its rows, which are then not all of any start."""
    if isinstance(part, Nodes):
        nodes = (row for row in rows if isinstance(row, NodeRow))
        return Nodes(part.node, [replace(row, seal=None) for row in nodes])
    links = [row for row in rows if isinstance(row, LinkRow)]
    return Links(part.relationship, part.start, part.end, links)


@dataclass(frozen=True, slots=True)
class _Step:
    """What is written side by side: nodes and links that start from them, or one kind of link.

    Attributes:
        node: Which definition of the plan's nodes; None for links alone.
        links: Which definitions of the plan's links.
    """

    node: int | None
    links: tuple[int, ...] = ()


def _steps(plan: Plan, *, together: bool) -> list[_Step]:
    """Return the steps: nodes, each with the links that can go with them, then the other links.

    Of one type only one goes with a node, so that what became of it can be told from the counts.
    """
    taken: dict[int, dict[str, int]] = {i: {} for i in range(len(plan.nodes))}
    for i, link in enumerate(plan.links if together else ()):
        end = plan.nodes[link.end]
        if not plan.nodes[link.start].reference and (end.reference or link.end < link.start):
            taken[link.start].setdefault(link.relationship.name, i)
    with_nodes = {i for links in taken.values() for i in links.values()}
    return [
        *(_Step(i, tuple(links.values())) for i, links in taken.items()),
        *(_Step(None, (i,)) for i in range(len(plan.links)) if i not in with_nodes),
    ]


class Portions:
    """The portions of a staging file, from a place on."""

    def __init__(self, plan: Plan, staging: Staging, look: Look | None) -> None:
        """Cut what was staged.

        Args:
            plan: What was read.
            staging: What was found.
            look: Tells what needs no writing; None for a dry run, which brings ends along.
        """
        self._plan = plan
        self._staging = staging
        self._look = look
        self._dry_run = dry_run = look is None
        # A refused row may be a line of a document: the lines that are there are then not all.
        self._all_read = staging.refused_rows() == 0
        self._nodes = len(plan.nodes)
        # A dry run takes nodes back at once, so its links bring both their ends along.
        self._steps = _steps(plan, together=not dry_run)

    def total(self) -> int:
        """Return how many nodes and links there are to write."""
        return sum(self._count(step) for step in self._steps)

    def before(self, place: Place) -> int:
        """Return how many nodes and links come before a place, itself included."""
        done = sum(self._count(step) for step in self._steps[: place.step])
        step = self._steps[place.step]
        if step.node is None:
            return done + self._staging.count_until(self._nodes + step.links[0], place.key)
        done += self._staging.count_until(step.node, place.key)
        until = place.key + KEY_SEPARATOR
        return done + sum(self._staging.count_until(self._nodes + i, until) for i in step.links)

    def _count(self, step: _Step) -> int:
        own = 0 if step.node is None else self._staging.count(step.node)
        return own + sum(self._staging.count(self._nodes + i) for i in step.links)

    def since(self, place: Place) -> Iterator[Portion]:
        """Yield what comes after a place."""
        for number in range(place.step, len(self._steps)):
            after = place.key if number == place.step else ""
            make = self._link_portion if self._steps[number].node is None else self._node_portion
            portion = make(number, after)
            while portion is not None:
                yield portion
                after = portion.place.key
                portion = make(number, after)

    def _node_portion(self, number: int, after: str) -> Portion | None:
        step = self._steps[number]
        position = step.node or 0
        definition = self._plan.nodes[position]
        limit = PARTIES_PER_BATCH if definition.node.is_a(PARTY) else NODES_PER_BATCH
        items = [] if definition.reference else self._staging.raw(position, after, limit)
        if not items:
            return None
        begin = after and after + KEY_SEPARATOR
        for i in step.links:
            items = self._fitting(items, self._nodes + i, begin)
        last = items[-1][0]
        until = last + KEY_SEPARATOR
        links = [self._staging.raw(self._nodes + i, begin, -1, before=until) for i in step.links]
        portion = Portion(Place(number, last), [], [])
        seals = self._seals(step, definition, items, links)
        left = self._left(definition, seals)
        _leave(portion.unchanged_nodes, definition.node.name, items, left)
        found = [stored(each) for each in items if each[0] in left]
        if found:
            portion.parts.append(_nodes(definition, found, seals))
            portion.rows.append(_numbers(found))
        for i, some in zip(step.links, links, strict=True):
            link = self._plan.links[i]
            _leave(portion.unchanged_links, link.relationship.name, some, left)
            found = [stored(each) for each in some if _start(each[0]) in left]
            if found:
                portion.parts.append(self._links(link, found))
                portion.rows.append(_numbers(found))
        return portion

    def _seals(
        self, step: _Step, definition: NodeDefinition, items: list[Raw], links: list[list[Raw]]
    ) -> dict[str, str | None]:
        """Return a digest of everything that is said of each node and of its links, by its key."""
        if self._look is None or definition.by_id or definition.node.name not in SEALABLE:
            return dict.fromkeys((item[0] for item in items), None)
        seed = blake2b(self._meaning(step, definition), digest_size=SEAL)
        hashes = {key: seed.copy() for key, _ in items}
        for key, state in items:
            hashes[key].update(values_of(state))
        for some in links:
            for key, state in some:
                hashed = hashes.get(_start(key))
                if hashed is not None:
                    hashed.update(key.encode() + values_of(state))
        return {key: each.hexdigest() for key, each in hashes.items()}

    def _meaning(self, step: _Step, definition: NodeDefinition) -> bytes:
        """Return what the values of a step's things mean, for their digests."""
        said: list[Any] = [definition.node.name, definition.source, definition.names]
        said.append(definition.without)
        for i in step.links:
            link = self._plan.links[i]
            end = self._plan.nodes[link.end]
            said += [link.relationship.name, link.names, link.without, link.complete]
            said += [end.node.name, end.source, self._all_read]
        return orjson.dumps(said)

    def _left(
        self, definition: NodeDefinition, seals: dict[str, str | None]
    ) -> dict[str, str | None]:
        """Return the nodes that have to be written, for all that the graph tells at a glance."""
        rows = [(_key(definition, key), seal) for key, seal in seals.items() if seal is not None]
        if self._look is None or not rows:
            return seals
        known = self._look(definition.node, rows)
        return {key: seal for i, (key, seal) in enumerate(seals.items()) if i not in known}

    def _fitting(self, items: list[Raw], position: int, begin: str) -> list[Raw]:
        """Return the first of the nodes, so many that their links are not too many for a batch."""
        first = self._staging.key_at(position, begin, LINKS_PER_BATCH)
        if first is None:
            return items
        start = _start(first)
        return [item for item in items if item[0] < start] or items[:1]

    def _link_portion(self, number: int, after: str) -> Portion | None:
        i = self._steps[number].links[0]
        position = self._nodes + i
        items = self._staging.items(position, after, LINKS_PER_BATCH)
        if not items:
            return None
        link = self._plan.links[i]
        if link.complete and len(items) == LINKS_PER_BATCH:
            # All links of a start go together: `complete` speaks of whole starts.
            start = _start(items[-1][0])
            items += self._staging.items(position, items[-1][0], -1, before=start + KEY_SEPARATOR)
        place = Place(number, items[-1][0])
        portion = Portion(place, [self._links(link, items)], [_numbers(items)])
        if self._dry_run:
            portion.ends = self._ends(link, items)
        return portion

    def _links(self, link: LinkDefinition, items: Sequence[Stored]) -> Links:
        start, end = self._plan.nodes[link.start], self._plan.nodes[link.end]
        rows = [_link_row(link, start, end, item) for item in items]
        complete = link.complete and self._all_read
        return Links(link.relationship, start.node, end.node, rows, complete)

    def _ends(self, link: LinkDefinition, items: Sequence[Stored]) -> list[Nodes]:
        """Return the nodes at both ends of links."""
        starts = dict.fromkeys(_start(key) for key, _, _ in items)
        ends = dict.fromkeys(values[-1] for _, values, _ in items)
        found: list[Nodes] = []
        for position, keys in ((link.start, starts), (link.end, ends)):
            definition = self._plan.nodes[position]
            if not definition.reference:
                items_there = self._staging.named(position, list(keys))
                found.append(_nodes(definition, items_there, {}))
        return found


def _start(key: str) -> str:
    """Return the key of a link's start."""
    return key[: key.index(LINK_SEPARATOR)]


def _leave(
    counts: dict[str, int], name: str, items: Sequence[Raw], left: dict[str, str | None]
) -> None:
    """Count the things that need no writing: nodes, or links by their start."""
    keys = (key.partition(LINK_SEPARATOR)[0] for key, _ in items)
    number = sum(key not in left for key in keys)
    if number:
        counts[name] = counts.get(name, 0) + number


def _numbers(items: Sequence[Stored]) -> list[int]:
    """Return the numbers of the rows that spoke last."""
    return [row for _, _, row in items]


def _nodes(
    definition: NodeDefinition, items: Sequence[Stored], seals: dict[str, str | None]
) -> Nodes:
    rows: list[NodeRow] = []
    for key, values, _ in items:
        properties = finished(definition, values)
        observed = properties.pop(OBSERVED, None)
        custom = {name: properties.pop(name) for name in definition.custom}
        rows.append(
            NodeRow(
                _key(definition, key),
                properties,
                observed_at=observed,
                custom=custom,
                seal=seals.get(key),
            )
        )
    return Nodes(definition.node, rows)


def _link_row(
    link: LinkDefinition, start: NodeDefinition, end: NodeDefinition, item: Stored
) -> LinkRow:
    key, values, _ = item
    properties = finished(link, values)
    to = properties.pop(END)
    return LinkRow(_key(start, _start(key)), _key(end, to), properties)


def _key(definition: NodeDefinition, key: str) -> Key:
    """Return a node's key as the write path names it."""
    if definition.source is not None:
        return (definition.source, key)
    return tuple(key.split(KEY_SEPARATOR))
