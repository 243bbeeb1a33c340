"""Kept answers are right or not kept: across viewers, writes, and a Redis that forgets or fails."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import redis.asyncio

from graph.engines import Endpoints
from loaders.responses import PREFIX, Responses, bump, request_key
from loaders.tags import tags_of
from loaders.viewer import Audience, Viewer

pytestmark = pytest.mark.anyio

TAGS = frozenset({"*", "Order", "FOR"})
ANA = Viewer(Audience.STAFF, "test", "ana")


@pytest.fixture
async def cache(endpoints: Endpoints) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.from_url(endpoints.redis_url) as opened:
        await opened.flushall()
        yield opened


class Source:
    """Something that changes, and counts how often it is asked."""

    def __init__(self) -> None:
        self.value = 1
        self.asked = 0
        self.keep = True
        self.go = asyncio.Event()
        self.go.set()

    async def make(self) -> tuple[bytes, bool]:
        """Make an answer."""
        self.asked += 1
        value = self.value
        await self.go.wait()
        return b"%d" % value, self.keep


async def until(true: Callable[[], bool]) -> None:
    """Let others go on until something is true."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.001)


async def test_an_answer_is_made_once_and_kept(cache: redis.asyncio.Redis) -> None:
    responses, source = Responses(cache), Source()

    found = [await responses.get("k", TAGS, 60, source.make) for _ in range(3)]

    assert found == [b"1", b"1", b"1"]
    assert source.asked == 1
    assert responses.counts == {"miss": 1, "hit": 2}
    assert 0 < await cache.ttl(PREFIX + "r:k") <= 60


@pytest.mark.parametrize("tag", sorted(TAGS))
async def test_a_write_to_any_tag_is_seen_by_the_next_request(
    cache: redis.asyncio.Redis, tag: str
) -> None:
    responses, source = Responses(cache), Source()
    await responses.get("k", TAGS, 60, source.make)
    source.value = 2
    await bump(cache, [tag])

    assert await responses.get("k", TAGS, 60, source.make) == b"2"
    assert await responses.get("k", TAGS, 60, source.make) == b"2"
    assert source.asked == 2


async def test_a_write_to_another_tag_changes_nothing(cache: redis.asyncio.Redis) -> None:
    responses, source = Responses(cache), Source()
    await responses.get("k", TAGS, 60, source.make)
    await bump(cache, ["Product"])

    await responses.get("k", TAGS, 60, source.make)

    assert source.asked == 1


async def test_an_answer_that_a_write_overtook_is_not_kept(cache: redis.asyncio.Redis) -> None:
    responses, source = Responses(cache), Source()
    source.go.clear()
    old = asyncio.create_task(responses.get("k", TAGS, 60, source.make))
    await until(lambda: source.asked == 1)
    source.value = 2
    await bump(cache, ["Order"])
    source.go.set()

    assert await old == b"1"
    assert await responses.get("k", TAGS, 60, source.make) == b"2"


async def test_who_comes_after_a_write_does_not_share_an_answer_from_before(
    cache: redis.asyncio.Redis,
) -> None:
    responses, source = Responses(cache), Source()
    await bump(cache, TAGS)
    source.go.clear()
    old = asyncio.create_task(responses.get("k", TAGS, 60, source.make))
    await until(lambda: source.asked == 1)
    source.value = 2
    await bump(cache, ["Order"])
    new = asyncio.create_task(responses.get("k", TAGS, 60, source.make))
    await until(lambda: source.asked == 2)
    source.go.set()

    assert (await old, await new) == (b"1", b"2")


async def test_concurrent_requests_make_an_answer_once_even_if_the_first_gives_up(
    cache: redis.asyncio.Redis,
) -> None:
    responses, source = Responses(cache), Source()
    await bump(cache, TAGS)
    source.go.clear()
    asked = [asyncio.create_task(responses.get("k", TAGS, 60, source.make)) for _ in range(20)]
    await until(lambda: responses.counts.total() == 20)
    asked[0].cancel()
    source.go.set()

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [b"1"] * 19
    assert source.asked == 1


async def test_what_must_not_be_kept_is_made_every_time(cache: redis.asyncio.Redis) -> None:
    responses, source = Responses(cache), Source()
    source.keep = False

    assert [await responses.get("k", TAGS, 60, source.make) for _ in range(2)] == [b"1", b"1"]
    assert source.asked == 2
    assert not await cache.exists(PREFIX + "r:k")


@pytest.mark.parametrize("lost", ["everything", "one tag", "the entry"])
async def test_a_redis_that_forgot_brings_nothing_old_back(
    cache: redis.asyncio.Redis, lost: str
) -> None:
    responses, source = Responses(cache), Source()
    await responses.get("k", TAGS, 60, source.make)
    kept = await cache.get(PREFIX + "r:k")
    source.value = 2
    await bump(cache, ["Order"])
    if lost == "everything":
        await cache.flushall()
    else:
        await cache.delete(PREFIX + ("t:Order" if lost == "one tag" else "r:k"))
    await cache.set(PREFIX + "r:k", kept)  # a replica that lagged behind, a restored dump

    assert await responses.get("k", TAGS, 60, source.make) == b"2"


async def test_without_redis_answers_come_from_the_source_and_quickly() -> None:
    async with redis.asyncio.from_url("unix:///nonexistent/valkey.sock") as gone:
        responses, source = Responses(gone), Source()
        async with asyncio.timeout(2):
            found = [await responses.get("k", TAGS, 60, source.make) for _ in range(50)]

    assert found == [b"1"] * 50
    assert responses.counts == {"away": 50}


async def test_an_error_reaches_who_asked_and_is_not_kept(cache: redis.asyncio.Redis) -> None:
    responses, source = Responses(cache), Source()

    async def fail() -> tuple[bytes, bool]:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await responses.get("k", TAGS, 60, fail)
    assert await responses.get("k", TAGS, 60, source.make) == b"1"


def test_a_key_is_of_one_viewer_one_document_and_one_set_of_variables() -> None:
    viewers = [
        ANA,
        Viewer(Audience.STAFF, "test", "bob"),
        Viewer(Audience.STAFF, "other", "ana"),
        Viewer(Audience.PARTNER, "test", "ana"),
    ]
    keys = {
        request_key(query, name, variables, viewer)
        for query in ("{ a }", "{ b }")
        for name in (None, "Q")
        for variables in (None, {"n": 1}, {"n": 2}, {"n": "1"})
        for viewer in viewers
    }

    assert len(keys) == 2 * 2 * 4 * 4


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("MATCH (n0:Order {id: $p0}) RETURN [n0.number] AS answer", {"Order"}),
        (
            "MATCH (n:Person) RETURN COLLECT { MATCH (n)-[e:WORKS_AT]->(m) RETURN m.name }",
            {"Person", "WORKS_AT", "Company"},
        ),
        (
            "MATCH (n:Case)-[:FOR|CONCERNS]->(m) RETURN m.id",
            {"FOR", "CONCERNS", "Party", "Product"},
        ),
    ],
)
def test_a_statement_reads_what_it_names_and_what_stands_at_the_far_end(
    text: str, some: set[str]
) -> None:
    found = tags_of(text)

    assert found is not None
    assert some | {"*"} <= found


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Order) WHERE n.dueOn < toString(date()) RETURN n.id",
        "MATCH (n:Order) WHERE n.at < toString(datetime()) RETURN n.id",
        "MATCH (n:Order)--(m) RETURN m.id",
        "MATCH (n:Order)-[e]->(m) RETURN m.id",
        "MATCH (n:Order)-[*1..2]-(m) RETURN m.id",
        "MATCH (n:Order)-[]-(m) RETURN m.id",
        "CALL db.index.fulltext.queryNodes('search', $p0) YIELD node RETURN node.id",
        "MATCH (n:$($p0)) RETURN n.id",
    ],
)
def test_what_depends_on_the_time_or_on_more_than_it_names_is_not_kept(text: str) -> None:
    assert tags_of(text) is None
