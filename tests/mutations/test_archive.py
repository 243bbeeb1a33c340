"""Archiving and restoring: away entirely, and back exactly."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import neo4j
import pytest

from graph.statements import Kind, Statement
from graph.write import archiving, expecting
from loaders.ids import encode_id
from tests.mutations.conftest import FINGERPRINT, Api, Put, link, uuid_of

pytestmark = pytest.mark.anyio

NODE = Statement(
    "test.node",
    Kind.READ,
    "MATCH (n {id: $id}) WHERE NOT n:ChangeEvent RETURN labels(n), properties(n)",
)
LINKS = Statement(
    "test.links",
    Kind.READ,
    """MATCH (n {id: $id})-[x]-(m)
WHERE NOT n:ChangeEvent AND NOT type(x) = 'WAS' AND NOT type(x) ENDS WITH '_WAS'
RETURN type(x), startNode(x) = n, m.id, properties(x) ORDER BY type(x), m.id""",
)
MOVING = {"version", "changedAt", "head"}
NAME = "query ($id: ID!, $at: DateTime) { customer(id: $id, asOf: $at) { name } }"


async def state(api: Api, id_: str) -> list[Any]:
    """Labels, properties and standing relationships of a node, without what any change moves."""
    rows = await api.graph.run(NODE, {"id": id_})
    labels, values = rows[0]
    kept = {name: value for name, value in values.items() if name not in MOVING}
    links = [
        [*row[:3], {name: value for name, value in row[3].items() if name != "recordedFrom"}]
        for row in await api.graph.run(LINKS, {"id": id_})
    ]
    return [sorted(labels), kept, links]


async def world(put: Put, api: Api) -> str:
    """A person with an employer, an order, a call and an e-mail address."""
    ana = await put("Person", "ana", name="Ana", email="ana@example.org", city="Lyon")
    await put("Company", "acme", name="Acme")
    await put("Order", "o1", number="o1")
    await put("Call", "c1")
    await link(api.graph, "Person/ana", "WORKS_AT", "Company/acme", title="CEO")
    await link(api.graph, "Order/o1", "FOR", "Person/ana")
    await link(api.graph, "Person/ana", "PARTICIPATED_IN", "Call/c1", role="FROM")
    return ana


async def test_an_archived_party_is_nowhere_and_comes_back_as_it_was(api: Api, put: Put):
    ana = await world(put, api)
    before = await state(api, uuid_of("Person", "ana"))

    payload = await api.done("partyArchive", "party { id }", partyId=ana, reason="left")
    assert payload["party"] == {"id": ana}
    assert (await api.ask(NAME, id=ana))["customer"] is None
    found = await api.ask(
        "{ people { totalCount } companies { edges { node { people { totalCount } } } } "
        "orders { edges { node { customer { name } } } } interactions { edges { node "
        "{ participants { totalCount } } } } }"
    )
    assert found["people"]["totalCount"] == 0
    assert found["companies"]["edges"] == [{"node": {"people": {"totalCount": 0}}}]
    assert found["orders"]["edges"] == [{"node": {"customer": None}}]

    payload = await api.done("partyRestore", "party { name version }", partyId=ana)
    assert payload["party"] == {"name": "Ana", "version": 3}
    assert await state(api, uuid_of("Person", "ana")) == before


async def test_as_of_before_the_archiving_it_is_there_and_between_it_is_not(api: Api, put: Put):
    ana = await world(put, api)
    moments: list[str] = []
    for name in ("partyArchive", "partyRestore"):
        await asyncio.sleep(0.01)
        await api.done(name, partyId=ana)
        event = (await api.events(uuid_of("Person", "ana")))[-1]
        moments.append(event["at"])
        if name == "partyArchive":
            assert (await api.ask(NAME, id=ana, at=before(event["at"])))["customer"] is not None

    assert (await api.ask(NAME, id=ana, at=before(moments[0])))["customer"] == {"name": "Ana"}
    assert (await api.ask(NAME, id=ana, at=moments[0]))["customer"] is None
    assert (await api.ask(NAME, id=ana, at=before(moments[1])))["customer"] is None
    assert (await api.ask(NAME, id=ana, at=moments[1]))["customer"] == {"name": "Ana"}


def before(moment: str) -> str:
    """A millisecond earlier."""
    earlier = datetime.fromisoformat(moment) - timedelta(milliseconds=1)
    return earlier.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_an_archiving_is_an_event_with_a_version(api: Api, put: Put):
    ana = await world(put, api)
    await api.done("partyArchive", partyId=ana, reason="left")
    await api.done("partyRestore", partyId=ana)

    events = (await api.events(uuid_of("Person", "ana")))[-2:]

    assert [each["op"] for each in events] == ["partyArchive", "partyRestore"]
    assert [each["patch"] for each in events] == ['{"archived":true}', '{"archived":false}']
    assert [each["version"] for each in events] == [2, 3]
    assert events[1]["prev"] == events[0]["digest"]
    assert events[0]["parties"] == [uuid_of("Person", "ana")]


async def test_two_archived_parties_find_each_other_again_in_any_order(api: Api, put: Put):
    ana = await world(put, api)
    acme = encode_id("Company", uuid_of("Company", "acme"))
    before = await state(api, uuid_of("Person", "ana"))
    for first, second in ((ana, acme), (acme, ana)):
        await api.done("partyArchive", partyId=ana)
        await api.done("partyArchive", partyId=acme)
        await api.done("partyRestore", partyId=first)
        await api.done("partyRestore", partyId=second)

        assert await state(api, uuid_of("Person", "ana")) == before


async def test_a_party_whose_only_order_is_archived_is_no_customer_until_it_is_back(
    api: Api, put: Put
):
    await world(put, api)
    order = encode_id("Order", uuid_of("Order", "o1"))
    before = await state(api, uuid_of("Person", "ana"))
    assert "Customer" in before[0]

    await api.done("entityArchive", "entity { id }", entityId=order)
    assert "Customer" not in (await state(api, uuid_of("Person", "ana")))[0]

    payload = await api.done("entityRestore", "entity { id version }", entityId=order)
    assert payload["entity"] == {"id": order, "version": 3}
    assert await state(api, uuid_of("Person", "ana")) == before


async def test_what_is_not_there_or_not_archived_is_refused(api: Api, put: Put):
    ana = await world(put, api)

    assert await api.refused("partyRestore", partyId=ana) == [("NOT_FOUND", "partyId")]
    assert await api.refused("partyArchive", partyId=encode_id("Person", "x")) == [
        ("NOT_FOUND", "partyId")
    ]
    assert await api.refused("partyArchive", partyId=ana, ifVersion=9) == [
        ("CONFLICT", "ifVersion")
    ]
    assert await api.refused("entityArchive", entityId=ana) == [("NOT_FOUND", "entityId")]
    await api.done("partyArchive", partyId=ana)
    assert await api.refused("partyArchive", partyId=ana) == [("NOT_FOUND", "partyId")]
    assert await api.refused("personPatch", personId=ana, city="x") == [("NOT_FOUND", "personId")]
    assert await api.refused("personUpsert", source="crm", externalId="ana", city="x") == [
        ("NOT_ALLOWED", "externalId")
    ]
    company = encode_id("Company", uuid_of("Person", "ana"))
    assert await api.refused("partyRestore", partyId=company) == [("NOT_FOUND", "partyId")]


async def test_what_its_source_says_again_meanwhile_makes_no_second_one(api: Api, put: Put):
    ana = await world(put, api)
    order = encode_id("Order", uuid_of("Order", "o1"))
    archived = (("partyArchive", "partyId", ana), ("entityArchive", "entityId", order))
    for name, field, id_ in archived:
        await api.done(name, **{field: id_})
    before = await api.graph.run(FINGERPRINT)

    await put("Order", "o1", number="o1", status="SHIPPED")

    assert await api.graph.run(FINGERPRINT) == before
    await put("Person", "ana", name="Ana", city="Nice")
    for name, field, id_ in reversed(archived):
        await api.done(name.replace("Archive", "Restore"), **{field: id_})
    await put("Order", "o1", number="o1", status="SHIPPED")
    found = await api.ask("{ people { totalCount edges { node { city } } } orders { totalCount } }")
    assert found["people"] == {"totalCount": 1, "edges": [{"node": {"city": "Nice"}}]}
    assert found["orders"]["totalCount"] == 1


async def test_what_was_written_again_meanwhile_is_not_restored(api: Api, put: Put):
    await put("Order", "o1", number="o1")
    order = encode_id("Order", uuid_of("Order", "o1"))
    await api.done("entityArchive", entityId=order)
    await api.graph.run(
        Statement(
            "test.again",
            Kind.WRITE,
            "CREATE (:Document:Order {id: 'other', source: 'crm', externalId: 'o1', version: 1})",
        )
    )

    assert await api.refused("entityRestore", entityId=order) == [("CONFLICT", "")]


async def test_an_archiving_repeated_by_its_key_is_done_once(api: Api, put: Put):
    ana = await world(put, api)
    given = {"partyId": ana, "clientMutationId": "a1"}

    payloads = await asyncio.gather(
        *(api.done("partyArchive", "party { id }", **given) for _ in range(6))
    )

    assert [each["party"] for each in payloads] == [{"id": ana}] * 6
    events = await api.events(uuid_of("Person", "ana"))
    assert [each["op"] for each in events].count("partyArchive") == 1
    await api.done("partyRestore", partyId=ana)
    await api.done("partyArchive", **given)
    assert (await api.ask(NAME, id=ana))["customer"] == {"name": "Ana"}


SCANS = ("AllNodesScan", "NodeByLabelScan", "AllRelationshipsScan")
STATEMENTS = (*archiving.all_statements(), expecting.STATES)


@pytest.mark.parametrize(
    "some",
    [
        pytest.param(STATEMENTS[-3:], id="some"),
        pytest.param(STATEMENTS, id="all", marks=pytest.mark.full),
    ],
)
async def test_no_statement_of_archiving_scans(
    api: Api, driver: neo4j.AsyncDriver, some: tuple[Statement, ...]
):
    assert api
    explain: LiteralString = "EXPLAIN "
    async with driver.session() as session:
        for statement in some:
            result = await session.run(explain + statement.text, {"p": {}})
            plan = str((await result.consume()).plan)
            assert not [scan for scan in SCANS if scan in plan], statement.name
