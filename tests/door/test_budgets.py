"""Points: never more is spent than there is, by all processes together, with Redis and without."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import redis.asyncio

from api.guard.budgets import PREFIX, Budgets
from api.guard.rules import DEFAULTS, Rules
from graph.breaker import Breaker
from graph.engines import Endpoints

pytestmark = pytest.mark.anyio

RULES = replace(DEFAULTS["partner"], budget=100, restore=1)


@pytest.fixture
async def cache(endpoints: Endpoints) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.from_url(endpoints.redis_url) as opened:
        async for name in opened.scan_iter(match=PREFIX + "*"):
            await opened.unlink(name)
        yield opened


def budgets(cache: redis.asyncio.Redis) -> Budgets:
    """The budgets of one process."""
    return Budgets(cache, Breaker(cache.ping))


async def spend(process: Budgets, price: int, rules: Rules = RULES) -> bool:
    return (await process.charge("ana", rules, price)).wait == 0


async def test_a_principal_spends_its_points_and_then_waits(cache: redis.asyncio.Redis):
    process = budgets(cache)

    paid = [await spend(process, 10) for _ in range(12)]
    refused = await process.charge("ana", RULES, 10)

    assert paid == [True] * 10 + [False] * 2
    assert 8 <= refused.wait <= 10
    assert refused.shown() == {
        "requested": 10,
        "limit": 100,
        "remaining": refused.remaining,
        "restoreRate": 1,
    }
    assert refused.remaining < 10


async def test_what_remains_is_what_was_there_less_the_price(cache: redis.asyncio.Redis):
    process = budgets(cache)

    remaining = [(await process.charge("ana", RULES, 7)).remaining for _ in range(3)]

    assert remaining == [93, 86, 79]


async def test_several_processes_together_spend_no_more_than_there_is(cache: redis.asyncio.Redis):
    processes = [budgets(cache) for _ in range(3)]

    started = time.monotonic()
    paid = await asyncio.gather(*(spend(each, 3) for _ in range(40) for each in processes))

    restored = time.monotonic() - started + 1
    assert sum(paid) * 3 <= 100 + restored
    assert sum(paid) * 3 >= 60


async def test_one_principals_points_are_nobody_elses(cache: redis.asyncio.Redis):
    process = budgets(cache)
    while await spend(process, 50):
        pass

    assert (await process.charge("bea", RULES, 50)).wait == 0


async def test_points_come_back(cache: redis.asyncio.Redis):
    rules, process = replace(RULES, restore=1_000), budgets(cache)
    assert await spend(process, 100, rules)

    await asyncio.sleep(0.15)

    assert await spend(process, 100, rules)


async def test_without_redis_each_process_goes_on_with_what_it_knows(cache: redis.asyncio.Redis):
    process = budgets(cache)
    assert await spend(process, 60)
    process._breaker.open = True

    paid = [await spend(process, 10) for _ in range(10)]

    assert sum(paid) in (4, 5)
    assert paid[:4] == [True] * 4


async def test_a_redis_that_fails_opens_the_breaker_and_nobody_notices():
    lost = redis.asyncio.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    process = Budgets(lost, Breaker(lost.ping))

    paid = [await spend(process, 10) for _ in range(11)]

    assert paid == [True] * 10 + [False]
    assert process._breaker.open
    await process._breaker.close()
    await lost.aclose()


async def test_no_key_in_redis_tells_whose_it_is(cache: redis.asyncio.Redis):
    await budgets(cache).charge("staff https://login.example.org ana@example.org", RULES, 1)

    names = [name async for name in cache.scan_iter(match=PREFIX + "*")]
    assert len(names) == 1
    assert b"ana" not in names[0]
    assert 0 < await cache.ttl(names[0]) <= 200


async def test_most_requests_ask_nobody(cache: redis.asyncio.Redis):
    rules, process = replace(RULES, budget=1_000_000), budgets(cache)
    await spend(process, 1, rules)
    before = (await cache.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0)

    started = time.perf_counter()
    for _ in range(500):
        await spend(process, 1, rules)
    each = (time.perf_counter() - started) / 500

    after = (await cache.info("commandstats")).get("cmdstat_evalsha", {}).get("calls", 0)
    assert after - before <= 3
    assert each < 60e-6 * 5
