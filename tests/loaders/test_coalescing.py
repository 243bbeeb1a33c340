"""When requests leave: at once, with others, or beside others."""

import asyncio

import pytest

from loaders.coalescing import Coalescer

pytestmark = pytest.mark.anyio


class Sendings:
    """Answers that come when they are told to, and what each sending carried."""

    def __init__(self) -> None:
        self.carried: list[list[int]] = []
        self._done: list[asyncio.Event] = []
        self.coalescer = Coalescer[int, int](self._one, self._many, max_batch=4, lanes=2)
        self.asked: list[asyncio.Task[int]] = []

    async def ask(self, *numbers: int) -> list[list[int]]:
        """Ask, and say what is sent then."""
        asking = [asyncio.create_task(self.coalescer.ask("kind", each)) for each in numbers]
        self.asked += asking
        return await self._settled()

    async def answer(self, sending: int) -> list[list[int]]:
        """Let one sending be answered, and say what is sent then."""
        self._done[sending].set()
        return await self._settled()

    async def _settled(self) -> list[list[int]]:
        for _ in range(10):
            await asyncio.sleep(0)
        return self.carried

    async def _one(self, number: int) -> int:
        return (await self._many([number]))[0]

    async def _many(self, numbers: list[int]) -> list[int]:
        done = asyncio.Event()
        self.carried.append(numbers)
        self._done.append(done)
        await done.wait()
        return [each * 10 for each in numbers]


async def test_few_requests_travel_alone_in_all_lanes():
    sendings = Sendings()

    assert await sendings.ask(1, 2, 3) == [[1], [2]]
    assert await sendings.answer(0) == [[1], [2], [3]]
    await sendings.answer(1)
    assert await sendings.ask(4) == [[1], [2], [3], [4]]


async def test_while_a_batch_is_in_flight_less_than_a_batch_waits_for_it():
    sendings = Sendings()
    await sendings.ask(1, 2, 3, 4, 5)
    await sendings.answer(0)
    assert await sendings.answer(1) == [[1], [2], [3, 4, 5]]

    assert await sendings.ask(6, 7, 8) == [[1], [2], [3, 4, 5]]
    assert await sendings.ask(9) == [[1], [2], [3, 4, 5], [6, 7, 8, 9]]
    assert await sendings.ask(10, 11, 12, 13) == [[1], [2], [3, 4, 5], [6, 7, 8, 9]]
    assert (await sendings.answer(2))[4:] == [[10, 11, 12, 13]]
    await sendings.answer(3)
    await sendings.answer(4)

    assert await asyncio.gather(*sendings.asked) == [number * 10 for number in range(1, 14)]


async def test_who_waits_behind_one_that_is_cancelled_leaves_all_the_same():
    sendings = Sendings()
    await sendings.ask(1, 2, 3)
    sendings.asked[0].cancel()
    sendings.asked[1].cancel()

    assert await sendings.ask() == [[1], [2], [3]]
    await sendings.answer(2)
    assert await sendings.asked[2] == 30
