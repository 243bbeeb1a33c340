"""What a merge would make of some parties: the merge itself, done and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.database import Graph
from graph.errors import Conflict, InvalidInput, NotFound
from graph.identity.merging import Merge
from graph.model import MODEL
from graph.write import Batch, Writer, write
from graph.write.golden import Values
from graph.write.identity import STATE
from graph.write.ledger import concrete
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
    batch = Batch([], steps=[Merge(ids[0], list(ids[1:])), look])
    try:
        await write(graph, batch, Writer(actor, op="mergePreview"), dry_run=True)
    except NotFound as error:
        return Preview("NOT_FOUND", str(error))
    except InvalidInput as error:
        return Preview("INVALID", str(error))
    except Conflict as error:
        return Preview("NOT_ALLOWED", str(error))
    return Preview(after=look.state)
