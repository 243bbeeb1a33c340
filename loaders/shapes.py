"""What a statement's row looks like: the way from positions in lists to response keys.

Rows are lists, not maps: they carry no aliases, so that queries differing only in names share one
statement, and no key crosses Bolt once per row (ADR 0007).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf; `type` is the name of its GraphQL type, `many` a list of it."""

    slot: int
    type: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class EnumName:
    """An enum value, stored by name; `slot` is a key in the map of a value object."""

    slot: int | str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Id:
    """A global id of a known type."""

    slot: int
    type: str


@dataclass(frozen=True, slots=True)
class AnyId:
    """A global id of a node of any type: the row holds its type's name, a colon and its id."""

    slot: int


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename` of a known type."""

    name: str


@dataclass(frozen=True, slots=True)
class MoneyOf:
    """An amount stored as [minor units, currency]; `keys` are (response key, field) pairs.

    `slot` is a key in the map of a value object.
    """

    slot: int | str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FieldValueOf:
    """A value of any type: stored as a list of the value and, of an amount, its currency."""

    slot: int


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """A value object stored as a map by field name, or a list of them."""

    slot: int
    fields: "Fields"
    many: bool


@dataclass(frozen=True, slots=True)
class FromMap:
    """A leaf of a value object, by its name in the map."""

    name: str
    type: str
    many: bool


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor of an edge: its sort terms and its node's id; `seal` names a parameter."""

    terms: tuple[int, ...]
    id: int
    seal: str


@dataclass(frozen=True, slots=True)
class Object:
    """A nested row, by concrete type. `tagged` rows name their type in their first item."""

    slot: int
    cases: "tuple[Fields, ...]"
    tagged: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of nested rows, none of them null.

    Attributes:
        slot: Where the rows are.
        cases: Their fields by concrete type.
        tagged: True when rows name their type in their first item.
        size: How many are priced, or the parameter that says so.
    """

    slot: int
    cases: "tuple[Fields, ...]"
    tagged: bool
    size: int | str


@dataclass(frozen=True, slots=True)
class Lookup:
    """Nodes by global id: per type a slot of [id, row] pairs, in the order of the ids asked."""

    ids: str
    parts: tuple[Object, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """The rows of a page, each an edge."""

    fields: "Fields"


@dataclass(frozen=True, slots=True)
class Info:
    """`pageInfo`; `keys` are (response key, field) pairs."""

    keys: tuple[tuple[str, str], ...]
    cursor: Cursor | None


@dataclass(frozen=True, slots=True)
class Count:
    """`totalCount`."""

    slot: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts by value: a slot of [value, count] rows, each an object."""

    slot: int
    fields: "Fields"


@dataclass(frozen=True, slots=True)
class Page:
    """A connection.

    Attributes:
        rows: Slot of the rows, one more than asked when more follow; None when not selected.
        limit: Name of the parameter that holds the page size plus one.
        backward: True when rows come from the end, in reverse.
        after: True when a cursor precedes the page.
        before: True when a cursor follows the page.
        fields: Entries among Edges, Info, Count, Facets and Typename.
    """

    rows: int | None
    limit: str
    backward: bool
    after: bool
    before: bool
    fields: "Fields"


Shape = (
    Scalar | EnumName | Id | AnyId | Typename | MoneyOf | FieldValueOf | ValuesOf | FromMap | Cursor
    | Object | Listed | Lookup | Edges | Info | Count | Facets | Page
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One response key of an object; `required` when its type is non-null."""

    key: str
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Fields:
    """The entries of an object of one concrete type.

    Attributes:
        type: The type's name.
        entries: What of it is answered.
        subject: Slot of its id when it is a person of whom personal data is read.
    """

    type: str
    entries: tuple[Entry, ...]
    subject: int | None = None
