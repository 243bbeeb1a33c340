"""Every statement of the write path, as the real engine plans it."""

from collections.abc import Iterable
from typing import LiteralString

import neo4j
import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write import away, duplicates, link_statements, repeating, statements

pytestmark = pytest.mark.anyio
SCANS = ("AllNodesScan", "NodeByLabelScan", "AllRelationshipsScan", "RelationshipTypeScan")
PARAMETERS = {"p": {"rows": [], "ids": [], "now": "", "label": "", "rule": "", "actor": ""}}

READS = set(statements.UNCHANGED.values())
NODES = (
    *statements.all_statements(), *away.ALL, *duplicates.ALL, repeating.TAKE, repeating.ANSWER
)  # fmt: skip
ALL: tuple[Statement, ...] = (*NODES, *link_statements.all_statements())


def test_every_statement_has_a_name_of_its_own_and_writes():
    assert len({each.name for each in ALL}) == len(ALL)
    assert {each.kind for each in ALL if each not in READS} == {Kind.WRITE}


def test_the_texts_are_few_enough_for_the_plan_cache():
    assert len({each.text for each in ALL}) < 600


async def _scans(driver: neo4j.AsyncDriver, some: Iterable[Statement]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    async with driver.session() as session:
        for statement in some:
            explain: LiteralString = "EXPLAIN "
            result = await session.run(explain + statement.text, PARAMETERS)
            plan = str((await result.consume()).plan)
            found[statement.name] = [scan for scan in SCANS if scan in plan]
    return found


@pytest.mark.parametrize(
    "some",
    [
        # The statements of each kind of node differ by names alone; the last ones are for all.
        pytest.param((*NODES[::7], *NODES[-25:]), id="some"),
        pytest.param(NODES, id="all", marks=pytest.mark.full),
    ],
)
async def test_no_statement_for_nodes_scans(
    graph: Graph,  # noqa: ARG001
    driver: neo4j.AsyncDriver,
    some: tuple[Statement, ...],
):
    scans = await _scans(driver, some)

    assert not [name for name, found in scans.items() if found]


@pytest.mark.parametrize(
    "some",
    [
        pytest.param(link_statements.all_statements()[-24:], id="some"),
        pytest.param(link_statements.all_statements(), id="all", marks=pytest.mark.full),
    ],
)
async def test_no_statement_for_relationships_scans(
    graph: Graph,  # noqa: ARG001
    driver: neo4j.AsyncDriver,
    some: tuple[Statement, ...],
):
    scans = await _scans(driver, some)

    assert not [name for name, found in scans.items() if found]
