"""Filters in Cypher: one condition, whose text depends on the filter's structure alone.

A path over relationships becomes EXISTS or COUNT, so that a filter never multiplies rows. Cypher's
null is kept out: a condition holds or it does not, and what negates one counts null as false first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, LiteralString

from graph.model.kinds import Walk
from loaders.arguments import Argument, Bindings
from loaders.comparing import Compared, Comparing, given, joined
from loaders.custom import OPERANDS
from loaders.errors import BadRequest, Code
from loaders.marking import guarded
from loaders.members import (
    TOTALS,
    Column,
    Member,
    Operand,
    ToMany,
    ToOne,
    edge_of,
    members_of,
    members_of_edge,
    possible_types,
    target_of,
    total_columns,
)
from loaders.reaching import first, kept, reached
from loaders.registry import REGISTRY
from loaders.sorting import column_text
from loaders.sources import Choice, Many
from loaders.text import Scope

MAX_HOPS = 4
MAX_NESTING = 10

_FUNCTIONS: dict[str, LiteralString] = {"sum": "sum", "min": "min", "max": "max", "avg": "avg"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a filter a condition stands.

    Attributes:
        scope: The variables it is about.
        path: The way to it from the argument.
        hops: Relationships walked so far.
        nesting: Input objects passed so far.
    """

    scope: Scope
    path: tuple[str | int, ...] = ()
    hops: int = 0
    nesting: int = 0

    def inside(self, *path: str | int) -> "_Place":
        return replace(self, path=(*self.path, *path), nesting=self.nesting + 1)

    def on_edge(self) -> "_Place":
        return replace(self, scope=self.scope.as_edge())

    def beyond(self) -> "_Place":
        """One relationship further."""
        if self.hops == MAX_HOPS:
            text = f"A filter follows at most {MAX_HOPS} relationships in a row; shorten the path."
            raise BadRequest(Code.FILTER_TOO_DEEP, text)
        return replace(self, scope=self.scope.child(), hops=self.hops + 1)


_Members = Callable[[str, Any, _Place], LiteralString]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a list, as clauses that a subquery can hold."""

    reach: LiteralString
    kept: LiteralString
    node: LiteralString
    walk: bool
    conditions: tuple[LiteralString, ...] = ()

    def where(self, condition: LiteralString) -> "_Rows":
        return replace(self, conditions=(*self.conditions, condition))

    def text(self) -> LiteralString:
        wheres = " AND ".join(self.conditions)
        return self.reach + (" WHERE " + wheres if wheres else "")

    def exist(self) -> LiteralString:
        return f"EXISTS {{ {self.text()}{'' if self.walk else ' RETURN ' + self.node} }}"

    def count(self) -> LiteralString:
        return f"COUNT {{ {self.text()}{'' if self.walk else ' RETURN ' + self.kept} }}"

    def total(self, function: LiteralString, column: LiteralString) -> LiteralString:
        return f"head(COLLECT {{ {self.text()} WITH {self.kept} RETURN {function}({column}) }})"


def compile_filter(
    argument: Argument, place: str, target: str, scope: Scope, bindings: Bindings
) -> LiteralString:
    """The condition of a filter argument on the scope's node, which is of the target type.

    Args:
        argument: The argument; not null.
        place: What tells its parameters from those of other arguments.
        target: Name of the type.
        scope: The variables of the node.
        bindings: Takes the parameters; computing them raises INVALID_FILTER, FILTER_TOO_WIDE and
            INVALID_ID for values that make no sense.

    Raises:
        BadRequest: FILTER_TOO_DEEP, FILTER_TOO_WIDE or INVALID_FILTER, by structure.
    """
    comparing = Comparing(argument, place, bindings)
    return _Compiler(comparing).node(target, argument.now, _Place(scope))


@dataclass(frozen=True, slots=True)
class _Compiler:
    comparing: Comparing

    def node(self, target: str, asked: dict[str, Any], at: _Place) -> LiteralString:
        """The filter of a type."""
        members = members_of(target)

        def member(name: str, value: Any, inner: _Place) -> LiteralString:
            if name in members:
                return self._member(members[name], target, name, value, inner)
            if name == "custom":
                each: list[LiteralString] = [
                    self._custom(given(one), inner.inside(i)) for i, one in enumerate(value)
                ]
                return joined(each, every=True)
            concrete = name.removeprefix("as")
            label = REGISTRY.kinds[concrete].label
            return f"({inner.scope.node}:{label} AND {self.node(concrete, value, inner)})"

        return self._all(asked, at, member)

    def _custom(self, asked: dict[str, Any], at: _Place) -> LiteralString:
        """What is asked of one custom field; of another type than its own nothing holds."""
        text = self.comparing.custom(at.path, at.scope.node)
        parts: list[LiteralString] = [
            self.comparing.all(Compared(OPERANDS[name], text, (*at.path, name)), given(value))
            for name, value in asked.items()
            if name != "name"
        ]
        if not parts:
            message = 'Say what the custom field must be, such as string: {eq: "x"}.'
            raise BadRequest(Code.INVALID_FILTER, message)
        return joined(parts, every=True)

    def _edge(self, edge: Any, asked: dict[str, Any], at: _Place) -> LiteralString:
        members, target = members_of_edge(edge), target_of(edge)

        def member(name: str, value: Any, inner: _Place) -> LiteralString:
            if name == "node":
                return self.node(target, value, inner)
            return self._member(members[name], "", name, value, inner.on_edge())

        return self._all(asked, at, member)

    def _all(self, asked: dict[str, Any], at: _Place, member: _Members) -> LiteralString:
        """Everything given; `and`, `or` and `not` mean the same in every filter."""
        if at.nesting > MAX_NESTING:
            text = f"A filter is nested at most {MAX_NESTING} deep; flatten it."
            raise BadRequest(Code.FILTER_TOO_DEEP, text)
        parts: list[LiteralString] = []
        for name, value in asked.items():
            given(value)
            if name in {"and", "or"}:
                each: list[LiteralString] = [
                    self._all(given(one), at.inside(name, number), member)
                    for number, one in enumerate(value)
                ]
                parts.append(joined(each, every=name == "and"))
            elif name == "not":
                parts.append(_not(self._all(value, at.inside(name), member)))
            else:
                parts.append(member(name, value, at.inside(name)))
        return joined(parts, every=True)

    def _member(
        self, member: Member, target: str, name: str, value: Any, at: _Place
    ) -> LiteralString:
        match member:
            case Column(_, operand):
                compared = Compared(operand, column_text(member, at.scope), at.path)
                if operand is Operand.MONEY:
                    return self.comparing.money(compared, _currency(at.scope), value)
                if operand is Operand.ID:
                    compared = replace(compared, types=frozenset(possible_types(target)))
                return self.comparing.all(compared, value)
            case ToOne(source):
                inner = at.beyond()
                one = first(source, at.scope, inner.scope, target, name)
                condition = self.node(source.target, value, inner)
                return f"EXISTS {{ {one} WHERE {condition} RETURN {inner.scope.node} }}"
            case ToMany(source):
                inner = at.beyond()
                rows = _rows(source, (target, name), at.scope, inner.scope)
                return self._list(edge_of(source), rows, value, inner)

    def _list(self, edge: Any, rows: _Rows, asked: dict[str, Any], inner: _Place) -> LiteralString:
        if "where" in asked:
            if len(asked) == 1:
                raise BadRequest(
                    Code.INVALID_FILTER,
                    "`where` alone asks nothing: add some, none, every, count or a total.",
                )
            rows = rows.where(self._edge(edge, given(asked["where"]), inner.inside("where")))
        parts: list[LiteralString] = [
            self._of_rows(name, rows, edge, given(value), inner.inside(name))
            for name, value in asked.items()
            if name != "where"
        ]
        return joined(parts, every=True)

    def _of_rows(self, name: str, rows: _Rows, edge: Any, value: Any, at: _Place) -> LiteralString:
        if name == "count":
            return self.comparing.all(Compared(Operand.INT, rows.count(), at.path), value)
        if name in TOTALS:
            return self._totals(_FUNCTIONS[name], rows, edge, value, at)
        condition = self._edge(edge, value, at)
        if name == "every":
            return "NOT " + rows.where(_not(condition)).exist()
        exist = rows.where(condition).exist()
        return "NOT " + exist if name == "none" else exist

    def _totals(
        self, function: LiteralString, rows: _Rows, edge: Any, asked: dict[str, Any], at: _Place
    ) -> LiteralString:
        parts: list[LiteralString] = []
        columns = total_columns(edge)
        for name, value in asked.items():
            column, on_edge = columns[name]
            scope = at.scope.as_edge() if on_edge else at.scope
            text, path = column_text(column, scope), (*at.path, name)
            if column.operand is Operand.MONEY:
                currency = self.comparing.in_currency(_currency(scope), given(value), path)
                total = rows.where(currency).total(function, text)
                compared = Compared(Operand.MONEY, total, path)
                parts.append(self.comparing.money(compared, None, value))
            else:
                total = rows.total(function, text)
                parts.append(self.comparing.all(Compared(Operand.FLOAT, total, path), given(value)))
        return joined(parts, every=True)


def _rows(source: Many, way: tuple[str, str], scope: Scope, child: Scope) -> _Rows:
    reach = source.reach
    if isinstance(reach, Choice):
        reach = next(iter(reach.patterns.values()))
    if reach is None:
        raise LookupError(f"the list of all {source.target} is not reached from a node")
    text = reached(reach, source.target, scope, child)
    allowed = guarded(*way, scope, source.target, reach, child)
    return _Rows(text, kept(reach, child), child.node, isinstance(reach, Walk), (allowed,))


def _currency(scope: Scope) -> LiteralString:
    return (scope.edge if scope.on_edge else scope.node) + ".currency"


def _not(condition: LiteralString) -> LiteralString:
    return f"NOT coalesce({condition}, false)"
