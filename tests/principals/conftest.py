"""A server over a migrated graph with a few users, its worker included, and who may ask it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest
import redis.asyncio
import uvicorn
from joserfc import jwt

from api import serving
from api.app import create_app
from api.backend import Answering, Backend, open_backend
from api.connections import graph_at
from api.keys import development_key
from api.operations import StoredOperation
from api.settings import DEVELOPMENT_ISSUER, Settings
from api.tokens import AudienceName, verifier
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.model import MODEL
from graph.model.kinds import Node
from graph.model.organisation import ACTS_FOR, USER
from graph.model.parties import COMPANY, SERVES
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from loaders.ids import encode_id

WHO = "{ viewer { audience issuer subject name } }"


@dataclass
class Running:
    """A server in this process."""

    port: int
    settings: Settings
    backend: Backend
    http: httpx.AsyncClient
    cached: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def token(self, subject: str = "ann", audience: AudienceName = "staff", **claims: Any) -> str:
        """A development token with any claims; by default one minute old and good for an hour."""
        now = int(time.time())
        key = development_key(self.settings.data_dir)
        said = {
            "iss": DEVELOPMENT_ISSUER,
            "aud": "customer360",
            "sub": subject,
            "iat": now - 60,
            "exp": now + 3600,
            "c360_audience": audience,
        }
        return jwt.encode({"alg": "Ed25519", "kid": key.kid}, said | claims, key, ["Ed25519"])

    async def send(self, bearer: str, query: str = WHO, **variables: Any) -> httpx.Response:
        """Send a GraphQL request with a token or API key."""
        headers = {"Authorization": f"Bearer {bearer}"}
        body = {"query": query, "variables": variables}
        return await self.http.post(self.url, json=body, headers=headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a request of a member of staff, which must have no errors."""
        answer = (await self.send(self.token(), query, **variables)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, name: str, selection: str, /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation of a member of staff."""
        type_ = name[0].upper() + name[1:] + "Input"
        query = (
            f"mutation ($input: {type_}!) {{ {name}(input: $input) "
            f"{{ {selection} userErrors {{ code field message }} }} }}"
        )
        return (await self.ask(query, input=given))[name]

    async def key(self, **given: Any) -> tuple[str, str]:
        """The id and the text of a new API key; by default of staff, to read, for a day."""
        ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        wanted = {"name": "test", "audience": "STAFF", "expiresAt": ends, **given}
        made = await self.do("apiKeyCreate", "apiKeyId secret", **wanted)
        assert made["userErrors"] == []
        return made["apiKeyId"], made["secret"]

    async def refused(self, bearer: str, seconds: float = 10.0) -> httpx.Response:
        """Wait until somebody is refused, for some seconds at most."""
        deadline = time.monotonic() + seconds
        while (answer := await self.send(bearer)).status_code == 200:
            assert time.monotonic() < deadline, "It is still accepted."
            await asyncio.sleep(0.05)
        return answer


SLOW_SECONDS = 60.0


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Give answers more time than in life: a new database has planned nothing yet."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("api.door.ANSWER_SECONDS", "api.subscriptions.answering.ANSWER_SECONDS"):
            patched.setattr(name, SLOW_SECONDS)
        yield


@asynccontextmanager
async def serving_at(
    endpoints: Endpoints,
    settings: Settings,
    *,
    work: bool = False,
    operations: Sequence[StoredOperation] = (),
) -> AsyncIterator[Running]:
    """Serve on a free port of this machine."""
    opened: list[Backend] = []

    @asynccontextmanager
    async def opening() -> AsyncIterator[Backend]:
        async def ready(_: Backend) -> None:
            pass

        answering = Answering(16, keep=True, work=work, operations=operations)
        async with open_backend(endpoints, verifier(settings), answering, ready) as backend:
            opened.append(backend)
            yield backend

    app = create_app(opening, None)
    config = uvicorn.Config(
        app, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=3
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = serving._Server(config, app)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(timeout=30) as http:
        yield Running(listener.getsockname()[1], settings, opened[0], http)
    server.should_exit = True
    await task


def settings_in(folder: Path, **values: Any) -> Settings:
    """Settings of a place of the test's own."""
    plain = Settings().model_dump() | {"data_dir": folder, "env_file": folder / "none"}
    return Settings.model_construct(**(plain | values))


def uuid_of(label: str, key: str) -> str:
    """The own id of a node that `put` wrote."""
    return str(uuid5(NAMESPACE_URL, f"{label}/{key}"))


Put = Callable[..., Awaitable[str]]


async def put_user(graph: Graph, subject: str, kind: str = "STAFF", **values: Any) -> str:
    """Write a user of the development issuer; its global id."""
    id_ = uuid_of("User", subject)
    said = {"kind": kind, "name": subject, **values}
    key = (values.pop("issuer", DEVELOPMENT_ISSUER), subject)
    await _put(graph, USER, key, said, id_)
    return encode_id("User", id_)


async def put_company(graph: Graph, key: str, *, partner: bool = False) -> str:
    """Write a company, a partner by serving another; its global id."""
    id_ = uuid_of("Company", key)
    await _put(graph, COMPANY, ("crm", key), {"name": key}, id_)
    if partner:
        other = f"served by {key}"
        await _put(graph, COMPANY, ("crm", other), {"name": other}, uuid_of("Company", other))
        row = LinkRow(("crm", key), ("crm", other), {"from": "2026-01-01"})
        await write(graph, Batch([Links(SERVES, COMPANY, COMPANY, [row])]), Writer("test", "crm"))
    return encode_id("Company", id_)


async def acts_for(graph: Graph, subject: str, company: str) -> None:
    """Let a user act for a company."""
    row = LinkRow((DEVELOPMENT_ISSUER, subject), ("crm", company), {"scope": "COMPANY"})
    assert MODEL.by_type["ACTS_FOR"] == ACTS_FOR
    await write(graph, Batch([Links(ACTS_FOR, USER, COMPANY, [row])]), Writer("test", "crm"))


async def _put(graph: Graph, node: Node, key: tuple[str, ...], said: Any, id_: str) -> None:
    rows = [NodeRow(key, said, id=id_)]
    await write(graph, Batch([Nodes(node, rows)]), Writer("test", "crm"))


@pytest.fixture(scope="session")
async def migrated(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it once."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture(scope="module")
async def graph(migrated: Graph, wipe_graph: Callable[[], Awaitable[None]]) -> Graph:
    """Return an empty graph; tests of a module share it, since a server keeps its secrets."""
    await wipe_graph()
    return migrated


@pytest.fixture(scope="module")
async def server(
    graph: Graph,  # noqa: ARG001 - emptied first
    endpoints: Endpoints,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """A server with its worker, over the module's graph and an empty cache."""
    async with redis.asyncio.from_url(endpoints.redis_url, socket_timeout=2) as cache:
        await cache.flushall()
    settings = settings_in(tmp_path_factory.mktemp("server"))
    async with serving_at(endpoints, settings, work=True) as running:
        async with asyncio.timeout(SLOW_SECONDS * 3):
            while not running.backend.warm:  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.05)
        yield running
