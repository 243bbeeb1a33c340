"""personUpsert and personPatch: what is said of people, by systems and here."""

import asyncio

import pytest

from loaders.ids import decode_id, encode_id
from tests.mutations.conftest import Api, Put, uuid_of

pytestmark = pytest.mark.anyio

PERSON = "person { id name email phone city tier version }"


async def test_an_upsert_makes_a_person_with_its_record_and_identifiers(api: Api):
    payload = await api.done(
        "personUpsert",
        "person { name email identifiers { edges { node { kind value } } } "
        "sourceRecords { edges { node { source externalId email } } } }",
        source="crm",
        externalId="1",
        givenName="Ana",
        familyName="Souza",
        email="Ana@Example.org",
    )

    person = payload["person"]
    assert (person["name"], person["email"]) == ("Ana Souza", "Ana@example.org")
    identifiers = [each["node"] for each in person["identifiers"]["edges"]]
    assert identifiers == [{"kind": "EMAIL", "value": "ana@example.org"}]
    records = [each["node"] for each in person["sourceRecords"]["edges"]]
    assert records == [{"source": "crm", "externalId": "1", "email": "Ana@example.org"}]


async def test_an_upsert_changes_what_it_names_and_nothing_else(api: Api):
    first = await api.done(
        "personUpsert", PERSON, source="crm", externalId="1", name="Ana", city="Lyon"
    )
    second = await api.done("personUpsert", PERSON, source="crm", externalId="1", city="Paris")

    assert second["person"]["id"] == first["person"]["id"]
    assert (second["person"]["name"], second["person"]["city"]) == ("Ana", "Paris")
    assert second["person"]["version"] == 2


async def test_the_same_upsert_again_writes_nothing(api: Api):
    given = {"source": "crm", "externalId": "1", "name": "Ana", "city": "Lyon"}
    first = await api.done("personUpsert", PERSON, **given)
    id_ = decode_id(first["person"]["id"]).id
    events = await api.events(id_)

    second = await api.done("personUpsert", PERSON, **given)

    assert second["person"] == first["person"]
    assert await api.events(id_) == events


async def test_an_upsert_without_a_source_makes_a_person_of_our_own(api: Api):
    payload = await api.done(
        "personUpsert", "person { sourceRecords { edges { node { source } } } }", name="Ana"
    )

    records = payload["person"]["sourceRecords"]["edges"]
    assert [each["node"]["source"] for each in records] == ["c360"]


async def test_thirty_concurrent_upserts_of_one_key_make_one_person(api: Api):
    payloads = await asyncio.gather(
        *(
            api.done("personUpsert", "person { id }", source="crm", externalId="1", name="Ana")
            for _ in range(30)
        )
    )

    assert len({each["person"]["id"] for each in payloads}) == 1
    found = await api.ask("{ people { totalCount } }")
    assert found["people"]["totalCount"] == 1


async def test_an_upsert_repeated_by_its_key_is_done_once(api: Api):
    given = {"name": "Ana", "clientMutationId": "m1"}
    first = await api.done("personUpsert", PERSON, **given)
    second = await api.done("personUpsert", PERSON, **given)

    assert second == first
    assert (await api.ask("{ people { totalCount } }"))["people"]["totalCount"] == 1
    assert await api.refused("personUpsert", name="Bob", clientMutationId="m1") == [
        ("CONFLICT", "clientMutationId")
    ]


@pytest.mark.parametrize(
    ("given", "refusals"),
    [
        ({}, [("REQUIRED", "name")]),
        ({"name": "Ana", "email": "nobody"}, [("NOT_AN_EMAIL", "email")]),
        ({"name": "Ana", "phone": "12"}, [("NOT_A_PHONE", "phone")]),
        ({"name": "Ana", "country": "XX"}, [("NOT_ALLOWED", "country")]),
        ({"name": "x" * 1_001}, [("TOO_LONG", "name")]),
        ({"name": "Ana", "source": "crm"}, [("REQUIRED", "externalId")]),
        ({"name": "Ana", "source": "c360", "externalId": "1"}, [("NOT_ALLOWED", "source")]),
    ],
)
async def test_an_upsert_that_makes_no_sense_is_refused(
    api: Api, given: dict[str, str], refusals: list[tuple[str, str]]
):
    assert await api.refused("personUpsert", **given) == refusals


async def test_an_upsert_of_a_record_of_another_kind_is_refused(api: Api, put: Put):
    await put("Company", "acme", name="Acme")

    refused = await api.refused("personUpsert", source="crm", externalId="acme", name="Ana")

    assert refused == [("CONFLICT", "externalId")]


async def test_a_patch_holds_against_what_systems_said_before(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", city="Lyon", tier="GOLD")

    payload = await api.done("personPatch", PERSON, personId=ana, city="Paris", reason="moved")

    person = payload["person"]
    assert (person["name"], person["city"], person["tier"]) == ("Ana", "Paris", "GOLD")
    event = (await api.events(uuid_of("Person", "ana")))[-1]
    assert (event["op"], event["reason"], event["fields"]) == ("personPatch", "moved", ["city"])


async def test_a_patch_does_not_revive_what_was_patched_before_and_overtaken(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", city="Lyon")
    await api.done("personPatch", personId=ana, city="Paris")
    await asyncio.sleep(0.002)
    await api.done("personUpsert", source="crm", externalId="ana", city="Nice")

    payload = await api.done("personPatch", PERSON, personId=ana, tier="GOLD")

    assert (payload["person"]["city"], payload["person"]["tier"]) == ("Nice", "GOLD")


async def test_a_patch_that_changes_nothing_writes_nothing(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", city="Lyon")

    payload = await api.done("personPatch", PERSON, personId=ana, city="Lyon")

    assert payload["person"]["version"] == 1
    assert len(await api.events(uuid_of("Person", "ana"))) == 1


async def test_null_takes_away_what_was_said_here(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await api.done("personPatch", personId=ana, email="ana@example.org")

    payload = await api.done("personPatch", PERSON, personId=ana, email=None)

    assert payload["person"]["email"] is None


async def test_sixteen_concurrent_patches_lose_nothing(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    names = (
        "street", "postalCode", "city", "region", "timezone", "tier", "givenName", "familyName",
        "honorific", "jobTitle", "language", "country", "email", "phone", "birthDate",
        "maxContactsPerMonth",
    )  # fmt: skip
    values = dict.fromkeys(names, "x") | {
        "language": "fr", "country": "FR", "email": "a@example.org", "phone": "+33123456789",
        "birthDate": "1980-01-01", "maxContactsPerMonth": 3,
    }  # fmt: skip

    await asyncio.gather(
        *(api.done("personPatch", personId=ana, **{name: values[name]}) for name in names)
    )

    found = await api.ask(
        "query ($id: ID!) { customer(id: $id) { version "
        f"... on Person {{ {' '.join(names)} }} }} }}",
        id=ana,
    )
    assert found["customer"] == {**values, "version": 17}
    assert len(await api.events(uuid_of("Person", "ana"))) == 17


async def test_a_patch_of_another_version_is_refused(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")

    assert await api.refused("personPatch", personId=ana, city="Paris", ifVersion=7) == [
        ("CONFLICT", "ifVersion")
    ]
    await api.done("personPatch", personId=ana, city="Paris", ifVersion=1)


async def test_of_concurrent_patches_of_one_version_one_is_done(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")

    payloads = await asyncio.gather(
        *(api.do("personPatch", personId=ana, city=f"C{i}", ifVersion=1) for i in range(6))
    )

    codes = [[each["code"] for each in one["userErrors"]] for one in payloads]
    assert sorted(codes) == [[], *[["CONFLICT"]] * 5]


async def test_a_patch_that_makes_no_sense_is_refused(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana", city="Lyon")
    company = await put("Company", "acme", name="Acme")
    nobody = encode_id("Person", "nobody")

    assert await api.refused("personPatch", personId=nobody, city="x") == [
        ("NOT_FOUND", "personId")
    ]
    assert await api.refused("personPatch", personId=company, city="x") == [
        ("NOT_FOUND", "personId")
    ]
    assert await api.refused("personPatch", personId=ana, name=None) == [("REQUIRED", "name")]
    assert await api.refused("personPatch", personId=ana, city=None) == [("NOT_ALLOWED", "city")]
    assert await api.refused("personPatch", personId=ana, email="x", phone="y") == [
        ("NOT_AN_EMAIL", "email"),
        ("NOT_A_PHONE", "phone"),
    ]


async def test_a_patch_repeated_by_its_key_is_done_once(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    given = {"personId": ana, "city": "Paris", "clientMutationId": "p1"}
    first = await api.done("personPatch", PERSON, **given)
    await api.done("personPatch", personId=ana, city="Nice")

    again = await api.done("personPatch", PERSON, **given)

    assert again["person"]["id"] == first["person"]["id"]
    assert again["person"]["city"] == "Nice"
