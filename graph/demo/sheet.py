"""A sheet to write nodes and relationships on, and the batches it is handed in as."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from graph.demo.calendar import stamp
from graph.demo.world import Ref, World
from graph.model import parties
from graph.model.identity import IDENTIFIER
from graph.model.kinds import Node, Relationship
from graph.model.organisation import USER
from graph.write import Batch, Key, LinkRow, Links, NodeRow, Nodes
from graph.write.identifiers import derive

ROWS = 30_000
"""Rows of one batch, which is one transaction: big enough to be fast, small for a 512 MB heap."""
PARTY = 8
"""As how many rows a party counts: it comes with a record, identifiers, and their relationships."""

Values = dict[str, Any]


def stored(values: Values) -> Values:
    """The values as the graph stores them: times and days as text, nothing for None."""
    found: Values = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            found[name] = stamp(value)
        elif isinstance(value, date):
            found[name] = value.isoformat()
        elif value is not None:
            found[name] = value
    return found


class Sheet:
    """Collects rows by kind; a node is on the sheet before any relationship that needs it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nodes: dict[Node, list[NodeRow]] = {}
        self._links: dict[tuple[Relationship, Node, Node], list[LinkRow]] = {}
        self.rows = 0

    def node(self, node: Node, key: Key, values: Values, observed: datetime | None = None) -> Ref:
        """Add a node and return what names it."""
        ref, kept = Ref(node, key), stored(values)
        if node.is_a(parties.PARTY):
            self._identifiers(kept)
            self.rows += PARTY - 1
        row = NodeRow(
            key,
            kept,
            id=self._world.identity(ref),
            observed_at=stamp(observed) if observed else None,
        )
        self._nodes.setdefault(node, []).append(row)
        self.rows += 1
        return ref

    def link(
        self, relationship: Relationship, start: Ref, end: Ref, values: Values | None = None
    ) -> None:
        """Add a relationship between two nodes on this or an earlier sheet."""
        group = self._links.setdefault((relationship, start.node, end.node), [])
        group.append(LinkRow(start.key, end.key, stored(values or {})))
        self.rows += 1

    def _identifiers(self, values: Values) -> None:
        """Identifiers that the write path would make of these values, with ids of ours."""
        for each in derive(values):
            if not (each.kind == "EMAIL" and each.value.startswith("info@")):
                self.node(IDENTIFIER, (each.kind, each.value), {"display": each.display})

    def batches(self) -> Iterator[Batch]:
        """Hand everything in, nodes first, at most `ROWS` rows a batch, and start afresh."""
        parts: list[Nodes | Links] = []
        room = ROWS
        for part in self._parts():
            rows, weight = part.rows, _weight(part)
            while rows:
                fitting = max(room // weight, 1)
                head, rows = rows[:fitting], rows[fitting:]
                parts.append(_same(part, head))
                room -= len(head) * weight
                if rows or room < weight:
                    yield Batch(parts)
                    parts, room = [], ROWS
        if parts:
            yield Batch(parts)

    def _parts(self) -> list[Nodes | Links]:
        found = sorted(self._nodes.items(), key=lambda each: each[0] != IDENTIFIER)
        parts: list[Nodes | Links] = [Nodes(node, rows) for node, rows in found]
        # A new node that has no relationship of a type yet is linked without a look: let that spare
        # the look at our users, who have thousands.
        linked = sorted(self._links.items(), key=lambda each: each[0][1] != USER)
        parts += [Links(*ends, rows) for ends, rows in linked]
        self._nodes, self._links, self.rows = {}, {}, 0
        return parts


def _weight(part: Nodes | Links) -> int:
    """As how many rows one row of a part counts."""
    return PARTY if isinstance(part, Nodes) and part.node.is_a(parties.PARTY) else 1


def _same(part: Nodes | Links, rows: list[Any]) -> Nodes | Links:
    """A part like this one with other rows."""
    if isinstance(part, Nodes):
        return Nodes(part.node, rows)
    return Links(part.relationship, part.start, part.end, rows)
