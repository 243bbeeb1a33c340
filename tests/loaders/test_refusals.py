# ruff: noqa: E501 - queries read better unbroken
"""Requests that make no sense are refused with a code, and nothing is sent."""

from typing import Any

import pytest

from loaders.execution import Executor
from loaders.ids import encode_cursor
from loaders.viewer import Audience, Viewer
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
        ("{ orders(filter: {number: {eq: null}}) { totalCount } }", "INVALID_FILTER"),
        ("{ orders(filter: {not: null}) { totalCount } }", "INVALID_FILTER"),
        ('{ orders(filter: {total: {gt: "1"}}) { totalCount } }', "INVALID_FILTER"),
        ('{ orders(filter: {total: {gt: "1.005", currency: "EUR"}}) { totalCount } }', "INVALID_FILTER"),
        ('{ orders(filter: {total: {gt: "1e30", currency: "EUR"}}) { totalCount } }', "INVALID_FILTER"),
        ('{ orders(filter: {at: {between: {from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z"}}}) { totalCount } }', "INVALID_FILTER"),
        ('{ orders(filter: {total: {between: {from: "10", to: "9.99"}, currency: "EUR"}}) { totalCount } }', "INVALID_FILTER"),
        ("{ companies(filter: {orders: {where: {}}}) { totalCount } }", "INVALID_FILTER"),
        ('{ orders(filter: {id: {eq: "zz"}}) { totalCount } }', "INVALID_ID"),
        ("{ companies(filter: " + "{not: " * 11 + "{}" + "}" * 11 + ") { totalCount } }", "FILTER_TOO_DEEP"),
        ("{ companies(filter: " + "{subsidiaries: {some: {node: " * 5 + "{}" + "}}}" * 5 + ") { totalCount } }", "FILTER_TOO_DEEP"),
        ("{ orders(filter: {or: [" + '{number: {eq: "a"}}, ' * 51 + "]}) { totalCount } }", "FILTER_TOO_WIDE"),
        ("{ orders(filter: {number: {in: [" + '"a", ' * 1_001 + "]}}) { totalCount } }", "FILTER_TOO_WIDE"),
        ("{ orders(orderBy: [{field: AT}, {field: TOTAL}, {field: STATUS}, {field: NUMBER}]) { totalCount } }", "INVALID_ORDER"),
        ("{ orders { facets(field: STATUS, first: 101) { value } } }", "INVALID_PAGE"),
        ("{ orders { facets(field: STATUS, first: -1) { value } } }", "INVALID_PAGE"),
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


_LIST = """query Q($after: String, $filter: OrderFilter, $orderBy: [OrderOrderBy!], $statuses: [OrderStatus!]) {
  orders(first: 2, after: $after, filter: $filter, orderBy: $orderBy, statuses: $statuses) {
    edges { cursor node { number } } } }"""
_BY_TOTAL = {"orderBy": [{"field": "TOTAL"}], "filter": {"number": {"startsWith": "N"}}}


async def first_cursor(executor: Executor, **variables: Any) -> str:
    """The cursor of the first row of a list."""
    page = await ask(executor, _LIST, **variables)
    return page["orders"]["edges"][0]["cursor"]


@pytest.mark.parametrize(
    "other",
    [
        {"filter": {"number": {"startsWith": "N1"}}},
        {"filter": {"number": {"endsWith": "N"}}},
        {"filter": None},
        {"orderBy": [{"field": "TOTAL", "direction": "DESC"}]},
        {"orderBy": [{"field": "TOTAL", "nulls": "FIRST"}]},
        {"orderBy": [{"field": "NET"}]},
        {"orderBy": []},
        {"statuses": ["PLACED"]},
    ],
)
async def test_a_cursor_is_refused_by_a_list_with_other_rows_or_another_order(
    executor: Executor, other: dict[str, Any]
) -> None:
    cursor = await first_cursor(executor, **_BY_TOTAL)

    await ask(executor, _LIST, **_BY_TOTAL, after=cursor)

    changed = {**_BY_TOTAL, **other, "after": cursor}
    assert await refusal(executor, _LIST, **changed) == (None, "INVALID_CURSOR")


async def test_a_cursor_is_refused_from_another_viewer(executor: Executor) -> None:
    cursor = await first_cursor(executor, **_BY_TOTAL)
    other = Viewer(Audience.STAFF, "test", "bob")

    response = await executor.execute(_LIST, {**_BY_TOTAL, "after": cursor}, None, other)

    assert [each["extensions"]["code"] for each in response["errors"]] == ["INVALID_CURSOR"]


async def test_a_cursor_is_refused_when_any_letter_of_it_is_changed_or_lost(
    executor: Executor, wire: Wire
) -> None:
    cursor = await first_cursor(executor, **_BY_TOTAL)
    sent = wire.runs

    forged = [
        cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        for at in range(len(cursor) - 1)
    ]
    cut = [cursor[:at] for at in range(1, len(cursor))]

    for each in (*forged, *cut):
        found = await refusal(executor, _LIST, **_BY_TOTAL, after=each)
        assert found == (None, "INVALID_CURSOR"), each
    assert wire.runs == sent


async def test_an_unknown_sort_field_is_no_query(executor: Executor, wire: Wire) -> None:
    response = await executor.execute(
        "{ orders(orderBy: [{field: SECRET}]) { totalCount } }", None, None, STAFF
    )

    assert "data" not in response
    assert wire.runs == 0


async def test_a_page_of_none_is_empty(executor: Executor) -> None:
    data = await ask(
        executor, "{ orders(first: 0) { totalCount edges { cursor } pageInfo { hasNextPage } } }"
    )

    assert data["orders"] == {"totalCount": 23, "edges": [], "pageInfo": {"hasNextPage": True}}
