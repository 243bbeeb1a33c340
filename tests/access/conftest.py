"""The world of owners on the real graph, and viewers who ask it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.write.actions import performing
from loaders import lanes
from loaders.execution import Executor
from resolvers.schema import SCHEMA
from tests.access.world import World, the_world


@pytest.fixture(scope="module")
def world() -> World:
    """Return the world as data."""
    return the_world()


@pytest.fixture(scope="module")
async def graph(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]], world: World
) -> AsyncIterator[Graph]:
    """Hold the world, in an engine of the session: the graph that is asked."""
    await wipe_graph()
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        await world.build(opened)
        yield opened


@pytest.fixture(scope="module")
async def executor(graph: Graph) -> Executor:
    """Execute operations on the world."""
    return Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a statement take its time: hundreds of texts are planned here for the first time."""
    monkeypatch.setattr(lanes, "SECONDS", 60.0)
    monkeypatch.setattr(performing, "SECONDS", 60.0)
