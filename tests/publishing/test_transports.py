"""Subscriptions over the wire: graphql-transport-ws, server-sent events, and how both end."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis.asyncio
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

from api import serving
from api.app import create_app
from api.backend import Answering, Backend, open_backend
from api.settings import Settings
from api.subscriptions import events
from api.subscriptions import socket as sockets
from api.tokens import make_token, verifier
from graph.database import Graph
from graph.engines import Endpoints
from tests.publishing.conftest import Writer
from tests.publishing.test_changes import PEOPLE

pytestmark = pytest.mark.anyio

FOLLOW = "subscription { changes(since: %s) { version node { ... on Person { name } } } }"
LAST = "{ changes(first: 200) { pageInfo { endCursor } } }"


@dataclass
class Running:
    """A server in this process, with its worker."""

    port: int
    token: str
    partner: str
    server: uvicorn.Server
    follow: str = ""

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}/graphql"

    async def begin(self) -> None:
        """Make `follow` a subscription to all that comes from now on, however long it takes."""
        cursor = None
        async with httpx.AsyncClient(timeout=60) as http, asyncio.timeout(60):
            while cursor is None:
                headers = {"Authorization": f"Bearer {self.token}"}
                answer = await http.post(self.url, json={"query": LAST}, headers=headers)
                cursor = answer.json()["data"]["changes"]["pageInfo"]["endCursor"]
        self.follow = FOLLOW % json.dumps(cursor)

    def connect(self, protocol: str = sockets.PROTOCOL) -> websockets.connect:
        """Open a socket that offers a protocol."""
        return websockets.connect(
            f"ws://127.0.0.1:{self.port}/graphql", subprotocols=[Subprotocol(protocol)]
        )


@pytest.fixture
async def running(
    graph: Graph,
    cache: redis.asyncio.Redis,  # noqa: ARG001 - emptied
    endpoints: Endpoints,
    tmp_path: Path,
) -> AsyncIterator[Running]:
    """Serve on a free port, relay included."""
    await graph.run(PEOPLE)
    settings = Settings.model_construct(**(Settings().model_dump() | {"data_dir": tmp_path}))

    async def ready(_: Backend) -> None:
        pass

    answering = Answering(1, keep=False, work=True)
    tokens = verifier(settings)
    app = create_app(lambda: open_backend(endpoints, tokens, answering, ready), None)
    config = uvicorn.Config(
        app, ws="websockets-sansio", ws_max_size=sockets.MAX_MESSAGE, log_config=None,
        timeout_graceful_shutdown=3,
    )  # fmt: skip
    listener = socket.create_server(("127.0.0.1", 0))
    server = serving._Server(config, app)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn says so in no other way
        await asyncio.sleep(0.01)
    made = [make_token(settings, audience, "ana", 1) for audience in ("staff", "partner")]
    found = Running(listener.getsockname()[1], made[0], made[1], server)
    await Writer(graph).leave("first")
    await found.begin()
    yield found
    server.should_exit = True
    await task


async def say(connection: ClientConnection, **message: Any) -> None:
    await connection.send(json.dumps(message))


async def hear(connection: ClientConnection) -> Any:
    async with asyncio.timeout(60):
        return json.loads(await connection.recv())


async def begin(connection: ClientConnection, token: str) -> None:
    await say(connection, type="connection_init", payload={"authorization": f"Bearer {token}"})
    assert await hear(connection) == {"type": "connection_ack"}


async def close_code(connection: ClientConnection) -> int | None:
    async with asyncio.timeout(60):
        await connection.wait_closed()
    return connection.close_code


async def subscribed(connection: ClientConnection) -> None:
    """Wait until a subscription that was asked for has begun: what follows is in order."""
    await asyncio.sleep(0.4)
    await say(connection, type="ping")
    assert (await hear(connection))["type"] == "pong"


async def test_changes_arrive_over_a_socket_with_the_node_as_it_is(
    running: Running, writer: Writer
):
    async with running.connect() as connection:
        await begin(connection, running.token)
        await say(connection, id="1", type="subscribe", payload={"query": running.follow})
        await subscribed(connection)
        await writer.leave("ana")

        message = await hear(connection)

    assert (message["id"], message["type"]) == ("1", "next")
    assert message["payload"]["data"]["changes"]["node"] == {"name": "ANA"}


async def test_a_query_over_a_socket_is_answered_and_complete(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.token)
        payload = {"query": "{ viewer { subject } }"}
        await say(connection, id="q", type="subscribe", payload=payload)

        assert (await hear(connection))["payload"]["data"] == {"viewer": {"subject": "ana"}}
        assert await hear(connection) == {"id": "q", "type": "complete"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": LAST}}], 4401),
        ([{"type": "connection_init"}], 4403),
        ([{"type": "connection_init", "payload": {"authorization": "Bearer x"}}], 4403),
        (["no json"], 4400),
        ([{"type": "unheard"}], 4400),
        ([["a", "list"]], 4400),
    ],
)
async def test_what_is_not_of_the_protocol_closes_the_socket(
    running: Running, messages: list[Any], code: int
):
    async with running.connect() as connection:
        for each in messages:
            await connection.send(each if isinstance(each, str) else json.dumps(each))

        assert await close_code(connection) == code


async def test_another_protocol_is_not_spoken(running: Running):
    async with websockets.connect(f"ws://127.0.0.1:{running.port}/graphql") as connection:
        assert await close_code(connection) == 4406


async def test_whoever_says_nothing_is_not_waited_for(
    running: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sockets, "INIT_SECONDS", 0.1)
    async with running.connect() as connection:
        assert await close_code(connection) == 4408


async def test_a_message_that_is_too_long_closes_the_socket(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.token)
        await say(connection, type="ping", payload={"x": "x" * 70_000})

        assert await close_code(connection) == 1009


async def test_an_id_in_use_closes_the_socket(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.token)
        for _ in range(2):
            await say(connection, id="1", type="subscribe", payload={"query": running.follow})

        assert await close_code(connection) == 4409


async def test_a_second_greeting_closes_the_socket(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.token)
        await say(connection, type="connection_init")

        assert await close_code(connection) == 4429


async def test_more_than_twenty_subscriptions_are_refused_and_the_others_live(
    running: Running, writer: Writer
):
    async with running.connect() as connection:
        await begin(connection, running.token)
        for number in range(21):
            await say(
                connection, id=str(number), type="subscribe", payload={"query": running.follow}
            )
        refused = await hear(connection)
        await subscribed(connection)
        await writer.leave("ana")
        heard = {(await hear(connection))["id"] for _ in range(20)}

    assert (refused["id"], refused["type"]) == ("20", "error")
    assert refused["payload"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
    assert heard == {str(number) for number in range(20)}


async def test_a_completed_subscription_says_no_more(running: Running, writer: Writer):
    async with running.connect() as connection:
        await begin(connection, running.token)
        for id_ in ("kept", "left"):
            await say(connection, id=id_, type="subscribe", payload={"query": running.follow})
        await say(connection, id="left", type="complete")
        await subscribed(connection)
        await writer.leave("ana", "bob")

        heard = [(await hear(connection))["id"] for _ in range(2)]
        await subscribed(connection)

    assert heard == ["kept", "kept"]


async def test_a_partner_may_not_follow_changes(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.partner)
        await say(connection, id="1", type="subscribe", payload={"query": running.follow})
        message = await hear(connection)

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "INVALID_DOCUMENT"


async def test_a_server_that_stops_says_so(running: Running):
    async with running.connect() as connection:
        await begin(connection, running.token)
        await say(connection, id="1", type="subscribe", payload={"query": running.follow})
        await subscribed(connection)
        running.server.should_exit = True

        assert await close_code(connection) == 1001


async def test_changes_arrive_as_server_sent_events(
    running: Running, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(events, "ALIVE_SECONDS", 0.2)
    headers = {"Authorization": f"Bearer {running.token}", "Accept": "text/event-stream"}
    lines: list[str] = []
    async with (
        httpx.AsyncClient(timeout=60) as http,
        http.stream(
            "POST", running.url, json={"query": running.follow}, headers=headers
        ) as response,
    ):
        async for line in response.aiter_lines():
            if line == ":" and not lines:
                await writer.leave("bob")
            lines.append(line)
            if line.startswith("data: "):
                break

    assert response.headers["content-type"].startswith("text/event-stream")
    assert "event: next" in lines
    assert json.loads(lines[-1].removeprefix("data: "))["data"]["changes"]["version"] == 1


async def test_a_query_is_answered_with_one_event_and_the_end(running: Running):
    headers = {"Authorization": f"Bearer {running.token}", "Accept": "text/event-stream"}
    async with httpx.AsyncClient(timeout=60) as http:
        response = await http.post(
            running.url, json={"query": "{ viewer { subject } }"}, headers=headers
        )
        refused = await http.post(
            running.url, json={"query": LAST}, headers={"Accept": "text/event-stream"}
        )

    assert response.text.startswith('event: next\ndata: {"data":{"viewer":{"subject":"ana"}}')
    assert response.text.endswith("\n\nevent: complete\ndata: \n\n")
    assert refused.status_code == 401
