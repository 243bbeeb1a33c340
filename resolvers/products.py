"""Products, what they cost, and what goes with what."""

from datetime import date
from typing import Any

from graph import model
from graph.audiences import EVERYONE
from loaders.declare import Order, edge, edge_of, node, prop
from loaders.registry import Money
from resolvers.keeping import REFERENCE
from resolvers.links import touches
from resolvers.nodes import Sourced
from resolvers.sorting import CURRENT, LATEST_OPENED, NEWEST


@edge_of(model.products.RELATED, "Product", enums="ProductRelation")
class ProductRelation:
    """A product that has to do with another, and how."""

    kind: str | None = prop(to=EVERYONE)
    lift: float | None = prop()


@edge_of(model.products.OWNS, "Customer")
class Owner:
    """A party that has or had a product in use."""

    serial: str | None = prop()
    quantity: float | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.products.PRICES, "Product")
class PricedProduct:
    """A product and its price in a list."""

    price: Money | None = prop()
    min_quantity: int | None = prop()


@edge_of(model.products.PRICES, "PriceList")
class ListedPrice:
    """A price list and the price it states."""

    price: Money | None = prop()
    min_quantity: int | None = prop()


@edge_of(model.orders.CONTAINS, "Order")
class ProductOrder:
    """An order and its line that names the product."""

    line: int = prop()
    quantity: float = prop()
    unit_price: Money = prop()
    discount: float | None = prop()
    amount: Money = prop()
    description: str | None = prop()


@edge_of(model.orders.CONTAINS, "Document")
class ProductDocument:
    """A document and its line that names the product."""

    line: int = prop()
    quantity: float = prop()
    unit_price: Money = prop()
    discount: float | None = prop()
    amount: Money = prop()
    description: str | None = prop()


@edge_of(model.opportunities.INTERESTED_IN, "Opportunity")
class ProductOpportunity:
    """An opportunity about a product, and how much of it."""

    quantity: float | None = prop()


_RELATED = Order("NODE.name + ' ' + coalesce(EDGE.kind, '')")
_BY_LINE = Order("NODE.at + ' ' + toString(EDGE.line)", descending=True)


@node(model.products.PRODUCT, keep=REFERENCE)
class Product(Sourced):
    """Something that is sold: goods, a module, a service, a bundle or a charge."""

    sku: str = prop(to=EVERYONE)
    name: str = prop(to=EVERYONE)
    description: str | None = prop(to=EVERYONE)
    kind: str | None = prop(to=EVERYONE)
    category: str | None = prop(to=EVERYONE)
    other_names: list[str] = prop(to=EVERYONE)
    list_price: Money | None = prop(to=EVERYONE)
    cost: Money | None = prop()
    unit: str | None = prop(to=EVERYONE)
    active: bool | None = prop(to=EVERYONE)
    launched_on: date | None = prop(to=EVERYONE)
    end_of_life_on: date | None = prop(to=EVERYONE)
    related: Any = edge(
        model.products.RELATED.out,
        "Product",
        "Products it requires, excludes, extends, goes with or replaces, by name.",
        order=_RELATED,
        on=ProductRelation,
        to=EVERYONE,
    )
    related_from: Any = edge(
        model.products.RELATED.back,
        "Product",
        "Products that require, exclude, extend, go with or replace it, by name.",
        order=_RELATED,
        on=ProductRelation,
        to=EVERYONE,
    )
    price_lists: Any = edge(
        model.products.PRICES.back,
        "PriceList",
        "Price lists that state its price, by name.",
        order=Order("NODE.name + ' ' + coalesce(toString(EDGE.minQuantity), '')"),
        on=ListedPrice,
    )
    orders: Any = edge(
        model.orders.CONTAINS.back,
        "Order",
        "Orders that contain it, newest first, one row a line.",
        order=_BY_LINE,
        on=ProductOrder,
    )
    documents: Any = edge(
        model.orders.CONTAINS.back,
        "Document",
        "All documents that contain it, newest first, one row a line.",
        order=_BY_LINE,
        on=ProductDocument,
    )
    owners: Any = edge(
        model.products.OWNS.back,
        "Customer",
        "Parties that have or had it in use, by name.",
        order=Order("NODE.name + ' ' + coalesce(EDGE.serial, '')"),
        where=(CURRENT,),
        on=Owner,
    )
    opportunities: Any = edge(
        model.opportunities.INTERESTED_IN.back,
        "Opportunity",
        "Opportunities about it, latest opened first.",
        order=LATEST_OPENED,
        on=ProductOpportunity,
    )
    cases: Any = edge(
        model.cases.CONCERNS.back,
        "Case",
        "Cases about it, latest opened first.",
        order=LATEST_OPENED,
    )
    articles: Any = edge(
        model.cases.EXPLAINS.back,
        "Article",
        "Articles that explain it, by title.",
        order=Order("NODE.title"),
        to=EVERYONE,
    )
    requests: Any = edge(
        model.programs.ABOUT.back,
        "Request",
        "Requests about it, newest first.",
        order=NEWEST,
    )
    interactions: Any = touches()


@node(model.products.PRICE_LIST, keep=REFERENCE)
class PriceList(Sourced):
    """Prices that hold for a tier, a currency and a time."""

    name: str = prop()
    currency: str | None = prop()
    tier: str | None = prop()
    discount: float | None = prop()
    valid_from: date | None = prop()
    valid_to: date | None = prop()
    prices: Any = edge(
        model.products.PRICES.out,
        "Product",
        "Products and their prices, by name.",
        order=Order("NODE.name + ' ' + coalesce(toString(EDGE.minQuantity), '')"),
        on=PricedProduct,
    )
