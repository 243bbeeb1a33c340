"""A migrated, empty graph for each test, whose new records are resolved."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.migrations import migrate


@pytest.fixture(scope="session")
async def shared(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it once."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture
async def graph(shared: Graph, clean_graph: None) -> Graph:  # noqa: ARG001
    """Return an empty graph that resolves by itself, with every constraint and index."""
    shared.resolver = Resolving(Policy())
    return shared


@pytest.fixture
def cautious(graph: Graph) -> Iterator[Graph]:
    """Return an empty graph that only proposes."""
    graph.resolver = Resolving(Policy("review"))
    yield graph
    graph.resolver = Resolving(Policy())
