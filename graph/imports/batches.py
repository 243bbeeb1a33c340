"""From the staging file to batches of the write path, in an order that never changes.

Nodes come before links, each in the order of the mapping and then of their keys. A place in that
order is where an interrupted import goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph.imports.definitions import (
    END,
    KEY_SEPARATOR,
    LINK_SEPARATOR,
    OBSERVED,
    LinkDefinition,
    NodeDefinition,
)
from graph.imports.plan import Plan
from graph.imports.reducing import finished
from graph.imports.staging import Staging, Stored
from graph.write import Key, LinkRow, Links, NodeRow, Nodes

NODES_PER_BATCH = 2_000
LINKS_PER_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """How far the writing has come: everything up to this key of this definition."""

    step: int = 0
    key: str = ""


@dataclass(slots=True)
class Portion:
    """What is written at once.

    Attributes:
        place: Where it ends.
        part: What is to be written.
        rows: For each row of the part the number of the file's row that spoke last.
        ends: Nodes that the links need; only written, and taken back, by a dry run.
    """

    place: Place
    part: Nodes | Links
    rows: list[int]
    ends: list[Nodes] = field(default_factory=list[Nodes])

    def halves(self) -> list["Portion"]:
        """Cut the portion in two, to find a row that cannot be written."""
        middle = len(self.rows) // 2
        return [self._cut(0, middle), self._cut(middle, len(self.rows))]

    def _cut(self, start: int, stop: int) -> "Portion":
        part = self.part
        if isinstance(part, Nodes):
            cut = Nodes(part.node, part.rows[start:stop])
        else:
            cut = Links(part.relationship, part.start, part.end, part.rows[start:stop])
        return Portion(self.place, cut, self.rows[start:stop], self.ends)


class Portions:
    """The portions of a staging file, from a place on."""

    def __init__(self, plan: Plan, staging: Staging, *, dry_run: bool) -> None:
        self._plan = plan
        self._staging = staging
        self._dry_run = dry_run
        # A refused row may be a line of a document: the lines that are there are then not all.
        self._all_read = staging.refused_rows() == 0
        self._nodes = len(plan.nodes)
        self._steps = self._nodes + len(plan.links)

    def total(self) -> int:
        """Return how many nodes and links there are to write."""
        return sum(self._staging.count(step) for step in range(self._steps))

    def before(self, place: Place) -> int:
        """Return how many nodes and links come before a place, itself included."""
        done = sum(self._staging.count(step) for step in range(place.step))
        return done + self._staging.count_until(place.step, place.key)

    def since(self, place: Place) -> Iterator[Portion]:
        """Yield what comes after a place."""
        for step in range(place.step, self._steps):
            after = place.key if step == place.step else ""
            while True:
                portion = (
                    self._node_portion(step, after)
                    if step < self._nodes
                    else self._link_portion(step, after)
                )
                if portion is None:
                    break
                yield portion
                after = portion.place.key

    def _node_portion(self, step: int, after: str) -> Portion | None:
        items = self._staging.items(step, after, NODES_PER_BATCH)
        if not items:
            return None
        definition = self._plan.nodes[step]
        rows = [row for _, _, row in items]
        return Portion(Place(step, items[-1][0]), _nodes(definition, items), rows)

    def _link_portion(self, step: int, after: str) -> Portion | None:
        items = self._staging.items(step, after, LINKS_PER_BATCH)
        if not items:
            return None
        link = self._plan.links[step - self._nodes]
        if link.complete and len(items) == LINKS_PER_BATCH:
            # All links of a start go together: `complete` speaks of whole starts.
            start = items[-1][0].split(LINK_SEPARATOR)[0]
            items += self._staging.items(step, items[-1][0], -1, before=start + KEY_SEPARATOR)
        start, end = self._plan.nodes[link.start], self._plan.nodes[link.end]
        rows = [_link_row(link, start, end, item) for item in items]
        complete = link.complete and self._all_read
        part = Links(link.relationship, start.node, end.node, rows, complete)
        portion = Portion(Place(step, items[-1][0]), part, [row for _, _, row in items])
        if self._dry_run:
            portion.ends = self._ends(link, items)
        return portion

    def _ends(self, link: LinkDefinition, items: Sequence[Stored]) -> list[Nodes]:
        """Return the nodes at both ends of links."""
        starts = dict.fromkeys(key.split(LINK_SEPARATOR)[0] for key, _, _ in items)
        ends = dict.fromkeys(values[-1] for _, values, _ in items)
        found: list[Nodes] = []
        for position, keys in ((link.start, starts), (link.end, ends)):
            definition = self._plan.nodes[position]
            if not definition.reference:
                items_there = self._staging.named(position, list(keys))
                found.append(_nodes(definition, items_there))
        return found


def _nodes(definition: NodeDefinition, items: Sequence[Stored]) -> Nodes:
    rows: list[NodeRow] = []
    for key, values, _ in items:
        properties = finished(definition, values)
        observed = properties.pop(OBSERVED, None)
        rows.append(NodeRow(_key(definition, key), properties, observed_at=observed))
    return Nodes(definition.node, rows)


def _link_row(
    link: LinkDefinition, start: NodeDefinition, end: NodeDefinition, item: Stored
) -> LinkRow:
    key, values, _ = item
    properties = finished(link, values)
    to = properties.pop(END)
    return LinkRow(_key(start, key.split(LINK_SEPARATOR)[0]), _key(end, to), properties)


def _key(definition: NodeDefinition, key: str) -> Key:
    """Return a node's key as the write path names it."""
    if definition.source is not None:
        return (definition.source, key)
    return tuple(key.split(KEY_SEPARATOR))
