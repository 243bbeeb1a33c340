"""consentGive and consentWithdraw, and the state that follows from them."""

import asyncio
from typing import Any

import pytest

from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

GIVEN = {"purpose": "NEWSLETTER", "channel": "EMAIL", "evidence": "double opt-in 7"}
STATE = (
    "query ($person: ID!, $purpose: ConsentPurpose!, $channel: ConsentChannel!) "
    "{ consent(person: $person, purpose: $purpose, channel: $channel) { status channel } }"
)


async def state(api: Api, person: str, channel: str = "EMAIL") -> Any:
    found = await api.ask(STATE, person=person, purpose="NEWSLETTER", channel=channel)
    return found["consent"]


async def test_a_consent_is_given_and_withdrawn_and_nothing_is_lost(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", email="ana@example.org")
    assert await state(api, ana) is None

    payload = await api.done(
        "consentGive", "consent { status evidence method person { name } }", personId=ana,
        method="DOUBLE_OPT_IN", **GIVEN,
    )  # fmt: skip
    assert payload["consent"] == {
        "status": "GRANTED",
        "evidence": "double opt-in 7",
        "method": "DOUBLE_OPT_IN",
        "person": {"name": "Ana"},
    }
    assert (await state(api, ana))["status"] == "GRANTED"

    await asyncio.sleep(0.002)
    payload = await api.done(
        "consentWithdraw",
        "person { consents(scope: HISTORY) { edges { node { status } } } }",
        personId=ana,
        purpose="NEWSLETTER",
        channel="EMAIL",
    )
    edges = payload["person"]["consents"]["edges"]
    assert [each["node"]["status"] for each in edges] == ["WITHDRAWN", "GRANTED"]
    assert (await state(api, ana))["status"] == "WITHDRAWN"


async def test_the_state_of_a_consent_is_known_of_the_past(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    payload = await api.done("consentGive", "consent { createdAt }", personId=ana, **GIVEN)
    await asyncio.sleep(0.002)
    await api.done("consentWithdraw", personId=ana, purpose="NEWSLETTER", channel="EMAIL")

    found = await api.ask(
        "query ($person: ID!, $at: DateTime!) { consent(person: $person, purpose: NEWSLETTER, "
        "channel: EMAIL, asOf: $at) { status } }",
        person=ana,
        at=payload["consent"]["createdAt"],
    )

    assert found["consent"] == {"status": "GRANTED"}


async def test_a_decision_about_any_channel_counts_for_each(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await api.done("consentGive", personId=ana, **{**GIVEN, "at": "2024-01-01T00:00:00Z"})
    await api.done("consentWithdraw", personId=ana, purpose="NEWSLETTER", channel="ANY")

    assert await state(api, ana) == {"status": "WITHDRAWN", "channel": "ANY"}
    assert await state(api, ana, "SMS") == {"status": "WITHDRAWN", "channel": "ANY"}


async def test_a_consent_covers_identifiers_of_the_person(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", email="ana@example.org", phone="+33123456789")
    bob = await put("Person", "bob", name="Bob", email="bob@example.org")
    ids = {}
    for person in (ana, bob):
        found = await api.ask(
            "query ($id: ID!) { customer(id: $id) "
            "{ identifiers { edges { node { id kind value } } } } }",
            id=person,
        )
        for each in found["customer"]["identifiers"]["edges"]:
            ids[each["node"]["value"]] = each["node"]["id"]

    async def refused(value: str) -> list[tuple[str, str]]:
        return await api.refused("consentGive", personId=ana, identifiers=[ids[value]], **GIVEN)

    assert await refused("bob@example.org") == [("NOT_ALLOWED", "identifiers")]
    assert await refused("+33123456789") == [("NOT_ALLOWED", "identifiers")]
    payload = await api.done(
        "consentGive",
        "consent { covers { edges { node { value } } } }",
        personId=ana,
        identifiers=[ids["ana@example.org"]],
        **GIVEN,
    )
    assert payload["consent"]["covers"]["edges"] == [{"node": {"value": "ana@example.org"}}]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"evidence": " "}, ("REQUIRED", "evidence")),
        ({"evidence": "x" * 10_000_000}, ("TOO_LONG", "evidence")),
        ({"at": "2999-01-01T00:00:00Z"}, ("OUT_OF_RANGE", "at")),
        (
            {"at": "2024-01-01T00:00:00Z", "expiresAt": "2023-01-01T00:00:00Z"},
            ("ENDS_BEFORE_START", "expiresAt"),
        ),
    ],
)
async def test_a_consent_that_proves_nothing_is_refused(
    api: Api, put: Put, changed: dict[str, str], refusal: tuple[str, str]
):
    ana = await put("Person", "ana", name="Ana")

    assert await api.refused("consentGive", personId=ana, **{**GIVEN, **changed}) == [refusal]


async def test_a_company_gives_no_consent(api: Api, put: Put):
    acme = await put("Company", "acme", name="Acme")

    assert await api.refused("consentGive", personId=acme, **GIVEN) == [("NOT_FOUND", "personId")]


async def test_a_consent_repeated_by_its_key_is_recorded_once(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")

    payloads = await asyncio.gather(
        *(
            api.done("consentGive", "consent { id }", personId=ana, clientMutationId="c", **GIVEN)
            for _ in range(8)
        )
    )

    assert len({each["consent"]["id"] for each in payloads}) == 1
    events = await api.events(decode_id(payloads[0]["consent"]["id"]).id)
    assert [each["op"] for each in events] == ["consentGive"]
