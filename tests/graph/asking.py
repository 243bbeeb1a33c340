"""Short ways to build batches and to ask what is in the graph."""

from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, Key, LinkRow, Links, NodeRow, Nodes

PERSON, COMPANY = MODEL.by_label["Person"], MODEL.by_label["Company"]
ORDER, PRODUCT = MODEL.by_label["Order"], MODEL.by_label["Product"]
FOR, CONTAINS, WORKS_AT = (MODEL.by_type[name] for name in ("FOR", "CONTAINS", "WORKS_AT"))

LATER, LAST = "2026-11-23T10:00:00.000Z", "2026-11-24T10:00:00.000Z"


async def ask(graph: Graph, text: str, **parameters: Any) -> list[list[Any]]:
    return await graph.run(Statement("test.ask", Kind.READ, text), parameters)


async def one(graph: Graph, text: str, **parameters: Any) -> Any:
    rows = await ask(graph, text, **parameters)
    assert len(rows) == 1, rows
    return rows[0][0]


def person(external: str, **properties: Any) -> NodeRow:
    return NodeRow(("crm", external), {"name": external.title(), **properties})


def people(*rows: NodeRow) -> Nodes:
    return Nodes(PERSON, list(rows))


def product(sku: str, **properties: Any) -> NodeRow:
    return NodeRow(("shop", sku), {"sku": sku, "name": f"Product {sku}", **properties})


def order(number: str, **properties: Any) -> NodeRow:
    return NodeRow(("shop", number), {"number": number, "at": "2026-11-01T00:00:00Z", **properties})


def line(number: str, position: int, sku: str, **properties: Any) -> LinkRow:
    values = {"line": position, "quantity": 1.0, "unitPrice": 100, "amount": 100, **properties}
    return LinkRow(("shop", number), ("shop", sku), values)


def lines(*rows: LinkRow, complete: bool = False) -> Links:
    return Links(CONTAINS, ORDER, PRODUCT, list(rows), complete)


def orders_of(*pairs: tuple[str, Key]) -> Links:
    return Links(FOR, ORDER, PERSON, [LinkRow(("shop", number), key, {}) for number, key in pairs])


def shop() -> Batch:
    """Two people, three products, an order of two lines."""
    return Batch(
        [
            people(
                person("ana", email="Ana@Example.org", phone="+33 1 23 45 67 89"), person("bob")
            ),
            Nodes(PRODUCT, [product("s1"), product("s2"), product("s3")]),
            Nodes(ORDER, [order("o1", total=200, currency="EUR")]),
            orders_of(("o1", ("crm", "ana"))),
            lines(line("o1", 1, "s1"), line("o1", 2, "s2", quantity=2.0)),
        ]
    )
