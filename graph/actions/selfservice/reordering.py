"""Ordering again what was ordered once, at the prices of today."""

from decimal import Decimal
from typing import Any

from graph.actions import papers
from graph.actions.selfservice.profile import IF_VERSION
from graph.audiences import CUSTOMERS
from graph.commerce.drafting import Wish, drafted
from graph.commerce.money import percent, quantity
from graph.commerce.reading import REVISION, facts_of
from graph.commerce.refusing import Refused
from graph.commerce.stages import ORDER as STAGES
from graph.errors import NOT_THERE
from graph.model.orders import ORDER
from graph.selfservice.standing import as_customer, principal
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Named,
    Outcome,
    Procedure,
    Ref,
    Return,
    Work,
)

_RETURNS = (Return("order", "placed", "Order"),)
_FORMER = Ref("order", (ORDER,), "The earlier order.")

OWN_ORDER = as_customer(
    "own_order",
    """MATCH (o:Order {id: $order})-[whose:FOR]->(party:Party)
WHERE party IN whole
WITH self, o, collect(coalesce(whose.role, 'CUSTOMER')) AS parts
RETURN o.version, self.id, 'CUSTOMER' IN parts""",
)
"""An order that the customer sees, and whether he may order for whom it is."""

_PLACED = Action(
    "reorder",
    "Makes an order of the lines of an earlier one.",
    refs=papers.REFS,
    creates=(Create("placed", ORDER),),
    links=papers.links("placed"),
    guards=papers.FRESH,
    returns=_RETURNS,
)


def _wishes(draft: Draft, about: dict[str, Any]) -> list[Wish]:
    """The lines of the earlier order, or those that were chosen, without their prices.

    Raises:
        Refused: NOT_FOUND, DUPLICATE or OUT_OF_RANGE for a line that was chosen.
    """
    lines = {line["line"]: (product, line) for product, line in about["lines"]}
    chosen = draft.given.get("lines")
    if chosen is None:
        return [
            Wish(product, quantity(line["quantity"], ("orderId",)), place=("orderId",))
            for product, line in lines.values()
        ]
    found: dict[int, Wish] = {}
    for i, each in enumerate(chosen):
        number, place = each["line"], ("lines", i)
        if number not in lines:
            raise Refused("NOT_FOUND", "The order has no such line.", (*place, "line"))
        if number in found:
            raise Refused("DUPLICATE", "It is named twice; name it once.", (*place, "line"))
        units = quantity(each["quantity"], (*place, "quantity"))
        found[number] = Wish(lines[number][0], units, place=place)
    if not found:
        raise Refused("REQUIRED", "Name at least one line, or none at all for every line.",
                      ("lines",))  # fmt: skip
    return list(found.values())


async def _own(work: Work, draft: Draft) -> tuple[str, str | None]:
    """Id of the earlier order and of the person who asks.

    Raises:
        Refused: NOT_FOUND, NOT_ALLOWED, CONFLICT.
    """
    order = draft.one("order")
    id_ = order.id if order else ""
    rows = await work.read(OWN_ORDER, **principal(work), order=id_)
    if not rows:
        raise Refused("NOT_FOUND", NOT_THERE, ("orderId",))
    version, person, acts = rows[0]
    if not acts:
        message = "This account may not order for the customer of the order."
        raise Refused("NOT_ALLOWED", message, ("orderId",))
    wanted = draft.given.get("ifVersion")
    if wanted not in (None, version):
        message = f"It has version {version} by now; look at it again."
        raise Refused("CONFLICT", message, ("ifVersion",))
    return id_, person


def _tax(about: dict[str, Any]) -> Decimal:
    """The tax of the earlier order in percent of its net amount."""
    net, tax = about["net"] or 0, about["tax"] or 0
    return percent(round(Decimal(tax) * 100 / net, 4) if net else None, ("orderId",))


async def _reorder(work: Work, draft: Draft) -> Outcome:
    id_, person = await _own(work, draft)
    found = await work.read(REVISION, about=id_, products=[], day=draft.now[:10])
    facts = facts_of(found[0])
    about: dict[str, Any] = facts.about or {}
    made = drafted(
        facts, _wishes(draft, about), about["currency"], draft.now[:10], complete=False
    )  # fmt: skip
    lines, amounts = papers.rows(made.lines, made.currency)
    refs = papers.refs_of(about, lines)
    if person is not None:
        contact = Named(person, "Person")
        customer = refs["customer"]
        refs["contact"] = contact if contact != customer else None
    inside = work.trusted()
    order = inside.sketch(_PLACED, refs, {})
    order.values |= papers.seen(facts, made)
    given = {
        "customerReference": draft.given.get("customerReference"),
        "note": draft.given.get("note"), "channel": "WEB", "status": STAGES.first,
        "currency": made.currency,
    }  # fmt: skip
    papers.fill(order, "placed", "SO", given, papers.summing(amounts, _tax(about)))
    return await inside.perform(_PLACED, order)


REORDER = Procedure(
    "reorder",
    "Orders again what was ordered once, all of it or the lines chosen, at the prices of today. "
    "A product that is no longer sold is refused; choose the other lines then.",
    refs=(_FORMER,),
    given=(
        papers.PARTS,
        Given(ORDER.properties["customerReference"]),
        Given(ORDER.properties["note"]),
        IF_VERSION,
    ),
    returns=_RETURNS,
    run=papers.reading(_reorder),
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (REORDER,)
