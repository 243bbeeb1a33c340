"""Quotes and orders as customers answer and repeat them: never at prices of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.mutations.conftest import link
from tests.selfservice.conftest import Shop

pytestmark = pytest.mark.anyio

TODAY = datetime.now(UTC).date()
UNTIL = (TODAY + timedelta(days=20)).isoformat()


async def quote(shop: Shop, key: str, **values: Any) -> str:
    said = {"status": "SENT", "number": key, "validUntil": UNTIL, "currency": "EUR", **values}
    id_ = await shop.paper("Quote", key, "Company/acme", **said)
    await shop.put("Product", key + "-pump", sku=key, name="Pump", listPrice=1_000, currency="EUR")
    await link(
        shop.api.graph, f"Quote/{key}", "CONTAINS", f"Product/{key}-pump",
        line=1, quantity=2, unitPrice=900, amount=1_800, currency="EUR",
    )  # fmt: skip
    return id_


async def status(shop: Shop, key: str) -> str:
    return (await shop.rows("MATCH (q:Quote {number: $key}) RETURN q.status", key=key))[0][0]


async def test_a_customer_accepts_a_quote_of_the_company_and_the_history_tells_who(shop: Shop):
    id_ = await quote(shop, "Q1")

    done = await shop.ana.done("quoteAccept", "quote { status decidedAt }", quoteId=id_)

    assert done["quote"]["status"] == "ACCEPTED"
    assert done["quote"]["decidedAt"] is not None
    rows = await shop.rows(
        "MATCH (q:Quote {number: 'Q1'}) MATCH (e:ChangeEvent {entity: q.id}) "
        "RETURN e.op, e.actor ORDER BY e.at, e.version"
    )
    assert rows[-1] == ["quoteAccept", "https://issuer.example|ana"]


async def test_a_quote_is_declined_once(shop: Shop):
    id_ = await quote(shop, "Q1")

    await shop.ana.done("quoteDecline", quoteId=id_, reason="Too late in the year.")

    assert await status(shop, "Q1") == "DECLINED"
    assert await shop.ana.refused("quoteAccept", quoteId=id_) == [("NOT_ALLOWED", "quoteId")]


@pytest.mark.parametrize("name", ["quoteAccept", "quoteDecline", "quoteProposeChange"])
async def test_only_a_quote_that_was_sent_and_still_holds_is_answered(shop: Shop, name: str):
    more = {"message": "Less, please."} if name == "quoteProposeChange" else {}
    drafted = await quote(shop, "Q1", status="DRAFT")
    ended = await quote(shop, "Q2", validUntil="2020-01-01")
    revised = await quote(shop, "Q3", status="REVISED")

    assert await shop.ana.refused(name, quoteId=drafted, **more) == [("NOT_FOUND", "quoteId")]
    assert await shop.ana.refused(name, quoteId=ended, **more) == [("EXPIRED", "quoteId")]
    assert await shop.ana.refused(name, quoteId=revised, **more) == [("NOT_ALLOWED", "quoteId")]


@pytest.mark.parametrize("name", ["quoteAccept", "quoteDecline", "quoteProposeChange"])
async def test_anothers_quote_is_as_one_that_is_not_there(shop: Shop, name: str):
    more = {"message": "Less, please."} if name == "quoteProposeChange" else {}
    id_ = await quote(shop, "Q1")

    foreign = await shop.bob.do(name, quoteId=id_, ifVersion=7, **more)
    nobody = await shop.bob.do(name, quoteId="UXVvdGU6bm9uZQ==", ifVersion=7, **more)
    own = await shop.eve.do(name, quoteId=id_, ifVersion=7, **more)

    assert foreign == nobody == own
    assert [each["code"] for each in foreign["userErrors"]] == ["NOT_FOUND"]
    assert await status(shop, "Q1") == "SENT"


@pytest.mark.parametrize("name", ["quoteAccept", "quoteDecline", "quoteProposeChange"])
async def test_the_contact_of_a_quote_sees_it_and_does_not_decide(shop: Shop, name: str):
    more = {"message": "Less, please."} if name == "quoteProposeChange" else {}
    id_ = await quote(shop, "Q1")
    await link(shop.api.graph, "Quote/Q1", "FOR", "Person/eve", role="CONTACT")

    seen = await shop.eve.me("quotes { edges { node { number } } }")
    refused = await shop.eve.refused(name, quoteId=id_, **more)

    assert seen == {"quotes": {"edges": [{"node": {"number": "Q1"}}]}}
    assert refused == [("NOT_ALLOWED", "quoteId")]
    assert await status(shop, "Q1") == "SENT"


async def test_a_change_that_was_not_seen_stands_in_the_way(shop: Shop):
    id_ = await quote(shop, "Q1")

    assert await shop.ana.refused("quoteAccept", quoteId=id_, ifVersion=9) == [
        ("CONFLICT", "ifVersion")
    ]


async def test_a_proposed_change_is_a_message_and_a_task_and_leaves_the_quote(shop: Shop):
    id_ = await quote(shop, "Q1")
    await shop.put("User", "sal", issuer="x", subject="sal", kind="STAFF", name="Sal")
    await link(shop.api.graph, "Company/acme", "ASSIGNED_TO", "User/sal", role="ACCOUNT_MANAGER")

    done = await shop.ana.done(
        "quoteProposeChange", "quote { status version } interaction { subject body }",
        quoteId=id_, message="We need more.", lines=[{"line": 1, "quantity": 5}],
    )  # fmt: skip

    assert done["quote"] == {"status": "SENT", "version": 1}
    assert done["interaction"]["body"] == "We need more.\nLine 1: quantity 5."
    assert await shop.rows(
        "MATCH (p:Person)-[x:PARTICIPATED_IN]->(c:Chat)-[:REGARDING]->(q:Quote)"
        "<-[:REGARDING]-(t:Task)-[:ASSIGNED_TO]->(u) RETURN p.name, x.role, t.status, u.name"
    ) == [["Ana Test", "FROM", "OPEN", "Sal"]]
    timeline = await shop.ana.me("timeline { edges { node { __typename } } }")
    assert {each["node"]["__typename"] for each in timeline["timeline"]["edges"]} == {
        "Chat", "Quote"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([{"line": 7, "quantity": 1}], "NOT_FOUND", "lines.0.line"),
        ([{"line": 1, "quantity": -1}], "OUT_OF_RANGE", "lines.0.quantity"),
        ([{"line": 1, "quantity": 1}, {"line": 1, "quantity": 2}], "DUPLICATE", "lines.1.line"),
    ],
)
async def test_a_proposed_change_speaks_of_lines_that_are_there(
    shop: Shop, lines: list[dict[str, Any]], code: str, field: str
):
    id_ = await quote(shop, "Q1")

    refused = await shop.ana.refused("quoteProposeChange", quoteId=id_, message="x", lines=lines)

    assert refused == [(code, field)]


async def order(shop: Shop, key: str = "O1") -> str:
    id_ = await shop.paper(
        "Order", key, "Company/acme",
        number=key, status="DELIVERED", currency="EUR", net=1_800, tax=360, total=2_160,
    )  # fmt: skip
    await shop.put("Product", "pump", sku="P-1", name="Pump", listPrice=1_250, currency="EUR")
    await shop.put("Product", "hose", sku="H-1", name="Hose", listPrice=300, currency="EUR",
                   active=False)  # fmt: skip
    for line, (product, price) in enumerate((("pump", 800), ("hose", 200)), 1):
        await link(
            shop.api.graph, f"Order/{key}", "CONTAINS", f"Product/{product}",
            line=line, quantity=2, unitPrice=price, discount=50.0, amount=price, currency="EUR",
        )  # fmt: skip
    return id_


ORDERED = "order { id number status total { amount } customer { name } contact { name } }"


async def test_a_reorder_costs_what_it_costs_today_whatever_was_agreed_once(shop: Shop):
    id_ = await order(shop)

    done = await shop.ana.done(
        "reorder", ORDERED, orderId=id_, lines=[{"line": 1, "quantity": 3}], note="Ring twice."
    )

    assert done["order"]["total"] == {"amount": "45.00"}  # 3 × 12.50 and 20 % tax
    assert done["order"]["customer"] == {"name": "Acme"}
    assert done["order"]["contact"] == {"name": "Ana Test"}
    rows = await shop.rows(
        "MATCH (o:Order {number: $number})-[x:CONTAINS]->(p) "
        "RETURN p.sku, x.quantity, x.unitPrice, x.discount, o.channel, o.status",
        number=done["order"]["number"],
    )
    assert rows == [["P-1", 3.0, 1_250, None, "WEB", "PLACED"]]


async def test_what_is_no_longer_sold_is_not_reordered(shop: Shop):
    id_ = await order(shop)

    assert await shop.ana.refused("reorder", orderId=id_) == [("NOT_SOLD", "orderId")]
    assert await shop.rows("MATCH (o:Order) RETURN count(o)") == [[1]]


async def test_an_order_is_repeated_by_who_acts_for_its_customer_only(shop: Shop):
    id_ = await order(shop)
    await link(shop.api.graph, "Order/O1", "FOR", "Person/eve", role="CONTACT")
    lines = [{"line": 1, "quantity": 1}]

    foreign = await shop.bob.do("reorder", orderId=id_, lines=lines)
    nobody = await shop.bob.do("reorder", orderId="T3JkZXI6bm9uZQ==", lines=lines)

    assert foreign == nobody
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert await shop.eve.refused("reorder", orderId=id_, lines=lines) == [
        ("NOT_ALLOWED", "orderId")
    ]
    assert await shop.ana.refused("reorder", orderId=id_, lines=lines, ifVersion=9) == [
        ("CONFLICT", "ifVersion")
    ]


async def test_a_reorder_that_is_repeated_places_one_order(shop: Shop):
    id_ = await order(shop)
    said = {"orderId": id_, "lines": [{"line": 1, "quantity": 1}], "clientMutationId": "again"}

    first = await shop.ana.done("reorder", "order { id }", **said)
    second = await shop.ana.done("reorder", "order { id }", **said)

    assert first == second
    assert await shop.rows("MATCH (o:Order {status: 'PLACED'}) RETURN count(o)") == [[1]]
