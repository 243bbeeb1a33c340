"""Jobs: run once by one worker, taken over when it dies, and not lost with Redis."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis.asyncio

from api.worker import jobs as working
from api.worker.jobs import Jobs
from graph.database import Graph
from graph.engines import Endpoints
from graph.errors import Unavailable
from graph.jobs import Run, Runner
from graph.statements import Kind, Statement
from graph.write import queue

pytestmark = pytest.mark.anyio

STATE = Statement(
    "test.state",
    Kind.READ,
    "MATCH (j:Job {id: $id}) RETURN j.state, j.done, j.total, j.summary, j.error, j.attempts",
)
SILENCE = Statement("test.silence", Kind.WRITE, "MATCH (j:Job) SET j.until = 0 RETURN 1")


@asynccontextmanager
async def serving(graph: Graph, url: str, **runners: Runner) -> AsyncGenerator[None]:
    task = asyncio.create_task(Jobs(graph, runners, url).serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(graph: Graph, id_: str, *states: str) -> list[Any]:
    async with asyncio.timeout(60):
        while True:
            found = (await graph.run(STATE, {"id": id_}))[0]
            if found[0] in (states or ("DONE", "FAILED", "CANCELLED")):
                return found
            await asyncio.sleep(0.05)


async def count(run: Run) -> dict[str, Any]:
    for done in range(1, run.parameters["to"] + 1):
        await run.progress(done, run.parameters["to"], {"at": done})
    return {"counted": run.parameters["to"]}


async def test_a_job_is_run_and_says_how_far_it_came(
    graph: Graph,
    cache: redis.asyncio.Redis,  # noqa: ARG001 - emptied
    endpoints: Endpoints,
):
    id_, fresh = await queue.enqueue(graph, "COUNT", "a", {"to": 5})
    async with serving(graph, endpoints.redis_url, COUNT=count):
        assert await ended(graph, id_) == ["DONE", 5, 5, '{"counted":5}', None, 1]
    assert fresh


async def test_a_job_of_a_kind_and_key_that_waits_is_not_queued_twice(graph: Graph):
    first, again = (
        await queue.enqueue(graph, "COUNT", "a"),
        await queue.enqueue(graph, "COUNT", "a"),
    )

    assert (first[1], again[1]) == (True, False)
    assert first[0] == again[0]


async def test_two_workers_that_want_one_job_do_not_both_get_it(graph: Graph):
    id_, _ = await queue.enqueue(graph, "COUNT", "a")

    claimed = await asyncio.gather(*(queue.claim(graph, id_, str(i)) for i in range(8)))

    assert sum(each is not None for each in claimed) == 1


async def test_a_job_is_not_run_before_it_is_due(graph: Graph):
    later = datetime.now(UTC) + timedelta(hours=1)
    id_, _ = await queue.enqueue(graph, "COUNT", "a", due=later)

    assert await queue.due(graph) == []
    assert await queue.claim(graph, id_, "me") is None


async def test_the_job_of_a_dead_worker_goes_on_where_it_was(graph: Graph):
    id_, _ = await queue.enqueue(graph, "COUNT", "a", {"to": 5})
    dead = await queue.claim(graph, id_, "dead")
    assert dead
    assert await queue.beat(graph, id_, "dead", 2, 5, {"at": 2})
    assert await queue.claim(graph, id_, "heir") is None
    await graph.run(SILENCE)

    assert await queue.due(graph) == [id_]
    heir = await queue.claim(graph, id_, "heir")

    assert heir
    assert (heir.position, heir.attempt) == ({"at": 2}, 2)
    assert not await queue.beat(graph, id_, "dead", 3)
    assert not await queue.finish(graph, dead, None)


async def test_a_cancelled_job_ends_at_its_next_sign_of_life(
    graph: Graph,
    cache: redis.asyncio.Redis,  # noqa: ARG001 - emptied
    endpoints: Endpoints,
):
    stopped = asyncio.Event()

    async def endless(run: Run) -> None:
        try:
            while True:
                await run.progress(1)
                await asyncio.sleep(0.02)
        finally:
            stopped.set()

    id_, _ = await queue.enqueue(graph, "ENDLESS", "a")
    async with serving(graph, endpoints.redis_url, ENDLESS=endless):
        await ended(graph, id_, "RUNNING")
        assert await queue.cancel(graph, id_)
        async with asyncio.timeout(60):
            await stopped.wait()
    assert (await ended(graph, id_))[0] == "CANCELLED"


async def test_a_job_that_fails_says_so_and_one_without_the_graph_is_tried_again(
    graph: Graph,
    cache: redis.asyncio.Redis,  # noqa: ARG001 - emptied
    endpoints: Endpoints,
    monkeypatch: pytest.MonkeyPatch,
):
    async def broken(_: Run) -> None:
        raise ValueError("a defect")

    async def shaky(run: Run) -> None:
        if run.attempt < 3:
            raise Unavailable("away")

    monkeypatch.setattr(working, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(working, "SWEEP_SECONDS", 0.05)
    defect, _ = await queue.enqueue(graph, "BROKEN", "a")
    second, _ = await queue.enqueue(graph, "SHAKY", "a")
    unknown, _ = await queue.enqueue(graph, "UNKNOWN", "a")
    async with serving(graph, endpoints.redis_url, BROKEN=broken, SHAKY=shaky):
        assert (await ended(graph, defect))[4] == "INTERNAL"
        assert (await ended(graph, second, "DONE"))[5] == 3
        assert (await ended(graph, unknown))[4] == "UNKNOWN_KIND"


async def test_without_redis_jobs_are_run_all_the_same(graph: Graph):
    id_, _ = await queue.enqueue(graph, "COUNT", "a", {"to": 2})
    async with serving(graph, "redis://127.0.0.1:1", COUNT=count):
        assert (await ended(graph, id_))[0] == "DONE"


async def test_a_worker_that_stops_puts_its_job_back(
    graph: Graph,
    cache: redis.asyncio.Redis,  # noqa: ARG001 - emptied
    endpoints: Endpoints,
):
    async def endless(_: Run) -> None:
        await asyncio.Event().wait()

    id_, _ = await queue.enqueue(graph, "ENDLESS", "a")
    async with serving(graph, endpoints.redis_url, ENDLESS=endless):
        await ended(graph, id_, "RUNNING")

    assert (await ended(graph, id_, "QUEUED"))[4] == "INTERRUPTED"
    assert await queue.due(graph) == [id_]
