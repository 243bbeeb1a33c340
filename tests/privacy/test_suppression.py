"""Who was erased does not come back by an import, until somebody allows it."""

import pytest

from graph.database import Graph
from graph.privacy import allow, erase, erasure_plan, verify_erasure
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, write
from tests.privacy.worlds import CANARY, NODE, WRITER, full_world, people, rows

pytestmark = pytest.mark.anyio

NAMES = Statement("test.names", Kind.READ, "MATCH (p:Person) RETURN p.name ORDER BY p.name")


async def erased(graph: Graph) -> str:
    person = await full_world(graph)
    plan = await erasure_plan(graph, person)
    return (await erase(graph, person, plan.plan_hash, "officer")).id


async def test_the_same_import_again_does_not_bring_an_erased_person_back(graph: Graph):
    receipt = await erased(graph)

    outcome = await write(graph, Batch(people()), WRITER)

    assert outcome.nodes["Person"].suppressed == 1
    assert outcome.nodes["Person"].created == 0
    assert await graph.run(NAMES) == [["Bob Keeps"], ["Cem Stays"]]
    assert (await verify_erasure(graph, receipt)).clean


async def test_another_system_with_the_same_address_does_not_either(graph: Graph):
    await erased(graph)
    said = {"name": "A. Other", "email": f"ANA@{CANARY}.example"}

    outcome = await write(
        graph, Batch([Nodes(NODE["Person"], [NodeRow(("shop", "7"), said)])]), WRITER
    )

    assert outcome.nodes["Person"].suppressed == 1
    assert await graph.run(NAMES) == [["Bob Keeps"], ["Cem Stays"]]


async def test_a_namesake_with_another_address_is_somebody_else(graph: Graph):
    await erased(graph)
    namesake = ("new", {"name": "Ana Maria", "email": "ana@other.example"})

    outcome = await write(graph, Batch([rows("Person", namesake)]), WRITER)

    assert outcome.nodes["Person"].created == 1


async def test_who_comes_back_on_purpose_can_be_allowed(graph: Graph):
    await erased(graph)
    said = {"name": "Ana", "email": f"ana@{CANARY}.example", "phone": "+33123456789"}

    lifted = await allow(graph, "crm", "ana", said)
    outcome = await write(graph, Batch([rows("Person", ("ana", said))]), WRITER)

    assert lifted == 3
    assert outcome.nodes["Person"].created == 1


async def test_what_is_suppressed_cannot_be_read_from_its_digest(graph: Graph):
    await erased(graph)
    asked = Statement(
        "test.suppressed",
        Kind.READ,
        "MATCH (s:Suppression) RETURN s.kind, size(s.digest) ORDER BY s.kind",
    )

    found = await graph.run(asked)

    assert {kind for kind, _ in found} == {"RECORD", "EMAIL", "PHONE"}
    assert {size for _, size in found} == {64}
