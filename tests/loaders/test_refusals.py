# ruff: noqa: E501 - queries read better unbroken
"""Requests that make no sense are refused with a code, and nothing is sent."""

from typing import Any

import pytest

from loaders.execution import Executor
from loaders.ids import encode_cursor
from tests.loaders.conftest import ACME, STAFF, Wire, ask

pytestmark = pytest.mark.anyio


async def refusal(executor: Executor, query: str, **variables: Any) -> tuple[Any, str]:
    """Answer a query that must be refused: its data, and the code of its only error."""
    response = await executor.execute(query, variables, None, STAFF)
    (error,) = response["errors"]
    return response["data"], error["extensions"]["code"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ node(id: "zz") { id } }', "INVALID_ID"),
        ('{ node(id: "") { id } }', "INVALID_ID"),
        ('{ node(id: "' + "A" * 500 + '") { id } }', "INVALID_ID"),
        ('{ nodes(ids: ["zz"]) { id } }', "INVALID_ID"),
        ("{ customer { id } }", "INVALID_ARGUMENT"),
        ('{ customer(id: "' + ACME + '", by: {email: "a@example.org"}) { id } }', "INVALID_ARGUMENT"),
        ("{ orders(first: -1) { totalCount edges { cursor } } }", "INVALID_PAGE"),
        ("{ orders(first: 101) { edges { cursor } } }", "INVALID_PAGE"),
        ("{ orders(first: 1, last: 1) { edges { cursor } } }", "INVALID_PAGE"),
        ('{ orders(after: "zz") { edges { cursor } } }', "INVALID_CURSOR"),
        (
            '{ orders(after: "' + encode_cursor("Company.orders", ["a", "b"]) + '") { totalCount edges { cursor } } }',
            "INVALID_CURSOR",
        ),
        (
            '{ orders(after: "' + encode_cursor("Query.orders", ["a"]) + '") { totalCount edges { cursor } } }',
            "INVALID_CURSOR",
        ),
        (
            '{ orders(after: "' + encode_cursor("Query.orders", [1, "b"]) + '") { totalCount edges { cursor } } }',
            "INVALID_CURSOR",
        ),
    ],
)  # fmt: skip
async def test_nonsense_is_refused_without_a_statement(
    executor: Executor, wire: Wire, query: str, code: str
) -> None:
    data, found = await refusal(executor, query)

    assert found == code
    assert wire.runs == 0
    assert data is None or set(data.values()) == {None}


async def test_the_same_nonsense_in_a_variable_is_refused_on_a_cached_plan(
    executor: Executor,
) -> None:
    query = "query Q($after: String, $first: Int) { orders(first: $first, after: $after) { edges { cursor } } }"
    page = await ask(executor, query, first=1)
    cursor = page["orders"]["edges"][0]["cursor"]

    await ask(executor, query, first=1, after=cursor)

    assert await refusal(executor, query, first=1, after=cursor[:-3]) == (None, "INVALID_CURSOR")
    assert await refusal(executor, query, first=500) == (None, "INVALID_PAGE")


async def test_one_refused_root_field_leaves_the_others(executor: Executor) -> None:
    response = await executor.execute(
        '{ node(id: "zz") { id } customer(id: "' + ACME + '") { name } }', None, None, STAFF
    )

    assert response["data"] == {"node": None, "customer": {"name": "Acme"}}
    assert [each["path"] for each in response["errors"]] == [["node"]]
