"""What the variables of a query stand for while it is rewritten."""

from dataclasses import dataclass, field

from graph.past.fragments import SUFFIX


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables at one place of a query.

    Attributes:
        nodes: For each variable of a node the expression of its state at the time.
        bound: Every variable.
        lasting: Those that a WITH does not end, since they come from outside of the query.
    """

    nodes: dict[str, str] = field(default_factory=dict[str, str])
    bound: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()

    def inside(self) -> "Scope":
        """The scope of a subquery that sees everything."""
        return Scope(self.nodes, self.bound, self.bound)

    def importing(self, names: list[str]) -> "Scope":
        """The scope of a subquery that sees these variables only."""
        seen = frozenset(names)
        nodes = {name: each for name, each in self.nodes.items() if name in seen}
        return Scope(nodes, seen, seen)

    def adding(self, columns: "Columns") -> "Scope":
        """This scope with further variables."""
        bound = self.bound | columns.keys()
        nodes = {name: each for name, each in self.nodes.items() if name not in columns}
        nodes |= {name: each for name, each in columns.items() if each is not None}
        return Scope(nodes, bound, self.lasting)

    def keeping(self, columns: "Columns") -> "Scope":
        """The scope after a WITH of these columns."""
        nodes = {name: each for name, each in self.nodes.items() if name in self.lasting}
        return Scope(nodes, self.lasting, self.lasting).adding(columns)


Columns = dict[str, str | None]
"""Variables by name: of a node the expression of its state, else None."""


def state_of(node: str) -> str:
    """The variable of a node's state."""
    return node + SUFFIX
