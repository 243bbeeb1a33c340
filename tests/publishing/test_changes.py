"""Changes as they are asked for and followed: no gap, no duplicate, and only by who may."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders import stream
from loaders.changes import Feed
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.positions import LENGTH, decode_position, encode_position
from loaders.relay import Relay
from loaders.subscribing import subscribe
from loaders.tail import Tail
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.publishing.conftest import Writer

pytestmark = pytest.mark.anyio

STAFF = Viewer(Audience.STAFF, "test", "ana")
OTHER = Viewer(Audience.STAFF, "test", "bob")
PARTNER = Viewer(Audience.PARTNER, "test", "ana")
PEOPLE = Statement(
    "test.people",
    Kind.WRITE,
    "UNWIND ['ana', 'bob'] AS id "
    "CREATE (:Party:Person {id: id, name: toUpper(id), version: 1, changedAt: 'x', head: 'h'})",
)
PAGE = """
query ($since: String, $first: Int! = 50, $types: [String!], $entity: ID) {
  changes(since: $since, first: $first, types: $types, entity: $entity) {
    edges { cursor node { op version fields entityId node { ...Name } } }
    pageInfo { hasNextPage endCursor }
  }
}
fragment Name on Node { id ... on Person { called: name } }
"""
FOLLOW = """
subscription ($since: String, $types: [String!]) {
  changes(since: $since, types: $types) { cursor version entityId node { ... on Person { name } } }
}
"""


@pytest.fixture
async def executor(graph: Graph, cache: redis.asyncio.Redis) -> AsyncIterator[Executor]:
    """Answer requests of the whole schema, changes included."""
    await graph.run(PEOPLE)
    made = Executor(SCHEMA._schema, graph)
    made.feed = Feed(graph, cache, made.answers, made.backing.narrowed)
    yield made
    await made.feed.close()


async def ask(executor: Executor, viewer: Viewer = STAFF, **variables: Any) -> Any:
    response = await executor.execute(PAGE, variables, None, viewer)
    assert "errors" not in response, response
    return response["data"]["changes"]


async def take(
    executor: Executor, number: int, query: str = FOLLOW, **variables: Any
) -> list[dict[str, Any]]:
    """The first responses of a subscription."""
    found: list[dict[str, Any]] = []
    following = subscribe(executor, query, variables, None, STAFF)
    async with asyncio.timeout(60):
        async for response in following:
            found.append(response)
            if len(found) == number:
                break
    await following.aclose()
    return found


def versions(responses: list[dict[str, Any]]) -> list[int]:
    return [each["data"]["changes"]["version"] for each in responses]


async def test_a_page_shows_changes_in_order_with_their_nodes_as_they_are(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana", "bob", "gone")
    await relay.step()

    page = await ask(executor)

    nodes = [each["node"]["node"] for each in page["edges"]]
    assert [each and each["called"] for each in nodes] == ["ANA", "BOB", None]
    assert page["pageInfo"]["hasNextPage"] is False


async def test_the_nodes_of_a_page_are_read_with_one_statement(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana", "bob", "gone")
    await relay.step()
    before = executor.counters.statements

    await ask(executor)

    assert executor.counters.statements - before == 1


async def test_pages_follow_each_other_without_gap_or_duplicate(
    executor: Executor, relay: Relay, writer: Writer
):
    for _ in range(7):
        await writer.leave("ana", "bob")
    await relay.step()

    cursor, seen = None, list[str]()
    while True:
        page = await ask(executor, since=cursor, first=3)
        seen += [each["cursor"] for each in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 14


async def test_changes_can_be_asked_of_one_node_or_of_some_types(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana", "bob")
    await writer.leave("order", label="Order")
    await writer.leave("ana")
    await relay.step()

    of_ana = await ask(executor, entity=encode_id("Person", "ana"))
    of_orders = await ask(executor, types=["Order"])
    of_customers = await ask(executor, types=["Customer"])

    assert [each["node"]["version"] for each in of_ana["edges"]] == [1, 2]
    assert len(of_orders["edges"]) == 1
    assert len(of_customers["edges"]) == 3


@pytest.mark.parametrize("first", [-1, 201])
async def test_a_page_of_another_size_is_refused(executor: Executor, first: int):
    response = await executor.execute(PAGE, {"first": first}, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == "INVALID_PAGE"


async def test_a_type_that_is_none_is_refused(executor: Executor):
    response = await executor.execute(PAGE, {"types": ["Money"]}, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == "INVALID_ARGUMENT"


async def test_others_than_staff_see_no_changes_and_may_not_follow_them(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana")
    await relay.step()

    page = await executor.execute(PAGE, {}, None, PARTNER)
    refused = [each async for each in subscribe(executor, FOLLOW, {}, None, PARTNER)]

    codes = [each["errors"][0]["extensions"]["code"] for each in (page, *refused)]
    assert codes == ["INVALID_DOCUMENT", "INVALID_DOCUMENT"]


def test_cursors_have_one_length_and_belong_to_a_viewer():
    key = b"k" * 32
    made = {encode_position(key, STAFF, seq) for seq in (0, 1, 2, 10**9, 2**63)}

    assert {len(each) for each in made} == {LENGTH}
    assert len(made) == 5
    assert decode_position(key, STAFF, encode_position(key, STAFF, 10**9)) == 10**9


async def test_the_cursor_of_another_viewer_or_a_forged_one_is_refused(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana")
    await relay.step()
    cursor = (await ask(executor))["edges"][0]["cursor"]
    for viewer, since in ((OTHER, cursor), (STAFF, "x" * 22), (STAFF, ""), (STAFF, "é" * 22)):
        response = await executor.execute(PAGE, {"since": since}, None, viewer)
        assert response["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"
        followed = [
            each async for each in subscribe(executor, FOLLOW, {"since": since}, None, viewer)
        ]
        assert followed[0]["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_a_subscription_goes_on_from_its_cursor(
    executor: Executor, relay: Relay, writer: Writer
):
    for _ in range(6):
        await writer.leave("ana")
    await relay.step()
    start = (await ask(executor, first=1))["edges"][0]["cursor"]

    first = await take(executor, 2, since=start)
    again = await take(executor, 3, since=first[-1]["data"]["changes"]["cursor"])

    assert versions(first) + versions(again) == [2, 3, 4, 5, 6]
    assert first[0]["data"]["changes"]["node"] == {"name": "ANA"}


async def test_a_subscription_without_a_cursor_begins_with_what_comes(
    executor: Executor, relay: Relay, writer: Writer
):
    await writer.leave("ana")
    await relay.step()
    waiting = asyncio.create_task(take(executor, 2))
    await asyncio.sleep(0.3)

    for _ in range(2):
        await writer.leave("ana")
        await relay.step()

    assert versions(await waiting) == [2, 3]


async def test_a_subscription_outlives_the_loss_of_redis(
    executor: Executor, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    await relay.step()
    waiting = asyncio.create_task(take(executor, 6))
    await asyncio.sleep(0.3)

    for each in range(6):
        await writer.leave("ana")
        await relay.step()
        if each % 2:
            await cache.flushall()

    assert versions(await waiting) == [1, 2, 3, 4, 5, 6]


async def test_what_concerns_a_customer_can_be_followed(
    executor: Executor, relay: Relay, writer: Writer
):
    query = """subscription ($id: ID!) { customerChanged(id: $id) {
      change { version } customer { name } } }"""
    await relay.step()
    waiting = asyncio.create_task(take(executor, 2, query, id=encode_id("Person", "bob")))
    await asyncio.sleep(0.3)

    await writer.leave("ana", "bob", "ana", "bob")
    await relay.step()

    assert [each["data"]["customerChanged"] for each in await waiting] == [
        {"change": {"version": 1}, "customer": {"name": "BOB"}},
        {"change": {"version": 2}, "customer": {"name": "BOB"}},
    ]


async def test_a_subscriber_that_falls_behind_gets_everything_and_costs_no_memory(
    graph: Graph, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    tail = Tail(graph, cache, kept=5)
    await relay.step()
    position = await tail.position()
    quick = asyncio.create_task(tail.after(position))
    await asyncio.sleep(0.1)
    for _ in range(30):
        await writer.leave("ana")
        await relay.step()
    await quick

    seen: list[int] = []
    while len(seen) < 30:
        found = await tail.after(seen[-1] if seen else position)
        seen += [each.seq for each in found[:3]]

    assert seen == list(range(1, 31))
    assert len(tail._kept) <= 5
    await tail.close()


async def test_a_stream_that_was_trimmed_is_completed_from_the_graph(
    graph: Graph, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    tail = Tail(graph, cache)
    await relay.step()
    waiting = asyncio.create_task(tail.after(0))
    await asyncio.sleep(0.1)
    for _ in range(4):
        await writer.leave("ana")
    await relay._graph.run(Statement("test.none", Kind.READ, "RETURN 1"))
    await relay.step()
    await cache.xtrim(stream.KEY, maxlen=1, approximate=False)

    seen = [each.seq for each in await waiting]
    while len(seen) < 4:
        seen += [each.seq for each in await tail.after(seen[-1])]
    assert seen == [1, 2, 3, 4]
    await tail.close()


async def test_a_subscription_that_is_posted_is_refused(executor: Executor):
    response = await executor.execute(FOLLOW, {}, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == "INVALID_DOCUMENT"
