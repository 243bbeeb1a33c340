"""Orders and filters that lists of several domains share."""

from typing import LiteralString

from graph.model.kinds import Node
from loaders.declare import Order, Where
from loaders.registry import enum_type

BY_NAME = Order("NODE.name")
NEWEST = Order("NODE.at", descending=True)
LATEST_OPENED = Order("NODE.openedAt", descending=True)
LATEST_CHANGED = Order("NODE.changedAt", descending=True)
# Ids begin with the time at which they were made. What is changed last is not told to everyone.
LATEST_MADE = Order("NODE.id", descending=True)
LATEST_START = Order("coalesce(EDGE.from, '')", descending=True)
BY_ROLE = Order("coalesce(EDGE.role, '')")

CURRENT = Where(
    "current",
    bool | None,
    "True for what holds today, false for what has ended; both when not given.",
    "(EDGE.to IS NULL OR EDGE.to >= toString(date())) = VALUE",
)


def any_of(node: Node, column: LiteralString, name: str, description: str) -> Where:
    """A filter by the values of an enum property, declared by `node` itself."""
    enum = enum_type(node.name, node.properties[column])
    return Where(name, list[enum] | None, description, "NODE." + column + " IN VALUE")
