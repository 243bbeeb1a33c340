"""What a read at a time is made of: the state of a node, the interval of a relationship, labels.

A node that has not changed since is its own state; else the Version whose interval holds the
moment is. An archived node keeps its labels in a property and is known by the label Archived.
"""

from graph.model import MODEL
from graph.model.kinds import Node
from graph.past.reading import Timeless

SUFFIX = "_"
"""A node's state is the node's variable with this behind it."""

MANY_VERSIONS = 100
"""From so many versions on, the one that is wanted is found by an index, not by looking at all."""

ROLES: dict[str, tuple[str, str]] = {
    "Customer": (
        "Party",
        "EXISTS { (NODE)<-[:FOR]-(paper) WHERE paper:Order OR paper:Invoice OR paper:Contract }",
    ),
    "Partner": ("Company", "EXISTS { (NODE)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() }"),
}
"""Labels that follow from relationships: the label they are added to, and when they are."""

OVERWRITTEN = ("entityId", "validFrom", "validTo")
"""Properties that a Version has of its own, in the place of those of the node."""

UNCHANGING = ("id", "label")
"""Properties that are read from the node itself: they never change, and a Version has its own."""

UNMOVED = {"RESOLVES_TO"}
"""Relationships that an archived node keeps as they are."""

LASTING: tuple[frozenset[str], ...] = (
    frozenset({"source", "externalId"}),
    frozenset({"kind", "value"}),
    frozenset({"issuer", "subject"}),
    frozenset({"label", "name"}),
)
"""Properties that name a node and never change, so that an index of today finds it."""


def standing(relationship: str, at: str, types: list[str] | None = None) -> str:
    """The condition that a relationship was recorded at a time.

    Args:
        relationship: Its variable.
        at: The time.
        types: Types of which it may be and that it only has while it stands, so that its end need
            not be read; None when that is not known.
    """
    ended = f"{at} < {relationship}.recordedTo"
    if types is not None:
        # A CASE, as in `labelled`.
        ended = f"CASE WHEN {relationship}:{'|'.join(types)} THEN true ELSE {ended} END"
    return f"{relationship}.recordedFrom <= {at} AND {ended}"


def recorded_types(types: list[str]) -> str:
    """Relationship types with those of their former states, as a pattern has them.

    Raises:
        Timeless: a type that keeps no former states.
    """
    found: list[str] = []
    for each in types:
        declared = MODEL.by_type.get(each)
        if declared is None or not declared.history:
            raise Timeless(f"relationships of type {each}")
        found += [declared.name, declared.was]
    return "|".join(found)


def state(node: str, at: str, *, walked: bool) -> str:
    """The state of a node at a time; null before it was made, and while it was archived.

    Args:
        node: Its variable.
        at: The time.
        walked: True when it was reached along a relationship that was recorded then: an archived
            node has none.
    """
    valid = f"v.validFrom <= {at} AND {at} < v.validTo"
    former = f"head(COLLECT {{ MATCH ({node})-[:WAS]->(v:Version) WHERE {valid} RETURN v }})"
    if walked:
        # Short, since there is one for each node of a pattern, and planning all of them takes time.
        return f"CASE WHEN {node}.changedAt <= {at} THEN {node} ELSE {former} END"
    former = former.replace(valid, valid + " AND v.archivedLabels IS NULL")
    return (
        f"CASE WHEN {node}.changedAt <= {at} AND NOT {node}:Archived THEN {node} "
        f"WHEN {node}.version < {MANY_VERSIONS} THEN {former} "
        f"ELSE head(COLLECT {{ MATCH (v:Version) WHERE v.entityId = {node}.id "
        f"AND v.validFrom <= {at} WITH v ORDER BY v.entityId DESC, v.validFrom DESC, "
        f"v.version DESC LIMIT 1 WITH v WHERE {at} < v.validTo AND v.archivedLabels IS NULL "
        "RETURN v }) END"
    )


def existed(node: str, at: str) -> str:
    """The condition that a node to which a relationship of that time leads was there."""
    return f"coalesce({node}.createdAt <= {at}, true)"


def labelled(node: str, labels: list[str]) -> str:
    """The condition that a node had one of these labels, archived since or not.

    It is a CASE, since the planner takes long to bring a condition of many ORs and ANDs into its
    normal form.
    """
    kept = " OR ".join(f"'{each}' IN {node}.archivedLabels" for each in labels)
    return (
        f"CASE WHEN {node}:{'|'.join(labels)} THEN true "
        f"WHEN {node}:Archived THEN {kept} ELSE false END"
    )


def concrete(label: str) -> list[str]:
    """The labels of the concrete kinds of node that carry a label, as Versions name them.

    Raises:
        Timeless: no label of the model.
    """
    kind: Node | None = MODEL.by_label.get(label)
    if kind is None:
        raise Timeless(f"nodes labelled {label}")
    return [each.name for each in MODEL.concrete(kind)]
