"""Ways from a node to others, as clauses: walks, named patterns, the first of several."""

from typing import LiteralString

from graph.model.kinds import Walk
from graph.statements import Pattern
from loaders.marking import guarded
from loaders.registry import REGISTRY
from loaders.sources import Choice, One, Order, Reach
from loaders.text import Scope, rename


def reached(reach: Walk | Pattern, target: str, scope: Scope, child: Scope) -> LiteralString:
    """The clause that binds the child's node and edge from the scope's node."""
    if isinstance(reach, Pattern):
        return rename(
            reach.text, this=scope.node, node=child.node, edge=child.edge, value=scope.edge
        )
    kind = REGISTRY.kinds.get(target)
    certain = kind is None or (reach.targets == (kind.node,) and kind.role is None)
    label: LiteralString = "" if certain or kind is None else ":" + kind.label
    left, right = ("-", "->") if reach.outgoing else ("<-", "-")
    return (
        f"MATCH ({scope.node}){left}[{child.edge}:{reach.relationship.name}]{right}"
        f"({child.node}{label})"
    )


def first(
    source: One, scope: Scope, child: Scope, owner: str, field: str, *, known: bool = False
) -> LiteralString:
    """The clauses that bind the child's node to the one node meant, if there is any.

    Args:
        source: The single walk.
        scope: From where.
        child: The variables of the node.
        owner: The type whose field it is.
        field: The field.
        known: Whether it is known of the scope's node how much of it may be told.
    """
    order = source.order or Order("NODE.id")
    allowed = guarded(owner, field, scope, source.target, source.reach, child, known=known)
    return (
        f"{reached(source.reach, source.target, scope, child)} WHERE {allowed} "
        f"WITH {child.node} ORDER BY {rename(order.term, node=child.node, edge=child.edge)}"
        f"{' DESC' if order.descending else ''}, {child.node}.id LIMIT 1"
    )


def kept(reach: Reach | None, child: Scope) -> LiteralString:
    """What of a match goes on: a named pattern may have no edge, or find a node twice."""
    if reach is None:
        return child.node
    if isinstance(reach, Walk):
        return child.node + ", " + child.edge
    patterns = tuple(reach.patterns.values()) if isinstance(reach, Choice) else (reach,)
    distinct = any(each.distinct for each in patterns)
    keeps_edge = all("EDGE" in each.text for each in patterns)
    found = child.node + ", " + child.edge if keeps_edge else child.node
    return "DISTINCT " + found if distinct else found
