"""The stages of a request: each has its time, and nobody works for a client that left."""

import asyncio
import time

import pytest
from starlette.types import Message

from api.waiting import Gone, Waiting

pytestmark = pytest.mark.anyio


class First(Exception):
    """The first stage took too long."""


class Second(Exception):
    """The second one did."""


async def nothing_comes() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_stage_that_is_over_raises_what_it_said_however_long_the_one_before_was_allowed():
    started = time.monotonic()

    async def work() -> None:
        with Waiting(nothing_comes) as waiting:
            waiting.stage(30, First)
            await asyncio.sleep(0.1)
            waiting.stage(0.1, Second)
            await asyncio.sleep(30)

    with pytest.raises(Second):
        await work()

    assert 0.15 < time.monotonic() - started < 5
    await asyncio.sleep(0)  # the task goes on: nothing of the cancellation is left


async def test_a_client_that_leaves_ends_the_stage_that_looks():
    async def leaves() -> Message:
        return {"type": "http.disconnect"}

    async def work() -> None:
        with Waiting(leaves) as waiting:
            waiting.stage(30, First, looks=True)
            await asyncio.sleep(30)

    with pytest.raises(Gone):
        await work()


async def test_a_cancellation_by_somebody_else_stays_one():
    async def work() -> None:
        with Waiting(nothing_comes) as waiting:
            waiting.stage(30, First)
            await asyncio.sleep(30)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_done_in_time_hears_nothing():
    with Waiting(nothing_comes) as waiting:
        waiting.stage(0.05, First)
        waiting.stage(30, Second, looks=True)
        found = await asyncio.sleep(0.15, "done")

    assert found == "done"
