"""What clients store keeps its meaning: valid, one anchored statement per root field, planned."""

from pathlib import Path
from typing import Any

import neo4j
import pytest

from api.operations import StoredOperation, stored_operations
from loaders.execution import Executor, Explained
from loaders.lanes import shared
from tests.resolvers.conftest import STAFF, RecordingGraph, Sent
from tests.resolvers.plans import operators

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[1] / "operations"
STORED = stored_operations(FOLDER)
CASES = [
    pytest.param(each, variables, id=f"{each.name}-{position}")
    for each in STORED
    for position, variables in enumerate(each.variables)
]
BY_INDEX = {"NodeUniqueIndexSeek", "NodeIndexSeek", "NodeIndexScan", "NodeIndexSeekByRange"}
COUNTING = {"pipeline", "case_queue"}
"""They count a root list that an argument narrows: every node of the label is looked at."""

SCANS = {"AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan", "IntersectionNodeByLabelsScan"}


def explained(executor: Executor, stored: StoredOperation, variables: Any) -> list[Explained]:
    """What an operation sends; it must not be refused."""
    found = executor.explain(stored.document, variables, None)
    assert all(isinstance(each, Explained) for each in found), found
    return [each for each in found if isinstance(each, Explained)]


@pytest.mark.parametrize(("stored", "variables"), CASES)
async def test_a_stored_operation_is_one_statement_per_root_field(
    executor: Executor, graph: RecordingGraph, stored: StoredOperation, variables: dict[str, Any]
) -> None:
    expected = explained(executor, stored, variables)
    graph.sent.clear()

    response = await executor.execute(stored.document, variables, None, STAFF)

    assert "errors" not in response, response["errors"]
    sent = [each.statement.text for each in graph.sent]
    wanted = [each.statement.text for each in expected if each.statement]
    assert sorted(sent) == sorted(wanted)
    assert all(each.price >= 1 for each in expected)


@pytest.mark.parametrize(("stored", "variables"), CASES)
async def test_both_forms_of_its_statements_start_at_an_index(
    executor: Executor,
    driver: neo4j.AsyncDriver,
    stored: StoredOperation,
    variables: dict[str, Any],
) -> None:
    for each in explained(executor, stored, variables):
        assert each.statement is not None
        both = shared(each.statement)
        alone = Sent(both.single, both.parameters(each.parameters))
        fixed = {name: each.parameters[name] for name in both.fixed}
        together = Sent(
            both.several, {**fixed, "shared": {"rows": [both.row(each.parameters)] * 2}}
        )
        for form in (alone, together):
            found = await operators(driver, form)
            assert found & BY_INDEX
            assert stored.name in COUNTING or not found & SCANS


async def test_prepared_operations_send_nothing_new_when_they_come(
    executor: Executor, graph: RecordingGraph
) -> None:
    graph.sent.clear()
    for stored in STORED:
        for variables in stored.variables:
            assert await executor.prepare(stored.document, variables) == []
    planned = {each.statement.text for each in graph.sent}
    graph.sent.clear()

    for stored in STORED:
        for variables in stored.variables:
            await executor.execute(stored.document, variables, None, STAFF)

    assert {each.statement.text for each in graph.sent} <= planned
