"""A migrated, empty graph for each test, and a way to see all of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Kind, Statement
from graph.write import Writer

WRITER = Writer("tester", "crm", "2026-11-22T10:00:00Z")

NODES = Statement(
    "test.nodes",
    Kind.READ,
    """MATCH (n) WHERE NOT n:Migration
RETURN labels(n), properties(n) ORDER BY n.id, n.version, n.kind, n.value""",
)
LINKS = Statement(
    "test.links",
    Kind.READ,
    "MATCH (s)-[x]->(e) RETURN type(x), id(s), id(e), id(x), properties(x) ORDER BY id(x)",
)

Export = Callable[[], Awaitable[list[Any]]]


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
def export(graph: Graph) -> Export:
    """Return a function that reads the whole graph, byte for byte."""

    async def read() -> list[Any]:
        return [await graph.run(NODES), await graph.run(LINKS)]

    return read
