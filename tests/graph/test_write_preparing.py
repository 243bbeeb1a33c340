"""Rows that were checked ahead are written as if they had not been; bad ones are still refused."""

from dataclasses import replace

import pytest

from graph.database import Graph
from graph.errors import InvalidInput
from graph.write import Batch, Links, Nodes, prepare, write
from tests.graph.asking import LATER, PRODUCT, product, shop
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio


async def test_prepared_parts_are_written_as_others_are(graph: Graph, export: Export):
    batch = shop()
    prepare(batch.parts)
    assert all(each.ready is not None for each in batch.parts)
    ahead = await write(graph, batch, WRITER)
    before = await export()

    plain = await write(graph, shop(), replace(WRITER, now=LATER))
    again = await write(graph, batch, replace(WRITER, now=LATER))

    assert await export() == before
    assert {name: each.created for name, each in ahead.links.items()} == {
        name: each.unchanged for name, each in plain.links.items()
    }
    assert all(each.unchanged and not each.changed for each in again.nodes.values())


async def test_a_part_that_breaks_the_model_says_so_when_it_is_written(
    graph: Graph, export: Export
):
    before = await export()
    bad = product("p1", name="Lamp", launchedOn="yesterday")
    batch = Batch([Nodes(PRODUCT, [bad])])
    prepare(batch.parts)

    assert batch.parts[0].ready is None
    with pytest.raises(InvalidInput, match="launchedOn"):
        await write(graph, batch, WRITER)
    assert await export() == before


def test_links_that_cannot_be_are_left_to_the_write():
    links = next(each for each in shop().parts if isinstance(each, Links))
    turned = replace(links, start=links.end, end=links.start)

    prepare([turned])

    assert turned.ready is None
