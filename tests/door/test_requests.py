"""Through the door: cost, hashes, suggestions, browsers, figures, and a server that stops."""

import asyncio
import hashlib
import json
from typing import Any

import httpx
import pytest
import websockets

from tests.door.conftest import PAGE, Running, Serve, codes

pytestmark = pytest.mark.anyio

KNOWN = "{customers(first: 4){totalCount}}"


def persisted(text: str) -> dict[str, Any]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


async def test_an_answer_says_what_was_asked_cost_and_what_is_left(running: Running):
    text = "query($n: Int!){customers(first: $n){edges{node{id}}}}"

    found = [await running.ask(text, variables={"n": n}, subject="payer") for n in (5, 50)]

    costs = [each.json()["extensions"]["cost"] for each in found]
    assert [each["requested"] for each in costs] == [5, 50]
    assert set(costs[0]) == {"requested", "limit", "remaining", "restoreRate"}
    assert len(found[0].json()["data"]["customers"]["edges"]) <= 5


async def test_a_kept_answer_costs_the_same(running: Running):
    first, second = [(await running.ask(KNOWN)).json() for _ in range(2)]

    assert first["data"] == second["data"]
    assert [each["extensions"]["cost"]["requested"] for each in (first, second)] == [1, 1]


async def test_the_price_does_not_tell_what_there_is(running: Running):
    asked = "{customers(first: 10){edges{node{interactions(first: 10){edges{node{at}}}}}}}"
    before = (await running.ask(asked)).json()["extensions"]["cost"]["requested"]
    given = '{source: "door", externalId: "priced", name: "Ana"}'
    await running.ask(f"mutation {{personUpsert(input: {given}) {{person {{id}}}}}}")

    after = (await running.ask(asked)).json()["extensions"]["cost"]["requested"]

    assert before == after == 110


async def test_who_has_spent_its_points_is_told_when_to_come_again(running: Running):
    answers = [await running.ask("{__typename}", "customer", subject="poor") for _ in range(4)]

    last = answers[-1]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert last.headers["retry-after"] == "1"
    assert last.json()["errors"][0]["extensions"]["cost"]["requested"] == 1


async def test_an_answer_carries_five_errors_at_most(running: Running):
    unknown = await running.ask("{a b c d e f g h}")
    failed = await running.ask(
        "{" + " ".join(f'n{n}: node(id: "x{n}"){{id}}' for n in range(9)) + "}"
    )

    assert len(unknown.json()["errors"]) == 5
    assert len(failed.json()["errors"]) == 5
    assert len(failed.json()["data"]) == 9


async def test_only_staff_is_told_what_was_probably_meant(running: Running):
    text = '{nodee(id: "x"){id}}'

    staff, partner = [await running.ask(text, each) for each in ("staff", "partner")]

    assert "Did you mean" in staff.text
    assert "Did you mean" not in partner.text
    assert codes(partner) == codes(staff)


async def test_introspection_can_be_switched_off_for_an_audience(running: Running):
    text = '{__type(name: "Query"){name}}'

    assert (await running.ask(text, "partner")).json()["data"] == {"__type": {"name": "Query"}}
    assert codes(await running.ask(text, "customer", subject="curious")) == ["INTROSPECTION_OFF"]


async def test_a_text_is_found_by_its_hash_once_it_was_sent(running: Running):
    text = "{customers(first: 6){totalCount}}"
    unknown = await running.ask(None, extensions=persisted(text))

    sent = await running.ask(text, extensions=persisted(text))
    found = await running.ask(None, extensions=persisted(text))
    other = await running.ask(None, "partner", extensions=persisted(text))

    assert codes(unknown) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert sent.json()["data"] == found.json()["data"]
    assert codes(other) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_a_hash_is_known_to_other_processes(running: Running, serve: Serve):
    text = "{customers(first: 7){totalCount}}"
    await running.ask(text, extensions=persisted(text))

    other = await serve()

    assert "data" in (await other.ask(None, extensions=persisted(text))).json()


async def test_where_only_stored_operations_are_answered_others_are_not(serve: Serve):
    text = "query Stored {__typename}"
    server = await serve(operations=(text,), partner="trusted=on")

    stored = await server.ask(text, "partner")
    hashed = await server.ask(None, "partner", extensions=persisted(text))
    other = await server.ask("{__typename}", "partner")
    sneaked = await server.ask("{__typename}", "partner", extensions=persisted("{__typename}"))
    staff = await server.ask("{__typename}")

    assert stored.json()["data"] == hashed.json()["data"] == {"__typename": "Query"}
    assert codes(other) == codes(sneaked) == ["NOT_TRUSTED"]
    assert "data" in staff.json()


async def test_a_listed_page_may_call_and_another_may_not(running: Running):
    headers = {"Access-Control-Request-Method": "POST"}

    good = await running.http.options(running.url, headers={"Origin": PAGE, **headers})
    bad = await running.http.options(
        running.url, headers={"Origin": PAGE + ".evil.example", **headers}
    )
    answer = await running.post('{"query": "{__typename}"}', origin=PAGE)

    assert good.status_code == 204
    assert good.headers["access-control-allow-origin"] == PAGE
    assert "authorization" in good.headers["access-control-allow-headers"]
    assert bad.status_code == 405
    assert "access-control-allow-origin" not in bad.headers
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize("path", ["graphql", "livez", "nothing"])
async def test_every_answer_tells_a_browser_to_leave_it_alone(running: Running, path: str):
    answer = await running.http.get(running.url.replace("graphql", path))

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers or answer.headers["server"] == "uvicorn"


async def connect(running: Running, **more: Any) -> websockets.ClientConnection:
    url = running.url.replace("http", "ws", 1)
    return await websockets.connect(url, subprotocols=["graphql-transport-ws"], **more)


async def converse(socket: websockets.ClientConnection, running: Running, *said: Any) -> list[Any]:
    """Introduce oneself, say something, and hear everything until the first end."""
    payload = {"authorization": f"Bearer {running.token()}"}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    heard = [json.loads(await socket.recv())]
    for each in said:
        await socket.send(json.dumps(each))
    while heard[-1]["type"] not in ("complete", "error"):
        heard.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
    return heard


async def test_a_page_of_somebody_else_opens_no_socket(running: Running):
    with pytest.raises(websockets.InvalidStatus) as caught:
        await connect(running, origin="https://evil.example")
    assert caught.value.response.status_code == 403

    for origin in (PAGE, f"http://127.0.0.1:{running.port}", None):
        async with await connect(running, origin=origin) as socket:
            assert (await converse(socket, running, _asked("{__typename}")))[-1][
                "type"
            ] == "complete"


def _asked(query: str) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "payload": {"query": query}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{" + "a " * 2_001 + "}", "TOO_MANY_TOKENS"),
        ("subscription{" + " ".join(f"a{n}:x" for n in range(31)) + "}", "TOO_MANY_ALIASES"),
        ("{", "INVALID_DOCUMENT"),
    ],
)
async def test_limits_hold_over_sockets_too(running: Running, query: str, code: str):
    async with await connect(running) as socket:
        heard = await converse(socket, running, _asked(query))

    assert heard[-1]["payload"][0]["extensions"]["code"] == code


async def test_a_subscription_without_a_payload_ends_the_socket(running: Running):
    async with await connect(running) as socket:
        with pytest.raises(websockets.ConnectionClosed):
            await converse(socket, running, {"id": "1", "type": "subscribe"})
        assert socket.close_code == 4400


async def test_figures_are_for_who_has_their_token(running: Running):
    address = running.url.replace("graphql", "metrics")

    closed = await running.http.get(address)
    await running.ask(KNOWN)
    shown = await running.http.get(address, headers={"authorization": "Bearer figures-token"})

    assert closed.status_code == 401
    assert shown.headers["content-type"].startswith("text/plain")
    for name in (
        'c360_request_seconds_count{audience="staff"}',
        "c360_statement_seconds_count{name=",
        'c360_breaker_open{of="neo4j"} 0.0',
        'c360_breaker_open{of="redis"} 0.0',
        'c360_places{of="running"}',
        'c360_kept_answers_total{of="hit"}',
    ):
        assert name in shown.text
    assert "door" not in shown.text


async def test_a_server_that_stops_says_so_finishes_and_ends_sockets(serve: Serve):
    server = await serve()
    socket = await connect(server)
    payload = {"authorization": f"Bearer {server.token()}"}
    await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    answering = asyncio.create_task(server.ask("{customers(first: 9){totalCount}}"))
    await asyncio.sleep(0.05)

    server.server.should_exit = True
    await asyncio.wait_for(socket.wait_closed(), 10)

    assert socket.close_code == 1001
    assert "stopping" in await server.backend.reasons_not_ready()
    assert (await answering).status_code == 200
    while server.server.servers[0].is_serving():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.05)
    with pytest.raises(httpx.TransportError):
        await server.ask("{__typename}")
