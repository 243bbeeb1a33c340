"""Places: so many at once, each principal its share, a short wait, and then a clear refusal."""

import asyncio
import time

import pytest

from api.guard.admission import QUEUE_SECONDS, Admission
from api.refusals import Refusal

pytestmark = pytest.mark.anyio


async def hold(admission: Admission, who: str, until: asyncio.Event, most: int = 99) -> str:
    async with admission.place(who, most):
        await until.wait()
    return who


async def waiting(admission: Admission, count: int) -> None:
    while admission.waiting < count:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)


async def test_a_principal_with_its_share_is_told_to_wait_and_others_come_in():
    admission, end = Admission(10), asyncio.Event()
    held = [asyncio.create_task(hold(admission, "a", end, 2)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(Refusal) as caught:
        await hold(admission, "a", end, 2)
    other = asyncio.create_task(hold(admission, "b", end, 2))
    await asyncio.sleep(0)

    assert (caught.value.status, caught.value.code) == (429, "RATE_LIMITED")
    assert caught.value.headers == {"Retry-After": "1"}
    assert admission.running == 3
    end.set()
    assert await asyncio.gather(*held, other) == ["a", "a", "b"]
    assert admission.running == 0


async def test_who_finds_no_place_waits_a_tenth_of_a_second_and_is_refused():
    admission, end = Admission(1), asyncio.Event()
    held = asyncio.create_task(hold(admission, "a", end))
    await asyncio.sleep(0)

    started = time.monotonic()
    with pytest.raises(Refusal) as caught:
        await hold(admission, "b", end)

    assert (caught.value.status, caught.value.code) == (503, "OVERLOADED")
    assert QUEUE_SECONDS * 0.9 < time.monotonic() - started < 1.0
    end.set()
    await held
    assert (admission.running, admission.waiting, admission._present) == (0, 0, {})


async def test_beyond_the_queue_nobody_waits():
    admission, end = Admission(1, queue=1), asyncio.Event()
    held = asyncio.create_task(hold(admission, "a", end))
    queued = asyncio.create_task(hold(admission, "b", end))
    await waiting(admission, 1)

    started = time.monotonic()
    with pytest.raises(Refusal):
        await hold(admission, "c", end)

    assert time.monotonic() - started < QUEUE_SECONDS / 2
    end.set()
    assert await asyncio.gather(held, queued) == ["a", "b"]


async def test_principals_take_turns_and_the_newest_of_each_goes_first():
    admission, order = Admission(1, queue=9), []
    gate = asyncio.Event()
    held = asyncio.create_task(hold(admission, "x", gate))
    await asyncio.sleep(0)

    async def come(who: str, name: str) -> None:
        async with admission.place(who, 99):
            order.append(name)

    tasks = [asyncio.create_task(come("many", f"many{n}")) for n in range(5)]
    await waiting(admission, 5)
    tasks.append(asyncio.create_task(come("one", "one0")))
    await waiting(admission, 6)
    gate.set()
    await asyncio.gather(held, *tasks)

    assert order[:2] == ["many4", "one0"]
    assert order[2:] == ["many3", "many2", "many1", "many0"]


async def test_who_gives_up_leaves_no_trace():
    admission, end = Admission(1), asyncio.Event()
    held = asyncio.create_task(hold(admission, "a", end))
    queued = asyncio.create_task(hold(admission, "b", end))
    await waiting(admission, 1)

    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    end.set()
    await held

    assert (admission.running, admission.waiting) == (0, 0)
    assert (admission._present, dict(admission._turns)) == ({}, {})
