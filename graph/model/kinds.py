"""What a model is made of: properties, nodes and relationships as frozen data.

Everything that needs to know the graph reads these objects: migrations, the write path, the plan
compiler, import and export, erasure, the documentation and the tests. Nothing here touches Neo4j.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import LiteralString

OPEN_END = "9999"
"""The `recordedTo` of a relationship that is still recorded; sorts after every timestamp."""

HISTORY_SUFFIX: LiteralString = "_WAS"
"""A retracted relationship keeps its properties under its type plus this suffix (ADR 0006)."""


class Type(StrEnum):
    """How a property is stored in the graph."""

    STRING = "STRING"  # one line, at most 1,000 characters
    TEXT = "TEXT"  # several lines, at most 100,000 characters
    INTEGER = "INTEGER"  # 64 bit, signed
    FLOAT = "FLOAT"  # finite IEEE 754 double
    BOOLEAN = "BOOLEAN"
    DATETIME = "DATETIME"  # ISO 8601 UTC with milliseconds, 2026-11-22T10:00:00.000Z
    DATE = "DATE"  # ISO 8601, 2026-11-22
    MONEY = "MONEY"  # integer of minor units; the currency is the owner's `currency` property
    CURRENCY = "CURRENCY"  # ISO 4217 alphabetic code
    COUNTRY = "COUNTRY"  # ISO 3166-1 alpha-2 code
    LANGUAGE = "LANGUAGE"  # BCP 47 tag
    URL = "URL"  # http or https
    EMAIL = "EMAIL"  # addr-spec of RFC 5322, domain in lower case
    PHONE = "PHONE"  # E.164
    ENUM = "ENUM"  # one of `values`
    STRINGS = "STRINGS"  # list of one-line strings, at most 100
    JSON = "JSON"  # a JSON document as text


class Pii(StrEnum):
    """Which kind of personal data a property holds."""

    NONE = "NONE"
    NAME = "NAME"
    CONTACT = "CONTACT"
    DEMOGRAPHIC = "DEMOGRAPHIC"
    FINANCIAL = "FINANCIAL"
    BEHAVIOUR = "BEHAVIOUR"
    CONTENT = "CONTENT"  # free text in which anything may stand
    CREDENTIAL = "CREDENTIAL"


class Purpose(StrEnum):
    """Why a property may be kept (GDPR article 5(1)(b))."""

    CONTRACT = "CONTRACT"
    SALES = "SALES"
    SERVICE = "SERVICE"
    MARKETING = "MARKETING"
    ANALYTICS = "ANALYTICS"
    PARTNERSHIP = "PARTNERSHIP"
    SECURITY = "SECURITY"
    LEGAL = "LEGAL"
    OPERATION = "OPERATION"


class Retention(StrEnum):
    """How long a property is kept: an ISO 8601 duration after the last change of its node."""

    MONTH = "P30D"
    YEAR = "P1Y"
    THREE_YEARS = "P3Y"
    TEN_YEARS = "P10Y"  # commercial and tax law of most EU countries
    RECORD = "RECORD"  # as long as the node itself


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relationship; `purpose` and `retention` None mean the owner's."""

    name: LiteralString
    type: Type
    description: str
    pii: Pii = Pii.NONE
    purpose: Purpose | None = None
    retention: Retention | None = None
    required: bool = False
    indexed: bool = False
    values: tuple[LiteralString, ...] = ()
    meanings: tuple[str, ...] = ()  # one sentence per value
    internal: bool = False  # kept by the write path; no mapping or mutation may set it


ID = Property("id", Type.STRING, "UUID of the node.", required=True, internal=True)
VERSION = Property(
    "version", Type.INTEGER, "Number of this state, from 1.", required=True, internal=True
)
CREATED_AT = Property(
    "createdAt", Type.DATETIME, "When the node was first recorded, UTC.", internal=True
)
CHANGED_AT = Property(
    "changedAt", Type.DATETIME, "When this state was recorded, UTC.", required=True, internal=True
)
HASH = Property("hash", Type.STRING, "Digest of the values last said by the source.", internal=True)
HEAD = Property("head", Type.STRING, "Digest of the node's last event.", internal=True)
COMMON = (ID, VERSION, CREATED_AT, CHANGED_AT, HASH, HEAD)
"""What every node carries, machinery aside."""

SOURCE = Property(
    "source", Type.STRING, "Name of the system the node came from; null when made here."
)
EXTERNAL_ID = Property("externalId", Type.STRING, "The node's id in its source.")

RECORDED_FROM = Property(
    "recordedFrom", Type.DATETIME, "When the relationship was recorded, UTC.", required=True
)
RECORDED_TO = Property(
    "recordedTo", Type.STRING, "When it was retracted, UTC; '9999' while it stands.", required=True
)
VIA = Property("via", Type.STRING, "Id of the source record that said so.", internal=True)
START_OF = Property(
    "startOf",
    Type.STRING,
    "Id of the party that it is truly of, while that is merged into its start.",
    internal=True,
)
END_OF = Property(
    "endOf",
    Type.STRING,
    "Id of the party that it is truly of, while that is merged into its end.",
    internal=True,
)
HELD = Property(
    "held",
    Type.BOOLEAN,
    "True of a former one that waits until two merged parties are taken apart.",
    internal=True,
)
STATED = Property(
    "stated",
    Type.BOOLEAN,
    "True of a held identifier that followed from a record.",
    internal=True,
)
WHOSE = (START_OF, END_OF, HELD, STATED)
"""What a relationship of a merged party carries, so that the merge can be undone."""


@dataclass(frozen=True)
class Node:
    """A label with its properties and keys.

    Attributes:
        name: The label; for an abstract node a label shared by several concrete ones.
        own: Properties declared here; `properties` adds the inherited and the common ones.
        extends: Abstract nodes whose labels and properties a node of this label also has.
        keys: Property tuples that are unique, beyond `id`.
        sourced: True when (source, externalId) identifies the node.
        indexes: Property tuples with a composite range index, beyond the `indexed` properties.
        search: Properties in the full-text index of this label.
        machinery: True for nodes that are neither versioned nor carry common properties.
    """

    name: LiteralString
    description: str
    own: tuple[Property, ...]
    purpose: Purpose
    retention: Retention = Retention.RECORD
    extends: tuple["Node", ...] = ()
    abstract: bool = False
    keys: tuple[tuple[LiteralString, ...], ...] = ()
    sourced: bool = False
    indexes: tuple[tuple[LiteralString, ...], ...] = ()
    search: tuple[LiteralString, ...] = ()
    machinery: bool = False

    @cached_property
    def labels(self) -> tuple[LiteralString, ...]:
        """All labels a node of this kind carries, the most general first."""
        return (*(label for parent in self.extends for label in parent.labels), self.name)

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Every property by name: common ones, inherited ones, then own ones."""
        found: dict[str, Property] = {}
        if not self.machinery:
            found.update((each.name, each) for each in COMMON)
        if self.sourced:
            found.update((each.name, each) for each in (SOURCE, EXTERNAL_ID))
        for parent in self.extends:
            found.update(parent.properties)
        found.update((each.name, each) for each in self.own)
        return found

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and other.name == self.name

    def is_a(self, other: "Node") -> bool:
        """Whether a node of this kind carries the other's label."""
        return other.name in self.labels


@dataclass(frozen=True, slots=True)
class Walk:
    """One step over a relationship, in or against its direction."""

    relationship: "Relationship"
    outgoing: bool

    @property
    def targets(self) -> tuple[Node, ...]:
        """The kinds of node at the far end."""
        return self.relationship.ends if self.outgoing else self.relationship.starts


@dataclass(frozen=True)
class Relationship:
    """A relationship type with its ends and properties.

    Attributes:
        key: Properties that, with the start (and the end unless `key` is set), identify one
            relationship; empty means one relationship of this type between two nodes.
        derived: True when the write path computes it from other facts.
        history: False for machinery that keeps no recorded interval.
    """

    name: LiteralString
    starts: tuple[Node, ...]
    ends: tuple[Node, ...]
    description: str
    own: tuple[Property, ...] = ()
    key: tuple[LiteralString, ...] = ()
    derived: bool = False
    history: bool = True
    out: Walk = field(init=False, repr=False, compare=False)
    back: Walk = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "out", Walk(self, outgoing=True))
        object.__setattr__(self, "back", Walk(self, outgoing=False))

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Relationship) and other.name == self.name

    @cached_property
    def properties(self) -> dict[str, Property]:
        """Every property by name, the recorded interval and `via` included."""
        interval = (RECORDED_FROM, RECORDED_TO, VIA, *WHOSE) if self.history else ()
        return {each.name: each for each in (*self.own, *interval)}

    @property
    def was(self) -> LiteralString:
        """The type that holds retracted relationships of this type."""
        return self.name + HISTORY_SUFFIX


@dataclass(frozen=True)
class Model:
    """All nodes and relationships, with look-up by name."""

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]

    @cached_property
    def by_label(self) -> dict[str, Node]:
        """Node kinds by label."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def by_type(self) -> dict[str, Relationship]:
        """Relationships by type."""
        return {each.name: each for each in self.relationships}

    def concrete(self, node: Node) -> tuple[Node, ...]:
        """The node itself, or for an abstract one every concrete kind that extends it."""
        if not node.abstract:
            return (node,)
        return tuple(each for each in self.nodes if not each.abstract and each.is_a(node))

    def between(self, start: Node, end: Node) -> Iterator[Relationship]:
        """Relationships that may lead from `start` to `end`."""
        for each in self.relationships:
            if any(start.is_a(one) for one in each.starts) and any(
                end.is_a(one) for one in each.ends
            ):
                yield each
