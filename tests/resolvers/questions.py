"""Random questions about the random world: filters, orders and pages, as values or literals."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graph.model.kinds import Type, Walk
from loaders.ids import encode_id
from loaders.members import (
    TOTALS,
    Column,
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
from loaders.operators import COMPARISONS, Comparison, Takes
from loaders.sources import Computed, Stored
from tests.resolvers.oracle import PATTERNS
from tests.resolvers.random_world import DOMAINS, NODES, domain

POPULATED = {*NODES, "Customer", "Document", "Partner"}


class Word(str):
    """An enum value: a bare word in a literal."""

    __slots__ = ()


@dataclass
class Variable:
    """A value that a question passes by a variable."""

    name: str
    type: str
    value: Any


@dataclass
class Question:
    """A writer of one question's filters; it remembers the variables it used."""

    random: Random
    by_variable: float = 0.0
    variables: list[Variable] = field(default_factory=list[Variable])

    def filter_of(self, type_: str, depth: int) -> dict[str, Any]:
        """A filter of a type."""
        members = members_of(type_)
        chosen = self._chosen(members, depth)
        found = {name: self._member(type_, members[name], depth) for name in chosen}
        possible = [each for each in possible_types(type_) if each in POPULATED]
        if possible_types(type_) != [type_] and self.random.random() < 0.3:
            concrete = self.random.choice(possible)
            found["as" + concrete] = self.filter_of(concrete, depth - 1) if depth else {}
        return self._combined(found, depth, lambda: self.filter_of(type_, depth - 1))

    def edge_filter(self, edge: Any, depth: int) -> dict[str, Any]:
        """A filter of an edge."""
        members, target = members_of_edge(edge), target_of(edge)
        found: dict[str, Any] = {}
        if self.random.random() < 0.7:
            found["node"] = self.filter_of(target, depth)
        for name in self._chosen(members, 0)[:1]:
            found[name] = self._member(target, members[name], depth)
        return self._combined(found, depth, lambda: self.edge_filter(edge, depth - 1))

    def _combined(self, found: dict[str, Any], depth: int, another: Any) -> dict[str, Any]:
        roll = self.random.random()
        if depth > 0 and roll < 0.15:
            found["not"] = another()
        elif depth > 0 and roll < 0.4:
            key = self.random.choice(["and", "or"])
            found[key] = [another() for _ in range(self.random.randint(0, 2))]
        return found

    def _chosen(self, members: dict[str, Any], depth: int) -> list[str]:
        names = [name for name, each in members.items() if self._askable(each, depth)]
        deep = [name for name in names if not isinstance(members[name], Column)]
        count = min(len(names), self.random.choice([0, 1, 1, 2]))
        found = self.random.sample(names, count)
        if deep and self.random.random() < 0.5:
            found = [self.random.choice(deep)]
        return list(dict.fromkeys(found))

    def _askable(self, member: Any, depth: int) -> bool:
        match member:
            case Column(source):
                return not isinstance(source, Computed)
            case ToOne(source):
                known = isinstance(source.reach, Walk) or source.reach.name in PATTERNS
                return depth > 0 and known and not source.order and source.target in POPULATED
            case ToMany(source):
                return depth > 0 and isinstance(source.reach, Walk) and source.target in POPULATED

    def _member(self, type_: str, member: Any, depth: int) -> Any:
        match member:
            case Column():
                return self._comparisons(type_, member)
            case ToOne(source):
                return self.filter_of(source.target, depth - 1)
            case ToMany(source):
                return self._list(edge_of(source), depth - 1)

    def _list(self, edge: Any, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.random.random() < 0.3:
            found["where"] = self.edge_filter(edge, depth)
        key = self.random.choice(["some", "none", "every", "count", *TOTALS])
        columns = total_columns(edge)
        if key == "count" or (key in TOTALS and not columns):
            comparison = self.random.choice(["eq", "gte", "lt", "ne"])
            found["count"] = {comparison: self.random.randint(0, 3)}
        elif key in TOTALS:
            name = self.random.choice(list(columns))
            money = columns[name][0].operand is Operand.MONEY
            # Off the lattice of the data, so that no rounding of a mean can matter.
            threshold: Any = self.random.choice(["13", "37", "1013"]) if money else 1.37
            found[key] = {name: {self.random.choice(["gte", "lt"]): threshold}}
            if money:
                found[key][name]["currency"] = self.random.choice(["EUR", "JPY"])
        else:
            found[key] = self.edge_filter(edge, depth)
        return found

    def _comparisons(self, type_: str, column: Column) -> dict[str, Any]:
        comparison = self.random.choice(COMPARISONS[column.operand])
        found = {comparison.name: self._operand(type_, column, comparison)}
        if column.operand is Operand.MONEY:
            needed = comparison.takes is not Takes.FLAG
            if needed or self.random.random() < 0.3:
                found["currency"] = self.random.choice(["EUR", "JPY"])
        return found

    def _operand(self, type_: str, column: Column, comparison: Comparison) -> Any:
        match comparison.takes:
            case Takes.FLAG:
                return self.random.random() < 0.5
            case Takes.VALUE:
                return self._passed(column, self._value(type_, column))
            case Takes.LIST:
                return [self._value(type_, column) for _ in range(self.random.randint(0, 3))]
            case Takes.RANGE:
                ends = [self._value(type_, column) for _ in range(2)]
                if column.operand is Operand.MONEY:
                    ends.sort(key=float)
                return dict(zip(("from", "to"), sorted(ends) if ends else ends, strict=True))

    def _passed(self, column: Column, value: Any) -> Any:
        if self.random.random() >= self.by_variable:
            return value
        types = {Operand.MONEY: "Decimal", Operand.STRINGS: "String"}
        name = types.get(column.operand, column.operand.value)
        if column.enum is not None:
            name = column.enum.__strawberry_definition__.name
        variable = Variable(f"v{len(self.variables)}", name, value)
        self.variables.append(variable)
        return variable

    def _value(self, type_: str, column: Column) -> Any:
        if column.operand is Operand.ID:
            name = self.random.choice([*possible_types(type_), "Order"])
            number = self.random.randrange(9)
            return encode_id(name, f"{name.replace('Partner', 'Company')}{number:02}")
        if column.operand is Operand.MONEY:
            return self.random.choice(["1", "25", "100", "1000", "2500"])
        if column.operand is Operand.STRINGS:
            return self.random.choice(["one", "two", "none"])
        assert isinstance(column.source, Stored)
        declared = column.source.property
        if declared.values:
            return Word(self.random.choice(declared.values))
        if declared.type in DOMAINS or declared.type is Type.STRING:
            return self.random.choice(domain(declared))
        return self.random.choice(("text", "Text", "te"))


def literal(value: Any) -> str:
    """A value as a GraphQL literal."""
    if isinstance(value, Variable):
        return "$" + value.name
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def plain(value: Any) -> Any:
    """A value as JSON, variables put in."""
    if isinstance(value, Variable):
        return plain(value.value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Word) else value
