"""Orders over GraphQL: priced, placed, shipped in parts, returned for credit, refused."""

import asyncio
from typing import Any

import pytest

from graph.statements import Kind, Statement
from tests.mutations.commerce import PAPER, Shop, lines, listed, own_id, shop, shown
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

COUNT = Statement("test.orders", Kind.READ, "RETURN COUNT { (:Order) }, COUNT { (:CreditNote) }")
ORDER = f"order {{ {PAPER} }}"


async def placed(api: Api, there: Shop, *rows: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    asked = lines(*rows) if rows else lines((there.valve, 4))
    payload = await api.done("orderPlace", ORDER, customerId=there.customer, lines=asked, **more)
    return payload["order"]


async def test_an_order_is_priced_numbered_and_summed(api: Api, put: Put) -> None:
    there = await shop(api, put)
    order = await placed(
        api, there, (there.pump, 1), (there.hose, 3, {"discount": 10.0}), taxPercent=20.0
    )
    assert shown(order) == [("PUMP", 1.0, "100.00", "100.00"), ("HOSE", 3.0, "5.55", "14.98")]
    assert order["net"] == {"amount": "114.98", "currency": "EUR"}
    assert (order["tax"]["amount"], order["total"]["amount"]) == ("23.00", "137.98")
    assert (order["status"], order["customer"]["id"]) == ("PLACED", there.customer)
    assert order["number"].startswith("SO-")
    (event,) = await api.events(own_id(order["id"]))
    assert (event["op"], event["parties"]) == ("orderPlace", [own_id(there.customer)])
    assert event["fields"].count("CONTAINS") == 1


async def test_the_price_of_the_customers_tier_is_taken_and_a_given_one_kept(
    api: Api, put: Put
) -> None:
    there = await shop(api, put)
    gold = await listed(api, "Gold", tier="GOLD")
    price = {"price": {"amount": "18.5", "currency": "EUR"}}
    await api.done("priceSet", priceListId=gold, prices=[{"productId": there.valve, **price}])
    own = {"unitPrice": {"amount": "17", "currency": "EUR"}}
    order = await placed(api, there, (there.valve, 2), (there.valve, 1, own))
    assert shown(order) == [("VALVE", 2.0, "18.50", "37.00"), ("VALVE", 1.0, "17.00", "17.00")]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"quantity": -1}, "OUT_OF_RANGE", "lines.0.quantity"),
        ({"quantity": 0}, "OUT_OF_RANGE", "lines.0.quantity"),
        ({"discount": 101.0}, "OUT_OF_RANGE", "lines.0.discount"),
        ({"unitPrice": {"amount": "1", "currency": "XXZ"}}, "NOT_ALLOWED", "lines.0.unitPrice"),
        (
            {"unitPrice": {"amount": "1.001", "currency": "EUR"}},
            "INVALID_AMOUNT",
            "lines.0.unitPrice",
        ),
        ({"unitPrice": {"amount": "-1", "currency": "EUR"}}, "OUT_OF_RANGE", "lines.0.unitPrice"),
        (
            {"unitPrice": {"amount": "92233720368547758", "currency": "EUR"}, "quantity": 2},
            "OVERFLOW",
            "lines.0",
        ),
    ],
)
async def test_a_line_that_makes_no_sense_is_refused(
    api: Api, put: Put, row: dict[str, Any], code: str, field: str
) -> None:
    there = await shop(api, put)
    asked = [{"productId": there.valve, "quantity": 1, **row}]
    found = await api.refused("orderPlace", customerId=there.customer, lines=asked)
    assert found == [(code, field)]


async def test_what_does_not_go_together_is_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    euro, pound = ({"unitPrice": {"amount": "1", "currency": each}} for each in ("EUR", "GBP"))
    cases: list[tuple[list[Any], str]] = [
        (lines((there.pump, 1)), "REQUIRES"),
        (lines((there.old, 1)), "NOT_SOLD"),
        (lines((there.valve, 1, euro), (there.hose, 1, pound)), "CURRENCY_MISMATCH"),
        (lines((there.valve, 1), (there.hose, 1, pound)), "NO_PRICE"),
        ([], "REQUIRED"),
    ]
    for asked, code in cases:
        found = await api.refused("orderPlace", customerId=there.customer, lines=asked)
        assert [each[0] for each in found] == [code]
    await api.done("productRelate", productId=there.valve, otherId=there.hose, kind="EXCLUDES")
    payload = await api.do(
        "orderPlace", customerId=there.customer, lines=lines((there.valve, 1), (there.hose, 1))
    )
    (error,) = payload["userErrors"]
    assert error["code"] == "EXCLUDES"
    assert "HOSE" in error["message"]
    assert "VALVE" in error["message"]


async def test_unknown_ids_are_refused_with_their_place(api: Api, put: Put) -> None:
    there = await shop(api, put)
    none, asked = there.customer[:-6] + "AAAAAA", lines((there.valve, 1))
    assert await api.refused("orderPlace", customerId=there.valve, lines=asked) == [
        ("NOT_FOUND", "customerId")
    ]
    found = await api.refused(
        "orderPlace", customerId=there.customer, lines=lines((there.customer, 1))
    )
    assert found == [("NOT_FOUND", "lines.0.productId")]
    assert (await api.refused("orderPlace", customerId=none, lines=asked))[0][0] == "NOT_FOUND"
    found = await api.refused("orderShip", orderId=none)
    assert found == [("NOT_FOUND", "orderId")]


async def test_a_repeated_order_is_placed_once(api: Api, put: Put) -> None:
    there = await shop(api, put)
    first = await placed(api, there, clientMutationId="k")
    assert (await placed(api, there, clientMutationId="k"))["id"] == first["id"]
    assert (await api.graph.run(COUNT))[0] == [1, 0]


async def test_of_one_order_sent_twice_at_once_one_is_placed(api: Api, put: Put) -> None:
    there = await shop(api, put)
    found = await asyncio.gather(*(placed(api, there, clientMutationId="k") for _ in range(8)))
    assert len({each["id"] for each in found}) == 1
    assert (await api.graph.run(COUNT))[0] == [1, 0]


async def test_an_order_is_shipped_in_parts_and_delivered(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await placed(api, there, (there.valve, 4), (there.hose, 1)))["id"]
    await api.done("orderConfirm", orderId=id_)
    part = [{"line": 1, "quantity": 3}]
    order = (await api.done("orderShip", ORDER, orderId=id_, lines=part))["order"]
    assert order["status"] == "PARTLY_SHIPPED"
    assert [edge["shipped"] for edge in order["lines"]["edges"]] == [3.0, None]
    too_many = [{"line": 1, "quantity": 2}]
    assert await api.refused("orderShip", orderId=id_, lines=too_many) == [
        ("OUT_OF_RANGE", "lines.0.quantity")
    ]
    assert await api.refused("orderDeliver", orderId=id_) == [("NOT_ALLOWED", "orderId")]
    order = (await api.done("orderShip", ORDER, orderId=id_))["order"]
    assert order["status"] == "SHIPPED"
    assert [edge["shipped"] for edge in order["lines"]["edges"]] == [4.0, 1.0]
    assert await api.refused("orderShip", orderId=id_) == [("NOT_ALLOWED", "orderId")]
    assert (await api.done("orderDeliver", ORDER, orderId=id_))["order"]["status"] == "DELIVERED"


async def test_two_who_ship_the_same_at_once_ship_it_once(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await placed(api, there, (there.valve, 8)))["id"]
    part = [{"line": 1, "quantity": 5}]
    found = await asyncio.gather(
        *(api.do("orderShip", ORDER, orderId=id_, lines=part) for _ in range(2))
    )
    codes = sorted(each["code"] for payload in found for each in payload["userErrors"])
    assert codes == ["OUT_OF_RANGE"]
    (order,) = [payload["order"] for payload in found if payload["order"]]
    assert [edge["shipped"] for edge in order["lines"]["edges"]] == [5.0]


async def test_two_parts_shipped_at_once_add_up(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await placed(api, there, (there.valve, 8)))["id"]
    part = [{"line": 1, "quantity": 4}]
    await asyncio.gather(*(api.done("orderShip", orderId=id_, lines=part) for _ in range(2)))
    order = (await api.done("orderDeliver", ORDER, orderId=id_))["order"]
    assert [edge["shipped"] for edge in order["lines"]["edges"]] == [8.0]


async def test_returns_are_credited_to_the_cent_however_they_come(api: Api, put: Put) -> None:
    there = await shop(api, put)
    order = await placed(
        api, there, (there.hose, 3, {"discount": 10.0}), (there.valve, 1), taxPercent=19.0
    )
    id_ = order["id"]
    assert await api.refused("orderReturn", orderId=id_) == [("NOT_ALLOWED", "orderId")]
    await api.done("orderShip", orderId=id_)
    invoice = (await api.done("invoiceIssue", "invoice { id }", orderId=id_))["invoice"]["id"]
    nets, taxes = 0.0, 0.0
    for _ in range(3):
        part = [{"line": 1, "quantity": 1}]
        selection = (
            f"{ORDER} creditNote {{ net {{ amount }} tax {{ amount }} "
            "corrects { edges { node { id } } } }"
        )
        payload = await api.done("orderReturn", selection, orderId=id_, lines=part)
        note = payload["creditNote"]
        assert {edge["node"]["id"] for edge in note["corrects"]["edges"]} == {id_, invoice}
        nets += float(note["net"]["amount"])
        taxes += float(note["tax"]["amount"])
    assert round(nets, 2) == 14.98
    payload = await api.done("orderReturn", selection, orderId=id_)
    assert payload["order"]["status"] == "RETURNED"
    nets += float(payload["creditNote"]["net"]["amount"])
    taxes += float(payload["creditNote"]["tax"]["amount"])
    assert f"{nets:.2f}" == order["net"]["amount"]
    assert f"{taxes:.2f}" == order["tax"]["amount"]
    paid = await api.ask(
        "query ($id: ID!) { invoice(id: $id) { status balance { amount } } }", id=invoice
    )
    assert paid["invoice"] == {"status": "PAID", "balance": {"amount": "0.00"}}


async def test_an_order_is_changed_and_cancelled_before_it_leaves(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await placed(api, there))["id"]
    payload = await api.done(
        "orderUpdate", "order { note version }", orderId=id_, note="Ring twice"
    )
    assert payload["order"] == {"note": "Ring twice", "version": 2}
    stale = await api.refused("orderUpdate", orderId=id_, note="No", ifVersion=1)
    assert stale == [("CONFLICT", "ifVersion")]
    await api.done("invoiceIssue", orderId=id_)
    assert await api.refused("orderCancel", orderId=id_) == [("NOT_ALLOWED", "orderId")]
    other = (await placed(api, there))["id"]
    assert (await api.done("orderCancel", ORDER, orderId=other))["order"]["status"] == "CANCELLED"
    assert await api.refused("orderShip", orderId=other) == [("NOT_ALLOWED", "orderId")]
