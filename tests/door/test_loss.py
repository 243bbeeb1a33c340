"""A server under load while the network between it and its engines does what networks do."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api.connections import graph_at
from graph.engines import Endpoints
from graph.statements import Kind, Statement
from tests.api.conftest import Place, new_place, started
from tests.door.faults import Proxy
from tests.door.load import Load, crowd, percentile

pytestmark = pytest.mark.anyio

__all__ = ["new_place"]

ANSWERED_SECONDS = 3.0
NOTICED_SECONDS = 2.0
RECOVERED_SECONDS = 5.0
UPSERT = (
    "mutation Make($input: PersonUpsertInput!) { personUpsert(input: $input) { person { id } } }"
)
WRITTEN = Statement(
    "test.calls",
    Kind.READ,
    "MATCH (i:Call) WHERE i.subject STARTS WITH $prefix RETURN i.subject, count(*)",
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own, its two proxies, and a load."""

    bolt: Proxy
    cache: Proxy
    http: httpx.AsyncClient
    load: Load
    count: Callable[[], Awaitable[dict[str, int]]]


@pytest.fixture(scope="module")
async def served(migrated: Endpoints, new_place: Any) -> AsyncIterator[Served]:
    """Serve from the session's engines, through proxies."""
    place: Place = new_place("loss")
    bolt, cache = Proxy(migrated.neo4j_uri), Proxy(migrated.redis_url)
    await bolt.start()
    await cache.start()
    changes = {
        "NEO4J_URI": f"{urlsplit(migrated.neo4j_uri).scheme}://127.0.0.1:{bolt.port}",
        "NEO4J_PASSWORD": migrated.neo4j_password,
        "REDIS_URL": f"redis://127.0.0.1:{cache.port}/0",
    }
    headers = {"authorization": f"Bearer {place.token()}"}
    limits = httpx.Limits(max_connections=300)
    with started(place, "serve", **changes) as server:
        try:
            async with (
                httpx.AsyncClient(base_url=place.address, headers=headers, limits=limits) as http,
                graph_at(migrated) as graph,
            ):
                await ready(http)
                prefix = uuid.uuid4().hex

                async def count() -> dict[str, int]:
                    return dict(await graph.run(WRITTEN, {"prefix": prefix}))

                load = Load(http, await person(http), "Ana", prefix)
                await load.warm()
                yield Served(bolt, cache, http, load, count)
        finally:
            # Closed before the proxies are: a server that stops says goodbye to its engines.
            await asyncio.to_thread(server.stop)
            await bolt.close()
            await cache.close()


async def ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(120):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await http.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)


async def person(http: httpx.AsyncClient) -> str:
    given = {"source": "door", "externalId": uuid.uuid4().hex, "name": "Ana"}
    body = {"query": UPSERT, "variables": {"input": given}}
    answer = (await http.post("/graphql", json=body, timeout=30)).json()
    return answer["data"]["personUpsert"]["person"]["id"]


@dataclass(slots=True)
class Health:
    """What a server said of itself: every status of /livez, and when /readyz first said 503."""

    alive: set[int] = field(default_factory=set[int])
    noticed: float | None = None

    async def told(self, most: float) -> None:
        """Wait until it was noticed, for so long at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most):
                while self.noticed is None:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.02)


@asynccontextmanager
async def observed(http: httpx.AsyncClient) -> AsyncIterator[Health]:
    """Ask for the server's health all the while."""
    found, started = Health(), time.monotonic()

    async def look() -> None:
        while True:
            found.alive.add((await http.get("/livez", timeout=5)).status_code)
            status = (await http.get("/readyz", timeout=5)).status_code
            if status == 503 and found.noticed is None:
                found.noticed = time.monotonic() - started
            await asyncio.sleep(0.05)

    looking = asyncio.create_task(look())
    try:
        yield found
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking


def amounts(*full: Any) -> Any:
    """Counts for every day, and those an issue names."""
    return pytest.param(*full, marks=pytest.mark.full)


# What `test_faults` does without a load is not done again every day.
EVERY_DAY = ("reset", "cut", "flap")
ALL = ("refuse", "reset", "blackhole", "half", "cut", "flap", "delay")
# In the others the graph does answer, if late or only now and then.
AWAY = {"refuse", "reset", "blackhole", "half", "cut"}


@pytest.mark.parametrize(
    ("modes", "seconds", "rate"), [(EVERY_DAY, 1.0, 30.0), amounts(ALL, 6.0, 40.0)]
)
async def test_while_the_graph_cannot_be_reached_nobody_waits_and_nothing_is_lost_or_doubled(
    served: Served,
    modes: tuple[str, ...],
    seconds: float,
    rate: float,
    record_testsuite_property: Callable[[str, object], None],
):
    load, back = served.load, list[float]()
    await load.run("calm", 1.0, rate)
    await load.settled()
    noticed = dict[str, float | None]()
    for mode in modes:
        async with observed(served.http) as health:
            await served.bolt.set(mode)
            await load.run(mode, seconds, rate)
            if mode in AWAY:
                await health.told(NOTICED_SECONDS * crowd())
        noticed[mode] = health.noticed
        assert health.alive == {200}
        await served.bolt.set("pass")
        back.append(await load.recovered(RECOVERED_SECONDS * crowd()))
    await load.settled()
    counted = await served.count()

    record_testsuite_property(
        "graph away", f"{load.shown()}\nback after {back}, noticed after {noticed}"
    )
    assert load.bad() == [], load.shown()
    assert load.slowest() < ANSWERED_SECONDS * crowd(), load.shown()
    for mode in AWAY & {*modes}:
        found = noticed[mode]
        assert found is not None
        assert found < NOTICED_SECONDS * crowd()
    assert load.owed == set()
    assert counted == dict.fromkeys(load.acknowledged, 1)


@pytest.mark.parametrize(
    ("modes", "seconds", "rate"), [(("reset", "flap"), 1.0, 30.0), amounts(ALL, 6.0, 40.0)]
)
async def test_while_redis_cannot_be_reached_every_answer_is_right_and_hardly_later(
    served: Served,
    modes: tuple[str, ...],
    seconds: float,
    rate: float,
    record_testsuite_property: Callable[[str, object], None],
):
    load = served.load
    # What the cache answers in calm is planned by the graph when the cache is first away.
    await served.cache.set("refuse")
    await load.warm()
    await served.cache.set("pass")
    await ready(served.http)
    await load.run("calm", max(2.0, seconds), rate)
    for mode in modes:
        await served.cache.set(mode)
        await load.run(mode, seconds, rate)
        await served.cache.set("pass")
        await ready(served.http)
    await load.settled()
    counted = await served.count()

    record_testsuite_property("redis away", load.shown())
    assert {each.outcome for each in load.answers} == {"right"}, load.shown()
    calm = percentile(load.of("calm"), 0.99)
    for mode in modes:
        # The first who finds out pays for it: a call of the budgets may take a quarter of a second.
        assert percentile(load.of(mode), 0.9) < 2 * calm + 0.05 * crowd(), load.shown()
    assert counted == dict.fromkeys(load.acknowledged, 1)
