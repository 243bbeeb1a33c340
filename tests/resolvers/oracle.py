"""A naive oracle: filters, orders and counts by walking exported data in plain Python.

It reads the schema's declarations to know which property a field shows, and nothing of the
compiler. Named patterns are walked by functions of its own; lists along others are not asked.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType

from graph import orders as order_cypher
from graph.database import Graph
from graph.model.kinds import Type, Walk
from graph.statements import Kind, Statement
from loaders.registry import REGISTRY
from loaders.schema import named_type, object_type, source_of
from loaders.sources import Many, One, OwnId, Stored
from resolvers.schema import SCHEMA

WHOLE: Any = SCHEMA._schema
MINOR = {"JPY": 0, "EUR": 2, "USD": 2}

_NODES = Statement(
    "test.export_nodes",
    Kind.READ,
    "MATCH (n) WHERE n.id IS NOT NULL RETURN n.id AS id, labels(n) AS labels, properties(n) AS p",
)
_LINKS = Statement(
    "test.export_links",
    Kind.READ,
    "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS start, b.id AS end, properties(r) AS p",
)


@dataclass(frozen=True)
class Item:
    """A node or a relationship: its identity, labels and properties."""

    id: str
    labels: frozenset[str]
    properties: dict[str, Any]

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True)
class Found:
    """One row of a list."""

    node: Item
    edge: Item | None


def shouted(name: str) -> str:
    """Return a field's name as that of an enum value."""
    return "".join("_" + each if each.isupper() else each.upper() for each in name)


class Oracle:
    """Answers about exported data."""

    def __init__(self, nodes: Iterable[Any], links: Iterable[Any]) -> None:
        self.nodes = {each[0]: Item(each[0], frozenset(each[1]), each[2]) for each in nodes}
        self.out: dict[tuple[str, str], list[Found]] = {}
        self.back: dict[tuple[str, str], list[Found]] = {}
        for number, (type_, start, end, properties) in enumerate(links):
            edge = Item(f"r{number}", frozenset([type_]), properties)
            self.out.setdefault((type_, start), []).append(Found(self.nodes[end], edge))
            self.back.setdefault((type_, end), []).append(Found(self.nodes[start], edge))

    @classmethod
    async def of(cls, graph: Graph) -> "Oracle":
        """Export a graph."""
        return cls(await graph.run(_NODES), await graph.run(_LINKS))

    def is_a(self, node: Item, name: str) -> bool:
        """Whether a node is of a GraphQL type."""
        type_ = WHOLE.type_map[name]
        names = [name]
        if isinstance(type_, GraphQLInterfaceType):
            names = [each.name for each in WHOLE.get_possible_types(type_)]
        return any(REGISTRY.kinds[each].label in node.labels for each in names)

    def rows(self, owner: Item | None, source: Many | One) -> list[Found]:
        """Every row of a list, or of what a single walk chooses from, in no order."""
        reach = getattr(source, "reach", None)
        if owner is None or reach is None:
            found = [Found(each, None) for each in self.nodes.values()]
        elif isinstance(reach, Walk):
            links = self.out if reach.outgoing else self.back
            found = links.get((reach.relationship.name, owner.id), [])
        else:
            found = PATTERNS[reach.name](self, owner)
        return [each for each in found if self.is_a(each.node, source.target)]

    def one(self, owner: Item, source: One) -> Item | None:
        """The node that a single walk leads to."""
        found = self.rows(owner, source)
        if source.order is None:
            return min((each.node for each in found), key=lambda node: node.id, default=None)
        raise NotImplementedError(source.order)

    # --- filters

    def holds(self, type_: str, asked: dict[str, Any], node: Item) -> bool:
        """Whether a filter of a type holds for a node."""
        return self._all(asked, lambda key, value: self._member(type_, key, value, node, None))

    def edge_holds(self, edge_type: Any, asked: dict[str, Any], row: Found) -> bool:
        """Whether a filter of an edge holds for a row."""

        def member(key: str, value: Any) -> bool:
            if key == "node":
                return self.holds(named_type(edge_type.fields["node"]).name, value, row.node)
            assert row.edge is not None
            return self._member(edge_type.name, key, value, row.node, row.edge)

        return self._all(asked, member)

    def _all(self, asked: dict[str, Any], member: Callable[[str, Any], bool]) -> bool:
        results: list[bool] = []
        for key, value in asked.items():
            if key == "and":
                results.append(all(self._all(each, member) for each in value))
            elif key == "or":
                results.append(any(self._all(each, member) for each in value))
            elif key == "not":
                results.append(not self._all(value, member))
            else:
                results.append(member(key, value))
        return all(results)

    def _member(self, type_: str, key: str, value: Any, node: Item, edge: Item | None) -> bool:
        definition = self.field(type_, key)
        if definition is None:
            concrete = key.removeprefix("as")
            return self.is_a(node, concrete) and self.holds(concrete, value, node)
        source = source_of(definition)
        if isinstance(source, One):
            far = self.one(node, source)
            return far is not None and self.holds(source.target, value, far)
        if isinstance(source, Many):
            return self._list(definition, source, value, node)
        return compares(source, value, edge or node, WHOLE.type_map[type_])

    def field(self, type_: str, key: str) -> Any:
        """A field of a type; of an interface without a source, that of its first type."""
        definition = WHOLE.type_map[type_].fields.get(key)
        if definition is not None and source_of(definition) is None:
            first = WHOLE.get_possible_types(WHOLE.type_map[type_])[0]
            return first.fields[key]
        return definition

    def _list(self, definition: Any, source: Many, asked: dict[str, Any], node: Item) -> bool:
        edge_type = object_type(object_type(definition).fields["edges"])
        rows = self.rows(node, source)
        if "where" in asked:
            rows = [each for each in rows if self.edge_holds(edge_type, asked["where"], each)]

        def one(name: str, value: Any) -> bool:
            if name == "count":
                return number_compares(len(rows), value)
            if name in {"sum", "min", "max", "avg"}:
                return all(self._total(name, rows, edge_type, *each) for each in value.items())
            hits = [self.edge_holds(edge_type, value, each) for each in rows]
            return {"some": any(hits), "none": not any(hits), "every": all(hits)}[name]

        return all(one(name, value) for name, value in asked.items() if name != "where")

    def _total(self, name: str, rows: list[Found], edge_type: Any, key: str, asked: Any) -> bool:
        owners = [each.node for each in rows]
        node_fields = named_type(edge_type.fields["node"]).fields
        if key in node_fields:
            source = source_of(node_fields[key])
        else:
            key = key.removeprefix("edge")
            source = source_of(edge_type.fields[key[0].lower() + key[1:]])
            owners = [each.edge for each in rows if each.edge]
        assert isinstance(source, Stored)
        values = [each.properties.get(source.property.name) for each in owners]
        if source.property.type is Type.MONEY:
            in_currency = [each.properties.get("currency") == asked["currency"] for each in owners]
            values = [each for each, fits in zip(values, in_currency, strict=True) if fits]
            asked = minor(asked)
        known = [each for each in values if each is not None]
        functions: dict[str, Callable[[list[Any]], Any]] = {
            "sum": sum,
            "min": lambda each: min(each, default=None),
            "max": lambda each: max(each, default=None),
            "avg": lambda each: sum(each) / len(each) if each else None,
        }
        return number_compares(functions[name](known), asked)

    # --- orders and counts

    def key(self, definition: Any, terms: list[dict[str, str]]) -> Callable[[Found], Any]:
        """The sort key of a list's rows in an order."""
        source = source_of(definition)
        assert isinstance(source, Many)
        edge_type = object_type(object_type(definition).fields["edges"])
        declared = source.order

        def of(row: Found) -> tuple[Any, ...]:
            parts: list[Any] = []
            for term in terms:
                value = self.sorted_by(edge_type, term["field"], row)
                first = term.get("nulls", "LAST") == "FIRST"
                descending = term.get("direction", "ASC") == "DESC"
                parts.append((value is None) is not first)
                parts.append(Way(value, descending=descending))
            shown = declared_value(declared.term, row)
            ways = (Way(shown, descending=declared.descending), declared.descending)
            return (*parts, ways[0], Way(row.node.id, descending=ways[1]))

        return of

    def sorted_by(self, edge_type: Any, field: str, row: Found) -> Any:
        """The value of a row that an enum value of an OrderField or FacetField names."""
        node_type: str = named_type(edge_type.fields["node"]).name
        if field.startswith("EDGE_"):
            assert row.edge is not None
            return self._valued(edge_type.name, field.removeprefix("EDGE_"), row.edge)
        value = self._valued(node_type, field, row.node)
        if value is not Missing:
            return value
        for name in WHOLE.type_map[node_type].fields:
            source = source_of(WHOLE.type_map[node_type].fields[name])
            if isinstance(source, One) and field.startswith(shouted(name) + "_"):
                far = self.one(row.node, source)
                rest = field.removeprefix(shouted(name) + "_")
                value = None if far is None else self._valued(source.target, rest, far)
                if value is not Missing:
                    return value
        raise LookupError(field)

    def _valued(self, type_: str, field: str, owner: Item) -> Any:
        for name in WHOLE.type_map[type_].fields:
            if shouted(name) == field:
                source = source_of(self.field(type_, name))
                if isinstance(source, Stored):
                    return owner.properties.get(source.property.name)
        return Missing


class Missing:
    """There is no such field."""


@dataclass(frozen=True)
class Way:
    """A value that sorts in a direction."""

    value: Any
    descending: bool

    def __lt__(self, other: "Way") -> bool:
        if self.value is None or other.value is None or self.value == other.value:
            return False
        return (self.value < other.value) is not self.descending


def _role(role: str, default: str) -> Callable[[Oracle, Item], list[Found]]:
    def walk(oracle: Oracle, owner: Item) -> list[Found]:
        found = oracle.out.get(("FOR", owner.id), [])
        return [
            each
            for each in found
            if each.edge and each.edge.properties.get("role", default) == role
        ]

    return walk


PATTERNS: dict[str, Callable[[Oracle, Item], list[Found]]] = {
    order_cypher.CUSTOMER.name: _role("CUSTOMER", "CUSTOMER"),
    order_cypher.CONTACT.name: _role("CONTACT", ""),
}
"""Named patterns that the oracle can walk."""


def declared_value(term: str, row: Found) -> Any:
    """The value of a declared order's term: NODE.x, EDGE.x, or coalesce of one and a text."""
    if " + " in term:
        return "".join(str(declared_value(each, row)) for each in term.split(" + "))
    if term.startswith("toString("):
        return str(declared_value(term.removeprefix("toString(").removesuffix(")"), row))
    if term.startswith("coalesce("):
        inner, default = term.removeprefix("coalesce(").removesuffix(")").rsplit(", ", 1)
        found = declared_value(inner, row)
        return default.strip("'") if found is None else found
    if term.startswith("'"):
        return term.strip("'")
    owner, _, name = term.partition(".")
    item = row.node if owner == "NODE" else row.edge
    assert item is not None
    return item.properties.get(name)


def minor(asked: dict[str, Any]) -> dict[str, Any]:
    """Comparisons of an amount with minor units for decimals."""
    places = MINOR.get(asked.get("currency", ""), 2)

    def units(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: units(each) for key, each in value.items()}
        return value if isinstance(value, bool) else int(Decimal(value) * 10**places)

    return {key: units(each) for key, each in asked.items() if key != "currency"}


def compares(source: Any, asked: dict[str, Any], owner: Item, type_: Any) -> bool:
    """Whether all comparisons hold for a value of a node or relationship."""
    if isinstance(source, OwnId):
        return number_compares(owner.id, {k: ids(v, type_) for k, v in asked.items()})
    assert isinstance(source, Stored)
    value = owner.properties.get(source.property.name)
    if source.property.type is Type.MONEY:
        if "currency" in asked and (
            value is None or owner.properties.get("currency") != asked["currency"]
        ):
            return False
        return number_compares(value, minor(asked))
    if source.property.type is Type.STRINGS:
        return all(listed(value or [], name, wanted) for name, wanted in asked.items())
    return number_compares(value, asked)


def ids(value: Any, type_: Any) -> Any:
    """Graph ids for global ids, None for those of another type."""
    if isinstance(value, list):
        return [ids(each, type_) for each in value]
    name, _, id_ = urlsafe_b64decode(value + "===").decode().partition(":")
    possible = [type_] if isinstance(type_, GraphQLObjectType) else WHOLE.get_possible_types(type_)
    return id_ if name in {each.name for each in possible} else None


def listed(values: list[str], name: str, wanted: Any) -> bool:
    """Whether one comparison holds for a list of texts."""
    match name:
        case "has":
            return wanted in values
        case "hasAny":
            return any(each in values for each in wanted)
        case "hasAll":
            return all(each in values for each in wanted)
        case _:
            return (not values) is wanted


def number_compares(value: Any, asked: dict[str, Any]) -> bool:
    """Whether all comparisons hold for a plain value, null or not."""
    return all(_compares(value, name, wanted) for name, wanted in asked.items())


def _compares(value: Any, name: str, wanted: Any) -> bool:
    match name:
        case "isNull":
            return (value is None) is wanted
        case "ne":
            return value is None or value != wanted
        case "notIn":
            return value is None or value not in wanted
        case _ if value is None:
            return False
        case "eq":
            return value == wanted
        case "in":
            return value in wanted
        case "between":
            return wanted["from"] <= value <= wanted["to"]
        case "contains":
            return wanted in value
        case "startsWith":
            return value.startswith(wanted)
        case "endsWith":
            return value.endswith(wanted)
        case _:
            return {
                "lt": value < wanted,
                "lte": value <= wanted,
                "gt": value > wanted,
                "gte": value >= wanted,
            }[name]
