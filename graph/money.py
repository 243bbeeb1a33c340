"""Amounts of money as the graph stores them: whole minor units of an ISO 4217 currency."""

from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

LARGEST = 2**63 - 1
"""The largest amount in minor units; the smallest is its negative."""


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def places(currency: str) -> int:
    """Return how many decimal places a currency has: 2 for EUR, 0 for JPY (ISO 4217, by the CLDR).

    Raises:
        ValueError: unless it is an ISO 4217 code in capitals; the sentence says so.
    """
    if currency not in _currencies():
        raise ValueError("must name a currency by its ISO 4217 code, such as EUR")
    return get_currency_precision(currency)


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units; the currency must be one that babel knows.

    Raises:
        ValueError: with a sentence that says what to do.
    """
    digits = places(currency)
    shifted = amount.scaleb(digits) if abs(amount) < Decimal(10) ** 25 else Decimal("Infinity")
    if abs(shifted) > LARGEST:
        raise ValueError("must fit into 64 bits of minor units")
    if shifted != shifted.to_integral_value():
        raise ValueError(f"must have at most {digits} decimal places in this currency")
    return int(shifted)
