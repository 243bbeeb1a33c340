"""What partners write down of their customers: touches that they took part in, and cases."""

from typing import Any

import pytest

from graph.statements import Kind, Statement
from tests.mutations.conftest import Put, link
from tests.partnering.conftest import World, gid

pytestmark = pytest.mark.anyio

TOLD = Statement(
    "test.told",
    Kind.READ,
    "MATCH (e:ChangeEvent) WHERE e.op IN ['interactionLog', 'caseOpen'] "
    "RETURN DISTINCT e.op, e.actor ORDER BY e.op",
)
LEVEL = Statement(
    "test.level", Kind.WRITE, "MATCH (:Company {id: $id})<-[x:CAN_SEE]-() SET x.level = 'PROFILE'"
)
TOUCH = (
    "interaction { id subject participants { edges { role node { ... on Company { name } } } } }"
)
SEEN = "query ($id: ID!) { node(id: $id) { id } }"


def touch(*parties: str, user: str | None = "pat", **more: Any) -> dict[str, Any]:
    """A call between an account and companies."""
    who = [{"participantId": gid("User", user), "role": "FROM"}] if user else []
    who += [{"participantId": gid("Company", each), "role": "TO"} for each in parties]
    return {"kind": "CALL", "subject": "The pump", "participants": who, **more}


async def test_a_partner_logs_a_touch_with_a_customer_and_sees_it(world: World):
    pump = gid("Product", "pump")

    made = await world.partner.done("interactionLog", TOUCH, **touch("alba", regarding=[pump]))

    assert made["interaction"]["subject"] == "The pump"
    assert {"role": "TO", "node": {"name": "Alba"}} in made["interaction"]["participants"]["edges"]
    id_ = made["interaction"]["id"]
    assert (await world.staff.ask(SEEN, id=id_)) == {"node": {"id": id_}}
    assert (await world.rival.ask(SEEN, id=id_)) == {"node": None}
    assert await world.api.graph.run(TOLD) == [["interactionLog", "https://issuer.example|pat"]]


async def test_what_a_partner_does_not_see_takes_part_in_nothing(world: World):
    refused = world.partner.refused
    nobody = {"participantId": gid("Company", "nobody")}
    for strange in ("brio", "cura"):
        assert await refused("interactionLog", **touch(strange)) == [
            ("NOT_FOUND", "participants.1.participantId")
        ]
        asked = touch()
        asked["participants"].append(nobody | {"role": "TO"})
        unknown = await world.partner.do("interactionLog", **asked)
        assert unknown == await world.partner.do("interactionLog", **touch(strange))
    rita = touch("alba", user="rita")
    assert await refused("interactionLog", **rita) == [
        ("NOT_FOUND", "participants.0.participantId")
    ]
    of_rival = touch("alba", regarding=[gid("Fund", "none")])
    assert (await refused("interactionLog", **of_rival))[0][1] == "regarding.0"


async def test_a_partner_logs_only_that_in_which_it_took_part(world: World):
    refused = world.partner.refused
    company = {"participantId": gid("Company", "acme")}

    assert await refused("interactionLog", **touch("alba", user=None)) == [
        ("REQUIRED", "participants")
    ]
    named = touch("alba", user=None)
    named["participants"].append(company | {"role": "MENTIONED"})
    assert await refused("interactionLog", **named) == [("REQUIRED", "participants")]
    for kind in ("NOTE", "SURVEY"):
        assert await refused("interactionLog", **touch("alba") | {"kind": kind}) == [
            ("NOT_ALLOWED", "kind")
        ]
    named["participants"][-1] = company
    await world.partner.done("interactionLog", **named)


async def test_of_a_party_that_is_seen_in_part_nothing_is_written_down(world: World):
    alba = gid("Company", "alba")
    other = {"participants": [{"participantId": gid("Company", "alba"), "role": "TO"}]}
    await world.partner.done("interactionLog", **touch("alba"))
    rows = await world.api.graph.run(IDS)
    await world.api.graph.run(LEVEL, {"id": rows[0][0]})

    assert (await world.partner.ask(SEEN, id=alba))["node"] == {"id": alba}
    assert await world.partner.refused("interactionLog", **touch("alba")) == [
        ("NOT_FOUND", "participants.1.participantId")
    ]
    assert await world.partner.refused("interactionLog", **touch("alba") | other) == [
        ("NOT_FOUND", "participants.0.participantId")
    ]
    assert await world.partner.refused("caseOpen", customerId=alba, subject="It leaks") == [
        ("NOT_FOUND", "customerId")
    ]


IDS = Statement("test.alba", Kind.READ, "MATCH (c:Company {name: 'Alba'}) RETURN c.id")


async def test_a_partner_opens_a_case_for_its_customer_and_follows_it(world: World, put: Put):
    await put("Person", "paula", name="Paula Acme")
    await link(world.api.graph, "Person/paula", "WORKS_AT", "Company/acme")
    await link(world.api.graph, "User/pat", "IS_PERSON", "Person/paula")
    alba, pump = gid("Company", "alba"), gid("Product", "pump")
    selection = "case { id number status subject customer { id } contact { id } }"

    made = await world.partner.done(
        "caseOpen", selection, customerId=alba, subject="It leaks", concerns=[pump]
    )

    case = made["case"]
    assert (case["status"], case["customer"]["id"]) == ("NEW", alba)
    assert case["contact"] == {"id": gid("Person", "paula")}
    assert (await world.rival.ask(SEEN, id=case["id"])) == {"node": None}
    listed = "{ partnership { cases { edges { node { id } } } } }"
    edges = [{"node": {"id": case["id"]}}]
    assert (await world.partner.ask(listed))["partnership"]["cases"]["edges"] == edges
    assert await world.api.graph.run(TOLD) == [["caseOpen", "https://issuer.example|pat"]]


async def test_a_partner_opens_no_case_for_a_stranger_nor_about_what_it_does_not_see(
    world: World, put: Put
):
    await put("Order", "secret", number="O-1", status="PLACED", currency="EUR",
              at="2026-01-01T00:00:00.000Z")  # fmt: skip
    await link(world.api.graph, "Order/secret", "FOR", "Company/brio")
    for strange in ("brio", "cura", "nobody"):
        refused = await world.partner.refused(
            "caseOpen", customerId=gid("Company", strange), subject="It leaks"
        )
        assert refused == [("NOT_FOUND", "customerId")]
    for order in ("secret", "none"):
        said = {"customerId": gid("Company", "alba"), "subject": "It leaks"}
        refused = await world.partner.refused("caseOpen", **said, concerns=[gid("Order", order)])
        assert refused == [("NOT_FOUND", "concerns.0")]


async def test_what_is_done_under_one_key_is_done_once(world: World):
    call = touch("alba", clientMutationId="one")
    case = {"customerId": gid("Company", "alba"), "subject": "Leak", "clientMutationId": "two"}

    for name, what, given in (("interactionLog", "interaction", call), ("caseOpen", "case", case)):
        first = await world.partner.done(name, f"{what} {{ id }}", **given)
        assert await world.partner.done(name, f"{what} {{ id }}", **given) == first
