"""What goes wrong while writing: other writers, dead transactions, full memory."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from graph.database import Graph, Transaction
from graph.errors import Unavailable
from graph.statements import Statement
from graph.write import Batch, NodeRow, Nodes, Outcome, Writer, write
from tests.graph.asking import PRODUCT, ask, one, people, person, product, shop
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio
WRITERS = 6


async def test_writers_of_the_same_new_keys_make_each_of_them_once(graph: Graph):
    batches = [
        Batch(
            [
                *shop().parts,
                people(*(person(f"p{i}", email=f"p{i}@example.org") for i in range(30))),
                Nodes(PRODUCT, [product(f"n{i}", category=str(number)) for i in range(30)]),
            ]
        )
        for number in range(WRITERS)
    ]

    outcomes = await asyncio.gather(
        *(write(graph, batch, Writer(f"w{number}")) for number, batch in enumerate(batches))
    )

    total = Outcome()
    for outcome in outcomes:
        total.add(outcome)
    assert total.nodes["Person"].created == 32
    assert total.nodes["Product"].created == 33
    assert (total.links["CONTAINS"].created, total.links["FOR"].created) == (2, 1)
    counts = "MATCH (n) WHERE NOT n:Version UNWIND labels(n) AS l RETURN l, count(*)"
    labels = dict(await ask(graph, counts))
    assert (labels["Person"], labels["SourceRecord"], labels["Product"]) == (32, 32, 33)
    assert (labels["Identifier"], labels["Order"]) == (32, 1)
    types = dict(
        await ask(graph, "MATCH ()-[x]->() WHERE type(x) <> 'WAS' RETURN type(x), count(*)")
    )
    assert types == {"RESOLVES_TO": 32, "HAS_IDENTIFIER": 64, "CONTAINS": 2, "FOR": 1}


async def test_no_change_of_a_contended_node_is_lost_from_its_history(graph: Graph):
    await write(graph, Batch([Nodes(PRODUCT, [product("s1", category="start")])]), WRITER)

    changes = [Batch([Nodes(PRODUCT, [product("s1", category=str(i))])]) for i in range(20)]
    outcomes = await asyncio.gather(*(write(graph, each, Writer("w")) for each in changes))

    assert all(outcome.nodes["Product"].changed == 1 for outcome in outcomes)
    assert await one(graph, "MATCH (n:Product) RETURN n.version") == 21
    rows = await ask(
        graph,
        "MATCH (:Product)-[:WAS]->(v) RETURN v.version, v.category, v.validFrom, v.validTo "
        "ORDER BY v.version",
    )
    assert [row[0] for row in rows] == list(range(1, 21))
    assert len({row[1] for row in rows}) == 20
    assert all(row[2] <= row[3] for row in rows)
    assert all(row[3] == after[2] for row, after in pairwise(rows))


async def test_writers_that_swap_two_parties_records_end_without_error(graph: Graph):
    await write(graph, Batch([people(person("a"), person("b"))]), WRITER)

    async def swap(number: int) -> None:
        names = ("a", "b") if number % 2 else ("b", "a")
        for name in names:
            row = person(name, city=f"c{number}", email=f"{name}{number}@example.org")
            await write(graph, Batch([people(row)]), Writer("w"))

    await asyncio.gather(*(swap(number) for number in range(8)))

    rows = await ask(
        graph,
        "MATCH (p:Person) RETURN p.version, COUNT { (p)-[:HAS_IDENTIFIER]->() }, "
        "COUNT { (p)-[:WAS]->() }",
    )
    assert rows == [[9, 1, 8], [9, 1, 8]]


class _Killed(Exception):
    """Stands for a process that dies between two statements."""


@pytest.mark.parametrize("after", range(1, 12, 2))
async def test_a_death_between_any_two_statements_leaves_nothing(
    graph: Graph, export: Export, monkeypatch: pytest.MonkeyPatch, after: int
):
    before = await export()
    run, seen = Transaction.run, Counter[str]()

    async def dying(
        self: Transaction, statement: Statement, parameters: dict[str, Any] | None = None
    ) -> list[list[Any]]:
        if seen.total() == after:
            raise _Killed
        seen[statement.name] += 1
        return await run(self, statement, parameters)

    monkeypatch.setattr(Transaction, "run", dying)
    with pytest.raises(_Killed):
        await write(graph, shop(), WRITER)
    monkeypatch.undo()

    assert await export() == before
    again = await write(graph, shop(), WRITER)
    assert again.nodes["Person"].created == 2


async def test_a_database_that_is_away_is_one_clear_sentence():
    async with Graph("bolt://127.0.0.1:1", "neo4j", "nothing") as away:
        with pytest.raises(Unavailable, match="cannot be reached right now"):
            await write(away, Batch([Nodes(PRODUCT, [NodeRow(("a", "b"), {})])]), WRITER)
