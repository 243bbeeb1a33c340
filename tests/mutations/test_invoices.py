"""Invoices and credit notes over GraphQL: issued once, paid in parts, cancelled, credited."""

import asyncio
from typing import Any

import pytest

from tests.mutations.commerce import PAPER, Shop, lines, shop, shown
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

INVOICE = (
    f"invoice {{ {PAPER} dueOn paidAt balance {{ amount }} "
    "orders { edges { node { id } } } }"
)


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def ordered(api: Api, there: Shop) -> str:
    payload = await api.done(
        "orderPlace",
        "order { id }",
        customerId=there.customer,
        lines=lines((there.valve, 5)),
        taxPercent=20.0,
    )
    return payload["order"]["id"]


async def issued(api: Api, there: Shop) -> dict[str, Any]:
    order = await ordered(api, there)
    return (await api.done("invoiceIssue", INVOICE, orderId=order))["invoice"]


async def test_an_order_is_invoiced_once(api: Api, put: Put) -> None:
    there = await shop(api, put)
    order = await ordered(api, there)
    found = await asyncio.gather(*(api.do("invoiceIssue", INVOICE, orderId=order) for _ in "abc"))
    (invoice,) = [each["invoice"] for each in found if each["invoice"]]
    assert {error["code"] for each in found for error in each["userErrors"]} == {"NOT_ALLOWED"}
    assert shown(invoice) == [("VALVE", 5.0, "20.00", "100.00")]
    assert (invoice["status"], invoice["balance"]["amount"]) == ("OPEN", "120.00")
    assert [edge["node"]["id"] for edge in invoice["orders"]["edges"]] == [order]
    await api.done("invoiceCancel", invoiceId=invoice["id"])
    await api.done("invoiceIssue", orderId=order, dueOn="2099-01-01")


async def test_an_invoice_is_paid_in_parts_and_never_more(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await issued(api, there))["id"]
    part = {"invoiceId": id_, "amount": euros("20")}
    paid = (await api.done("invoicePay", INVOICE, **part, clientMutationId="k"))["invoice"]
    assert (paid["status"], paid["balance"]["amount"]) == ("OPEN", "100.00")
    again = (await api.done("invoicePay", INVOICE, **part, clientMutationId="k"))["invoice"]
    assert again["balance"]["amount"] == "100.00"
    for amount, code in (
        (euros("100.01"), "OUT_OF_RANGE"),
        (euros("0"), "OUT_OF_RANGE"),
        (euros("-5"), "OUT_OF_RANGE"),
        ({"amount": "5", "currency": "GBP"}, "CURRENCY_MISMATCH"),
        (euros("0.001"), "INVALID_AMOUNT"),
    ):
        found = await api.refused("invoicePay", invoiceId=id_, amount=amount)
        assert found == [(code, "amount")]
    assert await api.refused("invoiceCancel", invoiceId=id_) == [("NOT_ALLOWED", "invoiceId")]
    paid = (await api.done("invoicePay", INVOICE, invoiceId=id_))["invoice"]
    assert (paid["status"], paid["balance"]["amount"]) == ("PAID", "0.00")
    assert paid["paidAt"]
    assert await api.refused("invoicePay", invoiceId=id_) == [("NOT_ALLOWED", "invoiceId")]


async def test_payments_at_once_are_all_counted(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await issued(api, there))["id"]
    part = {"invoiceId": id_, "amount": euros("40")}
    await asyncio.gather(*(api.done("invoicePay", **part) for _ in range(3)))
    found = await api.refused("invoicePay", **part)
    assert found == [("NOT_ALLOWED", "invoiceId")]


async def test_a_credit_note_gives_back_no_more_than_was_invoiced(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await issued(api, there))["id"]
    selection = "creditNote { net { amount } tax { amount } total { amount } reason } " + INVOICE
    asked = {"invoiceId": id_, "cause": "COMPLAINT"}
    payload = await api.done("creditNoteIssue", selection, **asked, amount=euros("30"))
    assert payload["creditNote"] == {
        "net": {"amount": "25.00"}, "tax": {"amount": "5.00"}, "total": {"amount": "30.00"},
        "reason": "COMPLAINT",
    }  # fmt: skip
    assert payload["invoice"]["balance"]["amount"] == "90.00"
    assert await api.refused("creditNoteIssue", **asked, amount=euros("90.01")) == [
        ("OUT_OF_RANGE", "amount")
    ]
    payload = await api.done("creditNoteIssue", selection, **asked)
    assert payload["invoice"]["status"] == "PAID"
    assert await api.refused("creditNoteIssue", **asked) == [("OUT_OF_RANGE", "amount")]


async def test_a_void_invoice_allows_nothing(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await issued(api, there))["id"]
    voided = (await api.done("invoiceCancel", INVOICE, invoiceId=id_))["invoice"]
    assert (voided["status"], voided["balance"]["amount"]) == ("VOID", "0.00")
    for name, more in (
        ("invoicePay", {}),
        ("invoiceCancel", {}),
        ("creditNoteIssue", {"cause": "CORRECTION"}),
    ):
        found = await api.refused(name, invoiceId=id_, **more)
        assert found == [("NOT_ALLOWED", "invoiceId")]
    order = await ordered(api, there)
    assert await api.refused("invoiceIssue", orderId=order, dueOn="2020-01-01") == [
        ("OUT_OF_RANGE", "dueOn")
    ]
    await api.done("orderCancel", orderId=order)
    assert await api.refused("invoiceIssue", orderId=order) == [("NOT_ALLOWED", "orderId")]
