"""A random small graph of parties, documents and products: nulls, ties and shared neighbours."""

from random import Random
from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.model.kinds import Node, Property, Type
from graph.statements import Kind, Statement

DOMAINS: dict[Type, tuple[Any, ...]] = {
    Type.STRING: ("Ada", "Bob", "abc", "b c", "Zoë"),
    Type.INTEGER: (-1, 2, 3, 5),
    Type.FLOAT: (0.5, 1.5, 2.0),
    Type.BOOLEAN: (True, False),
    Type.DATETIME: (
        "2026-01-02T10:00:00.000Z", "2026-03-04T00:00:00.000Z", "2026-03-04T00:00:00.001Z",
    ),
    Type.DATE: ("2025-12-31", "2026-01-02", "2026-03-04"),
    Type.MONEY: (100, 2500, 100_000),
    Type.CURRENCY: ("EUR", "JPY"),
    Type.COUNTRY: ("FR", "DE"),
    Type.LANGUAGE: ("fr", "de"),
    Type.STRINGS: ([], ["one"], ["one", "two"], ["three"]),
}  # fmt: skip
"""Few values of each type, so that rows tie."""

NODES = {"Company": 9, "Person": 9, "Household": 2, "Order": 12, "Invoice": 5, "Product": 5}
LINKS: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], int]] = {
    "FOR": ((("Order", "Invoice"), ("Company", "Person", "Household")), 26),
    "CONTAINS": ((("Order", "Invoice"), ("Product",)), 30),
    "WORKS_AT": ((("Person",), ("Company",)), 14),
    "SUBSIDIARY_OF": ((("Company",), ("Company",)), 6),
    "OWNS": ((("Company", "Person"), ("Product",)), 8),
    "BECAME": ((("Order",), ("Invoice",)), 4),
}

_CREATE = Statement(
    "test.random_nodes", Kind.WRITE, "UNWIND $rows AS row CREATE (n:$(row[0])) SET n = row[1]"
)
_LINK = Statement(
    "test.random_links",
    Kind.WRITE,
    "UNWIND $rows AS row MATCH (a {id: row[0]}), (b {id: row[1]}) "
    "CREATE (a)-[r:$(row[2])]->(b) SET r = row[3]",
)


def domain(declared: Property) -> tuple[Any, ...]:
    """The values that a property may have in this world."""
    return declared.values or DOMAINS.get(declared.type, ("text", "Text"))


def node_row(random: Random, node: Node, number: int) -> list[Any]:
    """Labels and properties of one node."""
    keys = {name for key in (*node.keys, ("externalId",)) for name in key}
    found: dict[str, Any] = {}
    for name, declared in node.properties.items():
        if name in keys and declared.type is Type.STRING:
            found[name] = f"{name} {number}"
        elif declared.required or random.random() < 0.6:
            found[name] = random.choice(domain(declared))
    found.update(id=f"{node.name}{number:02}", version=1)
    roles = ["Partner"] if node.name == "Company" and random.random() < 0.4 else []
    return [[*node.labels, *roles], found]


async def build_random(graph: Graph, seed: int) -> None:
    """Create the world in an empty graph; the same seed makes the same world."""
    random = Random(seed)
    rows = [
        node_row(random, MODEL.by_label[name], number)
        for name, count in NODES.items()
        for number in range(count)
    ]
    await graph.run(_CREATE, {"rows": rows})
    await graph.run(_LINK, {"rows": link_rows(random)})


def link_rows(random: Random) -> list[list[Any]]:
    """Start, end, type and properties of every relationship; one between two nodes, but lines."""
    links: list[list[Any]] = []
    for name, ((starts, ends), count) in LINKS.items():
        taken: set[Any] = set()
        for number in range(count):
            start, end = _any_of(random, starts), _any_of(random, ends)
            key = number if name == "CONTAINS" else (start, end)
            if start == end or key in taken:
                continue
            taken.add(key)
            declared = MODEL.by_type[name].own
            values = {
                each.name: random.choice(domain(each))
                for each in declared
                if each.required or random.random() < 0.6
            }
            if name == "CONTAINS":
                values["line"] = number
            links.append([start, end, name, values])
    return links


def _any_of(random: Random, kinds: tuple[str, ...]) -> str:
    kind = random.choice(kinds)
    return f"{kind}{random.randrange(NODES[kind]):02}"
