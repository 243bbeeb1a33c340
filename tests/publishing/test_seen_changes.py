"""Changes of a customer as others than staff follow them: what they may see, while they may."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders import lanes
from loaders.changes import Feed
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.relay import Relay
from loaders.subscribing import subscribe
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.publishing.conftest import Writer

pytestmark = pytest.mark.anyio

PARTNER = Viewer(Audience.PARTNER, "test", "pia")
CUSTOMER = Viewer(Audience.CUSTOMER, "test", "bo")
STAFF = Viewer(Audience.STAFF, "test", "ana")
WORLD = Statement(
    "test.seen_changes.world",
    Kind.WRITE,
    "CREATE (me:User {id: 'u1', issuer: 'test', subject: 'pia', kind: 'PARTNER'}) "
    "-[:ACTS_FOR]->(firm:Party:Company:Partner {id: 'firm', name: 'Firm', version: 1}), "
    "(firm)-[:CAN_SEE {level: 'FULL'}]->(bo:Party:Person:Customer {id: 'bo', name: 'Bo', "
    "version: 1}), (:User {id: 'u2', issuer: 'test', subject: 'bo', kind: 'CUSTOMER'}) "
    "-[:IS_PERSON]->(bo), (:Party:Person:Customer {id: 'ana', name: 'Ana', version: 1})",
)
LEVEL = Statement(
    "test.seen_changes.level", Kind.WRITE, "MATCH ()-[see:CAN_SEE]->() SET see.level = $level"
)
FOLLOW = """
subscription ($id: ID!) {
  customerChanged(id: $id) { change { cursor type entityId } customer { id name } }
}
"""


@pytest.fixture
async def executor(
    graph: Graph, cache: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Executor]:
    """Answer a partner and a customer who both see one person, and not another."""
    monkeypatch.setattr(lanes, "SECONDS", 60.0)
    await graph.run(WORLD)
    made = Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]
    made.feed = Feed(graph, cache, made.answers, made.backing.narrowed)
    yield made
    await made.feed.close()


class Following:
    """A subscription that runs, and what it was told."""

    def __init__(self, executor: Executor, viewer: Viewer, id_: str) -> None:
        values = {"id": encode_id("Person", id_)}
        self._events = subscribe(executor, FOLLOW, values, None, viewer)
        self._next: asyncio.Task[dict[str, Any]] | None = None

    async def begun(self) -> None:
        """Wait for the next event; it has begun before anything else is written."""
        self._next = asyncio.create_task(anext(self._events))
        await asyncio.sleep(0.5)

    async def told(self) -> dict[str, Any]:
        """The next response."""
        assert self._next is not None
        async with asyncio.timeout(60):
            return await self._next

    async def silent(self, seconds: float = 0.8) -> bool:
        """Whether nothing is told for a while."""
        assert self._next is not None
        done, _ = await asyncio.wait([self._next], timeout=seconds)
        return not done

    async def end(self) -> None:
        """Stop it."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
        await self._events.aclose()


async def leave(graph: Graph, writer: Writer, relay: Relay, *fields: str) -> None:
    """Let some properties of bo change."""
    (row,) = await writer.leave("bo")
    await graph.run(FIELDS, {"id": row["id"], "fields": [*fields]})
    await relay.step()


FIELDS = Statement(
    "test.seen_changes.fields",
    Kind.WRITE,
    "MATCH (e:ChangeEvent {id: $id}) SET e.fields = $fields",
)


@pytest.mark.parametrize("viewer", [PARTNER, CUSTOMER], ids=["partner", "customer"])
async def test_who_sees_a_customer_is_told_of_its_changes(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer, viewer: Viewer
) -> None:
    following = Following(executor, viewer, "bo")
    await following.begun()

    await leave(graph, writer, relay, "name")
    response = await following.told()
    await following.end()

    event = response["data"]["customerChanged"]
    assert event["change"]["type"] == "Person"
    assert event["customer"]["name"] == "Bo"


async def test_a_share_that_is_revoked_ends_what_a_running_subscription_tells(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    following = Following(executor, PARTNER, "bo")
    await following.begun()
    await leave(graph, writer, relay, "name")
    assert "errors" not in await following.told()
    await following.begun()

    await graph.run(LEVEL, {"level": "COUNT"})
    await leave(graph, writer, relay, "name")

    assert await following.silent()
    await following.end()


async def test_of_a_profile_nobody_learns_that_the_rest_changed(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    await graph.run(LEVEL, {"level": "PROFILE"})
    following = Following(executor, PARTNER, "bo")
    await following.begun()

    await leave(graph, writer, relay, "email")
    quiet = await following.silent()
    await leave(graph, writer, relay, "name")
    response = await following.told()
    await following.end()

    assert quiet
    assert response["data"]["customerChanged"]["customer"]["name"] == "Bo"


async def test_what_does_not_exist_for_somebody_changes_without_his_knowing(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    following = Following(executor, CUSTOMER, "bo")
    await following.begun()

    await leave(graph, writer, relay, "HAS_SCORE", "doNotContactReason")

    assert await following.silent()
    await following.end()


async def test_another_s_customer_is_followed_like_one_that_is_not_there(
    executor: Executor, relay: Relay, writer: Writer
) -> None:
    following = [Following(executor, PARTNER, "ana"), Following(executor, PARTNER, "none")]
    for each in following:
        await each.begun()

    await writer.leave("ana", "none")
    await relay.step()

    assert [await each.silent(0.5) for each in following] == [True, True]
    for each in following:
        await each.end()


async def test_staff_under_a_rule_are_told_of_no_change_that_is_not_theirs(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    await graph.run(RULE)
    await executor.narrowing.look()
    await writer.leave("ana", "bo", "gone", "ana")
    await relay.step()

    first = await page(executor, None)
    second = await page(executor, first["pageInfo"]["endCursor"])

    assert [each["node"]["entityId"] for each in first["edges"]] == [encode_id("Person", "bo")]
    assert first["pageInfo"]["hasNextPage"] is False
    assert second["edges"] == []


async def test_what_is_hidden_changes_no_page_of_changes(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    await graph.run(RULE)
    await executor.narrowing.look()
    await writer.leave("bo", "bo", "bo")
    await relay.step()
    before = [await page(executor, None, first) for first in (1, 2, 3)]

    await writer.leave(*["ana", "gone"] * 5)
    await relay.step()

    assert [await page(executor, None, first) for first in (1, 2, 3)] == before
    assert [each["pageInfo"]["hasNextPage"] for each in before] == [True, True, False]


async def test_of_what_is_gone_those_are_told_from_whom_nothing_is_hidden(
    executor: Executor, graph: Graph, relay: Relay, writer: Writer
) -> None:
    await graph.run(RULE)
    await graph.run(WIDE)
    await executor.narrowing.look()
    await writer.leave("gone", "bo")
    await relay.step()

    found = await page(executor, None, 5)

    assert [each["node"]["entityId"] for each in found["edges"]] == [
        encode_id("Person", each) for each in ("gone", "bo")
    ]


async def page(executor: Executor, since: str | None, first: int = 1) -> dict[str, Any]:
    """A page of changes as staff see it."""
    answer = await executor.execute(PAGE, {"since": since, "first": first}, None, STAFF)
    assert "errors" not in answer, answer
    return answer["data"]["changes"]


WIDE = Statement(
    "test.seen_changes.wide",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'wide', parties: 'ALL', interactions: 'ALL', active: true})",
)
RULE = Statement(
    "test.seen_changes.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', parties: 'ASSIGNED', interactions: 'ALL', active: true}), "
    "(me:User {id: 'u3', issuer: 'test', subject: 'ana', kind: 'STAFF'}) "
    "WITH me MATCH (bo:Person {id: 'bo'}) CREATE (bo)-[:ASSIGNED_TO]->(me)",
)
PAGE = """
query ($since: String, $first: Int!) {
  changes(since: $since, first: $first) {
    edges { node { entityId } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
