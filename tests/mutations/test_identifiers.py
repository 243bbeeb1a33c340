"""identifierAdd, identifierRemove and identifierVerify."""

import asyncio
from typing import Any

import pytest

from graph.model.parties import PERSON
from graph.write import Batch, NodeRow, Nodes, Writer, write
from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put, uuid_of

pytestmark = pytest.mark.anyio

ALL = "party { identifiers { edges { primary label verifiedAt node { id kind value } } } }"


def found(payload: dict[str, Any]) -> list[tuple[str, str]]:
    edges = payload["party"]["identifiers"]["edges"]
    return [(each["node"]["kind"], each["node"]["value"]) for each in edges]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("EMAIL", " Ana.S@Example.ORG ", "ana.s@example.org"),
        ("PHONE", "+33 1 23 45 67 89", "+33123456789"),
        ("TAX_ID", "fr 12-345", "FR12345"),
        ("DOMAIN", "www.Example.org", "example.org"),
        ("LOYALTY_CARD", "77", "77"),
    ],
)
async def test_an_identifier_is_kept_in_its_normal_form(
    api: Api, put: Put, kind: str, written: str, value: str
):
    ana = await put("Person", "ana", name="Ana")

    payload = await api.done(
        "identifierAdd", ALL, partyId=ana, kind=kind, value=written, label="home"
    )

    assert found(payload) == [(kind, value)]
    assert payload["party"]["identifiers"]["edges"][0]["label"] == "home"
    added = payload["party"]["identifiers"]["edges"][0]["node"]["id"]
    events = await api.events(decode_id(added).id)
    assert [(each["op"], each["parties"]) for each in events] == [
        ("identifierAdd", [uuid_of("Person", "ana")])
    ]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("EMAIL", "nobody", "NOT_AN_EMAIL"),
        ("PHONE", "12345", "NOT_A_PHONE"),
        ("DOMAIN", "ex ample", "NOT_A_URL"),
        ("TAX_ID", "--", "INVALID"),
        ("SOCIAL", " ", "INVALID"),
        ("SOCIAL", "x" * 1_001, "INVALID"),
    ],
)
async def test_an_identifier_that_is_none_is_refused(
    api: Api, put: Put, kind: str, value: str, code: str
):
    ana = await put("Person", "ana", name="Ana")

    refused = await api.refused("identifierAdd", partyId=ana, kind=kind, value=value)

    assert refused == [(code, "value")]


async def test_two_parties_may_have_one_identifier(api: Api, put: Put):
    ana, bob = await put("Person", "ana", name="Ana"), await put("Person", "bob", name="Bob")
    given = {"kind": "PHONE", "value": "+33123456789"}

    payloads = await asyncio.gather(
        *(
            api.done("identifierAdd", "identifier { id }", partyId=each, **given)
            for each in (ana, bob, ana, bob)
        )
    )

    assert len({each["identifier"]["id"] for each in payloads}) == 1
    holders = await api.ask(
        "query ($id: ID!) { node(id: $id) { ... on Identifier { holders { totalCount } } } }",
        id=payloads[0]["identifier"]["id"],
    )
    assert holders["node"]["holders"]["totalCount"] == 2


async def test_one_of_a_kind_is_primary(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", email="ana@example.org")
    given = {"partyId": ana, "kind": "LOYALTY_CARD", "primary": True}
    await api.done("identifierAdd", value="1", **given)

    payload = await api.done("identifierAdd", ALL, value="2", **given)

    primary = {
        each["node"]["value"]: each["primary"] for each in payload["party"]["identifiers"]["edges"]
    }
    assert primary == {"1": False, "2": True, "ana@example.org": True}
    refused = await api.refused(
        "identifierAdd", partyId=ana, kind="EMAIL", value="b@example.org", primary=True
    )
    assert refused == [("NOT_ALLOWED", "primary")]


async def test_an_identifier_is_verified_and_removed(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    added = await api.done(
        "identifierAdd", "identifier { id }", partyId=ana, kind="SOCIAL", value="@ana"
    )
    both = {"partyId": ana, "identifierId": added["identifier"]["id"]}

    verified = await api.done("identifierVerify", ALL, **both, verifiedAt="2024-01-01T00:00:00Z")
    edge = verified["party"]["identifiers"]["edges"][0]
    assert edge["verifiedAt"] == "2024-01-01T00:00:00.000Z"
    assert await api.refused("identifierVerify", **both, verifiedAt="2999-01-01T00:00:00Z") == [
        ("OUT_OF_RANGE", "verifiedAt")
    ]

    removed = await api.done("identifierRemove", ALL, **both)
    assert found(removed) == []
    assert await api.refused("identifierRemove", **both) == [("NOT_FOUND", "identifierId")]
    assert await api.refused("identifierVerify", **both) == [("NOT_FOUND", "identifierId")]


async def test_what_a_source_states_is_not_removed(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", email="ana@example.org")
    party = await api.ask(
        "query ($id: ID!) { customer(id: $id) { identifiers { edges { node { id } } } } }", id=ana
    )
    identifier = party["customer"]["identifiers"]["edges"][0]["node"]["id"]

    refused = await api.refused("identifierRemove", partyId=ana, identifierId=identifier)

    assert refused == [("NOT_ALLOWED", "identifierId")]


async def test_an_identifier_repeated_by_its_key_is_added_once(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    given = {"partyId": ana, "kind": "SOCIAL", "value": "@ana", "clientMutationId": "i1"}

    first = await api.done("identifierAdd", "identifier { id value }", **given)
    second = await api.done("identifierAdd", "identifier { id value }", **given)

    assert second == first
    assert await api.refused("identifierAdd", **{**given, "value": "@bob"}) == [
        ("CONFLICT", "clientMutationId")
    ]


async def test_an_address_that_was_proved_is_the_main_one_until_another_is_stated_here(
    api: Api, put: Put
):
    ana = await put("Person", "ana", name="Ana", email="old@example.org")
    web = {"email": "typo@example.org"}

    async def repeat(day: int) -> None:
        row = NodeRow(("web", "ana"), {**web}, None, f"2026-01-0{day}T00:00:00Z", ("crm", "ana"))
        await write(api.graph, Batch([Nodes(PERSON, [row])]), Writer("tester", "web"))

    async def email() -> str:
        shown = "query ($id: ID!) { customer(id: $id) { ... on Person { email } } }"
        return (await api.ask(shown, id=ana))["customer"]["email"]

    await repeat(1)
    both = {"partyId": ana, "kind": "EMAIL", "value": "typo@example.org"}
    assert await email() == "old@example.org"

    added = await api.done(
        "identifierAdd", "party { id }", **both, verifiedAt="2026-11-01T00:00:00Z"
    )
    assert added["party"]["id"] == ana
    assert await email() == "typo@example.org"

    await put("Person", "ana", name="Ana", email="older@example.org")
    assert await email() == "typo@example.org"
    await api.done("personPatch", "person { email }", personId=ana, email="new@example.org")
    assert await email() == "new@example.org"
    proof = 'query ($id: ID!) { identity(id: $id) { provenance(fields: ["email"]) {'
    proof += " rule value losers { value } } } }"
    assert (await api.ask(proof, id=ana))["identity"]["provenance"] == [
        {
            "rule": "VERIFIED",
            "value": "new@example.org",
            "losers": [{"value": "typo@example.org"}, {"value": "older@example.org"}],
        }
    ]
