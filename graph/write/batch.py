"""What is to be written, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from graph.model.kinds import Node, Relationship

Key = tuple[str, ...]
"""How a row names a node.

- `(source, externalId)` for sourced nodes, and for parties through their source record;
- the values of `node.keys[0]` for the others: `(kind, value)`, `(issuer, subject)`, …;
- `(id,)` for any node.
"""


@dataclass(slots=True)
class NodeRow:
    """One node, or for a party what one source says of it.

    Attributes:
        key: Which node. `(id,)` creates a node of that id when there is none; for a party it speaks
            for the source `c360`.
        properties: Values by model name: money in minor units, times and days as ISO 8601 text.
            None removes; a property that is not named stays as it is.
        id: Id of the node if it is created; None for a new UUIDv7.
        observed_at: When the source said so (parties only); None for now.
        of_party: The record whose party this record speaks of (parties only); None for a party of
            its own. Ignored once the record belongs to a party.
        custom: Values of custom fields by property, `x_<name>`, checked by `graph.custom`. They are
            the node's own, of a party too: no source states them.
        seal: Digest of the row and of all relationships that this batch states of the node, for
            `unchanged`; None when it is not to be remembered.
    """

    key: Key
    properties: dict[str, Any]
    id: str | None = None
    observed_at: str | None = None
    of_party: Key | None = None
    custom: dict[str, Any] = field(default_factory=dict[str, Any])
    seal: str | None = None


@dataclass(slots=True)
class Nodes:
    """Nodes of one concrete kind; of rows with equal keys the later ones win, by property.

    Attributes:
        ready: What `prepare` made of the rows; taken by the first write.
    """

    node: Node
    rows: list[NodeRow]
    ready: list[NodeRow] | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class LinkRow:
    """One relationship; `via` names the source record that says so.

    Without `via`, the record that named a party end is taken (the start's before the end's).
    """

    start: Key
    end: Key
    properties: dict[str, Any]
    via: Key | None = None


@dataclass(slots=True)
class Links:
    """Relationships of one type between two concrete kinds of node.

    With `complete`, the rows are all relationships of this type that each named start has towards
    nodes of the end's kind: the others are retracted. `ready` is as in `Nodes`.
    """

    relationship: Relationship
    start: Node
    end: Node
    rows: list[LinkRow]
    complete: bool = False
    ready: list[dict[str, Any]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Expected:
    """A node that must be there, and the version that it must have; None for any."""

    node: Node
    id: str
    version: int | None = None


class Step(Protocol):
    """A part of a batch that is more than rows, such as a merge of parties."""

    async def apply(self, unit: Any) -> None:
        """Do it in the transaction of the unit, and note in its ledger what it did."""
        ...


@dataclass(slots=True)
class Batch:
    """Parts that are applied in order and take effect together or not at all.

    Attributes:
        parts: What is written.
        expected: What must be there before, or nothing is written.
        named: Nodes whose ids the outcome tells, by names of the caller's. With a request, these
            are the answer that is kept with its key.
        steps: What is done after the parts, in order.
    """

    parts: list[Nodes | Links]
    expected: list[Expected] = field(default_factory=list[Expected])
    named: dict[str, tuple[Node, Key]] | None = None
    steps: list[Step] = field(default_factory=list[Step])


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, as its events tell it.

    Attributes:
        actor: Who it is.
        source: From which system.
        now: When; fixes the time for reproducible data.
        op: Name of the business action.
        reason: Why, in the words of who asked for it.
    """

    actor: str
    source: str | None = None
    now: str | None = None
    op: str = "write"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What makes a batch repeatable.

    Attributes:
        key: Names the request among all: the principal's id, a colon, and the principal's own key.
        digest: Keyed hash of everything that was asked for.
    """

    key: str
    digest: str


@dataclass(slots=True)
class Count:
    """What became of the rows of one kind; rows with equal keys count once.

    Attributes:
        retracted: Relationships that `complete` ended.
        suppressed: New records of people who were erased: not written.
        missing: Rows of which nothing was written, because what they refer to does not exist:
            (start, end) of a link, (key, of_party) of a party.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retracted: int = 0
    suppressed: int = 0
    missing: list[tuple[Key, Key]] = field(default_factory=list[tuple[Key, Key]])


@dataclass(slots=True)
class Outcome:
    """Counts by label and by relationship type, in the order in which they were written.

    Attributes:
        repeated: Whether this is the answer to an earlier request of the same key.
        named: Id and label of what `Batch.named` asks for.
    """

    nodes: dict[str, Count] = field(default_factory=dict[str, Count])
    links: dict[str, Count] = field(default_factory=dict[str, Count])
    repeated: bool = False
    named: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def add(self, other: "Outcome") -> None:
        """Add the counts of another batch to these."""
        for mine, theirs in ((self.nodes, other.nodes), (self.links, other.links)):
            for name, count in theirs.items():
                total = mine.setdefault(name, Count())
                total.created += count.created
                total.changed += count.changed
                total.unchanged += count.unchanged
                total.retracted += count.retracted
                total.suppressed += count.suppressed
                total.missing.extend(count.missing)


Row = TypeVar("Row")

SIZE = 10_000
"""Rows that one statement carries."""


def slices(rows: list[Row], size: int = SIZE) -> Iterator[list[Row]]:
    """Cut rows into lists of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
