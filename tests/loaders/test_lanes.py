"""Requests that come faster than answers share statements, and never each other's fate."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, LiteralString

import pytest

from api.connections import graph_at
from graph.database import Graph, Parameters, Row
from graph.engines import Endpoints
from graph.errors import GraphError, Unavailable
from graph.statements import Kind, Statement
from loaders.lanes import Lanes, shared

pytestmark = pytest.mark.anyio

FIND: LiteralString = "MATCH (n:LaneTest {id: $p0}) RETURN [n.id, 100 / n.weight, $f1] AS answer"


def statement(text: LiteralString = FIND) -> Statement:
    return Statement("test.lane", Kind.READ, text)


class GatedGraph(Graph):
    """Holds the first statement back until it is told to go on, and remembers what was sent."""

    def __init__(self, *where: str) -> None:
        super().__init__(*where)
        self.gate = asyncio.Event()
        self.sent: list[Parameters] = []
        self.down = False

    async def run(
        self, statement: Statement, parameters: Parameters | None = None, **options: Any
    ) -> list[Row]:
        """Run a statement of a test."""
        self.sent.append(parameters or {})
        await self.gate.wait()
        if self.down:
            raise Unavailable("The database cannot be reached right now.")
        return await super().run(statement, parameters, **options)


@pytest.fixture
async def gated(endpoints: Endpoints, clean_graph: None) -> AsyncIterator[GatedGraph]:  # noqa: ARG001
    async with graph_at(endpoints) as graph:
        text: LiteralString = (
            "UNWIND range(0, 39) AS i CREATE (:LaneTest {id: 'n' + i, weight: i % 20})"
        )
        await graph.run(Statement("test.lanes", Kind.WRITE, text))
    async with graph_at(endpoints, GatedGraph) as graph:
        yield graph


async def ask_all(lanes: Lanes, graph: GatedGraph, values: list[dict[str, Any]]) -> list[Any]:
    """Ask all while the first statements are held back; answers and errors in order."""
    tasks = [asyncio.create_task(lanes.ask(statement(), each)) for each in values]
    await asyncio.sleep(0)
    graph.gate.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def values(*numbers: int, size: int = 7) -> list[dict[str, Any]]:
    return [{"p0": f"n{number}", "f1": size, "p9": "not in the text"} for number in numbers]


async def test_each_of_many_concurrent_requests_gets_its_own_answer(gated: GatedGraph) -> None:
    lanes = Lanes(gated, max_batch=16, lanes=2)

    found = await ask_all(lanes, gated, values(*range(1, 20), 99, *range(21, 40)))

    wanted: list[Any] = [[f"n{i}", 100 // i, 7] for i in range(1, 20)]
    wanted += [None]
    wanted += [[f"n{i}", 100 // (i % 20), 7] for i in range(21, 40)]
    assert found == wanted
    assert dict(lanes.batches) == {1: 2, 16: 2, 5: 1}
    assert all("p9" not in each for each in gated.sent)


async def test_an_idle_lane_sends_at_once_and_alone(gated: GatedGraph) -> None:
    gated.gate.set()
    lanes = Lanes(gated)

    for number in (1, 2, 3):
        await lanes.ask(statement(), values(number)[0])

    assert dict(lanes.batches) == {1: 3}
    assert gated.sent == [{"p0": f"n{number}", "f1": 7} for number in (1, 2, 3)]


async def test_one_that_fails_does_not_spoil_its_batch(gated: GatedGraph) -> None:
    lanes = Lanes(gated, lanes=1)

    found = await ask_all(lanes, gated, values(1, 2, 20, 4))  # n20 weighs nothing: division by zero

    assert [found[0], found[1], found[3]] == [["n1", 100, 7], ["n2", 50, 7], ["n4", 25, 7]]
    assert "zero" in str(found[2])
    assert dict(lanes.batches) == {1: 4, 3: 1}


async def test_other_fixed_values_are_another_statement(gated: GatedGraph) -> None:
    lanes = Lanes(gated, lanes=1)
    asked = values(1, 2, 3) + values(4, 5, 6, size=8)

    found = await ask_all(lanes, gated, asked)

    assert [each[2] for each in found] == [7, 7, 7, 8, 8, 8]
    assert dict(lanes.batches) == {1: 2, 2: 2}


async def test_a_batch_of_one_is_off(gated: GatedGraph) -> None:
    lanes = Lanes(gated, max_batch=1)

    assert len(await ask_all(lanes, gated, values(*range(1, 10)))) == 9
    assert dict(lanes.batches) == {1: 9}


async def test_who_has_gone_away_is_not_asked_for(gated: GatedGraph) -> None:
    lanes = Lanes(gated, lanes=1)
    tasks = [asyncio.create_task(lanes.ask(statement(), each)) for each in values(1, 2, 3, 4)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    gated.gate.set()

    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(found[2], asyncio.CancelledError)
    assert [each[0] for each in (found[0], found[1], found[3])] == ["n1", "n2", "n4"]
    assert gated.sent[-1] == {"f1": 7, "rows": [["n2"], ["n4"]]}


async def test_who_is_cancelled_in_flight_frees_the_lane(gated: GatedGraph) -> None:
    lanes = Lanes(gated, lanes=1)
    tasks = [asyncio.create_task(lanes.ask(statement(), each)) for each in values(1, 2, 3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    gated.gate.set()

    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(found[0], asyncio.CancelledError)
    assert [each[0] for each in found[1:]] == ["n2", "n3"]
    assert await lanes.ask(statement(), values(5)[0]) == ["n5", 20, 7]


async def test_a_database_that_is_down_fails_all_without_asking_each_again(
    gated: GatedGraph,
) -> None:
    gated.down = True
    lanes = Lanes(gated, lanes=1)

    found = await ask_all(lanes, gated, values(*range(1, 10)))

    assert all(isinstance(each, GraphError) for each in found)
    assert len(gated.sent) == 2


def test_what_differs_is_read_from_the_row_and_what_is_fixed_stays() -> None:
    found = shared(statement("MATCH (n {id: $p3, a: $p1}) WITH n LIMIT $f2 RETURN $p3 AS answer"))

    assert found.names == ("p3", "p1")
    assert found.fixed == ("f2",)
    assert "id: sharing[0], a: sharing[1]" in found.several.text
    assert "LIMIT $f2 RETURN sharing[0] AS answer" in found.several.text
