"""A migrated, empty graph for each test."""

from collections.abc import AsyncIterator

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from loaders.execution import Executor
from resolvers.schema import SCHEMA
from tests.identity.telling import begin


@pytest.fixture(scope="session")
async def shared(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it once."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture
async def graph(shared: Graph, clean_graph: None) -> Graph:  # noqa: ARG001
    """Return an empty graph with every constraint and index of the model."""
    return shared


@pytest.fixture
async def executor(graph: Graph, patience: None) -> Executor:  # noqa: ARG001
    """Answer for a graph of three people of one record each."""
    await begin(graph, 3)
    return Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]
