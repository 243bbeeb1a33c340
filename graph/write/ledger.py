"""What one transaction has changed, entity by entity, and the events that tell of it.

Changes are noted while they are made, by the internal numbers of nodes; at the end of the
transaction every changed entity gets one event, whatever number of parts had a share in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from graph.model import MODEL
from graph.model.identity import SOURCE_RECORD
from graph.model.kinds import Relationship
from graph.model.parties import PARTY
from graph.write.batch import Writer
from graph.write.events import Patch, event_of

Name = tuple[str, str]
"""Id and concrete label of a node."""

Place = tuple[Any, ...]
"""What tells a relationship apart: type, start, end, and the values of its key."""

PARTIES = frozenset(node.name for node in MODEL.nodes if node.is_a(PARTY) and not node.abstract)
_CONCRETE = frozenset(node.name for node in MODEL.nodes if not node.abstract and not node.machinery)


class Linked(Protocol):
    """A relationship that was made."""

    start: int
    end: int
    properties: dict[str, Any]


@dataclass(slots=True)
class Changed:
    """What was done to the properties of one node."""

    created: bool = False
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    archived: bool | None = None


@dataclass(slots=True)
class Made:
    """What was done to one relationship that stands.

    Attributes:
        values: Own properties that were set, those of its key among them.
        new: Whether this transaction made it.
        at: When, if that is later than the transaction's own time.
    """

    values: dict[str, Any]
    new: bool = True
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph says of a node that was there before: its last change, its parties."""

    changed_at: str
    parties: list[str]


class Ledger:
    """The changes of one transaction.

    Attributes:
        names: Ids and labels of nodes, by number; a node that is missing here is asked for.
        nodes: What was done to nodes, by number.
        seals: Seals of rows, by the number of their node.
        incomplete: Numbers of nodes of which a relationship could not be written.
    """

    def __init__(self, now: str) -> None:
        self._now = now
        self.names: dict[int, Name] = {}
        self.nodes: dict[int, Changed] = {}
        self.seals: dict[int, str] = {}
        self.incomplete: set[int] = set()
        self._made: dict[Place, Made] = {}
        self._gone: dict[Place, str | None] = {}

    def created(self, number: int, name: Name, values: dict[str, Any]) -> None:
        """Note a node that was made, with all it holds but what the write path keeps for itself."""
        self.names[number] = name
        known = {key: value for key, value in values.items() if value is not None}
        self.nodes[number] = Changed(created=True, values=known)

    def changed(self, number: int, values: dict[str, Any]) -> None:
        """Note properties of a node that differ from now on; None was removed."""
        self.nodes.setdefault(number, Changed()).values.update(values)

    def put_away(self, number: int, name: Name, *, archived: bool) -> None:
        """Note a node that was put away, or taken out again."""
        self.names[number] = name
        self.nodes.setdefault(number, Changed()).archived = archived

    def linked(self, relationship: Relationship, links: Iterable[Linked]) -> None:
        """Note relationships that were made."""
        name, key = relationship.name, relationship.key
        for one in links:
            values = one.properties
            place = (name, one.start, one.end, *map(values.get, key))
            self._made[place] = Made(values)

    def relinked(
        self, relationship: Relationship, ends: tuple[int, int], former: dict[str, Any],
        values: dict[str, Any], at: str | None,
    ) -> None:  # fmt: skip
        """Note that properties of a relationship were set.

        Args:
            relationship: Its type.
            ends: Numbers of start and end.
            former: Its own properties before.
            values: What was set; `via` is passed over.
            at: When, if that is later than the transaction's own time.
        """
        key = {name: former.get(name) for name in relationship.key}
        place = (relationship.name, *ends, *key.values())
        own = {name: value for name, value in values.items() if name != "via"}
        made = self._made.setdefault(place, Made({}, new=False))
        made.values = {**key, **made.values, **own}
        made.at = at

    def unlinked(
        self, relationship: Relationship, ends: tuple[int, int], former: dict[str, Any],
        at: str | None,
    ) -> None:  # fmt: skip
        """Note that a relationship was retracted; arguments as for `relinked`."""
        place = (relationship.name, *ends, *(former.get(name) for name in relationship.key))
        made = self._made.pop(place, None)
        if made is None or not made.new:
            self._gone[place] = at

    def ends(self) -> set[int]:
        """Numbers of all nodes that events speak of."""
        places = [*self._made, *self._gone]
        return {*self.nodes, *(place[1] for place in places), *(place[2] for place in places)}

    def relationships(self) -> list[tuple[str, int, int]]:
        """Type, start and end of every relationship that was made, set or retracted."""
        return [(place[0], place[1], place[2]) for place in (*self._made, *self._gone)]

    def _owner(self, place: Place) -> int:
        """Whose event tells of a relationship: its start's, or its end's if only that changes."""
        start, end = place[1], place[2]
        return end if start not in self.nodes and end in self.nodes else start

    def entities(self) -> set[int]:
        """Numbers of the nodes that get an event."""
        return {*self.nodes, *map(self._owner, self._made), *map(self._owner, self._gone)}

    def events(self, writer: Writer, known: dict[int, Known]) -> list[list[Any]]:
        """Make the events, one a node, in the order of the nodes' numbers.

        Args:
            writer: Who writes.
            known: The entities that were there before this transaction.

        Returns:
            For each entity its number, the event without `prev` and `version`, and its seal.
        """
        times = {
            number: max(self._now, known[number].changed_at) if number in known else self._now
            for number in self.entities()
        }
        patches = self._patches(times)
        parties = self._parties(known)
        found: list[list[Any]] = []
        for number in sorted(times):
            id_, label = self.names[number]
            event = event_of(
                patches[number], op=writer.op, actor=writer.actor, entity=id_, label=label,
                reason=writer.reason,
            )  # fmt: skip
            event["at"] = times[number]
            event["parties"] = [id_] if label in PARTIES else sorted(parties.get(number, ()))
            seal = "" if number in self.incomplete else self.seals.get(number, "")
            found.append([number, event, seal])
        return found

    def _patches(self, times: dict[int, str]) -> dict[int, Patch]:
        names = self.names
        patches = {number: Patch() for number in times}
        for number, change in self.nodes.items():
            patches[number].created = change.created
            patches[number].values = change.values
            patches[number].archived = change.archived
        for place, at in self._gone.items():
            owner = self._owner(place)
            kind, start, end, *key = place
            keyed: dict[str, Any] = dict(zip(MODEL.by_type[kind].key, key, strict=True))
            patches[owner].unlink(
                kind, names[start][0], names[end][0], keyed, at=self._deviation(at, times[owner])
            )
        for place, made in self._made.items():
            owner = self._owner(place)
            kind, start, end = place[:3]
            values = made.values
            if made.new and None in values.values():
                values = {name: value for name, value in values.items() if value is not None}
            at = self._deviation(made.at, times[owner])
            patches[owner].link(kind, names[start][0], names[end][0], values, at=at)
        return patches

    def _deviation(self, at: str | None, told: str) -> str | None:
        """The time of a relationship's change, if it is not that of its event."""
        at = at or self._now
        return at if at != told else None

    def _parties(self, known: dict[int, Known]) -> dict[int, set[str]]:
        """Ids of the parties that each entity is linked to, as far as we have heard."""
        names = self.names
        found = {number: set(each.parties) for number, each in known.items()}
        for place in (*self._made, *self._gone):
            start, end = place[1], place[2]
            if names[start][1] in PARTIES:
                found.setdefault(end, set()).add(names[start][0])
            if names[end][1] in PARTIES:
                found.setdefault(start, set()).add(names[end][0])
        return found


def concrete(labels: Iterable[str]) -> str:
    """The label of a node's own kind among all that it carries."""
    return next((each for each in labels if each in _CONCRETE), SOURCE_RECORD.name)
