"""The connection: what a failing database looks like to the caller."""

import socket
import time

import pytest

from graph.database import Graph
from graph.engines import Endpoints
from graph.errors import Timeout, Unavailable
from graph.statements import Kind, Statement

pytestmark = pytest.mark.anyio

ENDLESS = Statement(
    "test.endless",
    Kind.READ,
    "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN max(a * b)",
)


async def test_a_database_that_is_not_there_is_unavailable_soon() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    start = time.monotonic()

    async with Graph(f"bolt://127.0.0.1:{port}", "neo4j", "nothing") as graph:
        with pytest.raises(Unavailable, match="cannot be reached"):
            await graph.verify()

    assert time.monotonic() - start < 15


async def test_a_statement_that_takes_too_long_is_ended(graph: Graph) -> None:
    with pytest.raises(Timeout, match=r"test\.endless took longer than 0\.3 seconds"):
        await graph.run(ENDLESS, timeout=0.3)


async def test_a_statement_of_ours_that_is_wrong_is_not_retried_into_unavailable(
    graph: Graph,
) -> None:
    with pytest.raises(Exception, match="Invalid input") as raised:
        await graph.run(Statement("test.wrong", Kind.READ, "RETURN 1 +"))

    assert not isinstance(raised.value, Unavailable)


async def test_what_was_written_is_waited_for_by_whatever_is_asked_next_of_a_cluster(
    endpoints: Endpoints,
) -> None:
    """One server that is asked like a cluster: it does route, to itself."""
    uri = endpoints.neo4j_uri.replace("bolt://", "neo4j://")
    address = (endpoints.neo4j_user, endpoints.neo4j_password, endpoints.neo4j_database)
    async with Graph(uri, *address) as graph:
        await graph.verify()
        before = await graph.seen()
        await graph.run(Statement("test.written", Kind.WRITE, "CREATE (:BookmarkTest)"))
        written = await graph.seen()
        await graph.run(Statement("test.gone", Kind.WRITE, "MATCH (n:BookmarkTest) DELETE n"))
        async with graph.transaction("test.both") as transaction:
            await transaction.run(Statement("test.one", Kind.READ, "RETURN 1"))

        assert written - before
        assert not written & await graph.seen()


async def test_a_single_server_is_asked_without_bookmarks(graph: Graph) -> None:
    await graph.run(Statement("test.one", Kind.READ, "RETURN 1"))

    assert await graph.seen() == frozenset()


async def test_a_text_is_planned_once_whatever_the_length_of_its_parameters(graph: Graph) -> None:
    steps = " ".join(
        f"OPTIONAL MATCH (a)-[:R{i}]->(b{i}:B{i}) WHERE b{i}.n = $text OR b{i}.n IN $list"
        for i in range(12)
    )
    heavy = Statement("test.heavy", Kind.READ, f"MATCH (a:A {{id: $text}}) {steps} RETURN a")

    async def seconds(length: int) -> float:
        start = time.monotonic()
        await graph.run(heavy, {"text": "a" * length, "list": ["a"] * length})
        return time.monotonic() - start

    planned = await seconds(5)
    assert max([await seconds(each) for each in (9, 11, 101, 1_001)]) < planned / 3
