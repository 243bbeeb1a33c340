"""The connection: what a failing database looks like to the caller."""

import socket
import time

import pytest

from graph.database import Graph
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
