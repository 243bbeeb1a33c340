"""profileUpdate, preferenceSet, consentSet: what a person says of itself, and of itself alone."""

import pytest

from tests.selfservice.conftest import Shop

pytestmark = pytest.mark.anyio

PERSON = "person { id name city preferredChannel version }"


async def test_a_profile_is_changed_and_the_history_tells_by_which_account(shop: Shop):
    done = await shop.ana.done("profileUpdate", PERSON, city="Lyon", preferredChannel="SMS")

    assert done["person"]["city"] == "Lyon"
    assert done["person"]["preferredChannel"] == "SMS"
    assert done["person"]["id"] == shop.ids["ana"]
    [[actor, op]] = await shop.rows(
        "MATCH (:Person {name: 'Ana Test'})<-[:RESOLVES_TO]-(s:SourceRecord {source: 'c360'}) "
        "MATCH (e:ChangeEvent {entity: s.id}) RETURN e.actor, e.op"
    )
    assert (actor, op) == ("https://issuer.example|ana", "profileUpdate")


async def test_a_new_family_name_makes_a_new_full_name(shop: Shop):
    done = await shop.ana.done("profileUpdate", PERSON, familyName="Rossi")

    assert done["person"]["name"] == "Ana Rossi"


async def test_a_profile_is_not_changed_over_a_change_that_was_not_seen(shop: Shop):
    version = (await shop.ana.me("profile { version }"))["profile"]["version"]
    await shop.ana.done("profileUpdate", city="Lyon", ifVersion=version)

    refused = await shop.ana.refused("profileUpdate", city="Nice", ifVersion=version)

    assert refused == [("CONFLICT", "ifVersion")]
    assert (await shop.ana.me("profile { city }"))["profile"]["city"] == "Lyon"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"country": "Atlantis"}, "NOT_ALLOWED", "country"),
        ({"maxContactsPerMonth": -1}, "OUT_OF_RANGE", "maxContactsPerMonth"),
        ({"city": "x" * 1_001}, "TOO_LONG", "city"),
    ],
)
async def test_a_profile_refuses_what_the_model_refuses(
    shop: Shop, given: dict[str, object], code: str, field: str
):
    assert await shop.ana.refused("profileUpdate", **given) == [(code, field)]


async def test_an_account_without_a_person_has_no_profile_to_change(shop: Shop):
    await shop.put("User", "mo", issuer="https://issuer.example", subject="mo", kind="CUSTOMER",
                   name="Mo")  # fmt: skip
    shop.ana.viewer = type(shop.ana.viewer)(shop.ana.viewer.audience, shop.ana.viewer.issuer, "mo")

    assert await shop.ana.refused("profileUpdate", city="Lyon") == [("NOT_ALLOWED", "")]


async def test_a_preference_takes_the_place_of_the_former_one_of_its_topic(shop: Shop):
    first = await shop.ana.done(
        "preferenceSet", "preference { id version }",
        topic="ORDERS", channel="EMAIL", frequency="AT_ONCE",
    )  # fmt: skip
    second = await shop.ana.done(
        "preferenceSet", "preference { id version channel }",
        topic="ORDERS", channel="SMS", frequency="DAILY", ifVersion=1,
    )  # fmt: skip
    stale = await shop.ana.refused(
        "preferenceSet", topic="ORDERS", channel="POST", frequency="DAILY", ifVersion=1
    )

    assert second["preference"]["id"] == first["preference"]["id"]
    assert second["preference"] | {"id": 0} == {"id": 0, "version": 2, "channel": "SMS"}
    assert stale == [("CONFLICT", "ifVersion")]
    assert await shop.rows(
        "MATCH (p:Person)-[:PREFERS]->(w:Preference) RETURN p.name, w.topic, w.channel, w.frequency"
    ) == [["Ana Test", "ORDERS", "SMS", "DAILY"]]


async def test_consents_are_added_to_and_never_changed(shop: Shop):
    for granted in (True, False):
        await shop.ana.done("consentSet", purpose="NEWSLETTER", channel="EMAIL", granted=granted)

    assert await shop.rows(
        "MATCH (p:Person)-[:GAVE]->(c:Consent) RETURN p.name, c.status, c.method, c.version "
        "ORDER BY c.at, c.status"
    ) == [
        ["Ana Test", "GRANTED", "SELF_SERVICE", 1],
        ["Ana Test", "WITHDRAWN", "SELF_SERVICE", 1],
    ]


async def test_a_consent_speaks_of_own_addresses_only(shop: Shop):
    rows = await shop.api.ask(
        "query ($ana: ID!, $bob: ID!) { ana: customer(id: $ana) { identifiers { edges { node { id "
        "} } } } bob: customer(id: $bob) { identifiers { edges { node { id } } } } }",
        ana=shop.ids["ana"], bob=shop.ids["bob"],
    )  # fmt: skip
    own, other = (rows[who]["identifiers"]["edges"][0]["node"]["id"] for who in ("ana", "bob"))
    said = {"purpose": "MARKETING", "channel": "EMAIL", "granted": True}

    foreign = await shop.ana.do("consentSet", **said, identifiers=[own, other])
    unknown = await shop.ana.do("consentSet", **said, identifiers=[own, "SWRlbnRpZmllcjp4"])
    await shop.ana.done("consentSet", **said, identifiers=[own])

    assert foreign["userErrors"] == unknown["userErrors"]
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert foreign["userErrors"][0]["field"] == ["identifiers", "1"]
    assert await shop.rows("MATCH (:Consent)-[:COVERS]->(i) RETURN i.value") == [
        ["ana@example.org"]
    ]
