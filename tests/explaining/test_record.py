"""Who reads personal data is recorded: once, whose it was, whatever answered."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import redis.asyncio

from api.cache import cache_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.statements import Kind, Statement
from graph.write.readings import Read, record
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.keeping import Keeper
from loaders.readings import Readings
from loaders.responses import Responses
from loaders.viewer import Audience, Viewer
from tests.access.world import ISSUER
from tests.explaining.conftest import Build, Facts, random_facts

RECORDS = Statement(
    "test.readings",
    Kind.READ,
    "MATCH (d:DataAccess) OPTIONAL MATCH (d)-[:SAW]->(p) WITH d, p ORDER BY p.id "
    "WITH d, collect(p.id) AS people "
    "RETURN d.actor, d.audience, d.operation, d.classes, people ORDER BY d.operation, d.at",
)
FORGET = Statement("test.readings.forget", Kind.WRITE, "MATCH (d:DataAccess) DETACH DELETE d")
STAFF = Viewer(Audience.STAFF, ISSUER, "wide")

PEOPLE = "query Names { people(first: 3) { edges { node { name email } } } }"


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return one world for all of these tests."""
    return random_facts(1)


@pytest.fixture
async def executor(build: Build, facts: Facts) -> Executor:
    """Return an executor that records."""
    made = await build(facts)
    made.readings = Readings(made.backing.graph)
    return made


@pytest.fixture
async def cache(endpoints: Endpoints) -> AsyncIterator[redis.asyncio.Redis]:
    """Connect to the session's Valkey, emptied."""
    async with cache_at(endpoints.redis_url) as opened:
        await opened.flushall()
        yield opened


async def recorded(executor: Executor) -> list[list[Any]]:
    """Everything that is recorded by now."""
    assert executor.readings is not None
    await executor.readings.flush()
    return await executor.backing.graph.run(RECORDS)


async def ask(executor: Executor, query: str, viewer: Viewer = STAFF, **given: Any) -> Any:
    """The data of a query."""
    answer = await executor.execute(query, given, None, viewer)
    assert isinstance(answer, dict)
    assert "errors" not in answer, answer
    return answer["data"]


async def test_a_page_records_those_of_its_rows_and_not_the_row_that_tells_whether_more_follow(
    executor: Executor,
) -> None:
    data = await ask(executor, PEOPLE)

    ((actor, audience, operation, classes, people),) = await recorded(executor)
    assert (actor, audience, operation) == (f"{ISSUER}|wide", "STAFF", "Names")
    assert sorted(classes) == ["CONTACT", "NAME"]
    assert len(people) == len(data["people"]["edges"]) == 3


async def test_what_holds_no_personal_data_of_people_records_nothing(executor: Executor) -> None:
    await ask(executor, "{ companies(first: 5) { edges { node { name email } } } }")
    await ask(executor, "{ people(first: 5) { totalCount edges { node { id tier } } } }")
    await ask(executor, "{ products(first: 5) { edges { node { name } } } }")

    assert await recorded(executor) == []


async def test_what_a_person_wrote_is_recorded_where_it_is_read_of_the_person(
    executor: Executor, facts: Facts
) -> None:
    nested = (
        "query Mails { companies(first: 50) { edges { node { people(first: 9) { edges { node { "
        "... on Person { interactions(first: 9) { edges { node { subject } } } } } } } } } } }"
    )

    data = await ask(executor, nested)

    ((*_, classes, people),) = await recorded(executor)
    told = sum(len(e["node"]["people"]["edges"]) for e in data["companies"]["edges"])
    assert "CONTENT" in classes
    assert 0 < len(people) <= told
    assert all(facts.world.labels[each] == "Person" for each in people)


async def test_an_interface_records_its_people_only(executor: Executor, facts: Facts) -> None:
    await ask(executor, "query Both { customers(first: 50) { edges { node { name } } } }")

    ((*_, people),) = await recorded(executor)
    assert sorted(people) == sorted(
        each for each, label in facts.world.labels.items()
        if label == "Person"
    )  # fmt: skip


async def test_a_customer_who_reads_leaves_no_record_and_a_partner_does(
    executor: Executor,
) -> None:
    for name, audience in (("customer0", Audience.CUSTOMER), ("partner0", Audience.PARTNER)):
        viewer = Viewer(audience, ISSUER, name)
        query = "query Seen($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { name } } }"
        await ask(executor, query, viewer, ids=[_person(f"w-person{i}") for i in range(6)])
        await ask(executor, query, viewer, ids=[_person("partner0-pal")])

    rows = await recorded(executor)
    assert {(row[0], row[1]) for row in rows} == {(f"{ISSUER}|partner0", "PARTNER")}
    assert "partner0-pal" in {each for row in rows for each in row[4]}


def _person(id_: str) -> str:
    return encode_id("Person", id_)


async def test_an_answer_that_was_kept_is_recorded_for_whoever_gets_it(
    executor: Executor, cache: redis.asyncio.Redis
) -> None:
    executor.narrowing.narrowed = False  # what depends on rules of staff is not kept
    keeper = Keeper(executor, Responses(cache))
    first = await keeper.execute(PEOPLE, None, None, STAFF)
    ((*_, people),) = await recorded(executor)
    await executor.backing.graph.run(FORGET)

    second = await keeper.execute(PEOPLE, None, None, STAFF)

    assert keeper.responses is not None
    assert keeper.responses.counts["hit"] == 1
    assert second == first
    assert isinstance(second, bytes)
    assert len(orjson.loads(second)["data"]["people"]["edges"]) == 3
    ((*_, again),) = await recorded(executor)
    assert again == people


async def test_reads_are_in_the_graph_within_a_second_though_nobody_asks_for_it(
    executor: Executor,
) -> None:
    assert executor.readings is not None
    async with executor.readings.running():
        await ask(executor, PEOPLE)
        for _ in range(100):
            if executor.readings.recorded:
                break
            await asyncio.sleep(0.05)
        rows = await executor.backing.graph.run(RECORDS)

    assert len(rows) == 1


async def test_recording_twice_adds_nothing(executor: Executor) -> None:
    graph: Graph = executor.backing.graph
    read = Read(
        "batch", "2026-11-23T10:00:00.000Z", "a|b", "STAFF", "Op", ("NAME",), ("w-person1",)
    )
    await record(graph, [read, read])

    await record(graph, [read])

    assert await graph.run(RECORDS) == [["a|b", "STAFF", "Op", ["NAME"], ["w-person1"]]]


async def test_staff_can_look_up_who_read_the_data_of_a_person(executor: Executor) -> None:
    await ask(executor, PEOPLE)
    await recorded(executor)

    data = await ask(
        executor,
        "{ dataAccesses(first: 5) { edges { node { operation audience classes partner "
        "reader { subject } people(first: 5) { totalCount } } } } }",
    )

    (edge,) = data["dataAccesses"]["edges"]
    assert edge["node"]["operation"] == "Names"
    assert edge["node"]["reader"] == {"subject": "wide"}
    assert edge["node"]["people"]["totalCount"] == 3


FORMER = {
    "history": "query Told($id: ID!) { history(id: $id) { edges { node { fields { field } } } } }",
    "diff": 'query Told($id: ID!) { diff(id: $id, from: "2026-01-01T00:00:00Z") '
    "{ fields { field } } }",
    "personalData": "query Told($id: ID!) { personalData(person: $id) { data } }",
}


@pytest.mark.parametrize("root", FORMER)
async def test_former_values_and_copies_of_a_person_s_data_are_recorded(
    executor: Executor, root: str
) -> None:
    data = await ask(executor, FORMER[root], id=_person("w-person1"))

    ((actor, _, operation, classes, people),) = await recorded(executor)
    assert data[root]
    assert (actor, operation, people) == (f"{ISSUER}|wide", "Told", ["w-person1"])
    assert {"NAME", "CONTACT"} <= set(classes)


async def test_the_history_of_a_company_or_without_values_records_nothing(
    executor: Executor,
) -> None:
    await ask(executor, FORMER["history"], id=encode_id("Company", "w-firm1"))
    query = "query ($id: ID!) { history(id: $id) { edges { node { version } } } }"
    await ask(executor, query, id=_person("w-person1"))

    assert await recorded(executor) == []
