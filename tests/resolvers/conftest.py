"""The world of the model in a real graph, and an executor that remembers its statements."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph, Parameters, Row
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.resolvers.small_world import build_small
from tests.resolvers.world import build

STAFF = Viewer(Audience.STAFF, "https://id.example.org", "ana", "Ana Staff")

Ask = Callable[..., Awaitable[Any]]


@dataclass
class Sent:
    """A statement as it went over the wire."""

    statement: Statement
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])


class RecordingGraph(Graph):
    """A graph that remembers what it was asked."""

    def __init__(self, *args: str) -> None:
        super().__init__(*args)
        self.sent: list[Sent] = []

    async def run(
        self, statement: Statement, parameters: Parameters | None = None, **options: Any
    ) -> list[Row]:
        """Remember the statement, then run it."""
        self.sent.append(Sent(statement, dict(parameters or {})))
        return await super().run(statement, parameters, **options)


@pytest.fixture(scope="module")
async def graph(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[RecordingGraph]:
    """Connect to the session's engine, with indexes and the world of the model in it."""
    await wipe_graph()
    async with graph_at(endpoints, RecordingGraph) as opened:
        await migrate(opened)
        await build(opened)
        opened.sent.clear()
        yield opened


@pytest.fixture(scope="module")
def executor(graph: RecordingGraph) -> Executor:
    """Execute operations of the whole schema."""
    return Executor(SCHEMA._schema, graph)


@pytest.fixture(scope="module")
async def small(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[Graph]:
    """Connect to the session's engine, with the small world in it."""
    await wipe_graph()
    async with graph_at(endpoints) as graph:
        await build_small(graph)
        yield graph


@pytest.fixture(scope="module")
def ask(small: Graph) -> Ask:
    """Ask a selection of a person or company."""
    executor = Executor(SCHEMA._schema, small)

    async def asked(type_: str, id_: str, selection: str) -> Any:
        query = f"query ($id: ID!) {{ customer(id: $id) {{ ... on {type_} {{ {selection} }} }} }}"
        response = await executor.execute(query, {"id": encode_id(type_, id_)}, None, STAFF)
        assert "errors" not in response, response["errors"]
        assert executor.counters.fallbacks == 0
        return response["data"]["customer"]

    return asked
