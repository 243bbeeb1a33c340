"""Invoices and credit notes: issued, paid, cancelled, corrected."""

from typing import Any

from graph.actions import papers
from graph.actions.orders import settled
from graph.commerce.lines import Totals
from graph.commerce.reading import DOCUMENT
from graph.commerce.refusing import Refused
from graph.commerce.returning import share
from graph.commerce.stages import INVOICE as STAGES
from graph.commerce.stages import ORDER as ORDERS
from graph.model.declare import money
from graph.model.orders import BECAME, CORRECTS, CREDIT_NOTE, INVOICE, ORDER
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Outcome,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

DUE_DAYS = 30
"""How long there is to pay when nothing else is said."""

_INVOICE = Ref("invoice", (INVOICE,), "The invoice.")
_RETURNS = (Return("invoice", "invoice", "Invoice"),)
_AMOUNT = money("amount", "How much; null for all that is left.")

_ISSUED = Action(
    "invoiceIssue",
    "Makes the invoice of an order.",
    refs=(*papers.REFS, Ref("order", (ORDER,), "The order.", lock=True)),
    creates=(Create("invoice", INVOICE),),
    links=(*papers.links("invoice"), Link("order", BECAME, "invoice")),
    guards=(
        papers.allowing(ORDERS, "invoiceIssue", "order"),
        Guard(
            "NOT_ALLOWED",
            "It was invoiced already: {}.",
            "EXISTS { MATCH (order)-[:BECAME]->(i:Invoice) "
            "WHERE coalesce(i.status, '') <> 'VOID' }",
            ("orderId",),
            detail="head(COLLECT { MATCH (order)-[:BECAME]->(i:Invoice) "
            "WHERE coalesce(i.status, '') <> 'VOID' RETURN i.number })",
        ),
        papers.unchanged("order"),
    ),
    returns=_RETURNS,
)


async def _issue(work: Work, draft: Draft) -> Outcome:
    order = draft.one("order")
    found = await work.read(DOCUMENT, about=order.id if order else None)
    about = papers.document(found[0] if found else None, "order")
    ORDERS.after(about["status"], "invoiceIssue", ("orderId",))
    if about["total"] is None or about["currency"] is None:
        raise Refused("NOT_ALLOWED", "The order says no amount to be paid.", ("orderId",))
    refs = papers.refs_of(about, papers.copied(about)) | {"order": order}
    invoice = work.sketch(_ISSUED, refs, {})
    invoice.values["heads"] = {about["id"]: about["head"]}
    values, today = draft.props["invoice"], draft.now[:10]
    due = str(values.get("dueOn") or papers.after(today, DUE_DAYS))
    if due < today:
        raise Refused("OUT_OF_RANGE", "dueOn must not lie in the past.", ("dueOn",))
    given = {
        "customerReference": about["customerReference"], **values, "dueOn": due,
        "status": STAGES.first, "currency": about["currency"], "balance": about["total"],
    }  # fmt: skip
    totals = Totals(about["net"] or about["total"], about["tax"] or 0, about["total"])
    papers.fill(invoice, "invoice", "IN", given, totals)
    return await work.perform(_ISSUED, invoice)


INVOICE_ISSUE = Procedure(
    "invoiceIssue",
    "Issues the invoice of an order, with its lines and amounts; 30 days to pay unless given.",
    refs=(Ref("order", (ORDER,), "The order."),),
    creates=(
        Create(
            "invoice", INVOICE, ("number", "dueOn", "customerReference", "note"),
            optional=("number", "at"),
        ),
    ),
    returns=_RETURNS,
    run=papers.reading(_issue),
)  # fmt: skip

_PAID = Action(
    "invoicePay",
    "Notes a payment.",
    refs=(_INVOICE,),
    updates=(Update("invoice"),),
    guards=(papers.unchanged("invoice"),),
    returns=_RETURNS,
)


def _amount(draft: Draft, about: dict[str, Any], most: int, what: str) -> int:
    """The amount of the input, all that there is unless given; raises Refused."""
    asked = draft.given.get("amount")
    amount = most if asked is None else papers.amount_of(asked, about["currency"], ("amount",))
    if amount > most:
        raise Refused("OUT_OF_RANGE", f"It is more than {what}.", ("amount",))
    if amount <= 0:
        raise Refused("OUT_OF_RANGE", "The amount must be more than 0.", ("amount",))
    return amount


async def _pay(work: Work, draft: Draft) -> Outcome:
    invoice = draft.one("invoice")
    found = await work.read(DOCUMENT, about=invoice.id if invoice else None)
    about = papers.document(found[0] if found else None, "invoice")
    state = STAGES.after(about["status"], "invoicePay", ("invoiceId",))
    left = about["balance"] if about["balance"] is not None else about["total"] or 0
    paid = _amount(draft, about, left, "is still to pay")
    made = work.sketch(_PAID, {"invoice": invoice}, papers.same_version(draft))
    made.props["invoice"] = {"balance": left - paid, "status": state}
    if paid == left:
        at = draft.props["invoice"].get("paidAt") or draft.now
        made.props["invoice"] |= {"status": "PAID", "paidAt": at}
    made.values["heads"] = {about["id"]: about["head"]}
    return await work.perform(_PAID, made)


INVOICE_PAY = Procedure(
    "invoicePay",
    "Notes that an invoice was paid, wholly or in part.",
    refs=(_INVOICE,),
    updates=(Update("invoice", ("paidAt",)),),
    given=(Given(_AMOUNT),),
    returns=_RETURNS,
    run=papers.reading(_pay),
)


def _cancel(draft: Draft) -> None:
    draft.props["invoice"] |= {"status": "VOID", "balance": 0}


INVOICE_CANCEL = Action(
    "invoiceCancel",
    "Takes an invoice back of which nothing was paid or credited; its order can be invoiced anew.",
    refs=(_INVOICE,),
    updates=(Update("invoice"),),
    guards=(
        papers.allowing(STAGES, "invoiceCancel", "invoice"),
        Guard(
            "NOT_ALLOWED",
            "A part of it was paid or credited; issue a credit note instead.",
            "invoice.balance <> invoice.total OR EXISTS { (:CreditNote)-[:CORRECTS]->(invoice) }",
            ("invoiceId",),
        ),
    ),
    prepare=_cancel,
    returns=_RETURNS,
)

_CREDITED = Action(
    "creditNoteIssue",
    "Makes a credit note against an invoice.",
    refs=(*papers.REFS[:3], _INVOICE),
    creates=(Create("creditNote", CREDIT_NOTE),),
    updates=(Update("invoice"),),
    links=(*papers.links("creditNote")[:3], Link("creditNote", CORRECTS, "invoice")),
    guards=(papers.unchanged("invoice"),),
    returns=(Return("creditNote", "creditNote", "CreditNote"), *_RETURNS),
)


async def _credit(work: Work, draft: Draft) -> Outcome:
    invoice = draft.one("invoice")
    found = await work.read(DOCUMENT, about=invoice.id if invoice else None)
    about = papers.document(found[0] if found else None, "invoice")
    STAGES.after(about["status"], "creditNoteIssue", ("invoiceId",))
    left = (about["total"] or 0) - sum(each[2] or 0 for each in about["credited"])
    amounts = share(about, _amount(draft, about, left, "is left to be credited"))
    refs = papers.refs_of(about, []) | {"invoice": invoice}
    refs.pop("lines")
    made = work.sketch(_CREDITED, refs, papers.same_version(draft))
    given = {
        **draft.props["creditNote"], "reason": draft.given["cause"],
        "currency": about["currency"],
    }  # fmt: skip
    papers.fill(made, "creditNote", "CN", given, amounts)
    made.props["invoice"] = settled(about, amounts.total, draft.now)
    made.values["heads"] = {about["id"]: about["head"]}
    return await work.perform(_CREDITED, made)


_CAUSE = CREDIT_NOTE.properties["reason"]
CREDIT_NOTE_ISSUE = Procedure(
    "creditNoteIssue",
    "Gives money back on an invoice, tax included, never more than its total; what is still to pay "
    "becomes less first.",
    refs=(_INVOICE,),
    creates=(
        Create(
            "creditNote", CREDIT_NOTE, ("number", "customerReference", "note", "refundedAt"),
            optional=("number", "at"),
        ),
    ),
    updates=(Update("invoice"),),
    given=(
        Given(_AMOUNT),
        Given(
            type(_CAUSE)(
                "cause", _CAUSE.type, _CAUSE.description, values=_CAUSE.values,
                meanings=_CAUSE.meanings,
            ),
            required=True,
        ),
    ),
    returns=(Return("creditNote", "creditNote", "CreditNote"), *_RETURNS),
    run=papers.reading(_credit),
)  # fmt: skip

ACTIONS = (INVOICE_ISSUE, INVOICE_PAY, INVOICE_CANCEL, CREDIT_NOTE_ISSUE)
