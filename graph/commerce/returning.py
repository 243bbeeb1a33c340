"""Parts of an order: what is left to ship or to take back, and what is given back for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from graph.commerce.lines import Totals
from graph.commerce.money import portion, priced, quantity, summed
from graph.commerce.refusing import Refused

Lines = Sequence[tuple[str, Mapping[str, Any]]]
"""Lines of a document as they were read: product and properties."""

Asked = Sequence[tuple[int, Any]]
"""Numbers of lines, and how many units of each."""


@dataclass(frozen=True, slots=True)
class Left:
    """Units of one line that are shipped or taken back now.

    Attributes:
        product: Id of the product.
        line: The line as it was read.
        before: Units that were shipped or taken back before.
        units: Units now.
    """

    product: str
    line: Mapping[str, Any]
    before: Decimal
    units: Decimal


def left_to_ship(lines: Lines, asked: Asked | None) -> tuple[list[Left], bool]:
    """What is shipped now, everything that is left unless asked, and whether all has left then.

    Raises:
        Refused: as `_left` does.
    """
    return _left(lines, asked, "quantity", "shipped", "shipped")


def left_to_return(lines: Lines, asked: Asked | None) -> tuple[list[Left], bool]:
    """What is taken back now, all that is out unless asked, and whether all ordered came back then.

    Raises:
        Refused: as `_left` does.
    """
    parts, _ = _left(lines, asked, "shipped", "returned", "taken back")
    now = {each.line["line"]: each.units for each in parts}
    whole = all(
        _number(line["returned"]) + now.get(line["line"], 0) == _number(line["quantity"])
        for _, line in lines
    )
    return parts, whole


def _number(value: float | None) -> Decimal:
    return Decimal(str(value or 0))


def _left(
    lines: Lines, asked: Asked | None, limit: str, done: str, verb: str
) -> tuple[list[Left], bool]:
    """What is done now of each line, and whether nothing is left then.

    Raises:
        Refused: NOT_FOUND for a line that is not there, DUPLICATE for one named twice, OUT_OF_RANGE
            for more than is left, NOT_ALLOWED when nothing is.
    """
    there = {
        line["line"]: Left(
            product, line, _number(line[done]), _number(line[limit]) - _number(line[done])
        )
        for product, line in lines
    }
    if asked is None:
        parts = [each for each in there.values() if each.units > 0]
    else:
        parts = _some(there, asked, verb)
    if not parts:
        raise Refused("NOT_ALLOWED", f"Nothing is left to be {verb}.", ("lines",))
    now = {each.line["line"]: each.units for each in parts}
    return parts, all(each.units == now.get(number, 0) for number, each in there.items())


def _some(there: Mapping[int, Left], asked: Asked, verb: str) -> list[Left]:
    parts: dict[int, Left] = {}
    for i, (number, units) in enumerate(asked):
        place = ("lines", i)
        if number not in there:
            raise Refused("NOT_FOUND", "There is no such line.", (*place, "line"))
        if number in parts:
            raise Refused("DUPLICATE", "It is named twice; name it once.", (*place, "line"))
        line, wanted = there[number], quantity(units, (*place, "quantity"))
        if wanted > line.units:
            raise Refused(
                "OUT_OF_RANGE",
                f"Only {line.units.normalize():f} of this line can still be {verb}.",
                (*place, "quantity"),
            )
        parts[number] = Left(line.product, line.line, line.before, wanted)
    return list(parts.values())


@dataclass(slots=True)
class Credit:
    """What is given back: the lines of a credit note, and its amounts."""

    totals: Totals
    lines: list[tuple[Left, dict[str, Any]]] = field(
        default_factory=list[tuple[Left, dict[str, Any]]]
    )


def _worth(line: Mapping[str, Any], units: Decimal) -> int:
    """What so many units of a line cost; all of them cost the line's amount."""
    if units == _number(line["quantity"]):
        return line["amount"]
    return priced(line["unitPrice"], units, _number(line["discount"]))


def returned(about: Mapping[str, Any], parts: Sequence[Left]) -> Credit:
    """What is given back for parts of an order.

    Each amount is what all units taken back so far are worth, less what was given back before: so
    the parts of a line add up to the line, and the taxes of all credit notes to the order's tax.

    Args:
        about: The order as it was read.
        parts: What is taken back now.
    """
    found = Credit(Totals(0, 0, 0))
    for number, each in enumerate(parts, 1):
        now = _worth(each.line, each.before + each.units) - _worth(each.line, each.before)
        stored = {
            **{name: each.line[name] for name in ("unitPrice", "discount", "description")},
            "line": number,
            "quantity": float(each.units),
            "amount": now,
            "currency": about["currency"],
        }
        found.lines.append((each, stored))
    before = summed(
        _worth(line, _number(line["returned"])) for _, line in about["lines"] if line["returned"]
    )
    net = summed(values["amount"] for _, values in found.lines)
    tax = _tax(about, before + net) - _tax(about, before)
    found.totals = Totals(net, tax, net + tax)
    return found


def _tax(about: Mapping[str, Any], net: int) -> int:
    """The share of a document's tax that falls on a part of its net amount."""
    return portion(about["tax"] or 0, net, about["net"] or 0)


def share(about: Mapping[str, Any], total: int) -> Totals:
    """A total split into net and tax as the document's own total is."""
    tax = portion(about["tax"] or 0, total, about["total"] or 0)
    return Totals(total - tax, tax, total)
