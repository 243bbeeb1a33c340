"""Facets: how many rows of a whole list have each value of a field."""

from typing import Any, LiteralString

from loaders.members import (
    Column,
    Operand,
    members_of,
    members_of_edge,
    possible_types,
    target_of,
)
from loaders.sorting import column_text, shouted
from loaders.text import Scope, tag

TYPE = "TYPE"
"""The facet of an interface's concrete types."""

_COUNTED = {Operand.STRING, Operand.ENUM, Operand.BOOLEAN, Operand.INT}


def facet_columns(edge: Any) -> dict[str, tuple[Column, bool]]:
    """The columns that rows can be counted by, by enum value; True marks the edge's own."""
    found: dict[str, tuple[Column, bool]] = {}
    node = members_of(target_of(edge))
    for members, on_edge in ((node, False), (members_of_edge(edge), True)):
        for name, member in members.items():
            if isinstance(member, Column) and member.operand in _COUNTED and not member.long:
                key = "EDGE_" + shouted(name) if on_edge else shouted(name)
                found[key] = (member, on_edge)
    return found


def facet_fields(edge: Any) -> dict[str, str]:
    """What rows can be counted by, with descriptions; an interface also by concrete type."""
    found = {key: column.description for key, (column, _) in facet_columns(edge).items()}
    target = target_of(edge)
    if possible_types(target) != [target]:
        found.setdefault(TYPE, "The concrete type.")
    return found


def facet_about(edge: Any) -> dict[str, tuple[tuple[str, str], ...]]:
    """The fields that each value of `facet_fields` asks about."""
    return {key: column.about for key, (column, _) in facet_columns(edge).items()}


def facet_text(
    edge: Any, field: str, matched: LiteralString, child: Scope, limit: LiteralString
) -> LiteralString:
    """The values of a field with their counts, the most frequent first, then by value.

    Args:
        edge: The list's edge type.
        field: A key of `facet_fields`.
        matched: Clauses that yield each row of the list once.
        child: The variables of a row.
        limit: The parameter that holds how many values are wanted.
    """
    columns = facet_columns(edge)
    if field in columns:
        column, on_edge = columns[field]
        text = column_text(column, child.as_edge() if on_edge else child)
        if column.operand in {Operand.BOOLEAN, Operand.INT}:
            text: LiteralString = f"toString({text})"
    else:
        text = tag(possible_types(target_of(edge)), child.node)
    return (
        f"COLLECT {{ {matched} WITH {text} AS value, count(*) AS rows "
        f"ORDER BY rows DESC, value LIMIT ${limit} RETURN [value, rows] }}"
    )
