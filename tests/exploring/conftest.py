"""A graph to explore, whose nodes and relationships are foreseen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from api.connections import graph_at
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Kind, Statement
from loaders.execution import Executor
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF, RecordingGraph

Ask = Callable[..., Awaitable[Any]]
Wipe = Callable[[], Awaitable[None]]
Node = tuple[str, str, dict[str, Any]]
"""Labels with a colon between each two, id, and properties."""

Link = tuple[str, str, str, dict[str, Any]]
"""Id of the start, type, id of the end, and properties."""

_NODES = Statement(
    "test.nodes",
    Kind.WRITE,
    """UNWIND $rows AS row CREATE (n:$(split(row[0], ':'))) SET n = row[2], n.id = row[1],
    n.version = 1, n.changedAt = '2026-01-01T00:00:00.000Z', n:World""",
)
_LINKS = Statement(
    "test.links",
    Kind.WRITE,
    """MATCH (n:World) WITH collect(n) AS nodes UNWIND $rows AS row
    WITH row, [n IN nodes WHERE n.id = row[0]][0] AS a, [n IN nodes WHERE n.id = row[2]][0] AS b
    CREATE (a)-[r:$(row[1])]->(b) SET r = row[3], r.recordedFrom = '2026-01-01T00:00:00.000Z',
    r.recordedTo = coalesce(row[3].recordedTo, '9999')""",
)


async def fill(graph: RecordingGraph, nodes: list[Node], links: list[Link]) -> None:
    """Write nodes and relationships as they are."""
    await graph.run(_NODES, {"rows": [list(each) for each in nodes]})
    await graph.run(_LINKS, {"rows": [list(each) for each in links]})


@pytest.fixture(scope="module")
async def graph(endpoints: Endpoints, wipe_graph: Wipe) -> AsyncIterator[RecordingGraph]:
    """Connect to the session's engine, with indexes and nothing else in it."""
    await wipe_graph()
    async with graph_at(endpoints, RecordingGraph) as opened:
        await migrate(opened)
        yield opened
    await wipe_graph()


@pytest.fixture(scope="module")
def executor(graph: RecordingGraph) -> Executor:
    """Execute operations of the whole schema."""
    return Executor(SCHEMA._schema, graph)


@pytest.fixture(scope="module")
def ask(executor: Executor) -> Ask:
    """Ask for one root field, which compiled completion must answer in one statement."""

    async def asked(query: str, **variables: Any) -> Any:
        before, sent = executor.counters.fallbacks, executor.counters.statements
        response = await executor.execute(query, variables, None, STAFF)
        if [each["extensions"].get("code") for each in response.get("errors", ())] == ["TIMEOUT"]:
            # On a busy machine a plan may take longer than a request; it is made once.
            assert await executor.prepare(query, variables) == []
            before, sent = executor.counters.fallbacks, executor.counters.statements
            response = await executor.execute(query, variables, None, STAFF)
        assert "errors" not in response, response["errors"]
        assert executor.counters.fallbacks == before, "left to graphql-core"
        assert executor.counters.statements <= sent + 1
        (answer,) = response["data"].values()
        return answer

    return asked


@pytest.fixture(scope="module")
def refused(executor: Executor, graph: RecordingGraph) -> Ask:
    """Ask for what is refused; the codes and messages of the errors."""

    async def asked(query: str, **variables: Any) -> list[tuple[str, str]]:
        graph.sent.clear()
        response = await executor.execute(query, variables, None, STAFF)
        assert graph.sent == []
        return [
            (each.get("extensions", {}).get("code", ""), each["message"])
            for each in response["errors"]
        ]

    return asked
