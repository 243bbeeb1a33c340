"""Employment, hierarchy, households, partnership and referral."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from graph.statements import Kind, Statement
from loaders.ids import encode_id
from tests.mutations.conftest import Api, Put, uuid_of

pytestmark = pytest.mark.anyio

JOBS = (
    "query ($id: ID!) { customer(id: $id) { ... on Person { companies "
    "{ edges { title primary from to node { name } } } } } }"
)


async def jobs(api: Api, person: str) -> list[Any]:
    found = await api.ask(JOBS, id=person)
    return [
        [each["node"]["name"], each["title"], each["primary"], each["from"], each["to"]]
        for each in found["customer"]["companies"]["edges"]
    ]


async def couple(put: Put) -> dict[str, str]:
    """A person and a company, as an employment's input names them."""
    return {
        "personId": await put("Person", "ana", name="Ana"),
        "companyId": await put("Company", "acme", name="Acme"),
    }


async def test_an_employment_begins_changes_and_ends(api: Api, put: Put):
    both = await couple(put)

    payload = await api.done(
        "employmentStart",
        "person { name } company { name }",
        **both,
        title="CTO",
        **{"from": "2020-01-01"},
    )
    assert payload["person"] == {"name": "Ana"}
    assert payload["company"] == {"name": "Acme"}
    assert await jobs(api, both["personId"]) == [["Acme", "CTO", None, "2020-01-01", None]]

    await api.done("employmentUpdate", **both, title="CEO", primary=True)
    assert await jobs(api, both["personId"]) == [["Acme", "CEO", True, "2020-01-01", None]]

    await api.done("employmentEnd", **both, to="2024-06-30")
    assert await jobs(api, both["personId"]) == [["Acme", "CEO", True, "2020-01-01", "2024-06-30"]]


async def test_each_step_of_an_employment_is_an_event_of_the_person(api: Api, put: Put):
    both = await couple(put)
    await api.done("employmentStart", **both, title="CTO", reason="hired")
    await api.done("employmentEnd", **both)

    events = (await api.events(uuid_of("Person", "ana")))[1:]

    assert [(each["op"], each["fields"]) for each in events] == [
        ("employmentStart", ["WORKS_AT"]),
        ("employmentEnd", ["WORKS_AT"]),
    ]
    assert events[0]["reason"] == "hired"
    assert set(events[0]["parties"]) >= {uuid_of("Person", "ana")}


async def test_an_employment_that_begins_anew_leaves_the_former_in_the_history(api: Api, put: Put):
    both = await couple(put)
    await api.done(
        "employmentStart", **both, title="Trainee", **{"from": "2010-01-01", "to": "2011-01-01"}
    )

    await api.done("employmentStart", **both, **{"from": "2020-01-01"})

    assert await jobs(api, both["personId"]) == [["Acme", None, None, "2020-01-01", None]]
    events = await api.events(uuid_of("Person", "ana"))
    assert len(events) == 3


async def test_an_employment_that_overlaps_is_refused_unless_it_may(api: Api, put: Put):
    both = await couple(put)
    await api.done("employmentStart", **both, **{"from": "2020-01-01"})

    refused = await api.refused("employmentStart", **both, title="X", **{"from": "2021-01-01"})

    assert refused == [("OVERLAP", "from")]
    await api.done(
        "employmentStart", **both, title="X", allowOverlap=True, **{"from": "2021-01-01"}
    )
    assert await jobs(api, both["personId"]) == [["Acme", "X", None, "2021-01-01", None]]


async def test_a_second_main_employment_is_refused(api: Api, put: Put):
    both = await couple(put)
    other = await put("Company", "globex", name="Globex")
    await api.done("employmentStart", **both, primary=True)

    refused = await api.refused(
        "employmentStart", personId=both["personId"], companyId=other, primary=True
    )

    assert refused == [("NOT_ALLOWED", "primary")]


@pytest.mark.parametrize("name", ["employmentStart", "employmentUpdate"])
async def test_an_employment_that_ends_before_it_begins_is_refused(api: Api, put: Put, name: str):
    both = await couple(put)

    refused = await api.refused(name, **both, **{"from": "2021-01-01", "to": "2020-01-01"})

    assert refused == [("ENDS_BEFORE_START", "to")]


async def test_an_employment_that_is_not_there_is_neither_changed_nor_ended(api: Api, put: Put):
    both = await couple(put)

    assert await api.refused("employmentUpdate", **both, title="X") == [("NOT_FOUND", "companyId")]
    assert await api.refused("employmentEnd", **both) == [("NOT_FOUND", "companyId")]
    nobody = encode_id("Person", "nobody")
    assert await api.refused("employmentEnd", personId=nobody, companyId=both["companyId"]) == [
        ("NOT_FOUND", "personId")
    ]


async def test_an_employment_does_not_end_twice_or_before_its_first_day(api: Api, put: Put):
    both = await couple(put)
    await api.done("employmentStart", **both, **{"from": "2020-01-01"})

    assert await api.refused("employmentEnd", **both, to="2019-01-01") == [
        ("ENDS_BEFORE_START", "to")
    ]
    await api.done("employmentEnd", **both, to="2021-01-01")
    assert await api.refused("employmentEnd", **both) == [("NOT_ALLOWED", "to")]
    assert await api.refused("employmentUpdate", **both, **{"from": "2022-01-01"}) == [
        ("ENDS_BEFORE_START", "from")
    ]


async def test_an_employment_repeated_by_its_key_is_recorded_once(api: Api, put: Put):
    both = await couple(put)
    given = {**both, "title": "CTO", "clientMutationId": "e1"}

    first = await api.done("employmentStart", "person { id }", **given)
    second = await api.done("employmentStart", "person { id }", **given)

    assert second == first
    assert len(await api.events(uuid_of("Person", "ana"))) == 2
    assert await api.refused("employmentStart", **{**given, "title": "CEO"}) == [
        ("CONFLICT", "clientMutationId")
    ]


async def test_of_two_concurrent_employments_at_one_company_one_is_recorded(api: Api, put: Put):
    both = await couple(put)

    payloads = await asyncio.gather(
        *(api.do("employmentStart", **both, title=f"T{i}") for i in range(8))
    )

    codes = sorted([each["code"] for each in one["userErrors"]] for one in payloads)
    assert codes == [[], *[["OVERLAP"]] * 7]


async def test_a_manager_follows_another_and_goes(api: Api, put: Put):
    ana, bob, eve = [await put("Person", name, name=name) for name in ("ana", "bob", "eve")]
    manager = "query ($id: ID!) { customer(id: $id) { ... on Person { manager { name } } } }"

    await api.done("managerSet", personId=ana, managerId=bob)
    await api.done("managerSet", personId=ana, managerId=eve)
    assert (await api.ask(manager, id=ana))["customer"]["manager"] == {"name": "eve"}

    await api.done("managerUnset", personId=ana)
    assert (await api.ask(manager, id=ana))["customer"]["manager"] is None


async def test_a_manager_below_oneself_is_refused(api: Api, put: Put):
    ana, bob, eve = [await put("Person", name, name=name) for name in ("ana", "bob", "eve")]
    await api.done("managerSet", personId=bob, managerId=ana)
    await api.done("managerSet", personId=eve, managerId=bob)

    assert await api.refused("managerSet", personId=ana, managerId=eve) == [("CYCLE", "managerId")]
    assert await api.refused("managerSet", personId=ana, managerId=ana) == [("CYCLE", "managerId")]


PARENT = "query ($id: ID!) { customer(id: $id) { ... on Company { parent { name } } } }"


async def test_a_subsidiary_gets_a_parent_and_leaves_it(api: Api, put: Put):
    sud, acme = await put("Company", "sud", name="Sud"), await put("Company", "acme", name="Acme")

    await api.done(
        "subsidiarySet", companyId=sud, parentId=acme, share=51, **{"from": "2020-01-01"}
    )
    assert (await api.ask(PARENT, id=sud))["customer"]["parent"] == {"name": "Acme"}

    await api.done("subsidiaryEnd", companyId=sud, parentId=acme, to="2021-01-01")
    assert (await api.ask(PARENT, id=sud))["customer"]["parent"] is None


async def test_a_hierarchy_takes_no_cycle_no_ninth_level_and_no_share_above_all(api: Api, put: Put):
    firms = [await put("Company", f"c{i}", name=f"C{i}") for i in range(10)]
    for lower, upper in pairwise(firms[:9]):
        await api.done("subsidiarySet", companyId=lower, parentId=upper, share=60)

    async def refused(company: str, parent: str, **given: Any) -> list[tuple[str, str]]:
        return await api.refused("subsidiarySet", companyId=company, parentId=parent, **given)

    assert await refused(firms[8], firms[0]) == [("CYCLE", "parentId")]
    assert await refused(firms[3], firms[3]) == [("CYCLE", "parentId")]
    assert await refused(firms[8], firms[9]) == [("TOO_DEEP", "parentId")]
    assert await refused(firms[9], firms[0]) == [("TOO_DEEP", "parentId")]
    assert await refused(firms[0], firms[9], share=41) == [("OUT_OF_RANGE", "share")]
    assert await refused(firms[0], firms[9], share=101) == [("OUT_OF_RANGE", "share")]
    await api.done("subsidiarySet", companyId=firms[0], parentId=firms[9], share=40)


async def test_of_two_concurrent_parents_that_make_a_cycle_one_is_set(api: Api, put: Put):
    one, two = await put("Company", "one", name="One"), await put("Company", "two", name="Two")

    payloads = await asyncio.gather(
        api.do("subsidiarySet", companyId=one, parentId=two),
        api.do("subsidiarySet", companyId=two, parentId=one),
    )

    codes = sorted([each["code"] for each in payload["userErrors"]] for payload in payloads)
    assert codes == [[], ["CYCLE"]]


async def test_concurrent_changes_of_a_hierarchy_never_make_a_cycle(api: Api, put: Put):
    firms = [await put("Company", f"c{i}", name=f"C{i}") for i in range(4)]

    payloads = await asyncio.gather(
        *(
            api.do("subsidiarySet", companyId=firms[i], parentId=firms[(i + 1) % 4])
            for i in range(4)
        )
    )

    codes = [each["code"] for one in payloads for each in one["userErrors"]]
    assert codes
    assert set(codes) <= {"CYCLE", "HIERARCHY_CHANGED"}
    cycle = Statement(
        "test.cycle", Kind.READ, "MATCH (c:Company)-[:SUBSIDIARY_OF*1..4]->(c) RETURN count(c)"
    )
    assert await api.graph.run(cycle) == [[0]]


async def test_a_person_joins_and_leaves_a_household(api: Api, put: Put):
    both = {
        "personId": await put("Person", "ana", name="Ana"),
        "householdId": await put("Household", "home", name="Home"),
    }
    await api.done("householdJoin", **both, **{"from": "2020-01-01"})
    assert await api.refused("householdLeave", **both, to="2019-01-01") == [
        ("ENDS_BEFORE_START", "to")
    ]

    payload = await api.done(
        "householdLeave",
        "household { people { edges { from to node { name } } } }",
        **both,
        to="2024-01-01",
    )

    edge = {"from": "2020-01-01", "to": "2024-01-01", "node": {"name": "Ana"}}
    assert payload["household"]["people"]["edges"] == [edge]


async def test_a_company_enrolled_in_a_program_is_a_partner(api: Api, put: Put):
    company = await put("Company", "acme", name="Acme")
    program = await put("Program", "p", name="Partners", levels=["SILVER", "GOLD"])
    both = {"companyId": company, "programId": program}

    assert await api.refused("partnerEnroll", **both, level="TIN") == [("NOT_ALLOWED", "level")]
    await api.done("partnerEnroll", **both, level="GOLD")

    found = await api.ask("{ partners { edges { node { name } } } }")
    assert found["partners"]["edges"] == [{"node": {"name": "Acme"}}]
    await api.done("partnerLeave", **both, to="2999-01-01")
    assert await api.refused("partnerLeave", companyId=company, programId=company) == [
        ("NOT_FOUND", "programId")
    ]


async def test_companies_work_together_in_several_ways(api: Api, put: Put):
    both = {
        "companyId": await put("Company", "acme", name="Acme"),
        "allyId": await put("Company", "globex", name="Globex"),
    }
    await api.done("partnershipSet", **both, type="RESELLS")
    await api.done("partnershipSet", **both, type="SUPPLIES")
    assert await api.refused("partnershipEnd", **both, type="LENDS") == [("NOT_FOUND", "allyId")]
    payload = await api.done(
        "partnershipEnd",
        "company { allies { edges { type to } } }",
        **both,
        type="RESELLS",
        to="2024-01-01",
    )

    edges = payload["company"]["allies"]["edges"]
    assert edges == [{"type": "RESELLS", "to": "2024-01-01"}, {"type": "SUPPLIES", "to": None}]
    same = {"companyId": both["companyId"], "allyId": both["companyId"]}
    assert await api.refused("partnershipSet", **same) == [("NOT_ALLOWED", "allyId")]


async def test_a_partner_serves_a_party_and_releases_it(api: Api, put: Put):
    both = {
        "partnerId": await put("Company", "acme", name="Acme"),
        "customerId": await put("Person", "ana", name="Ana"),
    }
    assert await api.refused("partnerRelease", **both) == [("NOT_FOUND", "customerId")]
    await api.done("partnerServe", **both, territory="FR", **{"from": "2020-01-01"})
    payload = await api.done(
        "partnerRelease",
        "customer { partners { edges { territory to } } }",
        **both,
        to="2021-01-01",
    )

    edges = payload["customer"]["partners"]["edges"]
    assert edges == [{"territory": "FR", "to": "2021-01-01"}]


async def test_a_referral_is_recorded_and_retracted(api: Api, put: Put):
    ana, bob = await put("Person", "ana", name="Ana"), await put("Person", "bob", name="Bob")
    both = {"referrerId": ana, "customerId": bob}

    await api.done("referralRecord", **both, on="2024-01-01", note="at the fair")
    assert await api.refused("referralRecord", referrerId=bob, customerId=ana) == [
        ("CYCLE", "customerId")
    ]
    assert await api.refused("referralRecord", referrerId=ana, customerId=ana) == [
        ("NOT_ALLOWED", "customerId")
    ]
    assert await api.refused("referralRecord", **both, on="2999-01-01") == [("OUT_OF_RANGE", "on")]

    payload = await api.done("referralRetract", "customer { referredBy { totalCount } }", **both)
    assert payload["customer"]["referredBy"]["totalCount"] == 0
    assert await api.refused("referralRetract", **both) == [("NOT_FOUND", "customerId")]
