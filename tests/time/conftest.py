"""A migrated graph, and an executor over it."""

from collections.abc import AsyncIterator

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from loaders.execution import Executor
from resolvers.schema import SCHEMA


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the database time: every question here is a new text, which it has to plan first."""
    monkeypatch.setattr("loaders.lanes.SECONDS", 120.0)


@pytest.fixture(scope="module")
async def connected(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture(scope="module")
def executor(connected: Graph) -> Executor:
    """Execute operations of the whole schema."""
    return Executor(SCHEMA._schema, connected)
