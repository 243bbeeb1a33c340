"""Whether answers of a plan may be kept, for how long, and what makes them stale.

Every type that a selection reaches must allow it (`@node(..., keep=seconds)`); the shortest time
counts. A type that says nothing is never kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast

from loaders.registry import REGISTRY
from loaders.roots import Root
from loaders.shapes import Fields
from loaders.tags import tags_of


@dataclass(frozen=True, slots=True)
class Policy:
    """For how many seconds answers may be kept, and the tags whose change makes them stale."""

    seconds: int
    tags: frozenset[str]


def policy_of(roots: Sequence[Root]) -> Policy | None:
    """The policy of a plan with these root fields; None when its answers must not be kept."""
    seconds: list[int] = []
    tags: set[str] = set()
    for root in roots:
        seconds += [REGISTRY.kinds[each].keep for each in _types(root.entry)]
        found = tags_of(root.statement.text) if root.statement else None
        if found is None:
            return None
        tags |= found
    shortest = min(seconds, default=0)
    return Policy(shortest, frozenset(tags)) if shortest else None


def _types(shape: Any) -> Iterator[str]:
    """The types of nodes whose objects a shape holds."""
    if isinstance(shape, Fields) and shape.type in REGISTRY.kinds:
        yield shape.type
    if isinstance(shape, tuple):
        for each in cast("tuple[Any, ...]", shape):
            yield from _types(each)
    elif is_dataclass(shape):
        for each in fields(shape):
            yield from _types(getattr(shape, each.name))
