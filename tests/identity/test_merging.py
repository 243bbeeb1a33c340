"""Merging parties and taking them apart: nothing is lost, and nothing is left."""

from typing import Any

import pytest

from graph.database import Graph
from graph.errors import Conflict, InvalidInput, NotFound
from graph.identity.merging import Merge, Unmerge
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from tests.identity.telling import (
    PERSON,
    Told,
    at,
    batch_of,
    begin,
    party,
    record_id,
    tell,
    whole,
)

pytestmark = pytest.mark.anyio


async def ask(graph: Graph, text: str, **parameters: Any) -> list[list[Any]]:
    return await graph.run(Statement("test.ask", Kind.READ, text), parameters)


async def happen(graph: Graph, *things: tuple[str, int, int, str]) -> None:
    for step, (what, who, whom, word) in enumerate(things, 1):
        one = Told(what, who, whom, word)  # type: ignore[arg-type]
        assert await tell(graph, batch_of(one, step), step), one


async def apart(graph: Graph, identity: int, *records: int, step: int = 50) -> None:
    unmerge = Unmerge(party(identity), [record_id(each) for each in records])
    assert await tell(graph, Batch([], steps=[unmerge]), step)


async def test_what_was_of_the_loser_is_of_the_survivor(graph: Graph) -> None:
    await begin(graph, 2)

    await happen(graph, ("order", 1, 0, "a"), ("work", 1, 7, "a"), ("merge", 0, 1, ""))

    rows = await ask(
        graph,
        "MATCH (p:Person) RETURN p.id, p.name, labels(p), "
        "COUNT { (p)<-[:FOR]-() }, COUNT { (p)-[:WORKS_AT]->() }, COUNT { (p)<-[:RESOLVES_TO]-() }",
    )
    assert len(rows) == 1
    assert rows[0][0] == party(0)
    assert "Customer" in rows[0][2]  # nothing is ordered by the survivor itself
    assert rows[0][3:] == [1, 1, 2]
    aliases = await ask(graph, "MATCH (a:Alias) RETURN a.id, a.target, a.merges")
    assert aliases == [[party(1), party(0), 1]]


async def test_unmerging_gives_back_the_exact_state(graph: Graph) -> None:
    await begin(graph, 3)
    said = [
        ("order", 0, 0, "a"), ("order", 1, 0, "b"), ("order", 1, 0, "a"), ("work", 0, 1, "a"),
        ("work", 1, 2, "a"), ("refer", 0, 1, "x"), ("refer", 1, 2, "y"), ("refer", 2, 1, "z"),
        ("edit", 1, 0, "q"),
    ]  # fmt: skip
    await happen(graph, *said)
    before = await whole(graph)

    assert await tell(graph, batch_of(Told("merge", 0, 1, ""), 20), 20)
    between = await whole(graph)
    records = await ask(
        graph, "MATCH (s:SourceRecord)-[x:RESOLVES_TO]->() WHERE x.endOf IS NOT NULL RETURN s.id"
    )
    unmerge = Unmerge(party(0), [row[0] for row in records])
    assert await tell(graph, Batch([], steps=[unmerge]), 30)

    assert unmerge.parties == [party(1)]
    assert between != before
    assert await whole(graph) == before


async def test_what_arrives_meanwhile_goes_to_whom_it_was_said_of(graph: Graph) -> None:
    later = [
        ("say", 1, 0, "b"), ("order", 1, 0, "c"), ("refer", 2, 1, "n"), ("attach", 1, 0, "a"),
        ("order", 0, 0, "d"), ("edit", 0, 0, "e"),
    ]  # fmt: skip
    await begin(graph, 3)
    await happen(graph, *later)
    expected = await whole(graph)
    await begin(graph, 3)

    await tell(graph, batch_of(Told("merge", 0, 1, ""), 0), 0)
    await happen(graph, *later)
    records = await ask(
        graph, "MATCH (s:SourceRecord)-[x:RESOLVES_TO]->() WHERE x.endOf IS NOT NULL RETURN s.id"
    )
    unmerge = Unmerge(party(0), [row[0] for row in records])
    assert await tell(graph, Batch([], steps=[unmerge]), 50)

    assert await whole(graph) == expected


async def test_a_merge_into_a_merged_party_is_undone_alone(graph: Graph) -> None:
    await begin(graph, 3)
    await happen(graph, ("order", 2, 0, "a"), ("order", 1, 0, "a"), ("merge", 1, 2, ""))
    before = await whole(graph)

    assert await tell(graph, batch_of(Told("merge", 0, 1, ""), 20), 20)
    assert len(await ask(graph, "MATCH (p:Person) RETURN p.id")) == 1
    await apart(graph, 0, 1, 2)

    assert await whole(graph) == before


@pytest.mark.parametrize(
    ("step", "error"),
    [
        pytest.param(Merge(party(0), [party(0)]), InvalidInput, id="itself"),
        pytest.param(Merge(party(0), [party(9)]), NotFound, id="unknown"),
        pytest.param(Merge(party(0), [party(1)]), Conflict, id="not the same"),
        pytest.param(Unmerge(party(0), [record_id(1)]), InvalidInput, id="foreign record"),
        pytest.param(Unmerge(party(0), [record_id(0)]), InvalidInput, id="nothing merged"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    graph: Graph, step: Merge | Unmerge, error: type[Exception]
) -> None:
    await begin(graph, 2)
    await happen(graph, ("distinct", 1, 0, "x"))
    before = await whole(graph)

    with pytest.raises(error):
        await write(graph, Batch([], steps=[step]), Writer("tester", now=at(40)))

    assert await whole(graph) == before
    assert PERSON.name == "Person"
