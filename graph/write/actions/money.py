"""Amounts of money as the graph stores them: whole minor units of an ISO 4217 currency."""

from decimal import Decimal

from babel.numbers import get_currency_precision, list_currencies

LARGEST = 2**63 - 1


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units; the currency must be one that babel knows.

    Raises:
        ValueError: with a sentence that says what to do.
    """
    if currency not in list_currencies():
        raise ValueError("must name a currency by its ISO 4217 code, such as EUR")
    places = get_currency_precision(currency)
    shifted = amount.scaleb(places) if abs(amount) < Decimal(10) ** 25 else Decimal("Infinity")
    if abs(shifted) > LARGEST:
        raise ValueError("must fit into 64 bits of minor units")
    if shifted != shifted.to_integral_value():
        raise ValueError(f"must have at most {places} decimal places in this currency")
    return int(shifted)
