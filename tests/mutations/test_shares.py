"""Assignments and shares."""

from typing import Any, LiteralString

import neo4j
import pytest

from graph.actions import (
    archive,
    consents,
    fields,
    hierarchy,
    identifiers,
    relationships,
    shares,
)
from graph.write.actions import Action
from graph.write.actions.compiling import compile_action
from tests.mutations.conftest import Api, Put, uuid_of

pytestmark = pytest.mark.anyio

SCANS = ("AllNodesScan", "NodeByLabelScan", "AllRelationshipsScan", "RelationshipTypeScan")
ASSIGNEES = "query ($id: ID!) { customer(id: $id) { assignees { edges { role node { name } } } } }"


async def assignees(api: Api, party: str) -> list[tuple[str | None, str]]:
    found = await api.ask(ASSIGNEES, id=party)
    return [
        (each["role"], each["node"]["name"])
        for each in found["customer"]["assignees"]["edges"]
    ]  # fmt: skip


async def test_people_in_charge_are_added_replaced_and_removed(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    users = [await put("User", name, name=name) for name in ("u1", "u2")]
    first = {"subjectId": ana, "assigneeId": users[0]}

    payload = await api.done(
        "assignmentAdd",
        "subject { id ... on Person { name } } assignee { name }",
        **first,
        role="A",
    )
    assert payload["subject"] == {"id": ana, "name": "Ana"}
    assert payload["assignee"] == {"name": "u1"}
    await api.done("assignmentAdd", **first, role="B")
    await api.done("assignmentAdd", subjectId=ana, assigneeId=users[1], role="A")
    assert await assignees(api, ana) == [("A", "u1"), ("A", "u2"), ("B", "u1")]

    await api.done("assignmentSet", subjectId=ana, assigneeId=users[1], role="A")
    assert await assignees(api, ana) == [("A", "u2"), ("B", "u1")]
    assert (await api.events(uuid_of("Person", "ana")))[-1]["op"] == "assignmentSet"

    refused = await api.refused("assignmentRemove", **first, role="A")
    assert refused == [("NOT_FOUND", "assigneeId")]
    await api.done("assignmentRemove", **first)
    assert await assignees(api, ana) == [("A", "u2")]


async def test_only_a_partner_among_companies_is_put_in_charge_or_let_in(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    acme = await put("Company", "acme", name="Acme")

    assert await api.refused("assignmentAdd", subjectId=ana, assigneeId=acme) == [
        ("NOT_ALLOWED", "assigneeId")
    ]
    given: dict[str, Any] = {"subjectId": ana, "readerId": acme, "level": "FULL"}
    assert await api.refused("shareGrant", **given) == [("NOT_ALLOWED", "readerId")]
    await api.done("partnerServe", partnerId=acme, customerId=ana)
    await api.done("shareGrant", **given)


async def test_something_is_shared_and_no_longer(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    team, boss = await put("Team", "t", name="Team"), await put("User", "boss", name="Boss")
    both = {"subjectId": ana, "readerId": team}
    shared = (
        "subject { ... on Person "
        "{ sharedWith { edges { level purpose by { name } node { name } } } } }"
    )

    assert await api.refused(
        "shareGrant", **both, level="FULL", **{"from": "2021-01-01", "to": "2020-01-01"}
    ) == [("ENDS_BEFORE_START", "to")]
    payload = await api.done(
        "shareGrant", shared, **both, level="PROFILE", byId=boss, purpose="deal"
    )
    assert payload["subject"]["sharedWith"]["edges"] == [
        {"level": "PROFILE", "purpose": "deal", "by": {"name": "Boss"}, "node": {"name": "Team"}}
    ]

    payload = await api.done("shareRevoke", shared, **both)
    assert payload["subject"]["sharedWith"]["edges"] == []
    assert await api.refused("shareRevoke", **both) == [("NOT_FOUND", "readerId")]


async def test_an_assignment_repeated_by_its_key_is_recorded_once(api: Api, put: Put):
    given = {
        "subjectId": await put("Order", "o1"),
        "assigneeId": await put("User", "u1", name="u1"),
        "role": "OWNER",
        "clientMutationId": "x",
    }

    first = await api.done("assignmentAdd", "subject { id version }", **given)
    second = await api.done("assignmentAdd", "subject { id version }", **given)

    assert second == first
    events = await api.events(uuid_of("Order", "o1"))
    assert [each["op"] for each in events].count("assignmentAdd") == 1


OWN = (archive, consents, fields, hierarchy, identifiers, relationships, shares)
COMPILED = [each for module in OWN for each in vars(module).values() if isinstance(each, Action)]


@pytest.mark.parametrize(
    "some",
    [
        pytest.param([shares.ASSIGNMENT_ADD, shares.SHARE_REVOKE], id="some"),
        pytest.param(COMPILED, id="all", marks=pytest.mark.full),
    ],
)
async def test_no_action_on_parties_scans(api: Api, driver: neo4j.AsyncDriver, some: list[Action]):
    assert api
    explain: LiteralString = "EXPLAIN "
    found: dict[str, list[str]] = {}
    async with driver.session() as session:
        for action in some:
            text = explain + compile_action(action).statement.text
            result = await session.run(text, {"p": {}})
            plan = str((await result.consume()).plan)
            found[action.name] = [scan for scan in SCANS if scan in plan]
    assert not {name: scans for name, scans in found.items() if scans}
