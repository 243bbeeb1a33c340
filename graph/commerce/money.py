"""Money: whole minor units of one currency, computed exactly and rounded half to even once.

The places of a currency are those of ISO 4217 as the CLDR states them: 2 for EUR, 0 for JPY.
Amounts fit 64 bits. IEEE 754 calls the rounding roundTiesToEven; it favours nobody in the long run.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction

from graph.commerce.refusing import Place, Refused
from graph.money import LARGEST
from graph.money import places as known_places

MOST_UNITS = Decimal(10**12)
"""The largest quantity of one line."""

UNIT_PLACES = 6
"""Decimal places of a quantity."""

PERCENT_PLACES = 4
"""Decimal places of a percentage."""

# Enough digits that a product of a price, a quantity and two percentages is exact.
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


def places(currency: str) -> int:
    """How many decimal places a currency has.

    Raises:
        Refused: NOT_ALLOWED, unless it is an ISO 4217 code in capitals.
    """
    try:
        return known_places(currency)
    except ValueError as error:
        raise Refused(
            "NOT_ALLOWED", "Name the currency by its ISO 4217 code, such as EUR.", ("currency",)
        ) from error


def major(amount: int, currency: str) -> Decimal:
    """The amount in the main unit, with all decimal places of its currency."""
    return Decimal(amount).scaleb(-places(currency), _EXACT)


def fitting(amount: int, place: Place = ()) -> int:
    """The amount itself.

    Raises:
        Refused: OVERFLOW, unless it fits 64 bits.
    """
    if abs(amount) > LARGEST:
        raise Refused("OVERFLOW", "The amount is too large; it must fit 64 bits.", place)
    return amount


def summed(amounts: Iterable[int], place: Place = ()) -> int:
    """The sum of amounts of one currency.

    Raises:
        Refused: OVERFLOW, unless it fits 64 bits.
    """
    return fitting(sum(amounts), place)


def priced(unit: int, units: Decimal, discount: Decimal = Decimal(0), place: Place = ()) -> int:
    """The price of several units less a discount in percent, rounded once, half to even.

    Raises:
        Refused: OVERFLOW, unless it fits 64 bits.
    """
    exact = _EXACT.multiply(_EXACT.multiply(Decimal(unit), units), 100 - discount)
    return rounded(_EXACT.divide(exact, Decimal(100)), place)


def part(amount: int, percent: Decimal, place: Place = ()) -> int:
    """So many percent of an amount, rounded once, half to even.

    Raises:
        Refused: OVERFLOW, unless it fits 64 bits.
    """
    return rounded(_EXACT.divide(_EXACT.multiply(Decimal(amount), percent), Decimal(100)), place)


def portion(amount: int, of: int, whole: int) -> int:
    """The part of an amount that falls on `of` out of a whole, rounded once, half to even."""
    return round(Fraction(amount * of, whole)) if whole else 0


def rounded(exact: Decimal, place: Place = ()) -> int:
    """A whole number of minor units, half to even.

    Raises:
        Refused: OVERFLOW, unless it fits 64 bits.
    """
    return fitting(int(exact.to_integral_value(ROUND_HALF_EVEN)), place)


def quantity(units: float | Decimal, place: Place = ("quantity",)) -> Decimal:
    """A quantity as an exact number above 0.

    Raises:
        Refused: OUT_OF_RANGE unless it is above 0, not too large, and of at most 6 decimal places.
    """
    found = _number(units, place)
    if not 0 < found <= MOST_UNITS:
        raise Refused(
            "OUT_OF_RANGE", f"A quantity is more than 0 and at most {MOST_UNITS:,}.", place
        )
    return _limited(found, UNIT_PLACES, "A quantity", place)


def percent(value: float | Decimal | None, place: Place = ("discount",)) -> Decimal:
    """A percentage from 0 to 100 as an exact number; 0 for None.

    Raises:
        Refused: OUT_OF_RANGE beyond 0 to 100, or for more than 4 decimal places.
    """
    if value is None:
        return Decimal(0)
    found = _number(value, place)
    if not 0 <= found <= 100:
        raise Refused("OUT_OF_RANGE", "A percentage lies between 0 and 100.", place)
    return _limited(found, PERCENT_PLACES, "A percentage", place)


def _number(value: float | Decimal, place: Place) -> Decimal:
    """An exact number; by way of text, since 0.1 as a float is not 0.1."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused("OUT_OF_RANGE", "This must be a finite number.", place)
    return found


def _limited(value: Decimal, most: int, what: str, place: Place) -> Decimal:
    with localcontext(_EXACT) as exact:
        exact.clear_flags()
        limited = value.quantize(Decimal(1).scaleb(-most))
        if exact.flags[Inexact]:
            raise Refused("OUT_OF_RANGE", f"{what} has at most {most} decimal places.", place)
    return limited.normalize()
