"""Products."""

from graph.model import products
from loaders.declare import node, prop
from loaders.registry import Money
from resolvers.nodes import Node


@node(products.PRODUCT)
class Product(Node):
    """Something that is sold."""

    sku: str = prop()
    name: str = prop()
    kind: str | None = prop()
    list_price: Money | None = prop()
    other_names: list[str] | None = prop()
