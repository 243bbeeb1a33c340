"""Revocation: a token is only as good as its user, and the graph is asked often enough."""

import asyncio
import time

import httpx
import pytest

from api.principals.checking import Principals
from api.principals.recent import OLDEST_SECONDS, Recent
from api.tokens import InvalidToken, Principal, Verifier
from graph.database import Graph
from graph.errors import Unavailable
from tests.principals.conftest import Running, put_user
from tests.principals.test_tokens import AUDIENCE, ISSUER, PUBLIC, claims, signed

pytestmark = pytest.mark.anyio


async def refused(server: Running, token: str) -> httpx.Response:
    """Wait until a token is refused: the time within which a revocation must be known."""
    return await server.refused(token, seconds=10)


async def accepted(server: Running, token: str) -> bool:
    return (await server.send(token)).status_code == 200


async def test_a_subject_that_the_graph_does_not_know_is_the_issuers_alone(server: Running):
    assert await accepted(server, server.token("never heard of"))


async def test_a_deactivated_user_is_refused_within_seconds(server: Running, graph: Graph):
    user = await put_user(graph, "dora")
    token, fresh = server.token("dora"), server.token("dora", iat=int(time.time()) + 20)
    assert await accepted(server, token)

    payload = await server.do("userDeactivate", "user { active }", userId=user)
    answer = await refused(server, token)

    assert payload["user"]["active"] is False
    assert "sign in" in answer.json()["errors"][0]["message"]
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert not await accepted(server, fresh)


async def test_a_user_who_was_let_in_again_needs_a_new_token(server: Running, graph: Graph):
    user = await put_user(graph, "emil")
    token = server.token("emil")
    await server.do("userDeactivate", "user { id }", userId=user)
    await refused(server, token)

    await server.do("userReactivate", "user { active }", userId=user)

    later = server.token("emil", iat=int(time.time()) + 20)
    async with asyncio.timeout(10):
        while not await accepted(server, later):  # noqa: ASYNC110 - over the wire
            await asyncio.sleep(0.05)
    assert not await accepted(server, token)


async def test_ending_sessions_refuses_tokens_made_before_and_no_later_one(
    server: Running, graph: Graph
):
    user = await put_user(graph, "fay")
    before, other = server.token("fay"), server.token("gus")
    assert await accepted(server, before)

    await server.do("sessionsRevoke", "user { sessionsRevokedAt }", userId=user)
    answer = await refused(server, before)

    assert "sign in again" in answer.text
    assert await accepted(server, server.token("fay", iat=int(time.time()) + 20))
    assert await accepted(server, other)


async def test_a_user_made_inactive_by_an_import_is_refused_too(server: Running, graph: Graph):
    await put_user(graph, "hana")
    token = server.token("hana")
    assert await accepted(server, token)

    await put_user(graph, "hana", active=False)

    await refused(server, token)


async def test_deactivating_twice_is_refused(server: Running, graph: Graph):
    user = await put_user(graph, "ivo")
    await server.do("userDeactivate", "user { id }", userId=user)

    again = await server.do("userDeactivate", "user { id }", userId=user)
    unknown = await server.do("sessionsRevoke", "user { id }", userId="bm8")

    assert again["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert unknown["userErrors"][0]["code"] == "NOT_FOUND"


async def test_what_stays_open_is_told_when_its_user_may_not_go_on(
    server: Running, graph: Graph, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("api.principals.checking.RECHECK_SECONDS", 0.1)
    user = await put_user(graph, "jo")
    principals = server.backend.principals
    principal = await principals.of(server.token("jo"))
    ending = asyncio.create_task(principals.ended(principal))
    await asyncio.sleep(0.5)
    assert not ending.done()

    await server.do("sessionsRevoke", "user { id }", userId=user)

    async with asyncio.timeout(10):
        assert await ending == "The session was ended: sign in again."


async def test_what_stays_open_ends_with_its_token(server: Running):
    principals = server.backend.principals
    token = server.token("kim", exp=time.time() + 0.3)

    async with asyncio.timeout(5):
        assert await principals.ended(await principals.of(token)) == "The token has expired."


# --- without a graph ------------------------------------------------------------------------------


async def test_while_the_graph_is_away_nobody_is_let_in_unknown():
    async with Graph("bolt://127.0.0.1:9", "neo4j", "none") as nowhere:
        principals = Principals(Verifier([PUBLIC], ISSUER, AUDIENCE), nowhere)

        with pytest.raises(Unavailable):
            await principals.of(signed(claims()))
        with pytest.raises(InvalidToken):
            await principals.of(signed(claims(exp=1)))


async def test_what_stays_open_ends_when_it_could_not_be_checked_for_long(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("api.principals.checking.RECHECK_SECONDS", 0.05)
    monkeypatch.setattr("api.principals.checking.SILENT_SECONDS", 0.2)
    principal = Principal("staff", ISSUER, "ada", None, time.time() + 60, time.time())
    async with Graph("bolt://127.0.0.1:9", "neo4j", "none") as nowhere:
        principals = Principals(Verifier([PUBLIC], ISSUER, AUDIENCE), nowhere)

        async with asyncio.timeout(30):
            assert "cannot be checked" in await principals.ended(principal)


# --- what is kept, and how long -------------------------------------------------------------------


class Source:
    """Something to read that counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0
        self.value = "first"
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, key: str) -> str:
        """Read, once the gate is open."""
        self.reads += 1
        value = f"{key} {self.value}"
        await self.gate.wait()
        if self.fails:
            raise Unavailable("away")
        return value


async def test_a_young_value_is_not_read_again():
    source = Source()
    recent = Recent[str, str](source.read)

    assert [await recent.get("a") for _ in range(100)] == ["a first"] * 100
    assert source.reads == 1


async def test_an_older_value_is_used_while_it_is_read_again():
    source = Source()
    recent = Recent[str, str](source.read, young=0.05, oldest=10)
    await recent.get("a")
    source.value = "second"
    await asyncio.sleep(0.06)

    assert await recent.get("a") == "a first"
    await asyncio.sleep(0.01)
    assert await recent.get("a") == "a second"


async def test_a_value_that_is_too_old_is_never_used():
    source = Source()
    recent = Recent[str, str](source.read, young=0.01, oldest=0.05)
    await recent.get("a")
    source.fails = True
    await asyncio.sleep(0.06)

    with pytest.raises(Unavailable):
        await recent.get("a")


async def test_a_failure_in_the_background_leaves_the_value_until_it_is_too_old():
    source = Source()
    recent = Recent[str, str](source.read, young=0.01, oldest=0.2)
    await recent.get("a")
    source.fails = True
    await asyncio.sleep(0.02)

    assert await recent.get("a") == "a first"
    await asyncio.sleep(0.01)
    assert await recent.get("a") == "a first"


async def test_many_who_wait_for_one_value_cause_one_reading():
    source = Source()
    source.gate.clear()
    recent = Recent[str, str](source.read)
    waiting = [asyncio.create_task(recent.get("a")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    source.gate.set()

    found = await asyncio.gather(*waiting, return_exceptions=True)

    assert found[1:] == ["a first"] * 49
    assert source.reads == 1


async def test_a_reading_from_before_a_change_is_not_kept():
    source = Source()
    source.gate.clear()
    recent = Recent[str, str](source.read)
    waiting = asyncio.create_task(recent.get("a"))
    await asyncio.sleep(0)
    source.value = "second"
    recent.forget(lambda _: True)
    source.gate.set()
    await waiting

    assert await recent.get("a") == "a second"


async def test_the_number_of_values_is_bounded():
    source = Source()
    recent = Recent[str, str](source.read, kept=10)
    for number in range(20):
        await recent.get(str(number))

    await recent.get("19")
    assert source.reads == 20
    await recent.get("0")
    assert source.reads == 21


def test_a_revocation_is_known_within_a_minute_even_without_the_stream():
    assert OLDEST_SECONDS <= 30
