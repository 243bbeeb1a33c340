"""The audit trail: verified as it is, and every way to break it is found."""

from typing import LiteralString

import pytest

from api.commands.audit import told
from graph.auditing import verify
from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.relay import Relay
from tests.publishing.conftest import Writer

pytestmark = pytest.mark.anyio


async def filled(relay: Relay, writer: Writer) -> None:
    for _ in range(5):
        await writer.leave("ana", "bob")
    while await relay.step():
        pass


async def test_a_chain_holds_with_the_values_of_some_erased(
    graph: Graph, relay: Relay, writer: Writer
):
    await filled(relay, writer)
    erase: LiteralString = "MATCH (e:ChangeEvent {entity: 'ana'}) SET e.salt = null, e.patch = null"
    await graph.run(Statement("test.erase", Kind.WRITE, erase))
    await writer.leave("ana")

    found = await verify(graph)

    assert (found.events, found.digests, found.waiting, found.broken) == (10, 5, 1, None)
    assert told(found).startswith("The chain of 10 changes holds; of 5 the values are erased.")


async def test_an_empty_chain_holds(graph: Graph):
    assert (await verify(graph)).broken is None


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        ("MATCH (e:ChangeEvent {seq: 4}) SET e.actor = 'somebody else'", 4),
        ("MATCH (e:ChangeEvent {seq: 4}) SET e.at = '2020-01-01T00:00:00.000Z'", 4),
        ("MATCH (e:ChangeEvent {seq: 4}) SET e.fields = []", 4),
        ("MATCH (e:ChangeEvent {seq: 4}) SET e.patch = '{}'", 4),
        ("MATCH (e:ChangeEvent {seq: 4}) DELETE e", 4),
        ("MATCH (e:ChangeEvent {seq: 10}) DELETE e", 10),
        ("MATCH (r:Relay) SET r.seq = 9", 9),
        ("MATCH (e:ChangeEvent) WHERE e.seq IN [4, 5] SET e.seq = -e.seq", 4),
    ],
)
async def test_a_chain_that_was_touched_is_found_broken(
    graph: Graph, relay: Relay, writer: Writer, damage: LiteralString, broken: int
):
    await filled(relay, writer)
    await graph.run(Statement("test.damage", Kind.WRITE, damage))

    found = await verify(graph)

    assert found.broken == broken
    assert f"breaks at change {broken}" in told(found)
