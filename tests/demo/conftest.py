"""A graph that holds a small demo world."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.demo import SeedSummary, seed
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Kind, Statement
from tests.demo.worlds import SMALL


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass
class Demo:
    """A graph with a demo world in it, and what seeding it answered."""

    graph: Graph
    truth: Path
    summary: SeedSummary

    async def rows(self, text: Any, **parameters: Any) -> list[list[Any]]:
        """Rows of a query of a test."""
        return await self.graph.run(Statement("test", Kind.READ, text), parameters)

    async def state(self) -> list[list[Any]]:
        """Every node and relationship with all values that are not random, in a fixed order.

        An event has a random salt, and with it a digest that its node keeps.
        """
        nodes = await self.rows(
            "MATCH (n) WHERE NOT n:Migration AND NOT n:ChangeEvent "
            "RETURN labels(n), properties(n) AS p ORDER BY p.id, p.version"
        )
        for _, values in nodes:
            values.pop("head", None)
            values.pop("hash", None)
        links = await self.rows(
            "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r) AS p "
            "ORDER BY a.id, type(r), b.id, p.line, p.role, p.serial, p.kind, p.minQuantity"
        )
        return nodes + links


@pytest.fixture(scope="module")
async def demo_graph(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[Graph]:
    """Return an empty graph with its schema; emptied again at the end."""
    await wipe_graph()
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        yield graph
    await wipe_graph()


@pytest.fixture(scope="module")
async def demo(demo_graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Return the small demo world, written once for all tests of a module."""
    truth = tmp_path_factory.mktemp("demo") / "truth.jsonl"
    summary = await seed(
        demo_graph, people=SMALL.people, seed=SMALL.seed, truth=truth, progress=silent
    )
    return Demo(demo_graph, truth, summary)
