"""From touches to a batch: who took part is looked up by address, or comes into being."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.engagement.touches import Address, Touch
from graph.model import MODEL
from graph.model.interactions import EMAIL, NEXT_IN_THREAD, PARTICIPATED_IN
from graph.model.kinds import Node
from graph.model.organisation import USER
from graph.model.parties import PERSON
from graph.write.batch import Batch, Key, LinkRow, Links, NodeRow, Nodes

Identifier = tuple[str, str]


@dataclass(slots=True)
class Known:
    """What the graph knows of the addresses and messages that touches name.

    Attributes:
        parties: Label and id by identifier, of those that point to exactly one party.
        users: Ids of our own people by e-mail address, in lower case.
        messages: Id and conversation of e-mails by Message-ID.
        waiting: Ids and Message-IDs of e-mails that answer one that is not there, by its
            Message-ID.
        own: Domains of ours: their addresses never become parties.
    """

    parties: dict[Identifier, tuple[str, str]] = field(
        default_factory=dict[Identifier, tuple[str, str]]
    )
    users: dict[str, str] = field(default_factory=dict[str, str])
    messages: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    waiting: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    own: frozenset[str] = frozenset()

    def is_ours(self, one: Address) -> bool:
        """Whether an address is of one of our own people or mailboxes."""
        return one.identifier[1] in self.users or one.domain in self.own


class Plan:
    """The batch of one ingest, while it is made.

    Args:
        source: Name of the system that the touches come from.
        known: What the graph knows.
        create: Whether addresses of nobody known become people.
    """

    def __init__(self, source: str, known: Known, *, create: bool) -> None:
        self._source, self._known, self._create = source, known, create
        self._nodes: dict[Node, list[NodeRow]] = defaultdict(list)
        self._people: dict[Identifier, NodeRow] = {}
        self._links: dict[tuple[Node, Node], list[LinkRow]] = defaultdict(list)
        self._next: list[LinkRow] = []
        self._added: list[tuple[Node, Key]] = []

    def add(self, touch: Touch, thread: str | None) -> None:
        """Add one touch; an e-mail with its conversation."""
        key = (self._source, touch.external_id)
        strangers: list[str] = []
        for one in touch.addresses:
            party = self._party(one)
            if party is None:
                strangers.append(f"{one.role} {one.value}")
            else:
                link = LinkRow(party[1], key, {"role": one.role})
                self._links[party[0], touch.node].append(link)
        values = touch.values | {"direction": touch.values.get("direction") or self._way(touch)}
        values["addresses"] = strangers or None
        if thread is not None:
            values["thread"] = thread
        self._nodes[touch.node].append(NodeRow(key, values))
        self._added.append((touch.node, key))

    def _party(self, one: Address) -> tuple[Node, Key] | None:
        user = self._known.users.get(one.identifier[1])
        if user is not None:
            return USER, (user,)
        party = self._known.parties.get(one.identifier)
        if party is not None:
            return MODEL.by_label[party[0]], (party[1],)
        if not self._create or one.domain in self._known.own:
            return None
        record = (self._source, one.identifier[1])
        name = one.name or one.value.partition("@")[0]
        property_ = "email" if one.kind == "EMAIL" else "phone"
        row = NodeRow(record, {"name": name, property_: one.value})
        earlier = self._people.get(one.identifier)
        if earlier is None or (one.name and not _is_named(earlier)):
            self._people[one.identifier] = row
        return PERSON, record

    def _way(self, touch: Touch) -> str | None:
        """Its direction, from whom it came; None when nobody is said to have begun it."""
        begun = [self._known.is_ours(one) for one in touch.addresses if one.role == "FROM"]
        if not begun:
            return None
        if not any(begun):
            return "INBOUND"
        return "INTERNAL" if all(map(self._known.is_ours, touch.addresses)) else "OUTBOUND"

    def chain(self, touches: Sequence[Touch]) -> None:
        """Tie answers to what they answer, whichever of the two came first."""
        keys = {one.message_id: (self._source, one.external_id) for one in touches}
        for touch in touches:
            mine = (self._source, touch.external_id)
            before = keys.get(touch.parent) if touch.parent else None
            if before is None and touch.parent in self._known.messages:
                before = (self._known.messages[touch.parent][0],)
            if before is not None and before != mine:
                self._next.append(LinkRow(before, mine, {}))
            for id_ in self._known.waiting.get(touch.message_id or "", ()):
                self._next.append(LinkRow(mine, (id_,), {}))

    def batch(self) -> Batch:
        """Everything that was added; what became of each touch is named `interaction.<number>`."""
        parts: list[Nodes | Links] = []
        if self._people:
            parts.append(Nodes(PERSON, list(self._people.values())))
        parts += [Nodes(node, rows) for node, rows in self._nodes.items()]
        for (start, end), rows in self._links.items():
            for kind in _kinds(rows):
                parts.append(Links(PARTICIPATED_IN, start, end, kind))
        for kind in _kinds(self._next):
            parts.append(Links(NEXT_IN_THREAD, EMAIL, EMAIL, kind))
        return Batch(parts, named={f"interaction.{i}": each for i, each in enumerate(self._added)})


def _is_named(row: NodeRow) -> bool:
    values: dict[str, Any] = row.properties
    return values["name"] != str(values.get("email", values.get("phone"))).partition("@")[0]


def _kinds(rows: Iterable[LinkRow]) -> Iterable[list[LinkRow]]:
    """Rows apart by how they name their ends: a part of a batch names them one way."""
    found: dict[tuple[int, int], list[LinkRow]] = defaultdict(list)
    for row in rows:
        found[len(row.start), len(row.end)].append(row)
    return found.values()
