"""What a merge, or its undoing, would make of some parties: itself, done and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.database import Graph
from graph.errors import Conflict, InvalidInput, NotFound
from graph.identity.merging import Merge, Unmerge
from graph.identity.moving import Because
from graph.model import MODEL
from graph.write import Batch, Writer, write
from graph.write.batch import Step
from graph.write.golden import Values
from graph.write.identity import STATE
from graph.write.ledger import concrete
from graph.write.statements import NAMES
from graph.write.unit import Unit
from graph.write.validation import writable


@dataclass(slots=True)
class State:
    """A party, as it is or would be.

    Attributes:
        label: Its concrete label.
        values: What sources state of it, by property; absent where nobody states anything.
        relationships: Number of its standing relationships, by type.
        waiting: Number of relationships that wait, since an equal one stands.
    """

    label: str = ""
    values: Values = field(default_factory=Values)
    relationships: dict[str, int] = field(default_factory=dict[str, int])
    waiting: int = 0


@dataclass(slots=True)
class Preview:
    """What a merge would do.

    Attributes:
        refusal: Code of why it would be refused; None when it would be done.
        message: Why, in a sentence.
        after: What the party would be; None when it would be refused.
    """

    refusal: str | None = None
    message: str | None = None
    after: State | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A relationship that came while parties were one.

    Attributes:
        kind: Its type.
        node: Label and id of the far end.
        party: Id of the party whose it is.
        because: Why.
    """

    kind: str
    node: tuple[str, str]
    party: str
    because: Because


@dataclass(slots=True)
class Split:
    """What undoing a merge would do.

    Attributes:
        refusal: Code of why it would be refused; None when it would be done.
        message: Why, in a sentence.
        parties: What stays, and what would stand for itself again, by id.
        arrived: What came since, the oldest first.
    """

    refusal: str | None = None
    message: str | None = None
    parties: dict[str, State] = field(default_factory=dict[str, State])
    arrived: list[Arrived] = field(default_factory=list[Arrived])


@dataclass(slots=True)
class _Undo:
    """A step of a batch that undoes a merge and reads what became of everybody."""

    unmerge: Unmerge
    found: Split = field(default_factory=Split)

    async def apply(self, unit: Unit) -> None:
        """Do it, and read."""
        await self.unmerge.apply(unit)
        self.found = Split()
        for id_ in (self.unmerge.identity, *self.unmerge.parties):
            look = Look(id_)
            await look.apply(unit)
            self.found.parties[id_] = look.state
        arrived = self.unmerge.arrived
        numbers = {number for each in arrived for number in (each.node, each.party)}
        names = {number: (concrete(labels), id_) for number, id_, labels in
                 await unit.over(NAMES, numbers)}  # fmt: skip
        self.found.arrived = [
            Arrived(each.kind, names[each.node], names[each.party][1], each.because)
            for each in arrived
            if each.node in names and each.party in names
        ]


@dataclass(slots=True)
class Look:
    """A step of a batch that reads what a party is by then."""

    id: str
    state: State = field(default_factory=State)

    async def apply(self, unit: Unit) -> None:
        """Read it."""
        labels, properties, kinds, waiting = await unit.run(STATE, id=self.id)
        label = concrete(labels)
        known = writable(MODEL.by_label[label])
        values = {name: properties[name] for name in known if properties.get(name) is not None}
        self.state = State(label, values, dict(kinds), waiting)


async def merge_preview(graph: Graph, ids: Sequence[str], actor: str) -> Preview:
    """What `partiesMerge` would make of parties, the first of which stays; nothing is changed.

    It takes the locks of the merge, and so long.

    Raises:
        GraphError: the database is away.
    """
    look = Look(ids[0])
    refused = await _tried(graph, [Merge(ids[0], list(ids[1:])), look], Writer(actor, op="preview"))
    return Preview(*refused) if refused else Preview(after=look.state)


async def unmerge_preview(graph: Graph, identity: str, records: Sequence[str], actor: str) -> Split:
    """What `partiesUnmerge` would make of a party; nothing is changed.

    It takes the locks of the undoing, and so long.

    Raises:
        GraphError: the database is away.
    """
    undo = _Undo(Unmerge(identity, list(records)))
    refused = await _tried(graph, [undo], Writer(actor, op="preview"))
    return Split(*refused) if refused else undo.found


async def _tried(graph: Graph, steps: list[Step], writer: Writer) -> tuple[str, str] | None:
    """Do it and take it back; code and message when it is refused."""
    try:
        await write(graph, Batch([], steps=steps), writer, dry_run=True)
    except NotFound as error:
        return "NOT_FOUND", str(error)
    except InvalidInput as error:
        return "INVALID", str(error)
    except Conflict as error:
        return "NOT_ALLOWED", str(error)
    return None
