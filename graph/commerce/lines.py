"""Lines of a document, and the totals that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.commerce.money import part, priced, summed
from graph.commerce.refusing import Place, Refused

MOST_LINES = 200
"""The most lines of one document."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; amounts are minor units of the document's currency.

    Attributes:
        product: Id of the product.
        units: How many, above 0.
        unit_price: Price of one unit before tax and discount.
        discount: Percent taken off.
        description: What the line says when it differs from the product's name.
    """

    product: str
    units: Decimal
    unit_price: int
    discount: Decimal = Decimal(0)
    description: str | None = None

    def amount(self, place: Place = ()) -> int:
        """Amount before tax, discount taken off, rounded once, half to even.

        Raises:
            Refused: OVERFLOW, unless it fits 64 bits.
        """
        return priced(self.unit_price, self.units, self.discount, place)

    def stored(self, number: int, currency: str, place: Place = ()) -> dict[str, Any]:
        """The line as CONTAINS holds it.

        Raises:
            Refused: OVERFLOW, unless its amount fits 64 bits.
        """
        return {
            "line": number,
            "quantity": float(self.units),
            "unitPrice": self.unit_price,
            "currency": currency,
            "discount": float(self.discount) or None,
            "amount": self.amount(place),
            "description": self.description,
        }


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts of a document in minor units: before tax, the tax, and both."""

    net: int
    tax: int
    total: int

    def stored(self) -> dict[str, Any]:
        """The amounts as a document holds them."""
        return {"net": self.net, "tax": self.tax, "total": self.total}


def totals(amounts: Sequence[int], tax_percent: Decimal) -> Totals:
    """What a document is worth: tax is taken on the sum and rounded once, half to even.

    Raises:
        Refused: OVERFLOW, unless every amount fits 64 bits.
    """
    net = summed(amounts)
    tax = part(net, tax_percent)
    return Totals(net, tax, summed((net, tax)))


def counted(lines: Sequence[object], place: Place = ("lines",)) -> None:
    """See that a document has lines, and not too many.

    Raises:
        Refused: REQUIRED without a line, TOO_LONG with more than 200.
    """
    if not lines:
        raise Refused("REQUIRED", "Name at least one line.", place)
    if len(lines) > MOST_LINES:
        raise Refused("TOO_LONG", f"A document has at most {MOST_LINES} lines.", place)
