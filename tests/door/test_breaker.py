"""How a breaker judges what became of a question."""

import asyncio

import pytest

from graph.breaker import Breaker

pytestmark = pytest.mark.anyio


async def test_an_answer_that_is_late_tells_of_nobody_else_while_this_process_is_late():
    asked = list[int]()

    async def ping() -> None:
        asked.append(1)

    breaker = Breaker(ping)
    breaker.late = lambda: True
    breaker.failed(TimeoutError())
    breaker.failed(TimeoutError())
    await asyncio.sleep(0.01)
    assert (breaker.open, asked) == (False, [1])

    breaker.late = lambda: False
    breaker.failed(TimeoutError())

    assert breaker.open
    await breaker.close()


async def test_without_a_sign_of_life_a_late_process_knows_it_too():
    async def ping() -> None:
        raise ConnectionError

    breaker = Breaker(ping)
    breaker.late = lambda: True
    breaker.failed(TimeoutError())
    await asyncio.sleep(0.01)

    assert breaker.open
    await breaker.close()


async def test_a_refusal_needs_no_second_look():
    async def ping() -> None:
        raise ConnectionError

    breaker = Breaker(ping)
    breaker.late = lambda: True
    breaker.failed(ConnectionRefusedError())

    assert breaker.open
    await breaker.close()
