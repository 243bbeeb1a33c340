"""Deals: one for each end customer and product is protected, the others wait in line."""

from typing import Any

import pytest

from graph.partnering.waiting import sweep
from graph.statements import Kind, Statement
from tests.mutations.conftest import uuid_of
from tests.partnering.conftest import Portal, World, due, gid, kept

pytestmark = pytest.mark.anyio

EUR = {"amount": "1200.50", "currency": "EUR"}
STATE = "query ($id: ID!) { node(id: $id) { ... on Request { state dueAt decisionReason } } }"
OVER = Statement(
    "test.over",
    Kind.WRITE,
    "MATCH (n:DealRegistration {state: 'APPROVED'}) SET n.protectedUntil = '2026-01-01'",
)


async def registered(portal: Portal, **given: Any) -> str:
    payload = await portal.done("dealRegister", "deal { id state dueAt }", **given)
    assert payload["deal"]["state"] == "SUBMITTED"
    assert payload["deal"]["dueAt"] is not None
    return payload["deal"]["id"]


async def decided(world: World, id_: str, decision: str, **given: Any) -> str:
    payload = await world.staff.done(
        "requestDecide",
        "request { state }",
        requestId=id_,
        decision=decision,
        decisionReason="It is so.",
        **given,
    )
    return payload["request"]["state"]


async def state(world: World, id_: str) -> str:
    return (await world.staff.ask(STATE, id=id_))["node"]["state"]


async def test_an_approved_deal_shows_the_partner_its_customer(world: World):
    deal = await registered(world.partner, dealName="Roof", endCustomer="Cura", amount=EUR)
    cura = gid("Company", "cura")
    seen = "query ($id: ID!) { node(id: $id) { ... on Company { name email } } }"
    assert await world.partner.ask(seen, id=cura) == {"node": None}
    assert await world.staff.refused("requestDecide", requestId=deal, decision="APPROVE") == [
        ("REQUIRED", "customerId")
    ]

    assert await decided(world, deal, "APPROVE", customerId=cura) == "APPROVED"

    assert (await world.partner.ask(seen, id=cura))["node"]["name"] == "Cura"
    assert await kept(world.api.graph) == await due(world.api.graph)
    await world.partner.done("dealWithdraw", dealId=deal)
    assert await world.partner.ask(seen, id=cura) == {"node": None}


async def test_of_two_deals_one_is_approved_and_the_other_waits_until_it_ends(world: World):
    cura = gid("Company", "cura")
    pump = gid("Product", "pump")
    deals = [
        await registered(
            portal, dealName="Roof", endCustomer="Cura", products=[pump]
        )
        for portal in (world.partner, world.rival, world.rival)
    ]  # fmt: skip

    found = [await decided(world, deal, "APPROVE", customerId=cura) for deal in deals]

    assert found == ["APPROVED", "WAITLISTED", "WAITLISTED"]
    assert await kept(world.api.graph) == await due(world.api.graph)
    await world.partner.done("dealWithdraw", dealId=deals[0])
    assert [await state(world, deal) for deal in deals] == ["WITHDRAWN", "APPROVED", "WAITLISTED"]
    assert await decided(world, deals[1], "WIN") == "WON"
    assert await state(world, deals[2]) == "WAITLISTED", "A deal that was won keeps its place."
    assert await kept(world.api.graph) == await due(world.api.graph)


async def test_deals_of_other_products_do_not_wait(world: World):
    cura = gid("Company", "cura")
    first = await registered(
        world.partner, dealName="Roof", endCustomer="Cura", products=[gid("Product", "pump")]
    )
    other = await registered(
        world.rival, dealName="Wall", endCustomer="Cura", products=[gid("Product", "pipe")]
    )
    every = await registered(world.rival, dealName="All", endCustomer="Cura")

    found = [await decided(world, deal, "APPROVE", customerId=cura)
             for deal in (first, other, every)]  # fmt: skip

    assert found == ["APPROVED", "APPROVED", "WAITLISTED"]


async def test_a_deal_whose_protection_is_over_expires_and_the_next_one_moves_up(world: World):
    cura = gid("Company", "cura")
    deals = [
        await registered(portal, dealName="Roof", endCustomer="Cura")
        for portal in (world.partner, world.rival)
    ]
    for deal in deals:
        await decided(world, deal, "APPROVE", customerId=cura)
    await world.api.graph.run(OVER)

    swept = await sweep(world.api.graph)

    assert (swept.expired, swept.promoted) == (1, 1)
    assert [await state(world, deal) for deal in deals] == ["EXPIRED", "APPROVED"]
    assert await kept(world.api.graph) == await due(world.api.graph)
    pair = uuid_of("Company", "bolt"), uuid_of("Company", "cura")
    assert pair in await kept(world.api.graph)
    assert (await sweep(world.api.graph)).expired == 0


async def test_a_deal_may_be_written_later_returned_and_handed_in_again(world: World):
    payload = await world.partner.done(
        "dealRegister", "deal { id state dueAt }", dealName="Roof", endCustomer="Cura", submit=False
    )
    deal = payload["deal"]["id"]
    assert (payload["deal"]["state"], payload["deal"]["dueAt"]) == ("DRAFT", None)

    await world.partner.done("dealUpdate", dealId=deal, submit=True, amount=EUR)
    assert await world.staff.refused("requestDecide", requestId=deal, decision="RETURN") == [
        ("REQUIRED", "decisionReason")
    ]
    assert await decided(world, deal, "RETURN") == "RETURNED"
    told = (await world.partner.ask(STATE, id=deal))["node"]
    assert told == {"state": "RETURNED", "dueAt": None, "decisionReason": "It is so."}
    again = await world.partner.done("dealUpdate", "deal { state }", dealId=deal, submit=True)

    assert again["deal"] == {"state": "IN_REVIEW"}


async def test_bad_registrations_are_refused(world: World):
    brio = gid("Company", "brio")

    assert await world.partner.refused("dealRegister", dealName="Roof") == [
        ("REQUIRED", "endCustomer")
    ]
    assert await world.partner.refused("dealRegister", dealName="Roof", customerId=brio) == [
        ("NOT_FOUND", "customerId")
    ]
    own = {"dealName": "Roof", "customerId": gid("Company", "alba")}
    assert await world.partner.refused("dealRegister", partnerId=gid("Company", "bolt"), **own) == [
        ("NOT_FOUND", "partnerId")
    ]
    assert await world.staff.refused("dealRegister", **own) == [("REQUIRED", "partnerId")]
    await world.partner.done("dealRegister", **own)
    assert await world.partner.refused("dealRegister", **own) == [("NOT_ALLOWED", "customerId")]


async def test_a_repeated_registration_is_made_once(world: World):
    given = {"dealName": "Roof", "endCustomer": "Cura", "clientMutationId": "a"}

    first = await world.partner.done("dealRegister", "deal { id }", **given)
    again = await world.partner.done("dealRegister", "deal { id }", **given)

    assert first == again
