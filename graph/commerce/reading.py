"""What commerce reads before it computes: one statement each, and the rows as objects."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, LiteralString

from graph.commerce.modules import Relation
from graph.commerce.pricing import Basis, Offer, discounted
from graph.statements import Kind, Statement

_LABEL: LiteralString = (
    "CASE WHEN customer:Person THEN 'Person' WHEN customer:Household THEN 'Household' "
    "ELSE 'Company' END"
)
_PRODUCTS: LiteralString = (
    """
CALL (customer, wanted) {
  UNWIND wanted AS id
  MATCH (named:Product {id: id})-[:RELATED*0..8 {kind: 'REQUIRES'}]->(product:Product)
  WITH DISTINCT customer, product
  RETURN collect([product.id, product.sku, product.name, coalesce(product.active, true),
    product.head, product.listPrice, product.currency,
    COLLECT { MATCH (product)<-[x:PRICES]-(l:PriceList)
      RETURN [l.id, l.name, l.tier, l.validFrom, l.validTo, l.head, x.price,
        coalesce(x.currency, l.currency), coalesce(x.minQuantity, 1)] },
    COLLECT { MATCH (product)-[x:RELATED]->(other:Product)
      WHERE x.kind IN ['REQUIRES', 'EXCLUDES'] RETURN [x.kind, other.id] },
    EXISTS { MATCH (customer)-[o:OWNS]->(product) WHERE o.to IS NULL OR o.to >= $day }
  ]) AS products
}
RETURN [customer.id, """
    + _LABEL
    + """, customer.tier], [partner.id, partner.tier], products,
  COLLECT { MATCH (l:PriceList) WHERE l.discount IS NOT NULL
    RETURN [l.id, l.name, l.tier, l.validFrom, l.validTo, l.head, l.discount, l.currency] },
  about"""
)
_DOCUMENT: LiteralString = (
    """
MATCH (d:Document {id: $about})
OPTIONAL MATCH (d)-[f:FOR]->(customer:Party) WHERE coalesce(f.role, 'CUSTOMER') = 'CUSTOMER'
WITH d, customer ORDER BY customer.id LIMIT 1
OPTIONAL MATCH (d)-[:SOLD_BY]->(partner:Company)
WITH d, customer, partner ORDER BY partner.id LIMIT 1
WITH customer, partner, d {
  .id, .head, .status, .number, .currency, .net, .tax, .total, .balance, .revision, .validUntil,
  .customerReference, .note, customer: [customer.id, """
    + _LABEL
    + """],
  partner: partner.id,
  contact: head(COLLECT { MATCH (d)-[:FOR {role: 'CONTACT'}]->(c:Person) RETURN c.id }),
  opportunities: COLLECT { MATCH (o:Opportunity)-[:QUOTED_AS]->(d) RETURN o.id },
  invoice: head(COLLECT { MATCH (d)-[:BECAME]->(i:Invoice) WHERE coalesce(i.status, '') <> 'VOID'
    RETURN i {.id, .head, .status, .balance} ORDER BY i.at DESC, i.id LIMIT 1 }),
  credited: COLLECT { MATCH (d)<-[:CORRECTS]-(n:CreditNote) RETURN [n.net, n.tax, n.total] },
  lines: COLLECT { MATCH (d)-[x:CONTAINS]->(p:Product) RETURN [p.id, x {.line, .quantity,
    .unitPrice, .discount, .amount, .description, .shipped, .returned}] ORDER BY x.line, p.id }
} AS about"""
)

GIVEN = Statement(
    "commerce.given",
    Kind.READ,
    """OPTIONAL MATCH (customer:Party {id: $customer})
OPTIONAL MATCH (partner:Company {id: $partner})
WITH customer, partner, $products AS wanted, null AS about"""
    + _PRODUCTS,
)
"""Prices and relations of `$products` for `$customer` and `$partner` on `$day`."""

OPPORTUNITY = Statement(
    "commerce.opportunity",
    Kind.READ,
    """MATCH (o:Opportunity {id: $about})
OPTIONAL MATCH (o)-[f:FOR]->(customer:Party) WHERE coalesce(f.role, 'CUSTOMER') = 'CUSTOMER'
WITH o, customer ORDER BY customer.id LIMIT 1
OPTIONAL MATCH (partner:Company {id: $partner})
WITH customer, partner, o {
  .id, .head, status: o.stage, .currency, customer: null,
  contact: head(COLLECT { MATCH (o)-[:FOR {role: 'CONTACT'}]->(c:Person) RETURN c.id }),
  lines: COLLECT { MATCH (o)-[x:INTERESTED_IN]->(p:Product)
    RETURN [p.id, {quantity: x.quantity}] ORDER BY p.name, p.id }
} AS about
WITH *, $products + [each IN about.lines | each[0]] AS wanted"""
    + _PRODUCTS,
)
"""The same of what an opportunity is about, and for whom; `$about` is its id."""

DOCUMENT = Statement("commerce.document", Kind.READ, _DOCUMENT + " RETURN about")
"""A document with its lines; `$about` is its id."""

REVISION = Statement(
    "commerce.revision",
    Kind.READ,
    _DOCUMENT + " WITH *, $products + [each IN about.lines | each[0]] AS wanted" + _PRODUCTS,
)
"""A document with its lines, and prices and relations of these and of `$products`."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product with every price that anybody states of it; `head` tells its state."""

    id: str
    sku: str
    name: str
    active: bool
    head: str | None
    list_price: int | None
    currency: str | None
    offers: tuple[Offer, ...]
    owned: bool


@dataclass(slots=True)
class Facts:
    """What prices and drafts are computed from.

    Attributes:
        customer: Id and label of the customer; None when there is none.
        partner: Id of the partner; None when there is none.
        tiers: Tiers of customer and partner.
        products: By id: those asked for, and those that they require.
        relations: REQUIRES and EXCLUDES among them.
        heads: What tells the state of each price list, by id.
        about: The opportunity or document, as it was read.
    """

    customer: tuple[str, str] | None
    partner: str | None
    tiers: frozenset[str]
    products: dict[str, Product]
    relations: list[Relation]
    heads: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    about: dict[str, Any] | None = None


def facts_of(row: list[Any]) -> Facts:
    """The facts in a row of GIVEN, OPPORTUNITY or REVISION."""
    customer, partner, products, discounts, about = row
    tiers = frozenset(each for each in (customer[2], partner[1]) if each is not None)
    found = Facts(
        (customer[0], customer[1]) if customer[0] is not None else None,
        partner[0],
        tiers,
        {},
        [],
        about=about,
    )
    for each in discounts:
        found.heads[each[0]] = each[5]
    for each in products:
        offers = _stated(found, each[7])
        offers += _discounts(each, discounts, {offer.list_id for offer in offers})
        if each[5] is not None and each[6] is not None:
            offers.append(Offer(Basis.LIST_PRICE, each[5], each[6]))
        product = Product(
            each[0], each[1], each[2], each[3], each[4], each[5], each[6], tuple(offers), each[9]
        )
        found.products[product.id] = product
        found.relations += [Relation(product.id, kind, end) for kind, end in each[8]]
    return found


def _stated(facts: Facts, rows: list[list[Any]]) -> list[Offer]:
    offers: list[Offer] = []
    for id_, name, tier, first, last, head, price, currency, least in rows:
        facts.heads[id_] = head
        if price is not None and currency is not None:
            offers.append(Offer(Basis.STATED, price, currency, id_, name, tier, first, last, least))
    return offers


def _discounts(product: list[Any], lists: list[list[Any]], stating: set[str | None]) -> list[Offer]:
    """What tiers get off the list price, by the lists that state no price of the product."""
    price, currency = product[5], product[6]
    if price is None or currency is None:
        return []
    return [
        Offer(
            Basis.DISCOUNT, discounted(price, off), currency, id_, name, tier, first, last,
            discount=Decimal(str(off)),
        )
        for id_, name, tier, first, last, _, off, only in lists
        if id_ not in stating and only in (None, currency)
    ]  # fmt: skip
