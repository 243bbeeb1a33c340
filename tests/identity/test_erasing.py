"""Who was merged into a person is the person: an erasure takes both."""

import pytest

from graph.database import Graph
from graph.identity.merging import Merge
from graph.privacy import erase, erasure_plan
from graph.statements import Kind, Statement
from graph.write import Batch, Nodes, Writer, write
from tests.identity.telling import PERSON, party, said

pytestmark = pytest.mark.anyio

EVERYTHING = Statement(
    "test.everything",
    Kind.READ,
    "MATCH (n) WHERE any(key IN keys(n) WHERE toStringOrNull(n[key]) CONTAINS $word) "
    "RETURN labels(n)",
)


async def test_nothing_is_left_of_who_was_merged_into_somebody_erased(graph: Graph) -> None:
    people = [said(0, "a", 0), said(1, "canary", 1)]
    await write(graph, Batch([Nodes(PERSON, people)]), Writer("tester", "crm"))
    merge = Merge(party(0), [party(1)])
    await write(graph, Batch([], steps=[merge]), Writer("tester", "c360"))
    assert await graph.run(EVERYTHING, {"word": "canary"})

    plan = await erasure_plan(graph, party(0))
    await erase(graph, party(0), plan.plan_hash, "tester")

    assert await graph.run(EVERYTHING, {"word": "canary"}) == []
