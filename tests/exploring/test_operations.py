"""What clients store of exploring, and what its documentation shows, keeps its meaning."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from api.operations import StoredOperation, stored_operations
from loaders.execution import Executor, Explained
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF, RecordingGraph

pytestmark = pytest.mark.anyio

STORED = stored_operations(Path(__file__).parent / "operations")
CASES = [
    pytest.param(each, variables, id=f"{each.name}-{position}")
    for each in STORED
    for position, variables in enumerate(each.variables)
]
DOCUMENTED = re.findall(
    r"```graphql\n(.*?)```",
    (Path(__file__).parents[2] / "docs" / "exploring.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(("stored", "variables"), CASES)
async def test_a_stored_operation_is_prepared_and_answered_by_one_statement(
    executor: Executor, graph: RecordingGraph, stored: StoredOperation, variables: dict[str, Any]
) -> None:
    assert await executor.prepare(stored.document, variables) == []
    (expected,) = executor.explain(stored.document, variables, None)
    assert isinstance(expected, Explained)
    assert expected.price > 1
    graph.sent.clear()

    response = await executor.execute(stored.document, variables, None, STAFF)

    assert "errors" not in response
    assert [each.statement for each in graph.sent] == [expected.statement]


@pytest.mark.parametrize("document", DOCUMENTED)
def test_the_documentation_shows_what_the_schema_has(document: str) -> None:
    assert validate(SCHEMA._schema, parse(document)) == []


def test_the_documentation_has_an_example_of_each_field() -> None:
    shown = {name for each in DOCUMENTED for name in re.findall(r"^  (\w+)\(", each, re.MULTILINE)}

    assert shown == {"search", "path", "neighborhood", "metrics"}
