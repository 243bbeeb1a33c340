"""Where rights hold in a compiled query: marks that `graph.access` puts an audience's rules for."""

from functools import cache
from typing import Any, LiteralString, cast

from graph.model.kinds import Walk
from graph.statements import Pattern
from loaders.members import possible_types
from loaders.registry import REGISTRY
from loaders.sources import Reach
from loaders.text import Scope


def seen(
    target: str, child: Scope, reach: Reach | None = None, scope: Scope | None = None
) -> LiteralString:
    """The condition that the child's node may be seen.

    Args:
        target: Name of the type that it has at least.
        child: Its variables.
        reach: How it was reached; None for an anchor.
        scope: From where, which is seen already.
    """
    labels = "_".join(_labels(target, reach))
    if isinstance(reach, Walk) and scope is not None:
        way = f"{child.node}, {scope.node}, {child.edge}, {reach.relationship.name}"
        return cast("LiteralString", f"SEEN_{labels}({way})")
    # Names of the model and variables: as literal as if they were written out.
    return cast("LiteralString", f"SEEN_{labels}({child.node})")


def _labels(target: str, reach: Reach | None) -> list[str]:
    """The labels that the rules of nodes of a type are written for."""
    kind = REGISTRY.kinds.get(target)
    if kind is not None:
        return [kind.node.labels[0]]
    among = reach.targets if isinstance(reach, Walk | Pattern) else ()
    found = among or tuple(REGISTRY.kinds[each].node for each in possible_types(target))
    return sorted({each.labels[0] for each in found})


def known(type_: str, scope: Scope) -> LiteralString:
    """A clause, or none, that finds out once how much may be told of the scope's node."""
    label = _owner(type_)
    return cast("LiteralString", f"«KNOW {label} {scope.node}»") if label else ""


def may(owner: str, field: str, scope: Scope, *, known: bool) -> LiteralString | None:
    """The condition that a field of the scope's node may be told; None where it always may.

    Args:
        owner: The type whose field it is.
        field: Its name.
        scope: The variables of the node.
        known: Whether the clause of `known` stands before.
    """
    label, word = _owner(owner), "KNOWN" if known else "MAY"
    return cast("LiteralString", f"{word}_{label}_{field}({scope.node})") if label else None


def masked(
    owner: str,
    field: str,
    scope: Scope,
    text: LiteralString,
    *,
    known: bool = False,
    many: bool = False,
) -> LiteralString:
    """A value, null (or empty) where its field may not be told; otherwise as `may`."""
    label, word = _owner(owner), "LIST" if many else "MASK"
    how = "KNOWN" if known else "MAY"
    if label is None:
        return text
    return cast("LiteralString", f"«{word} {how}_{label}_{field} {scope.node}|{text}»")


@cache
def _owner(type_: str) -> str | None:
    """Party of types that stand for parties alone, Node of those that may; else None."""
    if type_ not in REGISTRY.types:
        return None
    kind = REGISTRY.kinds.get(type_)
    if kind is not None:
        return "Party" if kind.node.labels[0] == "Party" else None
    kinds = [REGISTRY.kinds[each] for each in possible_types(type_) if each in REGISTRY.kinds]
    return "Node" if any(each.node.labels[0] == "Party" for each in kinds) else None


def guarded(
    owner: str,
    field: str,
    scope: Scope,
    target: str,
    reach: Any,
    child: Scope,
    *,
    known: bool = False,
) -> LiteralString:
    """The condition of a node that a field of another leads to; otherwise as `may`."""
    allowed = may(owner, field, scope, known=known)
    sees = seen(target, child, reach, scope)
    return f"{allowed} AND {sees}" if allowed is not None else sees
