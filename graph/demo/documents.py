"""Papers with lines: the amounts of every document are the sum of its lines, and the tax on it."""

from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from graph.demo.accounts import Account
from graph.demo.products import best, price
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, Item, Ref, World
from graph.model.kinds import Node
from graph.model.links import FOR
from graph.model.orders import CONTAINS

_TAX = {"FR": 20, "GB": 20, "RO": 21}
_ROMANIA_RAISED = date(2025, 8, 1)  # from 19 to 21 percent, law 141/2025
_LINES = (30, 24, 16, 10, 8, 6, 4, 2)  # how often a document has 1, 2, … 8 lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document, amounts in minor units."""

    item: Item
    quantity: int
    unit: int
    discount: int
    description: str | None = None

    @property
    def amount(self) -> int:
        """Amount before tax, discount taken off, rounded half up."""
        return (self.quantity * self.unit * (100 - self.discount) + 50) // 100


def tax_on(net: int, country: str, at: datetime) -> int:
    """Value-added tax of the country on that day, rounded half up."""
    old = country == "RO" and at.date() < _ROMANIA_RAISED
    return (net * (19 if old else _TAX[country]) + 50) // 100


def lines(world: World, account: Account, *, most: int = 8) -> list[Line]:
    """What a customer of this kind buys at once."""
    rng = account.rng
    count = min(rng.choices(range(1, 9), _LINES)[0], most)
    firm = account.firm is not None
    found = [
        Line(
            item,
            _quantity(rng, item, firm=firm),
            price(item, account.currency, account.tier),
            rng.choice((5, 10, 15)) if firm and rng.random() < 0.15 else 0,
        )
        for item in best(world, rng, count, None if firm else 60_000)
    ]
    if not firm and len(found) < 8 and sum(line.amount for line in found) < 20_000:
        charge = world.charges[0] if rng.random() < 0.8 else world.charges[1]
        found.append(Line(charge, 1, price(charge, account.currency, "STANDARD"), 0))
    return found


def _quantity(rng: Random, item: Item, *, firm: bool) -> int:
    if not firm:
        return rng.choices((1, 2, 3, 4), (6, 2, 1, 1))[0]
    if item.lasting:
        return rng.randint(3, 60) if item.price < 5_000 else rng.randint(1, 3)
    return max(1, min(int(rng.paretovariate(0.9)), 200_000 // item.price + 1, 60))


def document(
    sheet: Sheet, node: Node, account: Account, prefix: str, at: datetime, rows: list[Line],
    more: Values, contact: Human | None = None,
) -> Ref:  # fmt: skip
    """Add a document with its lines, and whom it is for; amounts follow from the lines."""
    number = account.number(prefix)
    net = sum(row.amount for row in rows)
    tax = tax_on(net, account.country, at)
    values: Values = {
        "number": number, "at": at, "currency": account.currency, "net": net, "tax": tax,
        "total": net + tax,
    }  # fmt: skip
    ref = sheet.node(node, ("erp", number), values | more)
    sheet.link(FOR, ref, account.ref, {"role": "CUSTOMER"})
    if contact is not None and contact.ref != account.ref:
        sheet.link(FOR, ref, contact.ref, {"role": "CONTACT"})
    for place, row in enumerate(rows, 1):
        said: Values = {
            "line": place, "quantity": float(row.quantity), "unitPrice": row.unit,
            "currency": account.currency, "discount": float(row.discount) or None,
            "amount": row.amount, "description": row.description,
        }  # fmt: skip
        sheet.link(CONTAINS, ref, row.item.ref, said)
    return ref
