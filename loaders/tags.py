"""What a statement reads, as tags: the labels and relationship types whose change makes it stale.

A write bumps the tags of all labels of each node it touches, and of each relationship type. A
statement names labels and types in its text; what it reads at the far end of a relationship without
naming a label is every label that the model lets stand there.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from graph.changes import Event
from graph.model import MODEL
from graph.model.kinds import HISTORY_SUFFIX
from graph.model.parties import CUSTOMER, PARTNER, PARTY

EVERYTHING = "*"
"""A tag of every answer: bumped when too much changes to say what."""

_NAMES = re.compile(r"[:|]\s*([A-Z]\w*)")
# An index by name, a relationship or a label whose name is not in the text.
_UNNAMED = re.compile(
    r"\bdb\.index\b|-\s*\[[^:\]]*\]\s*-|--|:\s*\$(?:\(|all|any)|\btype\(|\blabels\("
)
_NOW = re.compile(r"\b(?:date|datetime|time|timestamp|localdatetime|localtime|rand)\s*\(")


@lru_cache(1_000)
def tags_of(text: str) -> frozenset[str] | None:
    """The tags of a statement; None when it depends on the time, or on more than it names.

    Args:
        text: Cypher that names every label and type it reads by the model's names.
    """
    if _NOW.search(text) or _UNNAMED.search(text):
        return None
    found = {EVERYTHING}
    for name in _NAMES.findall(text):
        found.add(name)
        relationship = MODEL.by_type.get(name.removesuffix(HISTORY_SUFFIX))
        if relationship is not None:
            found.update(each.name for each in (*relationship.starts, *relationship.ends))
    return frozenset(found)


def tags_of_events(events: Iterable[Event]) -> set[str]:
    """The labels and relationship types that changes make stale."""
    found: set[str] = set()
    for each in events:
        found.update(_labels(each.label))
        found.update(name for name in each.fields if name in MODEL.by_type)
    return found


def parties_of_events(events: Iterable[Event]) -> set[str]:
    """The parties that changes concern, each as the tag `c:<id>`."""
    return {f"c:{party}" for each in events for party in each.parties}


@lru_cache(1_000)
def _labels(label: str | None) -> frozenset[str]:
    """All labels that a node of a kind may carry; everything when the kind is not known."""
    node = MODEL.by_label.get(label or "")
    if node is None:
        return frozenset({EVERYTHING})
    roles = (CUSTOMER.name, PARTNER.name) if node.is_a(PARTY) else ()
    return frozenset({*node.labels, *roles})
