"""What a product costs whom: every price that holds, and the one that wins.

Of all prices that hold for a party, a partner, a quantity and a day in one currency, the lowest is
the price: nobody pays more for belonging to a tier than for belonging to none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from graph.commerce.money import part, percent


class Basis(StrEnum):
    """What a price rests on; of equal prices the basis named first wins."""

    STATED = "STATED"
    DISCOUNT = "DISCOUNT"
    LIST_PRICE = "LIST_PRICE"


class Verdict(StrEnum):
    """What became of a price that was looked at."""

    WON = "WON"
    HIGHER = "HIGHER"
    LESS_SPECIFIC = "LESS_SPECIFIC"
    OTHER_TIER = "OTHER_TIER"
    OTHER_CURRENCY = "OTHER_CURRENCY"
    NOT_YET = "NOT_YET"
    NO_LONGER = "NO_LONGER"
    TOO_FEW = "TOO_FEW"


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of one product, before anybody asked whether it holds.

    Attributes:
        basis: What it rests on.
        price: Minor units of one unit before tax, a tier's discount taken off.
        currency: ISO 4217 code.
        list_id: Id of the price list; None for the product's own list price.
        list_name: Its name.
        tier: Tier it is for; None for everyone.
        valid_from: First day; None for ever.
        valid_to: Last day; None while it lasts.
        min_quantity: Smallest quantity it holds for.
        discount: Percent taken off the product's list price, of a DISCOUNT.
    """

    basis: Basis
    price: int
    currency: str
    list_id: str | None = None
    list_name: str | None = None
    tier: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    min_quantity: int = 1
    discount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, how much and when: tiers of the customer and the partner, an ISO 8601 day."""

    tiers: frozenset[str]
    currency: str
    units: Decimal
    day: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A price that was looked at, and what became of it."""

    offer: Offer
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Effective:
    """The price that won, and every price that was looked at, the winner first."""

    offer: Offer
    judged: tuple[Judged, ...]


def discounted(list_price: int, off: float | Decimal) -> int:
    """A list price less so many percent, rounded once, half to even."""
    return part(list_price, 100 - percent(off))


def verdict(offer: Offer, asked: Asked) -> Verdict | None:
    """Why a price does not hold; None when it does."""
    if offer.currency != asked.currency:
        return Verdict.OTHER_CURRENCY
    if offer.tier is not None and offer.tier not in asked.tiers:
        return Verdict.OTHER_TIER
    if offer.valid_from is not None and asked.day < offer.valid_from:
        return Verdict.NOT_YET
    if offer.valid_to is not None and asked.day > offer.valid_to:
        return Verdict.NO_LONGER
    if asked.units < offer.min_quantity:
        return Verdict.TOO_FEW
    return None


_BASES = tuple(Basis)


def _rank(offer: Offer) -> tuple[int, int, bool, int, str, str]:
    """Lower wins: the price, then what it rests on, then how closely it fits, then its list."""
    return (
        offer.price,
        _BASES.index(offer.basis),
        offer.tier is None,
        -offer.min_quantity,
        offer.list_name or "",
        offer.list_id or "",
    )


def effective(offers: Iterable[Offer], asked: Asked) -> Effective | None:
    """The price that holds; None when no price does."""
    everything = sorted(offers, key=_rank)
    holding = [each for each in everything if verdict(each, asked) is None]
    if not holding:
        return None
    won = holding[0]
    judged = [Judged(won, Verdict.WON)]
    for each in everything:
        if each is won:
            continue
        lost = Verdict.HIGHER if each.price > won.price else Verdict.LESS_SPECIFIC
        judged.append(Judged(each, verdict(each, asked) or lost))
    return Effective(won, tuple(judged))
