"""What resolution joined can be taken apart, as if it had never been joined, and stays apart."""

import pytest

from graph.database import Graph
from graph.identity.merging import Unmerge
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.model import MODEL
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from tests.identity.telling import WIPE, whole
from tests.resolving.telling import (
    PERSON,
    arrive,
    ask,
    at,
    clusters,
    id_of,
    proposed,
    says,
)

pytestmark = pytest.mark.anyio

ORDER, FOR = MODEL.by_label["Order"], MODEL.by_type["FOR"]


async def take_out(graph: Graph, survivor: int, number: int, step: int) -> None:
    rows = await ask(
        graph,
        "MATCH (s:SourceRecord {externalId: $id})-[:RESOLVES_TO]->() RETURN s.id",
        id=str(number),
    )
    unmerge = Unmerge(id_of(survivor), [row[0] for row in rows])
    await write(graph, Batch([], steps=[unmerge]), Writer("tester", now=at(step)))


async def buy(graph: Graph, number: int, step: int) -> None:
    """An order of whoever a record speaks of."""
    order = NodeRow(
        ("shop", f"o{number}"), {"number": f"{number}", "at": at(0)}, id_of(f"o{number}")
    )
    link = LinkRow(("shop", f"o{number}"), ("crm", str(number)), {})
    parts = [Nodes(ORDER, [order]), Links(FOR, ORDER, PERSON, [link])]
    await write(graph, Batch([*parts]), Writer("tester", now=at(step)))


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_a_record_that_joined_can_leave_as_if_it_never_had(
    graph: Graph, together: bool
) -> None:
    states: list[list[str]] = []
    for resolver in (None, Resolving(Policy())):
        await graph.run(WIPE)
        graph.resolver = resolver
        rows = [
            says(1, email="a@x.org", phone="+40712345678", city="Cluj"),
            says(2, "POP Ana", email="a@x.org", city="Iași", birthDate="1980-01-02"),
        ]
        if together:
            await arrive(graph, *rows)
        else:
            for row in rows:
                await arrive(graph, row)
        await buy(graph, 1, 2)
        await buy(graph, 2, 3)
        if resolver is not None:
            assert len(await clusters(graph)) == 1
            await take_out(graph, 1, 2, 5)
        states.append(await whole(graph))

    never, undone = states
    assert undone == never


async def test_what_was_taken_apart_is_not_joined_again(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, email="a@x.org"), step=1)
    await take_out(graph, 1, 2, 2)

    await arrive(graph, says(2, email="a@x.org", phone="+40712345678", city="Iași"), step=3)
    await arrive(graph, says(1, email="a@x.org", phone="+40712345678"), step=4)

    assert len(await clusters(graph)) == 2
    assert await proposed(graph) == []


async def test_the_past_of_a_joined_record_is_that_of_who_answers(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, email="a@x.org"), step=1)
    await take_out(graph, 1, 2, 5)

    during = await ask(
        graph,
        "MATCH (s:SourceRecord {externalId: '2'})-[x:RESOLVES_TO|RESOLVES_TO_WAS]->(p) "
        "WHERE x.recordedFrom <= $t < x.recordedTo RETURN p.id",
        t=at(3),
    )

    assert during == [[id_of(1)]]


async def test_a_merge_by_a_record_can_be_undone(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, phone="+40712345678"), step=1)
    await arrive(graph, says(3, email="a@x.org", phone="+40712345678"), step=2)
    assert len(await clusters(graph)) == 1

    await take_out(graph, 1, 2, 3)

    assert await clusters(graph) == {frozenset("13"), frozenset("2")}
