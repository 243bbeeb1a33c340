"""Migrations: generated from the model, recorded once, safe at the same time."""

import asyncio
from collections import Counter
from typing import LiteralString

import neo4j
import pytest

from graph.database import Graph
from graph.engines import Endpoints
from graph.errors import Conflict
from graph.migrations import migrate, search_index, steps
from graph.model import MODEL
from graph.statements import Kind, Statement
from tests.graph.asking import ask

pytestmark = pytest.mark.anyio

RECORDS = "MATCH (m:Migration) RETURN m.name, m.position ORDER BY m.position"
CLEAR = Statement("test.clear", Kind.WRITE, "MATCH (m:Migration) DELETE m")


def test_every_kind_of_node_is_found_by_id_and_by_each_key():
    promised = {step.promise for step in steps()}

    for node in MODEL.nodes:
        if node.abstract or node.machinery:
            continue
        assert f"{node.name} unique by id" in promised
        if node.sourced:
            assert f"{node.name} unique by source and externalId" in promised
        for key in node.keys:
            assert f"{node.name} unique by {' and '.join(key)}" in promised


def test_every_list_is_sorted_by_an_index_on_its_property_and_id():
    promised = {step.promise for step in steps()}

    for node in MODEL.nodes:
        if node.abstract or node.machinery:
            continue
        for each in node.properties.values():
            kind = "Interaction" if each.name in ("channel", "thread") else node.name
            assert not each.indexed or f"{kind} by {each.name} and id" in promised


def test_names_of_steps_are_unique_and_stay_within_the_limit_of_names():
    names = [step.name for step in steps()]

    assert len(set(names)) == len(names)
    assert all(len(name) < 100 for name in names)


async def test_a_second_run_applies_nothing_and_is_told_of_nothing(graph: Graph):
    await migrate(graph)
    told: list[str] = []

    assert await migrate(graph, told.append) == []

    assert told == []


async def test_every_step_is_online_under_its_own_name(graph: Graph):
    names = await ask(graph, "SHOW INDEXES YIELD name, state RETURN name, state")

    states = dict(names)
    assert {step.name for step in steps()} <= states.keys()
    assert set(states.values()) == {"ONLINE"}


async def _drop_everything(driver: neo4j.AsyncDriver) -> None:
    async with driver.session() as session:
        for step in steps():
            drop: LiteralString = step.drop.text
            await (await session.run(drop)).consume()


async def test_four_runs_at_once_on_an_empty_graph_record_every_step_once(
    graph: Graph, driver: neo4j.AsyncDriver, endpoints: Endpoints
):
    await graph.run(CLEAR)
    await _drop_everything(driver)

    async def run() -> list[str]:
        async with Graph(
            endpoints.neo4j_uri, endpoints.neo4j_user, endpoints.neo4j_password
        ) as own:
            return await migrate(own)

    applied = await asyncio.gather(*(run() for _ in range(4)))

    assert Counter(name for names in applied for name in names) == Counter(
        step.name for step in steps()
    )
    assert await ask(graph, RECORDS) == [
        [step.name, position] for position, step in enumerate(steps(), 1)
    ]


async def test_four_runs_at_once_over_some_missing_steps_record_each_once(
    graph: Graph, driver: neo4j.AsyncDriver
):
    await migrate(graph)
    some = steps()[::25]
    forget = Statement(
        "test.forget", Kind.WRITE, "MATCH (m:Migration) WHERE m.name IN $names DELETE m"
    )
    await graph.run(forget, {"names": [step.name for step in some]})
    async with driver.session() as session:
        for step in some:
            drop: LiteralString = step.drop.text
            await (await session.run(drop)).consume()

    applied = await asyncio.gather(*(migrate(graph) for _ in range(4)))

    assert Counter(name for names in applied for name in names) == {step.name: 1 for step in some}
    assert len(await ask(graph, RECORDS)) == len(steps())


async def test_duplicates_are_one_sentence_that_tells_no_value(graph: Graph):
    await migrate(graph)
    name = "unique_Product_sku"
    step = next(each for each in steps() if each.name == name)
    forget = Statement("test.forget", Kind.WRITE, "MATCH (m:Migration {name: $name}) DELETE m")
    twins = Statement(
        "test.twins", Kind.WRITE, "UNWIND range(1, 2) AS i CREATE (:Product {sku: 'secret'})"
    )
    clean = Statement("test.clean", Kind.WRITE, "MATCH (n:Product) DETACH DELETE n")
    await graph.run(forget, {"name": name})
    await graph.run(step.drop)
    await graph.run(twins)

    with pytest.raises(Conflict, match="the model promises Product unique by sku") as refusal:
        await migrate(graph)

    assert "secret" not in str(refusal.value)
    await graph.run(clean)
    assert await migrate(graph) == [name]


async def test_a_definition_that_changed_replaces_the_former_index(graph: Graph):
    await migrate(graph)
    name = search_index(MODEL.by_label["Product"])
    older = Statement(
        "test.older", Kind.WRITE, "MATCH (m:Migration {name: $name}) SET m.statement = 'older'"
    )
    await graph.run(older, {"name": name})

    assert await migrate(graph) == [name]

    assert await ask(
        graph, "SHOW INDEXES YIELD name, state WHERE name = $name RETURN state", name=name
    ) == [["ONLINE"]]


async def test_search_finds_names_without_their_accents(graph: Graph):
    create = Statement(
        "test.create", Kind.WRITE, "CREATE (:Party:Person {id: 'e', name: 'Élodie Țăran'})"
    )
    await graph.run(create)
    query = "CALL db.index.fulltext.queryNodes($index, $words) YIELD node RETURN node.name"

    index = search_index(MODEL.by_label["Party"])
    assert await ask(graph, query, index=index, words="elodie AND taran") == [["Élodie Țăran"]]
