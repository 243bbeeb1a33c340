"""Products over GraphQL: made, changed, related, taken from sale."""

import asyncio

import pytest

from tests.mutations.commerce import shop
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = "product { id sku name active kind version listPrice { amount currency } }"
PRICE = {"amount": "12.5", "currency": "EUR"}


async def test_a_product_is_made_changed_and_taken_from_sale(api: Api) -> None:
    payload = await api.done(
        "productCreate", SHOWN, sku="A-1", name="Pump", kind="GOODS", listPrice=PRICE
    )
    made = payload["product"]
    assert made["listPrice"] == {"amount": "12.50", "currency": "EUR"}
    assert made["active"] is True
    id_ = made["id"]
    changed = await api.done("productUpdate", SHOWN, productId=id_, name="Big pump", ifVersion=1)
    assert (changed["product"]["name"], changed["product"]["version"]) == ("Big pump", 2)
    gone = await api.done("productDiscontinue", SHOWN, productId=id_, endOfLifeOn="2030-01-01")
    assert gone["product"]["active"] is False
    assert await api.refused("productDiscontinue", productId=id_) == [("NOT_ALLOWED", "productId")]


async def test_a_product_that_makes_no_sense_is_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    new = {"sku": "NEW", "name": "New"}
    assert await api.refused("productCreate", **new | {"sku": "PUMP"}) == [("CONFLICT", "sku")]
    assert await api.refused("productUpdate", productId=there.hose, sku="PUMP") == [
        ("CONFLICT", "sku")
    ]
    negative = {"amount": "-1", "currency": "EUR"}
    assert await api.refused("productCreate", **new, listPrice=negative) == [
        ("OUT_OF_RANGE", "listPrice")
    ]
    huge = {"amount": "92233720368547758.08", "currency": "EUR"}
    assert await api.refused("productCreate", **new, listPrice=huge) == [
        ("INVALID_AMOUNT", "listPrice")
    ]
    unknown = {"amount": "1", "currency": "XXZ"}
    assert await api.refused("productCreate", **new, listPrice=unknown) == [
        ("INVALID_AMOUNT", "listPrice")
    ]
    days = {"launchedOn": "2026-02-01", "endOfLifeOn": "2026-01-01"}
    assert [each[1] for each in await api.refused("productCreate", **new, **days)] == [
        "endOfLifeOn"
    ]
    assert await api.refused("productUpdate", productId=there.customer, name="x") == [
        ("NOT_FOUND", "productId")
    ]


async def test_of_many_who_take_one_sku_one_gets_it(api: Api) -> None:
    found = await asyncio.gather(
        *(api.do("productCreate", SHOWN, sku="ONE", name=str(i)) for i in range(6))
    )
    assert len([each for each in found if each["product"]]) == 1
    codes = {error["code"] for each in found for error in each["userErrors"]}
    assert codes == {"CONFLICT"}


async def test_products_are_related_and_no_longer(api: Api, put: Put) -> None:
    there = await shop(api, put)
    two = {"productId": there.valve, "otherId": there.pump}
    related = "product { related { edges { kind lift node { sku } } } }"
    payload = await api.done("productRelate", related, **two, kind="CROSS_SELL", lift=1.5)
    edges = payload["product"]["related"]["edges"]
    assert edges == [{"kind": "CROSS_SELL", "lift": 1.5, "node": {"sku": "PUMP"}}]
    payload = await api.done("productUnrelate", related, **two)
    assert payload["product"]["related"]["edges"] == []
    assert await api.refused("productUnrelate", **two) == [("NOT_FOUND", "otherId")]


async def test_relations_that_contradict_are_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    two = {"productId": there.hose, "otherId": there.pump}
    assert await api.refused("productRelate", **two, kind="EXCLUDES") == [("NOT_ALLOWED", "kind")]
    itself = {"productId": there.hose, "otherId": there.hose}
    assert await api.refused("productRelate", **itself, kind="UP_SELL") == [
        ("NOT_ALLOWED", "otherId")
    ]
