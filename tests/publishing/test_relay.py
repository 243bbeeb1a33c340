"""The relay: every event once, in an order, whoever dies in between."""

import contextlib
import random

import pytest
import redis.asyncio
from redis.exceptions import RedisError

from graph.changes import chained, end
from graph.database import Graph
from graph.write import outbox
from loaders import relay as relaying
from loaders import stream
from loaders.relay import Relay
from tests.publishing.conftest import Writer, chain, counts

pytestmark = pytest.mark.anyio


class Killed(BaseException):
    """What ends a relay between two steps, as a signal would."""


async def drain(relay: Relay) -> None:
    while await relay.step():
        pass


async def test_events_are_numbered_without_a_gap_and_added_to_the_stream(
    graph: Graph, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    for _ in range(3):
        await writer.leave("ana", "bob", "cem")

    await drain(relay)

    events = await chain(graph)
    assert [each.seq for each in events] == list(range(1, 10))
    entries = await stream.read(cache, 0, 100, 100)
    assert [(each.seq, each.id, each.fields) for each in entries] == [
        (each.seq, each.id, each.fields) for each in events
    ]
    assert await counts(graph) == [0, 0, 9]


async def test_the_chain_value_of_an_event_follows_from_all_before_it(
    graph: Graph, relay: Relay, writer: Writer
):
    await writer.leave("ana", "bob")
    await drain(relay)
    await writer.leave("ana")
    await drain(relay)

    value = ""
    for each in await chain(graph):
        value = chained(value, each)
    assert await end(graph) == (3, value)


async def test_an_event_waits_for_its_predecessor_however_the_outbox_is_read(
    graph: Graph, relay: Relay, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    rows = [row for _ in range(40) for row in await writer.leave("ana", "bob")]
    shuffled = random.Random(7)

    async def some(graph: Graph, _limit: int) -> list[outbox.Event]:
        found = await waiting(graph, 1_000)
        return shuffled.sample(found, min(3, len(found)))

    waiting = outbox.waiting
    monkeypatch.setattr(relaying.outbox, "waiting", some)
    await drain(relay)

    for entity in ("ana", "bob"):
        seen = [each.version for each in await chain(graph) if each.entity == entity]
        assert seen == list(range(1, 41))
    assert len(await chain(graph)) == len(rows)


@pytest.mark.parametrize("point", ["number", "announce", "forget", "done", "resend"])
async def test_a_relay_killed_at_any_step_leaves_no_gap_and_no_duplicate(
    graph: Graph, cache: redis.asyncio.Redis, writer: Writer, point: str
):
    def kill(step: str) -> None:
        if step == point:
            raise Killed

    for _ in range(4):
        await writer.leave("ana", "bob", "cem")
        for fatal in (kill, kill if point == "resend" else None):
            dying = Relay(graph, cache, *([fatal] if fatal else []))
            with contextlib.suppress(Killed):
                await drain(dying)
            await graph.run(EXPIRE)

    await drain(Relay(graph, cache))

    events = await chain(graph)
    assert [each.seq for each in events] == list(range(1, 13))
    assert len({each.id for each in events}) == 12
    assert [each.id for each in await stream.read(cache, 0, 100, 100)] == [e.id for e in events]
    assert await counts(graph) == [0, 0, 12]


EXPIRE = outbox.Statement(
    "test.expire", outbox.Kind.WRITE, "MATCH (r:Relay) SET r.until = 0 RETURN 1"
)


async def test_a_second_relay_does_nothing_while_the_first_has_the_turn(
    graph: Graph, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    await relay.step()
    await writer.leave("ana")

    assert not await Relay(graph, cache).step()

    assert await counts(graph) == [1, 0, 1]


async def test_a_relay_that_lost_its_turn_without_knowing_numbers_nothing(
    graph: Graph, cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    await relay.step()
    await graph.run(EXPIRE)
    other = Relay(graph, cache)
    await writer.leave("ana")
    await drain(other)
    await writer.leave("ana", "bob")

    await relay.step()

    assert relay.seq == 0
    assert await counts(graph) == [2, 0, 3]
    await drain(other)
    assert [each.seq for each in await chain(graph)] == [1, 2, 3]


async def test_a_lost_answer_to_the_numbering_numbers_nothing_twice(
    graph: Graph, cache: redis.asyncio.Redis, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    await writer.leave("ana", "bob")
    number, lost = outbox.number, [True]

    async def losing(*arguments: object) -> bool:
        done = await number(*arguments)  # type: ignore[arg-type]
        return done and not lost.pop() if lost else done

    monkeypatch.setattr(relaying.outbox, "number", losing)
    await drain(Relay(graph, cache))

    assert [each.seq for each in await stream.read(cache, 0, 100, 100)] == [1, 2]
    assert await counts(graph) == [0, 0, 2]


async def test_without_redis_events_are_numbered_and_announced_later(
    graph: Graph, cache: redis.asyncio.Redis, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    gone = redis.asyncio.Redis(host="127.0.0.1", port=1)
    relay = Relay(graph, gone)
    await writer.leave("ana", "bob")
    await drain(relay)
    assert await counts(graph) == [0, 2, 2]

    relay._cache = cache
    monkeypatch.setattr(relay, "_rest_until", 0.0)
    await writer.leave("ana")
    await drain(relay)

    assert [each.seq for each in await stream.read(cache, 0, 100, 100)] == [1, 2, 3]
    assert await counts(graph) == [0, 0, 3]


async def test_a_graph_that_was_set_back_gets_a_new_stream(
    cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    await cache.xadd(stream.KEY, {"e": "[]"}, id="500-0")
    await writer.leave("ana")

    await drain(relay)

    assert [each.seq for each in await stream.read(cache, 0, 100, 100)] == [1]


@pytest.mark.parametrize("said", [{"e": "[]"}, {"e": "no json"}, {"else": "1"}])
async def test_an_entry_that_is_not_ours_is_as_if_redis_were_away(
    cache: redis.asyncio.Redis, said: dict[str, str]
):
    await cache.xadd(stream.KEY, dict(said), id="500-0")

    with pytest.raises(RedisError):
        await stream.read(cache, 0, 100, 100)


async def test_what_changes_make_stale_follows_from_label_and_relationships(
    cache: redis.asyncio.Redis, relay: Relay, writer: Writer
):
    await cache.mset({"c360:t:Party": "old", "c360:t:Order": "old", "c360:t:c:ana": "old"})
    await writer.leave("ana")

    await drain(relay)

    party, order, ana = await cache.mget("c360:t:Party", "c360:t:Order", "c360:t:c:ana")
    assert (party != b"old", order, ana) == (True, b"old", None)
