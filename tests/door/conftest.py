"""A server in this process, on the session's engines, with rules a test can choose."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from api import serving
from api.app import Figures, create_app
from api.backend import Answering, Backend, open_backend
from api.guard.rules import DEFAULTS, changed
from api.operations import StoredOperation
from api.protocol import Protocol
from api.settings import Settings
from api.tokens import AudienceName, make_token, verifier
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate

PAGE = "https://portal.example.org"


@dataclass(frozen=True)
class Running:
    """A server, and a client of it."""

    port: int
    settings: Settings
    backend: Backend
    http: httpx.AsyncClient
    server: uvicorn.Server

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def token(self, audience: AudienceName = "staff", subject: str = "door") -> str:
        """A token of this server."""
        return make_token(self.settings, audience, subject, 1)

    async def post(
        self, content: bytes | str, audience: AudienceName = "staff", **headers: str
    ) -> httpx.Response:
        """Send a body as it is."""
        sent = {
            "authorization": f"Bearer {self.token(audience)}",
            "content-type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(self.url, content=content, headers=sent)

    async def ask(
        self, query: str | None, audience: AudienceName = "staff", **more: Any
    ) -> httpx.Response:
        """Send a GraphQL request."""
        headers = {"authorization": f"Bearer {self.token(audience, more.pop('subject', 'door'))}"}
        body = more | ({} if query is None else {"query": query})
        return await self.http.post(self.url, json=body, headers=headers)


def codes(answer: httpx.Response) -> list[str]:
    """The codes of an answer's errors."""
    return [each["extensions"]["code"] for each in answer.json().get("errors", ())]


Serve = Callable[..., Awaitable[Running]]


@asynccontextmanager
async def served(
    endpoints: Endpoints, folder: Path, *, operations: tuple[str, ...] = (), **rules: str
) -> AsyncIterator[Running]:
    """Serve on a free port; `rules` are changes by audience, and `places` and `keep`."""
    settings = Settings.model_construct(**(Settings().model_dump() | {"data_dir": folder}))
    places, keep = int(rules.pop("places", "128")), rules.pop("keep", "on") == "on"
    stored = [StoredOperation(str(n), text, ({},)) for n, text in enumerate(operations)]
    answering = Answering(
        16,
        keep,
        stored,
        rules={each: changed(DEFAULTS[each], rules.get(each, "")) for each in DEFAULTS},
        places=places,
    )
    opened: list[Backend] = []

    @asynccontextmanager
    async def opening() -> AsyncIterator[Backend]:
        async def ready(_: Backend) -> None:
            pass

        async with open_backend(endpoints, verifier(settings), answering, ready) as backend:
            opened.append(backend)
            yield backend

    app = create_app(opening, None, origins=[PAGE], metrics=Figures("figures-token"))
    config = uvicorn.Config(
        app, http=Protocol, ws="websockets-sansio", log_config=None, timeout_graceful_shutdown=3
    )
    listener, server = socket.create_server(("127.0.0.1", 0)), serving._Server(config, app)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        assert not task.done(), task.result()
        await asyncio.sleep(0.01)
    try:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Running(listener.getsockname()[1], settings, opened[0], http, server)
    finally:
        server.should_exit = True
        await task


@pytest.fixture(scope="session")
async def migrated(endpoints: Endpoints) -> Endpoints:
    """The session's engines, their graph as servers need it."""
    address = (endpoints.neo4j_uri, endpoints.neo4j_user, endpoints.neo4j_password)
    async with Graph(*address, endpoints.neo4j_database) as graph:
        await migrate(graph)
    return endpoints


@pytest.fixture
async def serve(migrated: Endpoints, tmp_path: Path) -> AsyncIterator[Serve]:
    """Serve with other rules; what is served ends with the test."""
    async with AsyncExitStack() as stack:

        async def start(*, via: dict[str, str] | None = None, **rules: Any) -> Running:
            place = replace(migrated, **(via or {}))
            return await stack.enter_async_context(served(place, tmp_path, **rules))

        yield start


@pytest.fixture(scope="session")
async def running(
    migrated: Endpoints, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """A server with the usual rules, except that customers have few points and no introspection."""
    folder = tmp_path_factory.mktemp("door")
    async with served(migrated, folder, customer="budget=3 restore=1 introspection=off") as found:
        yield found
