"""Statements planned ahead: those that a write then takes, and nothing is changed by it."""

import asyncio

import neo4j
import pytest

from graph.database import Graph
from graph.model import MODEL
from graph.write import link_statements, planned_ahead, statements
from graph.write.planning import expected

pytestmark = pytest.mark.anyio


def test_what_is_planned_ahead_for_the_whole_model_are_statements_of_the_write_path():
    known = {*statements.all_statements(), *link_statements.all_statements()}

    wanted = expected((*MODEL.nodes, *MODEL.relationships))

    assert set(wanted) <= known
    assert len(wanted) == len(set(wanted)) > len(statements.WRITABLE)


async def test_planning_ahead_changes_nothing_and_ends_with_the_work_beside_it(
    graph: Graph,
    clean_graph: None,  # noqa: ARG001
    driver: neo4j.AsyncDriver,
):
    before = len(asyncio.all_tasks())

    async with planned_ahead(graph, MODEL.nodes):
        await asyncio.sleep(0.3)

    assert len(asyncio.all_tasks()) == before
    async with driver.session() as session:
        result = await session.run("MATCH (n) WHERE NOT n:Migration RETURN count(n)")
        assert (await result.single(strict=True))[0] == 0


async def test_a_database_that_cannot_be_asked_does_not_stop_the_work():
    done = False

    async with (
        Graph("bolt://127.0.0.1:9", "neo4j", "none") as nowhere,
        planned_ahead(nowhere, MODEL.nodes),
    ):
        await asyncio.sleep(0.1)
        done = True

    assert done
