"""Opportunities over GraphQL: opened, moved through the pipeline, and decided by people."""

import asyncio
from typing import Any

import pytest

from graph.engagement.stages import OPEN, STAGES, leading_to
from graph.model.opportunities import OPPORTUNITY
from graph.statements import Kind, Statement
from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = """opportunity { id stage probability stageSince openedAt closedAt lossReason winReason
amount { amount currency } customer { name } contact { name } version
assignees { edges { role } } }"""
FORMER = Statement(
    "test.former",
    Kind.READ,
    "MATCH (:Opportunity {id: $id})-[:WAS]->(v) "
    "RETURN v.stage, v.probability, v.stageSince ORDER BY v.version",
)


async def opened(api: Api, put: Put, **given: Any) -> dict[str, Any]:
    acme = await put("Company", "acme", name="Acme")
    asked = {"customerId": acme, "name": "Pumps", **given}
    return (await api.done("opportunityCreate", SHOWN, **asked))["opportunity"]


async def move(api: Api, id_: str, stage: str, **more: Any) -> dict[str, Any]:
    asked = {"opportunityId": id_, "stage": stage, **more}
    return (await api.done("opportunityMove", SHOWN, **asked))["opportunity"]


def test_every_stage_of_the_model_has_its_rule() -> None:
    assert set(STAGES) == set(OPPORTUNITY.properties["stage"].values)
    assert all("WON" not in stage.after for stage in STAGES.values())
    assert leading_to("LOST") == list(OPEN)


async def test_an_opportunity_begins_as_a_lead_with_its_chance(api: Api, put: Put) -> None:
    ana, product = await put("Person", "ana", name="Ana"), await put("Product", "p", name="Pump")
    ben = await put("User", "ben", issuer="i", subject="s", kind="STAFF")
    found = await opened(
        api,
        put,
        contactId=ana,
        ownerId=ben,
        products=[{"productId": product, "quantity": 3}],
        amount={"amount": "1200.50", "currency": "EUR"},
    )
    assert (found["stage"], found["probability"]) == ("LEAD", 0.05)
    assert found["amount"] == {"amount": "1200.50", "currency": "EUR"}
    assert (found["customer"]["name"], found["contact"]["name"]) == ("Acme", "Ana")
    assert found["stageSince"] == found["openedAt"]


async def test_stage_moves_keep_their_history_with_the_probability(api: Api, put: Put) -> None:
    found = await opened(api, put)
    await move(api, found["id"], "QUALIFIED")
    await move(api, found["id"], "PROPOSAL", probability=0.6)
    won = await move(api, found["id"], "WON", winReason="Best service")
    assert (won["probability"], won["winReason"]) == (1.0, "Best service")
    assert won["closedAt"] is not None
    rows = await api.graph.run(FORMER, {"id": decode_id(found["id"]).id})
    assert [row[:2] for row in rows] == [["LEAD", 0.05], ["QUALIFIED", 0.2], ["PROPOSAL", 0.6]]
    since = [row[2] for row in rows]
    assert since == sorted(since)


async def test_what_was_lost_may_come_back_and_what_was_won_stays(api: Api, put: Put) -> None:
    found = await opened(api, put)
    lost = await move(api, found["id"], "LOST", lossReason="Price")
    assert (lost["probability"], lost["lossReason"]) == (0.0, "Price")
    back = await move(api, found["id"], "QUALIFIED")
    assert (back["closedAt"], back["lossReason"]) == (None, None)
    await move(api, found["id"], "WON", winReason="Price")
    for stage in ("LEAD", "LOST"):
        asked = {"opportunityId": found["id"], "stage": stage, "lossReason": None}
        if stage == "LOST":
            asked["lossReason"] = "Changed their mind"
        assert await api.refused("opportunityMove", **asked) == [("NOT_ALLOWED", "stage")]


async def test_moves_that_are_not_allowed_are_refused(api: Api, put: Put) -> None:
    id_ = (await opened(api, put))["id"]
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"stage": "LOST"}, ("REQUIRED", "lossReason")),
        ({"stage": "WON", "winReason": " "}, ("REQUIRED", "winReason")),
        ({"stage": "WON", "winReason": "x"}, ("NOT_ALLOWED", "stage")),
        ({"stage": "LEAD"}, ("NOT_ALLOWED", "stage")),
        ({}, ("REQUIRED", "stage")),
        ({"stage": "QUALIFIED", "probability": 1.2}, ("OUT_OF_RANGE", "probability")),
        ({"stage": "QUALIFIED", "lossReason": "x"}, ("NOT_ALLOWED", "lossReason")),
    ]
    for wrong, expected in cases:
        assert await api.refused("opportunityMove", opportunityId=id_, **wrong) == [expected]


async def test_wrong_opportunities_are_refused(api: Api, put: Put) -> None:
    acme = await put("Company", "acme", name="Acme")
    product = await put("Product", "p", name="Pump")
    rows = [{"productId": product, "quantity": -1}]
    good = {"customerId": acme, "name": "Pumps"}
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({**good, "customerId": product}, ("NOT_FOUND", "customerId")),
        ({**good, "stage": "WON"}, ("NOT_ALLOWED", "stage")),
        ({**good, "products": rows}, ("OUT_OF_RANGE", "products.0.quantity")),
        ({**good, "amount": {"amount": "-1", "currency": "EUR"}}, ("OUT_OF_RANGE", "amount")),
        ({**good, "amount": {"amount": "1", "currency": "XQX"}}, ("INVALID_AMOUNT", "amount")),
        ({**good, "leadScore": 101}, ("OUT_OF_RANGE", "leadScore")),
    ]
    for wrong, expected in cases:
        assert await api.refused("opportunityCreate", **wrong) == [expected]


async def test_a_person_has_parts_in_the_decision_until_taken_out(api: Api, put: Put) -> None:
    found, ana = await opened(api, put), await put("Person", "ana", name="Ana")
    both = {"opportunityId": found["id"], "personId": ana}
    await api.done("opportunityRoleSet", **both, role="CHAMPION", influence=3)
    await api.done("opportunityRoleSet", **both, role="CHAMPION", influence=5)
    await api.done("opportunityRoleSet", **both, role="USER")
    parts = Statement(
        "test.parts",
        Kind.READ,
        "MATCH (:Person)-[x:ROLE_IN|ROLE_IN_WAS]->() RETURN type(x), x.role, x.influence "
        "ORDER BY type(x), x.role",
    )
    assert await api.graph.run(parts) == [
        ["ROLE_IN", "CHAMPION", 5],
        ["ROLE_IN", "USER", None],
        ["ROLE_IN_WAS", "CHAMPION", 3],
    ]
    assert await api.refused("opportunityRoleSet", **both, role="USER", influence=6) == [
        ("OUT_OF_RANGE", "influence")
    ]
    assert await api.refused("opportunityRoleSet", **both) == [("REQUIRED", "role")]
    await api.done("opportunityRoleUnset", **both)
    assert await api.refused("opportunityRoleUnset", **both) == [("NOT_FOUND", "personId")]


async def test_whoever_is_in_charge_takes_the_place_of_the_former(api: Api, put: Put) -> None:
    ben = await put("User", "ben", issuer="i", subject="s", kind="STAFF")
    sales = await put("Team", "sales", name="Sales")
    found = await opened(api, put, ownerId=ben)
    asked = {"opportunityId": found["id"], "ownerId": sales}
    given = (await api.done("opportunityAssign", SHOWN, **asked))["opportunity"]
    assert given["assignees"]["edges"] == [{"role": "OWNER"}]


async def test_of_many_who_move_it_to_one_stage_one_does(api: Api, put: Put) -> None:
    found = await opened(api, put)
    asked = {"opportunityId": found["id"], "stage": "QUALIFIED"}
    answers = await asyncio.gather(*(api.do("opportunityMove", **asked) for _ in range(16)))
    assert sum(not each["userErrors"] for each in answers) == 1
    assert len(await api.events(decode_id(found["id"]).id)) == 2


async def test_concurrent_changes_of_one_opportunity_are_all_kept(api: Api, put: Put) -> None:
    found = await opened(api, put)
    await asyncio.gather(
        *(
            api.done("opportunityUpdate", opportunityId=found["id"], nextStep=f"step {number}")
            for number in range(16)
        )
    )
    events = await api.events(decode_id(found["id"]).id)
    assert [event["version"] for event in events] == list(range(1, 18))
