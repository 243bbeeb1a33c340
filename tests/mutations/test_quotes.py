"""Quotes over GraphQL: drafted with their modules, revised, sent, answered, converted once."""

import asyncio
from typing import Any

import pytest

from graph.model.orders import QUOTE as QUOTE_NODE
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from tests.mutations.commerce import PAPER, Shop, lines, listed, own_id, shop, shown
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

QUOTE = (
    f"quote {{ {PAPER} revision validUntil sentAt decidedAt "
    "opportunities { edges { node { id } } } cameFrom { edges { node { id } } } }"
)
COUNT = Statement("test.quotes", Kind.READ, "RETURN COUNT { (:Quote) }, COUNT { (:Order) }")


async def drafted(api: Api, there: Shop, **more: Any) -> dict[str, Any]:
    payload = await api.done("quoteDraft", QUOTE, opportunityId=there.opportunity, **more)
    return payload["quote"]


async def accepted(api: Api, there: Shop) -> str:
    id_ = (await drafted(api, there, taxPercent=20.0))["id"]
    await api.done("quoteSend", quoteId=id_)
    payload = await api.done("quoteAccept", QUOTE, quoteId=id_)
    assert payload["quote"]["status"] == "ACCEPTED"
    return id_


async def test_a_quote_is_drafted_with_required_modules_at_the_tiers_prices(
    api: Api, put: Put
) -> None:
    there = await shop(api, put)
    await listed(api, "Gold", tier="GOLD", discount=10.0)
    quote = await drafted(api, there)
    assert shown(quote) == [("PUMP", 2.0, "90.00", "180.00"), ("HOSE", 2.0, "5.00", "10.00")]
    assert (quote["status"], quote["revision"]) == ("DRAFT", 1)
    assert quote["total"] == {"amount": "190.00"}
    assert quote["customer"]["id"] == there.customer
    assert [edge["node"]["id"] for edge in quote["opportunities"]["edges"]] == [there.opportunity]
    (event,) = await api.events(own_id(quote["id"]))
    assert event["op"] == "quoteDraft"


async def test_a_partners_prices_hold_when_it_is_sold_through_it(api: Api, put: Put) -> None:
    there = await shop(api, put)
    await listed(api, "Partners", tier="PARTNER", discount=25.0)
    direct = await drafted(api, there, lines=lines((there.valve, 1)))
    through = await drafted(api, there, lines=lines((there.valve, 1)), partnerId=there.partner)
    assert [shown(each)[0][2] for each in (direct, through)] == ["20.00", "15.00"]


async def test_what_is_excluded_is_refused_with_the_pair_named(api: Api, put: Put) -> None:
    there = await shop(api, put)
    await api.done("productRelate", productId=there.valve, otherId=there.hose, kind="EXCLUDES")
    asked = lines((there.pump, 1), (there.valve, 1))
    payload = await api.do("quoteDraft", opportunityId=there.opportunity, lines=asked)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("EXCLUDES", ["lines"])
    assert {"HOSE", "VALVE"} <= set(error["message"].split())
    assert (await api.graph.run(COUNT))[0] == [0, 0]


async def test_a_quote_that_cannot_be_drafted_is_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    deal = {"opportunityId": there.opportunity}
    past = await api.refused("quoteDraft", **deal, validUntil="2020-01-01")
    assert past == [("OUT_OF_RANGE", "validUntil")]
    assert await api.refused("quoteDraft", **deal, currency="EURO") == [("NOT_ALLOWED", "currency")]
    assert await api.refused("quoteDraft", **deal, partnerId=there.valve) == [
        ("NOT_FOUND", "partnerId")
    ]
    assert [each[0] for each in await api.refused("quoteDraft", **deal, currency="USD")] == [
        "NO_PRICE"
    ]
    assert await api.refused("quoteDraft", **deal, taxPercent=-1.0) == [
        ("OUT_OF_RANGE", "taxPercent")
    ]
    nobody = await put("Opportunity", "other", name="Other", stage="LEAD")
    assert await api.refused("quoteDraft", opportunityId=nobody) == [
        ("NOT_ALLOWED", "opportunityId")
    ]


async def test_a_revision_takes_the_place_of_the_former(api: Api, put: Put) -> None:
    there = await shop(api, put)
    first = await drafted(api, there, taxPercent=20.0)
    selection = f"{QUOTE} former {{ id status }}"
    payload = await api.done("quoteRevise", selection, quoteId=first["id"])
    second = payload["quote"]
    assert payload["former"] == {"id": first["id"], "status": "REVISED"}
    assert (shown(second), second["total"]) == (shown(first), first["total"])
    assert (second["revision"], second["status"]) == (2, "DRAFT")
    assert [edge["node"]["id"] for edge in second["cameFrom"]["edges"]] == [first["id"]]
    asked = lines((there.valve, 3))
    third = (await api.done("quoteRevise", QUOTE, quoteId=second["id"], lines=asked))["quote"]
    assert shown(third) == [("VALVE", 3.0, "20.00", "60.00")]
    assert third["tax"] == {"amount": "12.00"}
    for name in ("quoteRevise", "quoteSend", "quoteAccept"):
        assert await api.refused(name, quoteId=first["id"]) == [("NOT_ALLOWED", "quoteId")]


async def test_two_who_revise_at_once_make_one_revision(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await drafted(api, there))["id"]
    found = await asyncio.gather(*(api.do("quoteRevise", quoteId=id_) for _ in range(2)))
    codes = [each["code"] for payload in found for each in payload["userErrors"]]
    assert codes == ["NOT_ALLOWED"]
    assert (await api.graph.run(COUNT))[0] == [2, 0]


async def test_an_accepted_quote_becomes_an_order_once(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = await accepted(api, there)
    selection = f"order {{ {PAPER} quotes {{ edges {{ node {{ id }} }} }} }}"
    asked = {"quoteId": id_, "clientMutationId": "k"}
    order = (await api.done("quoteConvert", selection, **asked))["order"]
    assert shown(order) == [("PUMP", 2.0, "100.00", "200.00"), ("HOSE", 2.0, "5.55", "11.10")]
    assert order["total"] == {"amount": "253.32"}
    assert [edge["node"]["id"] for edge in order["quotes"]["edges"]] == [id_]
    assert (await api.done("quoteConvert", "order { id }", **asked))["order"]["id"] == order["id"]
    assert await api.refused("quoteConvert", quoteId=id_) == [("NOT_ALLOWED", "quoteId")]


async def test_of_two_who_convert_at_once_one_does(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = await accepted(api, there)
    found = await asyncio.gather(*(api.do("quoteConvert", quoteId=id_) for _ in range(4)))
    codes = [each["code"] for payload in found for each in payload["userErrors"]]
    assert codes == ["NOT_ALLOWED"] * 3
    assert (await api.graph.run(COUNT))[0] == [1, 1]


async def test_a_quote_whose_last_day_has_passed_cannot_be_accepted(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await drafted(api, there))["id"]
    await api.done("quoteSend", quoteId=id_)
    row = NodeRow((own_id(id_),), {"validUntil": "2026-01-31"})
    await write(api.graph, Batch([Nodes(QUOTE_NODE, [row])]), Writer("tester"))
    payload = await api.do("quoteAccept", quoteId=id_)
    (error,) = payload["userErrors"]
    assert error["code"] == "EXPIRED"
    assert "2026-01-31" in error["message"]


async def test_only_an_answered_quote_goes_on(api: Api, put: Put) -> None:
    there = await shop(api, put)
    id_ = (await drafted(api, there))["id"]
    for name in ("quoteAccept", "quoteDecline", "quoteConvert"):
        assert await api.refused(name, quoteId=id_) == [("NOT_ALLOWED", "quoteId")]
    await api.done("quoteSend", quoteId=id_)
    declined = (await api.done("quoteDecline", QUOTE, quoteId=id_))["quote"]
    assert declined["status"] == "DECLINED"
    assert declined["decidedAt"]
    assert await api.refused("quoteConvert", quoteId=id_) == [("NOT_ALLOWED", "quoteId")]
