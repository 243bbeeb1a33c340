"""What custom fields there are: their names, their types, and for which nodes."""

import re
from dataclasses import dataclass

from graph.database import Graph
from graph.model.kinds import Node
from graph.statements import Kind, Statement

PREFIX = "x_"
"""What the name of a custom field's property begins with."""

MOST = 200
"""Custom fields that may be in use at a time."""

NAME = re.compile(r"[a-z][A-Za-z0-9]{0,59}")
"""A name that may be given: camel case, as the other fields are named."""

IN_USE = Statement(
    "custom.in_use",
    Kind.READ,
    "MATCH (f:FieldDef) WHERE f.label IN $labels AND f.retiredAt IS NULL "
    "RETURN f.name, f.type ORDER BY f.name",
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A custom field in use: its name without the prefix, and the type of its values."""

    name: str
    type: str

    @property
    def property(self) -> str:
        """The property that holds its value."""
        return PREFIX + self.name


async def definitions(graph: Graph, node: Node) -> dict[str, Definition]:
    """The custom fields in use for nodes of a kind, its more general labels included, by name."""
    rows = await graph.run(IN_USE, {"labels": list(node.labels)})
    return {row[0]: Definition(row[0], row[1]) for row in rows}
