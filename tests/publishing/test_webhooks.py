"""Webhooks: signed messages, sent until they are accepted, to addresses that may be called."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from api.worker import webhooks as telling
from api.worker.guard import is_public
from api.worker.webhooks import Webhooks, pause
from graph.database import Graph
from graph.model.machinery import WEBHOOK
from graph.model.parties import PERSON
from graph.statements import Kind, Statement
from graph.webhooks import new_secret
from graph.write import Batch, NodeRow, Nodes, deliveries, write
from graph.write import Writer as Author
from loaders.execution import Executor
from loaders.relay import Relay
from loaders.webhooks import problem_of
from resolvers.schema import SCHEMA

pytestmark = pytest.mark.anyio

HOOK = "0193a5e0-0000-7000-8000-000000000001"
SELECTION = "{ id ... on Person { name } }"
LOG = Statement(
    "test.log",
    Kind.READ,
    "MATCH (d:Delivery) WITH d ORDER BY d.seq "
    "RETURN collect([d.state, d.attempts, d.status, d.error])",
)
STATE = Statement(
    "test.webhook", Kind.READ, "MATCH (w:Webhook) RETURN w.active, w.disabledAt, w.version"
)


BEGUN = Statement("test.begun", Kind.READ, "MATCH (s:WebhookState) RETURN s.id")


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    """Ask again and again, for a minute at most."""
    async with asyncio.timeout(60):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.03)


async def _is(found: bool) -> bool:
    return found


@dataclass
class Receiver:
    """An HTTP server that remembers what it was sent, and answers as it is told."""

    port: int = 0
    statuses: list[int] = field(default_factory=list[int])
    got: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request and answer it."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append((headers, body))
        status = self.statuses.pop(0) if self.statuses else 200
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def wait(self, number: int) -> list[Any]:
        """The bodies of the first messages."""
        await until(lambda: _is(len(self.got) >= number))
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Listen on a free port."""
    made = Receiver()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a secret, and let nobody wait for the next attempt."""
    monkeypatch.setattr(telling, "FIRST_PAUSE_MILLIS", 1)
    monkeypatch.setattr(telling, "LONGEST_PAUSE_MILLIS", 1)
    monkeypatch.setattr(telling, "POLL_SECONDS", 0.05)
    return new_secret()


@asynccontextmanager
async def serving(graph: Graph, *, private: bool = True) -> AsyncGenerator[None]:
    executor = Executor(SCHEMA._schema, graph)
    task = asyncio.create_task(Webhooks(graph, executor, private=private).serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def hook(graph: Graph, url: str, secret: str, **values: Any) -> None:
    properties = {"url": url, "secret": secret, "selection": SELECTION, **values}
    batch = Batch([Nodes(WEBHOOK, [NodeRow((HOOK,), properties)])])
    await write(graph, batch, Author("test"))


async def name(graph: Graph, relay: Relay, name: str) -> None:
    """Give Ana a name, and relay that."""
    batch = Batch([Nodes(PERSON, [NodeRow(("crm", "1"), {"name": name})])])
    await write(graph, batch, Author("test", "crm", op="personUpsert"))
    while await relay.step():
        pass


async def begun(graph: Graph) -> None:
    await until(lambda: graph.run(BEGUN))


async def test_a_change_is_told_signed_with_what_was_before_and_after(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str
):
    await name(graph, relay, "Ana")
    await asyncio.sleep(0.01)
    await hook(graph, receiver.url, secret, events=["Person"])
    async with serving(graph):
        await begun(graph)
        await name(graph, relay, "Ana Pop")
        messages = await receiver.wait(1)

    headers, body = receiver.got[0]
    assert Verifier(secret).verify(body, headers) == messages[0]
    assert messages[0]["type"] == "Person.personUpsert"
    assert messages[0]["data"]["before"]["name"] == "Ana"
    assert messages[0]["data"]["after"]["name"] == "Ana Pop"
    assert "name" in messages[0]["data"]["fields"]


async def test_a_message_that_is_refused_is_sent_again_with_the_same_id(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str
):
    receiver.statuses = [500, 302]
    await relay.step()
    await hook(graph, receiver.url, secret, events=["Person"])
    async with serving(graph):
        await begun(graph)
        await name(graph, relay, "Ana")
        await receiver.wait(3)
        await asyncio.sleep(0.3)

    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert (await graph.run(LOG))[0][0] == [["DELIVERED", 3, 200, None]]


async def test_a_worker_that_stops_loses_nothing_and_a_replay_sends_again(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str
):
    await relay.step()
    await hook(graph, receiver.url, secret, events=["Person"])
    async with serving(graph):
        await begun(graph)
    for each in ("Ana", "Ana P", "Ana Pop"):
        await name(graph, relay, each)
    async with serving(graph):
        await receiver.wait(3)
        assert await deliveries.replay(graph, HOOK, 0)
        messages = await receiver.wait(6)

    versions = [each["data"]["version"] for each in messages]
    assert sorted(versions[:3]) == sorted(versions[3:]) == [1, 2, 3]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 6


async def test_a_receiver_that_is_gone_is_not_called_any_more(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str
):
    receiver.statuses = [410]
    await relay.step()
    await hook(graph, receiver.url, secret, events=["Person"])
    async with serving(graph):
        await begun(graph)
        await name(graph, relay, "Ana")
        await receiver.wait(1)
        await asyncio.sleep(0.5)
        await name(graph, relay, "Ana Pop")
        await asyncio.sleep(0.5)

    active, disabled_at, version = (await graph.run(STATE))[0]
    assert (active, disabled_at is not None, version) == (False, True, 2)
    assert len(receiver.got) == 1


async def test_a_receiver_that_never_answers_is_switched_off_after_days(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telling, "DISABLED_AFTER", timedelta())
    receiver.statuses = [500] * 20
    await relay.step()
    await hook(graph, receiver.url, secret, events=["Person"])
    async with serving(graph):
        await begun(graph)
        await name(graph, relay, "Ana")

        async def is_off() -> bool:
            return (await graph.run(STATE))[0][0] is False

        await until(is_off)


async def test_a_private_address_is_not_called(
    graph: Graph, relay: Relay, receiver: Receiver, secret: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telling, "MAX_ATTEMPTS", 1)
    await relay.step()
    await hook(graph, receiver.url.replace("127.0.0.1", "localhost"), secret, events=["Person"])
    async with serving(graph, private=False):
        await begun(graph)
        await name(graph, relay, "Ana")

        async def is_refused() -> bool:
            return (await graph.run(LOG))[0][0] == [["FAILED", 1, None, "FORBIDDEN_ADDRESS"]]

        await until(is_refused)

    assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.1.2.3",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_told_apart(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are(address: str):
    assert is_public(address)


def test_pauses_grow_from_seconds_to_hours_and_are_not_all_the_same():
    assert 5_000 <= pause(1) <= 6_000
    assert 20_000 <= pause(2) <= 24_000
    assert 8 * 3_600_000 <= pause(10) <= 9.6 * 3_600_000
    assert len({pause(5) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("selection", "fits"),
    [
        (SELECTION, True),
        ("{ id } }", False),
        ("{ unheard }", False),
        ("id", False),
        ("{ id } fragment X on Node { id }", False),
        ("{ " + "id " * 5_000 + "}", False),
    ],
)
async def test_a_selection_is_checked_before_it_is_stored(graph: Graph, selection: str, fits: bool):
    assert (problem_of(Executor(SCHEMA._schema, graph), selection) is None) is fits
