"""Requests that the process itself is too late for."""

import asyncio
from collections import Counter

import httpx
import pytest

from api.guard.lateness import FORGIVEN_SECONDS, LATE_SECONDS, WARY_SECONDS, Lateness
from tests.door.conftest import Running

pytestmark = pytest.mark.anyio

ANA, BOB = b"Bearer ana", b"Bearer bob"


def test_who_waited_for_a_single_stall_is_answered():
    lateness = Lateness()

    assert not lateness.turns_away(ANA, 10.0, 10.0)
    stalled = [lateness.turns_away(ANA, 10.1, 10.6 + n / 1000) for n in range(100)]

    assert not any(stalled)
    assert lateness.refused == 0


def test_while_there_is_more_to_do_than_can_be_done_who_waited_too_long_is_turned_away():
    lateness = Lateness()
    lateness.turns_away(ANA, 10.0, 10.2)

    late = 10.2 + FORGIVEN_SECONDS + 0.01

    assert lateness.turns_away(ANA, late - 0.2, late)
    assert not lateness.turns_away(ANA, late, late + LATE_SECONDS - 0.01)
    # Not forgiven again, as long as there is somebody who came too late.
    assert lateness.turns_away(ANA, late, late + LATE_SECONDS + 0.01)
    after = late + LATE_SECONDS + 0.01 + WARY_SECONDS
    assert not lateness.turns_away(ANA, after - 0.01, after)
    assert not lateness.turns_away(ANA, after - 0.2, after + 0.01)
    assert lateness.refused == 2


def test_it_is_busy_for_a_second_after_something_came_late():
    lateness = Lateness()
    lateness.turns_away(ANA, 10.0, 10.01)
    assert not lateness.busy(10.01)

    lateness.turns_away(ANA, 10.0, 10.05)

    assert lateness.busy(10.06)
    assert not lateness.busy(10.06 + WARY_SECONDS)


def crowded(greedy: bytes, others: int) -> Lateness:
    """With more to do than can be done, most of it for one caller."""
    lateness = Lateness()
    for n in range(1_000):
        now = 10.0 + n / 500
        lateness.turns_away(greedy if n % 5 else b"Bearer %d" % (n % others), now - 0.2, now)
    assert lateness.refused > 0
    return lateness


def test_who_sends_most_is_turned_away_before_others_are():
    lateness = crowded(ANA, 40)

    assert lateness.turns_away(ANA, 11.94, 12.0)
    assert not lateness.turns_away(BOB, 11.94, 12.0)
    assert lateness.turns_away(BOB, 11.89, 12.0)


def test_a_crowd_of_tokens_does_not_make_a_caller_look_greedy():
    lateness = Lateness()
    for n in range(2_000):
        now = 10.0 + n / 1000
        lateness.turns_away(ANA if n % 20 == 0 else b"Bearer %d" % n, now - 0.2, now)

    assert lateness.refused > 0
    assert not lateness.turns_away(ANA, 11.94, 12.0)


def slow(number: int) -> str:
    """A text that takes long to be refused, and is not known from before."""
    fields = " ".join(f"a{n}: customers {{ edges {{ node {{ nope{n} }} }} }}" for n in range(28))
    return f"query Q{number} {{ {fields} }}"


async def test_a_server_with_too_much_to_do_turns_away_the_late_and_answers_the_others(
    running: Running,
):
    codes = Counter[str]()
    headers = {"authorization": f"Bearer {running.token()}"}

    async def one(http: httpx.AsyncClient, number: int) -> None:
        body = {"query": slow(number)}
        sent = await http.post(running.url, json=body, headers=headers)
        codes[sent.json()["errors"][0]["extensions"]["code"]] += 1
        if sent.status_code == 503:
            assert sent.headers["retry-after"] == "1"

    # Who asks is known by then: nothing of what follows waits for anybody but this process.
    await running.ask("{ __typename }")
    before = running.backend.guard.lateness.refused
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(limits=limits, timeout=60) as http:
        await asyncio.gather(*(one(http, number) for number in range(150)))

    assert set(codes) == {"INVALID_DOCUMENT", "OVERLOADED"}
    assert codes["OVERLOADED"] == running.backend.guard.lateness.refused - before > 0
