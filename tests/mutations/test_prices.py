"""Price lists over GraphQL, and which price wins."""

import asyncio
from typing import Any

import pytest

from tests.mutations.commerce import Shop, listed, shop
from tests.mutations.conftest import STAFF, Api, Put

pytestmark = pytest.mark.anyio

PRICE = """query ($product: ID!, $customer: ID, $partner: ID, $quantity: Float! = 1, $at: Date,
  $currency: String) {
  effectivePrice(product: $product, customer: $customer, partner: $partner, quantity: $quantity,
    at: $at, currency: $currency) {
    unitPrice { amount currency } amount { amount }
    won { basis priceListName tier discount }
    offers { verdict basis priceListName unitPrice { amount } } } }"""
PRICES = "priceList { prices { edges { price { amount } minQuantity node { sku } } } }"


async def priced(api: Api, product: str, **more: Any) -> Any:
    return (await api.ask(PRICE, product=product, **more))["effectivePrice"]


async def set_price(api: Api, list_: str, product: str, amount: str, least: int = 1) -> None:
    price = {"price": {"amount": amount, "currency": "EUR"}, "minQuantity": least}
    await api.done("priceSet", priceListId=list_, prices=[{"productId": product, **price}])


async def several(api: Api, there: Shop) -> None:
    everyone, gold = await listed(api, "Everyone"), await listed(api, "Gold", tier="GOLD")
    await set_price(api, everyone, there.valve, "19")
    await set_price(api, everyone, there.valve, "15", 10)
    await set_price(api, gold, there.valve, "18")
    await listed(api, "Partners", tier="PARTNER", discount=30.0)
    old = await listed(api, "Old", validFrom="2020-01-01", validTo="2020-12-31")
    await set_price(api, old, there.valve, "1")


async def test_the_lowest_price_that_holds_wins_and_says_why(api: Api, put: Put) -> None:
    there = await shop(api, put)
    await several(api, there)
    nobody = await priced(api, there.valve)
    assert (nobody["unitPrice"]["amount"], nobody["won"]["priceListName"]) == ("19.00", "Everyone")
    gold = await priced(api, there.valve, customer=there.customer, quantity=2)
    assert (gold["unitPrice"]["amount"], gold["amount"]["amount"]) == ("18.00", "36.00")
    verdicts = [(each["verdict"], each["priceListName"]) for each in gold["offers"]]
    assert verdicts == [
        ("WON", "Gold"), ("NO_LONGER", "Old"), ("OTHER_TIER", "Partners"), ("TOO_FEW", "Everyone"),
        ("HIGHER", "Everyone"), ("HIGHER", None),
    ]  # fmt: skip
    many = await priced(api, there.valve, customer=there.customer, quantity=10)
    assert many["unitPrice"]["amount"] == "15.00"
    through = await priced(api, there.valve, customer=there.customer, partner=there.partner)
    assert through["unitPrice"]["amount"] == "14.00"
    assert through["won"] == {
        "basis": "DISCOUNT", "priceListName": "Partners", "tier": "PARTNER", "discount": "30.0",
    }  # fmt: skip
    assert (await priced(api, there.valve, at="2020-06-01"))["unitPrice"]["amount"] == "1.00"


async def test_what_has_no_price_is_null_and_nonsense_an_error(api: Api, put: Put) -> None:
    there = await shop(api, put)
    assert await priced(api, there.valve, currency="USD") is None
    assert await priced(api, there.customer) is None
    assert await priced(api, there.valve, customer=there.valve) is None
    variables = {"product": there.valve, "quantity": -1.0}
    response = await api.executor.execute(PRICE, variables, None, STAFF)
    assert isinstance(response, dict)
    assert response["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_prices_are_set_changed_and_withdrawn(api: Api, put: Put) -> None:
    there = await shop(api, put)
    list_ = await listed(api, "Everyone")
    rows = [
        {"productId": each, "price": {"amount": "3", "currency": "EUR"}, "minQuantity": least}
        for each, least in ((there.valve, 1), (there.valve, 5), (there.hose, 1))
    ]
    payload = await api.done("priceSet", PRICES, priceListId=list_, prices=rows)
    assert len(payload["priceList"]["prices"]["edges"]) == 3
    await set_price(api, list_, there.valve, "2.5")
    payload = await api.done("priceWithdraw", PRICES, priceListId=list_, products=[there.hose])
    found = [
        (edge["minQuantity"], edge["price"]["amount"])
        for edge in payload["priceList"]["prices"]["edges"]
    ]
    assert found == [(1, "2.50"), (5, "3.00")]


async def test_prices_set_at_once_are_all_there(api: Api, put: Put) -> None:
    there = await shop(api, put)
    list_ = await listed(api, "Everyone")
    await asyncio.gather(*(set_price(api, list_, there.valve, "3", least) for least in range(1, 9)))
    payload = await api.done("priceListUpdate", PRICES, priceListId=list_, name="All")
    assert len(payload["priceList"]["prices"]["edges"]) == 8


async def test_a_price_that_makes_no_sense_is_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    list_ = await listed(api, "Everyone")
    euro = {"amount": "1", "currency": "EUR"}
    cases: list[tuple[list[dict[str, Any]], tuple[str, str]]] = [
        ([{"price": {"amount": "1", "currency": "GBP"}}], ("CURRENCY_MISMATCH", "prices")),
        ([{"price": {"amount": "-1", "currency": "EUR"}}], ("OUT_OF_RANGE", "prices.0.price")),
        ([{"price": euro, "minQuantity": 0}], ("OUT_OF_RANGE", "prices.0.minQuantity")),
        ([{"price": euro}, {"price": euro}], ("DUPLICATE", "prices.1")),
    ]
    for rows, expected in cases:
        prices = [{"productId": there.valve, **row} for row in rows]
        assert await api.refused("priceSet", priceListId=list_, prices=prices) == [expected]
    assert await api.refused("priceListCreate", name="x", currency="EUR", discount=101.0) == [
        ("OUT_OF_RANGE", "discount")
    ]
    assert await api.refused("priceListCreate", name="x") == [("REQUIRED", "currency")]
    await api.done("priceListUpdate", priceListId=list_, validFrom="2026-05-01")
    found = await api.refused("priceListUpdate", priceListId=list_, validTo="2026-04-01")
    assert [each[1] for each in found] == ["validTo"]
