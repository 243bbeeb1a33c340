"""Where a field's value comes from: the vocabulary between declarations and the plan compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, LiteralString

from graph.model.kinds import Node, Property, Walk
from graph.statements import Expression, Pattern


@dataclass(frozen=True, slots=True)
class OwnId:
    """The global id of the node."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A property of the node, or on an edge type of the relationship."""

    property: Property


@dataclass(frozen=True, slots=True)
class Computed:
    """A scalar that a named Cypher expression yields."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Values:
    """A value object, or a list of them, that an expression yields as maps by field name."""

    expression: Expression
    many: bool


@dataclass(frozen=True, slots=True)
class Order:
    """The total order of a list: one term, then the node's id in the same direction.

    Attributes:
        term: A Cypher expression over NODE and EDGE that is never null. With `id` it must tell all
            rows of the list apart.
        descending: The direction.
        kind: Python type of the term's value.
    """

    term: LiteralString
    descending: bool = False
    kind: type[str] | type[int] = str


@dataclass(frozen=True, slots=True)
class Where:
    """An optional argument that narrows a list; `condition` is over NODE, EDGE, THIS and VALUE."""

    name: str
    annotation: Any
    description: str
    condition: LiteralString


@dataclass(frozen=True, slots=True)
class Choice:
    """An enum argument that chooses among patterns; its default is the first one."""

    name: str
    description: str
    patterns: Mapping[Enum, Pattern]


Reach = Walk | Pattern | Choice
"""How to get from a node to others."""


@dataclass(frozen=True, slots=True)
class Many:
    """A connection.

    Attributes:
        target: Name of the type at the far end.
        reach: How to get there; None lists every node of the target type: a root field.
        order: The order unless another is asked for.
        wheres: Optional arguments that narrow it.
        on: The class that declares the properties of its edge, if any.
    """

    target: str
    reach: Reach | None
    order: Order
    wheres: tuple[Where, ...] = ()
    on: type | None = None


@dataclass(frozen=True, slots=True)
class One:
    """At most one node; when there are several, the first in order."""

    target: str
    reach: Walk | Pattern
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to name a node: an argument path, and the pattern that finds NODE by $VALUE.

    `path` is the argument, then the field of an input object: ("by", "email").
    """

    path: tuple[str, ...]
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Find:
    """A root field for one node, by global id or by one of several ways."""

    target: str
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class FindMany:
    """A root field for several nodes by global id, null where there is none."""

    target: str


@dataclass(frozen=True, slots=True)
class Viewing:
    """A root field for what is the viewer's own; the pattern finds it by the viewer's variables."""

    target: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Explored:
    """A root field with a statement of its own making, such as a search.

    Attributes:
        compile: Makes its `Root` from the compiler, the field's definition, its response key and
            its nodes.
        structural: Arguments that are numbers and all the same part of the statement's text.
    """

    compile: Callable[..., Any]
    structural: tuple[str, ...] = ()


Source = OwnId | Stored | Computed | Values | Many | One | Find | FindMany | Viewing | Explored


@dataclass(frozen=True, slots=True)
class Kind:
    """Which nodes a GraphQL type stands for: an anchor label, and a role label where it has one.

    `keep` is for how many seconds answers with objects of this type may be kept; 0 is never.
    """

    node: Node
    role: Node | None = None
    keep: int = 0

    def is_among(self, nodes: tuple[Node, ...]) -> bool:
        """Whether nodes of this kind can be among nodes of the given labels."""
        if self.role in nodes:
            return True
        return self.role is None and any(self.node.is_a(each) for each in nodes)

    @property
    def label(self) -> LiteralString:
        """The label that tells this kind from the others."""
        return self.role.name if self.role else self.node.name
