"""What a product costs whom, and why: the root field `effectivePrice`."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

import strawberry

from graph.commerce.drafting import known_currency, priced
from graph.commerce.money import major, quantity
from graph.commerce.money import priced as times
from graph.commerce.pricing import Basis, Effective, Judged
from graph.commerce.reading import GIVEN, Facts, facts_of
from graph.commerce.refusing import Refused
from graph.database import Graph
from graph.model.kinds import Node
from graph.model.parties import COMPANY, PARTY
from graph.model.products import PRODUCT
from graph.partnering.buying import partner_at
from graph.write.formats import day
from loaders.audiences import STAFF_ALONE
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id, encode_id
from loaders.registry import REGISTRY, Money
from loaders.viewer import Audience
from resolvers.context import Info

_MOST = 100
"""Prices that are explained, at most; the winner is among them."""


@strawberry.enum(name="PriceBasis", description="What a price rests on.")
class PriceBasis(Enum):
    """What a price rests on."""

    STATED = strawberry.enum_value("STATED", description="A price list states it.")
    DISCOUNT = strawberry.enum_value(
        "DISCOUNT", description="The product's list price less the discount of a price list."
    )
    LIST_PRICE = strawberry.enum_value("LIST_PRICE", description="The product's list price.")


@strawberry.enum(name="PriceVerdict", description="What became of a price that was looked at.")
class PriceVerdict(Enum):
    """What became of a price that was looked at."""

    WON = strawberry.enum_value("WON", description="It is the price.")
    HIGHER = strawberry.enum_value("HIGHER", description="It holds, and another one is lower.")
    LESS_SPECIFIC = strawberry.enum_value(
        "LESS_SPECIFIC", description="It holds, and an equal one fits more closely."
    )
    OTHER_TIER = strawberry.enum_value("OTHER_TIER", description="It is for another tier.")
    OTHER_CURRENCY = strawberry.enum_value("OTHER_CURRENCY", description="In another currency.")
    NOT_YET = strawberry.enum_value("NOT_YET", description="It holds from a later day on.")
    NO_LONGER = strawberry.enum_value("NO_LONGER", description="Its last day has passed.")
    TOO_FEW = strawberry.enum_value("TOO_FEW", description="It holds from a larger quantity on.")


@strawberry.type(description="A price that was looked at.")
class PriceOffer:
    """A price that was looked at."""

    verdict: PriceVerdict = strawberry.field(description="What became of it.")
    basis: PriceBasis = strawberry.field(description="What it rests on.")
    unit_price: Money = strawberry.field(description="Price of one unit before tax.")
    price_list_id: strawberry.ID | None = strawberry.field(
        description="Id of the price list; null for the product's own list price."
    )
    price_list_name: str | None = strawberry.field(description="Name of that price list.")
    tier: str | None = strawberry.field(description="Tier it is for; null for everyone.")
    min_quantity: int = strawberry.field(description="Smallest quantity it holds for.")
    discount: Decimal | None = strawberry.field(
        description="Percent taken off the list price; null for a price that is stated."
    )


@strawberry.type(description="What a product costs, and why.")
class EffectivePrice:
    """What a product costs, and why."""

    unit_price: Money = strawberry.field(description="Price of one unit before tax.")
    amount: Money = strawberry.field(description="Price of the quantity before tax.")
    won: PriceOffer = strawberry.field(description="The price that won.", directives=[STAFF_ALONE])
    offers: list[PriceOffer] = strawberry.field(
        description="Every price of the product, the winner first, then by price; at most "
        f"{_MOST}.",
        directives=[STAFF_ALONE],
    )


def _money(amount: int, currency: str) -> Money:
    return Money(amount=major(amount, currency), currency=currency)


def _offer(judged: Judged) -> PriceOffer:
    offer = judged.offer
    list_id = encode_id("PriceList", offer.list_id) if offer.list_id else None
    return PriceOffer(
        verdict=PriceVerdict(judged.verdict.value),
        basis=PriceBasis(Basis(offer.basis).value),
        unit_price=_money(offer.price, offer.currency),
        price_list_id=strawberry.ID(list_id) if list_id else None,
        price_list_name=offer.list_name,
        tier=offer.tier,
        min_quantity=offer.min_quantity,
        discount=offer.discount,
    )


def _own_id(id_: str | None, node: Node) -> str | None:
    """The node's own id; None for none, and for that of another kind."""
    if id_ is None:
        return None
    found = decode_id(id_)
    kind = REGISTRY.kinds.get(found.type)
    return found.id if kind is not None and kind.node.is_a(node) else None


def _answer(found: Effective, units: Decimal) -> EffectivePrice:
    offer, offers = found.offer, [_offer(each) for each in found.judged[:_MOST]]
    return EffectivePrice(
        unit_price=_money(offer.price, offer.currency),
        amount=_money(times(offer.price, units), offer.currency),
        won=offers[0],
        offers=offers,
    )


async def _named(
    info: Info, graph: Graph, product: str, customer: str | None, partner: str | None
) -> tuple[str | None, str | None, str | None] | None:
    """The own ids of what is asked about; None when one is of no such thing, or not for him.

    Whoever sells for us learns its own prices, and those of customers that it sees.
    """
    buyer, seller = _own_id(customer, PARTY), _own_id(partner, COMPANY)
    if (customer and buyer is None) or (partner and seller is None):
        return None
    viewer = info.context.viewer
    if viewer.audience is not Audience.STAFF:
        own = await partner_at(graph, viewer.issuer, viewer.subject, buyer)
        if own is None or seller not in {None, own}:
            return None
        seller = own
    return _own_id(product, PRODUCT), buyer, seller


async def effective_price(
    info: Info,
    product: Annotated[strawberry.ID, strawberry.argument(description="Id of the product.")],
    customer: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Id of the customer; null for everyone's prices."),
    ] = None,
    partner: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Id of the partner it is sold through, if any."),
    ] = None,
    quantity_: Annotated[
        float, strawberry.argument(name="quantity", description="How many units, above 0.")
    ] = 1.0,
    at: Annotated[
        date | None, strawberry.argument(description="Day of the price, UTC; null for today.")
    ] = None,
    currency: Annotated[
        str | None,
        strawberry.argument(description="ISO 4217 code; null for that of the list price."),
    ] = None,
) -> EffectivePrice | None:
    """What a product costs a customer; null for an unknown node, or when no price holds."""
    backing = info.context.backing
    if backing is None:
        return None
    named = await _named(info, backing.graph, product, customer, partner)
    if named is None:
        return None
    wanted, buyer, seller = named
    try:
        units, on = quantity(quantity_), day(at or datetime.now(UTC).date())
        code = None if currency is None else known_currency(currency)
        facts = await _facts(backing.graph, buyer, seller, wanted, on)
        found = _found(facts, wanted, code, units, on) if facts is not None else None
        return _answer(found, units) if found is not None else None
    except Refused as refused:
        raise BadRequest(Code.INVALID_ARGUMENT, refused.message) from refused


async def _facts(
    graph: Graph, buyer: str | None, seller: str | None, wanted: str | None, on: str
) -> Facts | None:
    """What decides a price; None when a node that was named is not there."""
    parameters = {"customer": buyer, "partner": seller, "products": [wanted], "day": on}
    facts = facts_of((await graph.run(GIVEN, parameters))[0])
    return None if (buyer and not facts.customer) or (seller and not facts.partner) else facts


def _found(
    facts: Facts, wanted: str | None, currency: str | None, units: Decimal, on: str
) -> Effective | None:
    product = facts.products.get(wanted or "")
    unit = currency or (product.currency if product is not None else None)
    if product is None or unit is None:
        return None
    return priced(product, facts.tiers, unit, units, on)
