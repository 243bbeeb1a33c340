"""A request with a key is carried out once, however often it is sent."""

import asyncio
from dataclasses import replace

import pytest

from graph.database import Graph
from graph.errors import Conflict, InvalidInput
from graph.write import Batch, Nodes, Outcome, Request, Writer, write
from tests.graph.asking import LATER, PRODUCT, line, lines, one, people, person, product, shop
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio
REQUEST = Request("user-1:monday", "digest-1")


def _with_missing() -> Batch:
    lost = replace(person("cleo"), of_party=("crm", "nobody"))
    return Batch([*shop().parts, people(lost), lines(line("o1", 7, "nope"), line("o2", 1, "s1"))])


async def test_a_repeated_request_gets_the_same_answer_and_changes_nothing(
    graph: Graph, export: Export
):
    first = await write(graph, _with_missing(), WRITER, request=REQUEST)
    before = await export()

    again = await write(graph, _with_missing(), replace(WRITER, now=LATER), request=REQUEST)

    assert first.links["CONTAINS"].missing
    assert first.nodes["Person"].missing == [(("crm", "cleo"), ("crm", "nobody"))]
    assert again.repeated
    assert (again.nodes, again.links) == (first.nodes, first.links)
    assert await export() == before


async def test_a_repeated_request_does_not_undo_what_came_after_it(graph: Graph):
    batch = Batch([Nodes(PRODUCT, [product("s1", category="toys")])])
    await write(graph, batch, WRITER, request=REQUEST)
    other = Batch([Nodes(PRODUCT, [product("s1", category="games")])])
    await write(graph, other, replace(WRITER, now=LATER))

    await write(graph, batch, replace(WRITER, now=LATER), request=REQUEST)

    assert await one(graph, "MATCH (n:Product) RETURN n.category") == "games"


async def test_a_key_of_another_request_is_a_conflict_and_changes_nothing(
    graph: Graph, export: Export
):
    await write(graph, shop(), WRITER, request=REQUEST)
    before = await export()

    other = Batch([Nodes(PRODUCT, [product("s9")])])
    with pytest.raises(Conflict, match="choose a new one"):
        await write(graph, other, WRITER, request=Request(REQUEST.key, "digest-2"))

    assert await export() == before


async def test_a_refused_or_dry_request_does_not_use_up_its_key(graph: Graph):
    with pytest.raises(InvalidInput):
        await write(graph, Batch([Nodes(PRODUCT, [product("s1", x=1)])]), WRITER, request=REQUEST)
    await write(graph, shop(), WRITER, dry_run=True, request=REQUEST)

    outcome = await write(graph, shop(), WRITER, request=REQUEST)

    assert not outcome.repeated
    assert outcome.nodes["Product"].created == 3


async def test_of_concurrent_requests_with_one_key_one_runs(graph: Graph):
    batch = Batch([Nodes(PRODUCT, [product("s1")])])

    outcomes: list[Outcome] = await asyncio.gather(
        *(write(graph, batch, Writer(f"w{i}"), request=REQUEST) for i in range(12))
    )

    assert sorted(each.repeated for each in outcomes) == [False, *[True] * 11]
    assert {each.nodes["Product"].created for each in outcomes} == {1}
    assert await one(graph, "MATCH (e:ChangeEvent) RETURN count(e)") == 1


async def test_a_key_keeps_no_value_of_a_row(graph: Graph):
    await write(graph, _with_missing(), WRITER, request=REQUEST)

    result = await one(graph, "MATCH (k:IdempotencyKey) RETURN k.result")

    assert not any(word in result for word in ("crm", "cleo", "nobody", "nope", "o2"))
