"""Orders: placed, confirmed, shipped in parts, delivered, returned for credit, cancelled."""

from typing import Any

from graph.actions import papers
from graph.commerce.drafting import drafted
from graph.commerce.reading import DOCUMENT, GIVEN, facts_of
from graph.commerce.returning import Left, left_to_return, left_to_ship, returned
from graph.commerce.stages import INVOICE as INVOICES
from graph.commerce.stages import ORDER as STAGES
from graph.model.orders import CONTAINS, CORRECTS, CREDIT_NOTE, INVOICE, ORDER
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Named,
    Outcome,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

_SAID = ("number", "channel", "customerReference", "note")
_ORDER = Ref("order", (ORDER,), "The order.")
_RETURNS = (Return("order", "order", "Order"),)

_PLACED = Action(
    "orderPlace",
    "Makes an order of lines that were priced.",
    refs=papers.REFS,
    creates=(Create("order", ORDER),),
    links=papers.links("order"),
    guards=papers.FRESH,
    returns=_RETURNS,
)


async def _place(work: Work, draft: Draft) -> Outcome:
    wishes, currency = papers.wishes(draft)
    tax, day = papers.tax_percent(draft), draft.now[:10]
    customer, partner = draft.one("customer"), draft.one("partner")
    found = await work.read(
        GIVEN,
        customer=customer.id if customer else None,
        partner=partner.id if partner else None,
        products=[each.product for each in wishes],
        day=day,
    )
    facts = facts_of(found[0])
    buyer, seller = papers.party(facts), papers.seller(draft, facts)
    made = drafted(facts, wishes, currency, day, complete=False)
    lines, amounts = papers.rows(made.lines, made.currency)
    refs = papers.people(buyer, draft.one("contact"), seller, lines)
    order = work.sketch(_PLACED, refs, {})
    order.values |= papers.seen(facts, made)
    given = {**draft.props["order"], "status": STAGES.first, "currency": made.currency}
    papers.fill(order, "order", "SO", given, papers.summing(amounts, tax))
    return await work.perform(_PLACED, order)


ORDER_PLACE = Procedure(
    "orderPlace",
    "Places an order. A line without unitPrice costs what effectivePrice says; products that "
    "exclude each other, or lack one that they require, are refused.",
    refs=(papers.CUSTOMER, papers.CONTACT, papers.SELLER, papers.LINES),
    creates=(Create("order", ORDER, _SAID, optional=("number", "at")),),
    given=(papers.CURRENCY, papers.TAX),
    returns=_RETURNS,
    run=papers.reading(_place),
)

ORDER_UPDATE = Action(
    "orderUpdate",
    "Changes what is said of an order that has not left yet.",
    refs=(_ORDER,),
    updates=(Update("order", ("channel", "customerReference", "note")),),
    guards=(papers.allowing(STAGES, "orderUpdate", "order"),),
    returns=_RETURNS,
)


def _confirm(draft: Draft) -> None:
    draft.props["order"]["status"] = "CONFIRMED"


ORDER_CONFIRM = Action(
    "orderConfirm",
    "Accepts an order that was placed.",
    refs=(_ORDER,),
    updates=(Update("order"),),
    guards=(papers.allowing(STAGES, "orderConfirm", "order"),),
    prepare=_confirm,
    returns=_RETURNS,
)


def _deliver(draft: Draft) -> None:
    at = draft.given.get("deliveredAt") or draft.now
    draft.props["order"] |= {"status": "DELIVERED", "deliveredAt": at}


ORDER_DELIVER = Action(
    "orderDeliver",
    "Says that an order that left has arrived.",
    refs=(_ORDER,),
    updates=(Update("order", ("deliveredAt",)),),
    guards=(papers.allowing(STAGES, "orderDeliver", "order"),),
    prepare=_deliver,
    returns=_RETURNS,
)


def _cancel(draft: Draft) -> None:
    draft.props["order"] |= {"status": "CANCELLED", "cancelledAt": draft.now}


ORDER_CANCEL = Action(
    "orderCancel",
    "Calls an order off before anything of it has left.",
    refs=(_ORDER,),
    updates=(Update("order"),),
    guards=(
        papers.allowing(STAGES, "orderCancel", "order"),
        Guard(
            "NOT_ALLOWED",
            "It was invoiced; cancel the invoice first.",
            "EXISTS { MATCH (order)-[:BECAME]->(i:Invoice) "
            "WHERE coalesce(i.status, '') <> 'VOID' }",
            ("orderId",),
        ),
    ),
    prepare=_cancel,
    returns=_RETURNS,
)

_SHIPPED = Action(
    "orderShip",
    "Notes how much of each line has left.",
    refs=(_ORDER, papers.LINES),
    updates=(Update("order"),),
    links=(Link("order", CONTAINS, "lines"),),
    guards=(papers.unchanged("order"),),
    returns=_RETURNS,
)


def _parts(draft: Draft) -> list[tuple[int, Any]] | None:
    asked = draft.given.get("lines")
    return None if asked is None else [(each["line"], each["quantity"]) for each in asked]


def _changed(about: dict[str, Any], name: str, parts: list[Left]) -> list[Named]:
    """The lines of an order with more units shipped or returned."""
    return [
        Named(
            each.product,
            "Product",
            {**each.line, "currency": about["currency"], name: float(each.before + each.units)},
        )
        for each in parts
    ]


async def _ship(work: Work, draft: Draft) -> Outcome:
    order = draft.one("order")
    found = await work.read(DOCUMENT, about=order.id if order else None)
    about = papers.document(found[0] if found else None, "order")
    STAGES.after(about["status"], "orderShip", ("orderId",))
    parts, whole = left_to_ship(about["lines"], _parts(draft))
    refs: Any = {"order": order, "lines": _changed(about, "shipped", parts)}
    made = work.sketch(_SHIPPED, refs, papers.same_version(draft))
    made.props["order"] = {
        "status": "SHIPPED" if whole else "PARTLY_SHIPPED",
        "shippedAt": draft.given.get("shippedAt") or draft.now,
    }
    made.values["heads"] = {about["id"]: about["head"]}
    return await work.perform(_SHIPPED, made)


ORDER_SHIP = Procedure(
    "orderShip",
    "Ships an order or parts of it; it is SHIPPED once every line has left in full.",
    refs=(_ORDER,),
    updates=(Update("order", ("shippedAt",)),),
    given=(papers.PARTS,),
    returns=_RETURNS,
    run=papers.reading(_ship),
)

_INVOICE = Ref("invoice", (INVOICE,), "The invoice that is corrected.", required=False)
_RETURNED = Action(
    "orderReturn",
    "Notes what came back, with the credit note for it.",
    refs=(
        *papers.REFS[:3],
        _ORDER,
        papers.LINES,
        Ref("credited", papers.LINES.nodes, "Lines of the credit note.", many=True,
            row="productId"),
        _INVOICE,
    ),
    creates=(Create("creditNote", CREDIT_NOTE),),
    updates=(Update("order"), Update("invoice")),
    links=(
        *papers.links("creditNote")[:3],
        Link("creditNote", CONTAINS, "credited"),
        Link("order", CONTAINS, "lines"),
        Link("creditNote", CORRECTS, "order"),
        Link("creditNote", CORRECTS, "invoice"),
    ),
    guards=(papers.unchanged("order"), papers.unchanged("invoice")),
    returns=(*_RETURNS, Return("creditNote", "creditNote", "CreditNote")),
)  # fmt: skip


def settled(invoice: dict[str, Any], credit: int, now: str) -> dict[str, Any]:
    """What a credit changes of an invoice: it is first taken off what is still to pay."""
    if (invoice["status"] or INVOICES.first) not in {"OPEN", "OVERDUE"}:
        return {}
    balance = max(0, (invoice["balance"] or 0) - credit)
    return {"balance": balance} | ({} if balance else {"status": "PAID", "paidAt": now})


async def _return(work: Work, draft: Draft) -> Outcome:
    order = draft.one("order")
    found = await work.read(DOCUMENT, about=order.id if order else None)
    about = papers.document(found[0] if found else None, "order")
    state = STAGES.after(about["status"], "orderReturn", ("orderId",))
    parts, whole = left_to_return(about["lines"], _parts(draft))
    credit = returned(about, parts)
    refs: Any = papers.refs_of(about, _changed(about, "returned", parts))
    invoice = about["invoice"]
    refs |= {
        "order": order,
        "credited": [Named(each.product, "Product", values) for each, values in credit.lines],
        "invoice": Named(invoice["id"], "Invoice") if invoice else None,
    }
    made = work.sketch(_RETURNED, refs, papers.same_version(draft))
    given = {"reason": "RETURN", "currency": about["currency"]}
    papers.fill(made, "creditNote", "CN", given, credit.totals)
    made.props["order"] = {"status": "RETURNED" if whole else state}
    made.values["heads"] = {about["id"]: about["head"]}
    if invoice:
        made.props["invoice"] = settled(invoice, credit.totals.total, draft.now)
        made.values["heads"][invoice["id"]] = invoice["head"]
    return await work.perform(_RETURNED, made)


ORDER_RETURN = Procedure(
    "orderReturn",
    "Takes goods of an order back and gives a credit note for them; what is still to pay of its "
    "invoice becomes less. The order is RETURNED once all that was ordered came back.",
    refs=(_ORDER,),
    updates=(Update("order"),),
    given=(papers.PARTS,),
    returns=(*_RETURNS, Return("creditNote", "creditNote", "CreditNote")),
    run=papers.reading(_return),
)

ACTIONS = (
    ORDER_PLACE, ORDER_UPDATE, ORDER_CONFIRM, ORDER_SHIP, ORDER_DELIVER, ORDER_RETURN,
    ORDER_CANCEL,
)  # fmt: skip
