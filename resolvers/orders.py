"""Orders."""

from datetime import datetime
from typing import Any

from graph.model import orders
from loaders.declare import Order as Sort
from loaders.declare import edge, edge_of, interface, node, prop
from loaders.registry import Money
from resolvers.nodes import Node


@interface(None)
class Activity(Node):
    """Something that happened: an interaction or a document."""


@edge_of(orders.CONTAINS, "Product")
class OrderLine:
    """One line of a document."""

    line: int = prop()
    quantity: float = prop()
    unit_price: Money = prop()
    amount: Money = prop()


@node(orders.ORDER)
class Order(Activity):
    """A confirmed purchase."""

    number: str = prop()
    at: datetime = prop()
    status: str | None = prop()
    total: Money | None = prop()
    lines: Any = edge(
        orders.CONTAINS.out,
        "Product",
        "Products ordered; quantity and price are on the edge.",
        order=Sort("EDGE.line", kind=int),
        on=OrderLine,
    )
