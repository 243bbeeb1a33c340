"""A sealed row is known to be unchanged at a glance, until anybody changes what it spoke of."""

from dataclasses import replace

import neo4j
import pytest

from graph.database import Graph
from graph.write import Batch, NodeRow, Nodes, unchanged, write
from tests.graph.asking import (
    LATER,
    ORDER,
    PERSON,
    PRODUCT,
    line,
    lines,
    one,
    order,
    people,
    person,
    product,
    shop,
)
from tests.graph.conftest import WRITER

pytestmark = pytest.mark.anyio
SEAL = "0123456789abcdef0123456789abcdef"
KEY = ("shop", "o1")


def _sealed(row: NodeRow) -> NodeRow:
    return replace(row, seal=SEAL)


async def _write_sealed(graph: Graph, *more: str) -> None:
    products = Nodes(PRODUCT, [product("s1"), product("s2")])
    document = Nodes(ORDER, [_sealed(order("o1"))])
    said = lines(line("o1", 1, "s1"), *(line("o1", 2, sku) for sku in more), complete=True)
    await write(graph, Batch([products, document, said]), WRITER)


async def test_a_sealed_row_is_unchanged_and_another_seal_is_not(graph: Graph):
    await _write_sealed(graph)

    other = "f" * 32
    assert await unchanged(graph, ORDER, [(KEY, SEAL), (KEY, other), (("shop", "o2"), SEAL)]) == {0}


async def test_a_row_written_without_a_seal_is_not_known_to_be_unchanged(graph: Graph):
    await write(graph, shop(), WRITER)

    assert await unchanged(graph, ORDER, [(KEY, SEAL)]) == set()


async def test_a_change_of_the_node_breaks_its_seal(graph: Graph):
    await _write_sealed(graph)

    changed = Batch([Nodes(ORDER, [order("o1", total=5, currency="EUR")])])
    await write(graph, changed, replace(WRITER, now=LATER))

    assert await unchanged(graph, ORDER, [(KEY, SEAL)]) == set()


async def test_a_change_that_another_way_of_writing_told_of_is_seen_and_repaired(
    graph: Graph, driver: neo4j.AsyncDriver
):
    batch = Batch([Nodes(PRODUCT, [_sealed(product("s1", category="toys"))])])
    await write(graph, batch, WRITER)
    async with driver.session() as session:
        await session.run("MATCH (n:Product) SET n.category = 'games', n.head = 'another event'")

    assert await unchanged(graph, PRODUCT, [(("shop", "s1"), SEAL)]) == set()
    assert (await write(graph, batch, WRITER)).nodes["Product"].changed == 1
    assert await one(graph, "MATCH (n:Product) RETURN n.category") == "toys"


async def test_a_change_of_a_line_breaks_the_seal_of_its_document(graph: Graph):
    await _write_sealed(graph)

    changed = Batch([lines(line("o1", 1, "s2"))])
    await write(graph, changed, replace(WRITER, now=LATER))

    assert await unchanged(graph, ORDER, [(KEY, SEAL)]) == set()


async def test_a_document_of_which_a_line_is_missing_is_not_sealed(graph: Graph):
    await _write_sealed(graph, "nope")

    assert await unchanged(graph, ORDER, [(KEY, SEAL)]) == set()


async def test_a_party_is_sealed_by_its_record(graph: Graph):
    await write(graph, Batch([people(_sealed(person("ana", email="a@example.org")))]), WRITER)
    assert await unchanged(graph, PERSON, [(("crm", "ana"), SEAL)]) == {0}

    await write(graph, Batch([people(person("ana", city="Lyon"))]), replace(WRITER, now=LATER))

    assert await unchanged(graph, PERSON, [(("crm", "ana"), SEAL)]) == set()


async def test_the_same_again_is_told_by_the_row_even_of_a_sealed_node(graph: Graph):
    await _write_sealed(graph)

    again = await write(graph, Batch([Nodes(ORDER, [order("o1")])]), replace(WRITER, now=LATER))

    assert again.nodes["Order"].unchanged == 1
