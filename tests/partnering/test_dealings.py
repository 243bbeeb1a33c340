"""Leads, funds and shares between us and partners, and what a partner sees of its own side."""

from typing import Any

import pytest

from graph.partnering.waiting import sweep
from graph.statements import Kind, Statement
from tests.mutations.conftest import Put, link, uuid_of
from tests.partnering.conftest import World, due, gid, kept

pytestmark = pytest.mark.anyio

SEEN = "query ($id: ID!) { node(id: $id) { ... on Company { name email } } }"
LATE = Statement(
    "test.late", Kind.WRITE, "MATCH (n:LeadOffer) SET n.expiresAt = '2026-01-01T00:00:00.000Z'"
)
LEFT = Statement("test.left", Kind.READ, "MATCH (f:Fund) RETURN f.remaining, f.version")


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


async def offered(world: World, **given: Any) -> str:
    payload = await world.staff.done(
        "leadOffer",
        "offer { id state expiresAt }",
        partnerId=gid("Company", "acme"),
        customerId=gid("Company", "cura"),
        message="They need a pump.",
        **given,
    )
    assert payload["offer"]["expiresAt"] is not None
    return payload["offer"]["id"]


async def test_a_lead_that_is_accepted_shows_the_party_and_one_that_is_lost_hides_it(world: World):
    offer, cura = await offered(world), gid("Company", "cura")
    assert await world.partner.ask(SEEN, id=cura) == {"node": None}
    assert await world.rival.refused("leadAccept", offerId=offer) == [("NOT_FOUND", "offerId")]
    taken = {"partnerId": gid("Company", "bolt"), "customerId": cura}
    assert await world.staff.refused("leadOffer", **taken) == [("NOT_ALLOWED", "customerId")]

    await world.partner.done("leadAccept", offerId=offer)

    assert (await world.partner.ask(SEEN, id=cura))["node"]["email"] == "info@cura.example"
    assert await kept(world.api.graph) == await due(world.api.graph)
    told = await world.partner.done(
        "leadUpdate", "offer { state progress }", offerId=offer, progress="STALLED", outcome="LOST"
    )
    assert told["offer"] == {"state": "LOST", "progress": "STALLED"}
    assert await world.partner.ask(SEEN, id=cura) == {"node": None}
    assert await kept(world.api.graph) == await due(world.api.graph)


async def test_an_offer_that_has_lapsed_cannot_be_accepted_and_expires(world: World):
    offer = await offered(world)
    await world.api.graph.run(LATE)

    assert await world.partner.refused("leadAccept", offerId=offer) == [("EXPIRED", "offerId")]
    assert (await sweep(world.api.graph)).expired == 1
    assert await world.partner.refused("leadAccept", offerId=offer) == [("NOT_ALLOWED", "offerId")]


async def test_a_fund_is_never_overdrawn(world: World):
    fund, acme = gid("Fund", "fund"), gid("Company", "acme")
    share = {"fundId": fund, "partnerId": acme}
    asked = {"fundId": fund, "activity": "A fair"}
    assert await world.partner.refused("fundRequest", amount=eur("1"), **asked) == [
        ("NOT_ALLOWED", "fundId")
    ]
    assert await world.staff.refused("fundAllocate", amount=eur("1000.01"), **share) == [
        ("FUND_EXHAUSTED", "amount")
    ]
    wrong = {"amount": "1", "currency": "USD"}
    assert await world.staff.refused("fundAllocate", amount=wrong, **share) == [
        ("CURRENCY_MISMATCH", "amount")
    ]

    await world.staff.done("fundAllocate", amount=eur("600"), **share)
    ids = [
        (await world.partner.done("fundRequest", "request { id }", amount=eur("400"), **asked))[
            "request"
        ]["id"]
        for _ in range(2)
    ]
    await world.staff.done("requestDecide", requestId=ids[0], decision="APPROVE")

    assert (await world.api.graph.run(LEFT))[0][0] == 60_000
    assert await world.staff.refused("requestDecide", requestId=ids[1], decision="APPROVE") == [
        ("FUND_EXHAUSTED", "requestId")
    ]
    assert await world.partner.refused("fundRequest", amount=eur("200.01"), **asked) == [
        ("FUND_EXHAUSTED", "amount")
    ]
    assert await world.staff.refused("fundAllocate", amount=eur("399"), **share) == [
        ("NOT_ALLOWED", "amount")
    ]


async def test_claims_are_no_more_than_what_was_approved_and_the_rest_goes_back(world: World):
    fund, acme = gid("Fund", "fund"), gid("Company", "acme")
    await world.staff.done("fundAllocate", fundId=fund, partnerId=acme, amount=eur("600"))
    made = await world.partner.done(
        "fundRequest", "request { id }", fundId=fund, activity="A fair", amount=eur("400")
    )
    id_ = made["request"]["id"]
    assert await world.partner.refused("fundClaim", requestId=id_, amount=eur("1")) == [
        ("NOT_ALLOWED", "requestId")
    ]
    await world.staff.done("requestDecide", requestId=id_, decision="APPROVE")

    claim = await world.partner.done(
        "fundClaim", "claim { id state }", requestId=id_, amount=eur("300"), proof="An invoice"
    )
    assert await world.partner.refused("fundClaim", requestId=id_, amount=eur("100.01")) == [
        ("FUND_EXHAUSTED", "amount")
    ]
    for decision in ("APPROVE", "COMPLETE"):
        await world.staff.done("requestDecide", requestId=claim["claim"]["id"], decision=decision)
    await world.staff.done("requestDecide", requestId=id_, decision="COMPLETE")

    assert (await world.api.graph.run(LEFT))[0][0] == 70_000


async def test_a_share_that_is_accepted_holds_until_it_is_given_back(world: World):
    cura, acme = gid("Company", "cura"), gid("Company", "acme")
    made = await world.staff.done(
        "sharePropose", "proposal { id }", partnerId=acme, customerId=cura, level="PROFILE"
    )
    proposal = made["proposal"]["id"]
    assert await world.partner.ask(SEEN, id=cura) == {"node": None}

    await world.partner.done("shareAccept", "proposal { state }", proposalId=proposal)

    assert (await world.partner.ask(SEEN, id=cura))["node"] == {"name": "Cura", "email": None}
    assert await kept(world.api.graph) == await due(world.api.graph)
    assert await world.partner.refused(
        "shareRevoke", subjectId=cura, readerId=gid("Company", "bolt")
    ) == [("NOT_FOUND", "readerId")]
    await world.partner.done("shareRevoke", subjectId=cura, readerId=acme)
    assert await world.partner.ask(SEEN, id=cura) == {"node": None}


async def test_what_a_partner_asks_to_see_we_decide(world: World):
    cura, acme = gid("Company", "cura"), gid("Company", "acme")
    wish = {"customerId": cura, "level": "FULL"}
    assert await world.partner.refused("sharePropose", **wish) == [("NOT_FOUND", "customerId")]
    await world.staff.done("shareGrant", subjectId=cura, readerId=acme, level="PROFILE")
    made = await world.partner.done("sharePropose", "proposal { id }", **wish)

    assert await world.partner.refused("sharePropose", **wish) == [("NOT_ALLOWED", "customerId")]
    id_ = made["proposal"]["id"]
    await world.staff.done("requestDecide", requestId=id_, decision="APPROVE")

    assert (await world.partner.ask(SEEN, id=cura))["node"]["email"] == "info@cura.example"


PARTNERSHIP = """{ partnership {
  company { name } program { name } level benefits
  funds { edges { amount { amount } node { name } } }
  allocations { fund share { amount } committed { amount } left { amount currency } }
  counts { full profile countOnly }
  accounts { edges { level until node { name } } }
  leads { totalCount } deals { totalCount } requests { edges { node { state } } }
  cases { edges { node { subject } } } shares { totalCount } opportunities { totalCount }
  colleagues { edges { node { name } } }
} }"""


async def test_a_partner_sees_its_own_side_and_nothing_of_the_other(world: World, put: Put):
    fund, acme = gid("Fund", "fund"), gid("Company", "acme")
    await world.staff.done("fundAllocate", fundId=fund, partnerId=acme, amount=eur("600"))
    for number in range(7):
        await put("Company", f"s{number}", name=f"S{number}")
        some = f"Company/s{number}"
        await link(world.api.graph, some, "SHARED_WITH", "Company/acme", level="COUNT")
    await put("Case", "case", subject="A leak")
    await link(world.api.graph, "Case/case", "FOR", "Company/alba")
    await offered(world)

    found = (await world.partner.ask(PARTNERSHIP))["partnership"]

    assert found["company"] == {"name": "Acme"}
    assert (found["program"], found["level"]) == ({"name": "Gold"}, "GOLD")
    assert found["benefits"] == ["Training"]
    assert found["allocations"] == [
        {
            "fund": "Fund",
            "share": {"amount": "600.00"},
            "committed": {"amount": "0.00"},
            "left": {"amount": "600.00", "currency": "EUR"},
        }
    ]
    assert found["counts"] == {"full": 1, "profile": 0, "countOnly": 5}
    assert found["accounts"]["edges"] == [
        {"level": "FULL", "until": None, "node": {"name": "Alba"}}
    ]
    assert [each["node"]["subject"] for each in found["cases"]["edges"]] == ["A leak"]
    assert (found["leads"]["totalCount"], found["deals"]["totalCount"]) == (1, 0)
    assert [each["node"]["name"] for each in found["colleagues"]["edges"]] == ["pat"]
    other = (await world.rival.ask(PARTNERSHIP))["partnership"]
    assert [each["node"]["name"] for each in other["accounts"]["edges"]] == ["Brio"]
    assert other["requests"]["edges"] == []
    assert other["cases"]["edges"] == []


async def test_a_partner_that_is_an_end_customer_learns_of_no_deal_about_it(world: World):
    made = await world.rival.done(
        "dealRegister", "deal { id }", dealName="Roof", endCustomer="Acme"
    )
    deal = made["deal"]["id"]
    given = {"requestId": deal, "decision": "APPROVE", "customerId": gid("Company", "acme")}
    await world.staff.done("requestDecide", **given)

    found = await world.partner.ask(
        "query ($id: ID!) { node(id: $id) { id } partnership { requests { totalCount } } }", id=deal
    )

    assert found == {"node": None, "partnership": {"requests": {"totalCount": 0}}}
    pair = uuid_of("Company", "acme"), uuid_of("Company", "bolt")
    assert pair not in await kept(world.api.graph)
