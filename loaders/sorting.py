"""The order of a list: what it can be sorted by, and a cursor's place in any such order.

An order is total: after the terms asked for come the declared one and the node's id. What lies
beyond a cursor is said as CASE, since the plain disjunction would lose the order of an index.
"""

import re
from dataclasses import dataclass
from typing import Any, LiteralString

from loaders.arguments import plain
from loaders.errors import BadRequest, Code
from loaders.marking import masked
from loaders.members import (
    Column,
    Member,
    Operand,
    ToOne,
    edge_of,
    members_of,
    members_of_edge,
    target_of,
)
from loaders.reaching import first
from loaders.sources import Computed, Many, One, Order, OwnId, Stored
from loaders.text import Scope, numbered, rename

MAX_TERMS = 3

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NULL = type(None)
_KINDS: dict[Operand, tuple[type, ...]] = {
    Operand.STRING: (str,),
    Operand.ENUM: (str,),
    Operand.DATE_TIME: (str,),
    Operand.DATE: (str,),
    Operand.INT: (int,),
    Operand.MONEY: (int,),
    Operand.FLOAT: (float, int),
    Operand.BOOLEAN: (bool,),
}
_HOPS_LEAVE_OUT = {"version", "createdAt", "changedAt", "source", "externalId"}


@dataclass(frozen=True, slots=True)
class SortField:
    """Something that rows can be sorted or counted by.

    Attributes:
        column: The value.
        on_edge: True when it is the edge's.
        through: The single walk from the node that leads to its owner; None for the node's own.
        way: The type and field of that walk.
        description: What it means.
    """

    column: Column
    on_edge: bool
    through: One | None
    description: str
    way: tuple[str, str] = ("", "")

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The fields that it asks about."""
        return self.column.about if self.through is None else (*self.column.about, self.way)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an order.

    Attributes:
        text: The value in Cypher: an expression, or the name of one that a WITH gives it.
        given: That expression; None when `text` is the expression itself.
        descending: The direction.
        nulls: Where nulls stand, FIRST or LAST; None when there are none.
        kinds: Python types of its values.
    """

    text: LiteralString
    given: LiteralString | None
    descending: bool
    nulls: str | None
    kinds: tuple[type, ...]


def shouted(name: str) -> str:
    """The name of a field as that of an enum value: customerSince as CUSTOMER_SINCE."""
    return _HUMP.sub("_", name).upper()


def sort_fields(edge: Any) -> dict[str, SortField]:
    """What a list can be sorted by: the node's own, one single walk further, and the edge's."""
    node = members_of(target_of(edge))
    found = _own(node, on_edge=False)
    for name, member in node.items():
        if isinstance(member, ToOne):
            for key, column in members_of(member.source.target).items():
                if isinstance(column, Column) and key not in _HOPS_LEAVE_OUT and _sorts(column):
                    text = f"Of its {name}: {column.description}"
                    way = (target_of(edge), name)
                    hop = SortField(column, False, member.source, text, way)
                    found.setdefault(f"{shouted(name)}_{shouted(key)}", hop)
    found.update(
        ("EDGE_" + key, each) for key, each in _own(members_of_edge(edge), on_edge=True).items()
    )
    return found


def _own(members: dict[str, Member], *, on_edge: bool) -> dict[str, SortField]:
    return {
        shouted(name): SortField(each, on_edge, None, each.description)
        for name, each in members.items()
        if isinstance(each, Column) and _sorts(each)
    }


def _sorts(column: Column) -> bool:
    return column.operand in _KINDS and not column.long


def column_text(column: Column, scope: Scope) -> LiteralString:
    """A column in Cypher; `scope.on_edge` tells whose it is."""
    match column.source:
        case OwnId():
            return scope.node + ".id"
        case Stored(declared) if scope.on_edge:
            return scope.edge + "." + declared.name
        case Stored(declared):
            text = scope.node + "." + declared.name
        case Computed(expression):
            text = "(" + rename(expression.text, this=scope.node, edge=scope.edge) + ")"
    return masked(column.owner, column.name, scope, text)


def terms_of(source: Many, asked: Any, child: Scope) -> list[Term]:
    """The terms of a list's order, without the id that ends it.

    Args:
        source: The list.
        asked: The coerced `orderBy`, or None.
        child: The variables of its rows.

    Raises:
        BadRequest: INVALID_ORDER for more than `MAX_TERMS` terms.
    """
    if len(asked or ()) > MAX_TERMS:
        raise BadRequest(Code.INVALID_ORDER, f"Order a list by at most {MAX_TERMS} fields.")
    fields = sort_fields(edge_of(source)) if asked else {}
    found: list[Term] = []
    for number, each in enumerate(asked or ()):
        term = _term(fields[plain(each["field"])], each, child, number)
        if all(term.text != other.text for other in found):
            found.append(term)
    declared = _declared(source.order, child)
    if all(declared.text != other.text for other in found):
        found.append(declared)
    return found


def _declared(order: Order, child: Scope) -> Term:
    text = rename(order.term, node=child.node, edge=child.edge)
    kinds = (int, float) if order.kind is int else (order.kind,)
    return Term(text, None, order.descending, None, kinds)


def _term(field: SortField, asked: dict[str, Any], child: Scope, number: int) -> Term:
    column, nullable = field.column, not field.column.required
    text, given = column_text(column, child.as_edge() if field.on_edge else child), None
    if field.through is not None:
        far = child.child()
        # One walk taken twice is told apart by the number of its term, and by depth as all names.
        text, given = (
            numbered("s", child.depth * MAX_TERMS + number),
            (
                f"head(COLLECT {{ {first(field.through, child, far, *field.way)} "
                f"RETURN {column_text(column, far)} }})"
            ),
        )
        nullable = True
    elif isinstance(column.source, Computed):
        text, given = numbered("s", child.depth * MAX_TERMS + number), text
    kinds = (*_KINDS[column.operand], _NULL) if nullable else _KINDS[column.operand]
    nulls: str | None = plain(asked["nulls"]) if nullable else None
    return Term(text, given, plain(asked["direction"]) == "DESC", nulls, kinds)


def order_by(terms: list[Term], node: LiteralString, *, backward: bool) -> LiteralString:
    """The ORDER BY of an order, from its start or from its end."""
    keys: list[LiteralString] = []
    for term in terms:
        descending = term.descending is not backward
        if term.nulls is not None and ((term.nulls == "FIRST") is not backward) is not descending:
            # Cypher puts nulls last, and first when it descends; this says otherwise.
            placed: LiteralString = "" if descending else " DESC"
            keys.append(term.text + " IS NULL" + placed)
        keys.append(term.text + (" DESC" if descending else ""))
    last: LiteralString = " DESC" if terms[-1].descending is not backward else ""
    return ", ".join([*keys, node + ".id" + last])


def beyond(
    terms: list[Term], values: list[LiteralString], node: LiteralString, *, follows: bool
) -> LiteralString:
    """What follows, or precedes, the row with these values, the last of which is its id.

    Args:
        terms: The order.
        values: A parameter for each term and for the id.
        node: The variable of the node.
        follows: True for what follows.
    """
    than: LiteralString = ">" if follows is not terms[-1].descending else "<"
    text: LiteralString = f"{node}.id {than} {values[-1]}"
    for position in reversed(range(len(terms))):
        text = _beyond_term(terms[position], values[position], text, position, follows=follows)
    return text


def _beyond_term(
    term: Term, value: LiteralString, rest: LiteralString, position: int, *, follows: bool
) -> LiteralString:
    column = term.text
    than: LiteralString = ">" if follows is not term.descending else "<"
    if term.nulls is None:
        if position == 0:
            return (
                f"{column} {than}= {value} AND "
                f"CASE WHEN {column} = {value} THEN {rest} ELSE true END"
            )
        return f"CASE WHEN {column} = {value} THEN {rest} ELSE {column} {than} {value} END"
    nulls_are_beyond = (term.nulls == "LAST") is follows
    null: LiteralString = (
        f"{column} IS NULL AND {value} IS NOT NULL"
        if nulls_are_beyond
        else f"{column} IS NOT NULL AND {value} IS NULL"
    )
    return (
        f"CASE WHEN {column} = {value} OR ({column} IS NULL AND {value} IS NULL) THEN {rest} "
        f"ELSE {column} {than} {value} OR ({null}) END"
    )
