"""What a viewer is told is looked for from an index: of the viewer, of the node, or of the list."""

from typing import Any

import pytest

from graph.database import Graph
from graph.statements import Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from tests.access.viewers import viewer

pytestmark = pytest.mark.anyio

NODE = (
    "query ($id: ID!) { node(id: $id) { ... on Company { name email "
    "orders(first: 10) { edges { node { number } } } "
    "interactions(first: 10) { edges { node { subject } } } } } }"
)
PAGES = (
    "{ companies(first: 20) { edges { cursor node { name email } } } }",
    "{ companies(first: 20, orderBy: [{field: CITY}]) { edges { node { name } } } }",
    "{ orders(first: 20) { edges { cursor node { number } } } }",
    '{ search(text: "client") { edges { node { id } } } }',
)
OWN = (
    "{ me { orders(first: 20) { edges { node { number } } } timeline(first: 20) { totalCount } } }"
)
QUESTIONS = [
    *(("kestrel", query) for query in (NODE, *PAGES)),
    ("ana", OWN),
    *(("sue", query) for query in (NODE, PAGES[0], *PAGES[2:])),
]


@pytest.mark.parametrize(("name", "query"), QUESTIONS)
async def test_what_is_told_is_looked_for_from_an_index(
    executor: Executor, graph: Graph, name: str, query: str
) -> None:
    asking = Executor(executor.schema, graph)
    asking.narrowing.narrowed = True
    values: dict[str, Any] = {"id": encode_id("Company", "alpha-client")} if "$id" in query else {}

    for each in asking.explain(query, values, None, viewer(name)):
        statement = getattr(each, "statement", None)
        assert isinstance(statement, Statement), each
        profile = await graph.profile(statement, each.parameters)  # pyright: ignore[reportAttributeAccessIssue]

        lines = profile.table.splitlines()
        scans = [line for line in lines if "AllNodesScan" in line or "LabelScan" in line]
        assert [line for line in scans if ":AccessRule" not in line] == []
        assert any("Seek" in line and "me:User" in line for line in lines)
