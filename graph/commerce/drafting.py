"""Lines of a new document: from what is wished for to priced lines that go together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies

from graph.commerce.lines import Line, counted
from graph.commerce.modules import completed, required, together
from graph.commerce.pricing import Asked, Effective, effective
from graph.commerce.reading import Facts, Product
from graph.commerce.refusing import Place, Refused
from graph.errors import NOT_THERE


@dataclass(frozen=True, slots=True)
class Wish:
    """A line as it was asked for; without a price it takes the one that holds.

    Attributes:
        product: Id of the product.
        units: How many.
        unit_price: Minor units agreed for one unit; None for the price that holds.
        discount: Percent taken off.
        description: What the line says.
        place: Where in the input it stands.
    """

    product: str
    units: Decimal
    unit_price: int | None = None
    discount: Decimal = Decimal(0)
    description: str | None = None
    place: Place = ("lines",)


@dataclass(slots=True)
class Drafted:
    """Lines of a document in one currency, and the price lists that they rest on."""

    currency: str
    lines: list[Line] = field(default_factory=list[Line])
    lists: set[str] = field(default_factory=set[str])


def drafted(
    facts: Facts,
    wishes: Sequence[Wish],
    currency: str | None,
    day: str,
    *,
    complete: bool,
) -> Drafted:
    """Price every line and see that the products go together.

    Args:
        facts: What was read.
        wishes: The lines asked for; equal products may stand on several.
        currency: The document's; None for that of the products' list prices.
        day: ISO 8601 day of the prices.
        complete: Whether products that others require are added; else a missing one is refused.

    Raises:
        Refused: NOT_FOUND, NOT_SOLD, NO_PRICE, EXCLUDES, REQUIRES, CURRENCY_MISMATCH, OVERFLOW and
            what `counted` refuses.
    """
    counted(wishes)
    for each in wishes:
        _sold(_product(facts, each), each.place)
    wishes = [*wishes, *_modules(facts, wishes, complete=complete)]
    counted(wishes)
    found = Drafted(currency or _own_currency(facts, wishes))
    for each in wishes:
        price = each.unit_price
        if price is None:
            won = _won(facts, each, found.currency, day)
            price = won.offer.price
            if won.offer.list_id is not None:
                found.lists.add(won.offer.list_id)
        found.lines.append(Line(each.product, each.units, price, each.discount, each.description))
    return found


def known_currency(currency: str, place: Place = ("currency",)) -> str:
    """The code in capitals.

    Raises:
        Refused: NOT_ALLOWED, unless it is one of ISO 4217.
    """
    code = currency.strip().upper()
    if code not in list_currencies():
        raise Refused("NOT_ALLOWED", "Name the currency by its ISO 4217 code, such as EUR.", place)
    return code


def _product(facts: Facts, wish: Wish) -> Product:
    found = facts.products.get(wish.product)
    if found is None:
        place = (*wish.place, "productId") if len(wish.place) > 1 else wish.place
        raise Refused("NOT_FOUND", NOT_THERE, place)
    return found


def _sold(product: Product, place: Place) -> None:
    if not product.active:
        raise Refused(
            "NOT_SOLD", f"{product.sku} is no longer sold; choose another product.", place
        )


def _modules(facts: Facts, wishes: Sequence[Wish], *, complete: bool) -> list[Wish]:
    """The lines that are added because others require their products."""
    wanted: dict[str, Decimal] = {}
    for each in wishes:
        wanted[each.product] = wanted.get(each.product, Decimal(0)) + each.units
    names = {each.id: each.sku for each in facts.products.values()}
    owned = [each.id for each in facts.products.values() if each.owned]
    if not complete:
        together(wanted, facts.relations, names)
        required(wanted, _near(facts), names, owned)
        return []
    added = completed(wanted, _near(facts), owned)
    together([*wanted, *(each.product for each in added)], facts.relations, names)
    for each in added:
        _sold(facts.products[each.product], ("lines",))
    return [Wish(each.product, each.units) for each in added]


def _near(facts: Facts) -> list[Any]:
    """The relations whose both ends were read: requirements are followed for 8 steps."""
    return [each for each in facts.relations if each.end in facts.products]


def _own_currency(facts: Facts, wishes: Sequence[Wish]) -> str:
    found = {facts.products[each.product].currency for each in wishes} - {None}
    if len(found) > 1:
        raise Refused(
            "CURRENCY_MISMATCH",
            "These products have list prices in several currencies; name one.",
            ("currency",),
        )
    if not found:
        raise Refused("REQUIRED", "Name the currency; the products have none.", ("currency",))
    return str(found.pop())


def priced(
    product: Product, tiers: frozenset[str], currency: str, units: Decimal, day: str
) -> Effective | None:
    """The price of a product that holds; None when none does."""
    return effective(product.offers, Asked(tiers, currency, units, day))


def _won(facts: Facts, wish: Wish, currency: str, day: str) -> Effective:
    product = facts.products[wish.product]
    found = priced(product, facts.tiers, currency, wish.units, day)
    if found is None:
        raise Refused(
            "NO_PRICE",
            f"{product.sku} has no price in {currency} for this quantity; give a unitPrice.",
            wish.place,
        )
    return found


def kept(line: Mapping[str, Any], product: str) -> Line:
    """A line of a document as it was read, its amount to be computed anew."""
    return Line(
        product,
        Decimal(str(line["quantity"])),
        line["unitPrice"],
        Decimal(str(line["discount"] or 0)),
        line["description"],
    )


def with_units(line: Line, units: Decimal) -> Line:
    """The same line of another quantity."""
    return replace(line, units=units)
