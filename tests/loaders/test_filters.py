# ruff: noqa: E501 - queries read better unbroken
"""What filters, orders and facets mean, on a graph whose every value the reader can foresee."""

import asyncio
from typing import Any

import pytest

from loaders.execution import Executor
from loaders.ids import encode_id
from tests.loaders.conftest import ACME, Wire, ask

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("patience")]


async def names(executor: Executor, filter_: str, field: str = "customers") -> set[str]:
    """Names of the rows of a root list that fit a filter."""
    data = await ask(
        executor, f"{{ {field}(filter: {filter_}) {{ edges {{ node {{ name }} }} }} }}"
    )
    return {each["node"]["name"] for each in data[field]["edges"]}


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ('{name: {eq: "Acme"}}', {"Acme"}),
        ('{name: {startsWith: "Acme"}}', {"Acme", "Acme Sud"}),
        ("{}", {"Acme", "Acme Sud", "Ana", "Bob"}),
        ("{and: []}", {"Acme", "Acme Sud", "Ana", "Bob"}),
        ("{or: []}", set()),
        ("{not: {}}", set()),
        ("{lifecycle: {eq: CUSTOMER}}", {"Acme"}),
        ("{lifecycle: {ne: CUSTOMER}}", {"Acme Sud", "Ana", "Bob"}),
        ("{not: {lifecycle: {eq: CUSTOMER}}}", {"Acme Sud", "Ana", "Bob"}),
        ("{lifecycle: {in: []}}", set()),
        ("{lifecycle: {notIn: [CUSTOMER]}}", {"Acme Sud", "Ana", "Bob"}),
        ("{lifecycle: {isNull: false}}", {"Acme"}),
        ("{asPerson: {}}", {"Ana", "Bob"}),
        ('{not: {asCompany: {name: {endsWith: "Sud"}}}}', {"Acme", "Ana", "Bob"}),
        ("{orders: {count: {eq: 0}}}", {"Acme Sud", "Ana", "Bob"}),
        ('{orders: {some: {node: {total: {currency: "EUR", gt: "23.22"}}}}}', {"Acme"}),
        ('{orders: {some: {node: {total: {currency: "EUR", gt: "23.23"}}}}}', set()),
        ('{orders: {every: {node: {total: {currency: "JPY", gt: "1"}}}}}', {"Acme Sud", "Ana", "Bob"}),
        ('{orders: {sum: {total: {currency: "EUR", eq: "278.76"}}}}', {"Acme"}),
        ('{orders: {where: {node: {number: {eq: "N2"}}}, max: {total: {currency: "EUR", eq: "2.02"}}}}', {"Acme"}),
        ('{id: {eq: "' + ACME + '"}}', {"Acme"}),
        ('{id: {eq: "' + encode_id("Order", "acme") + '"}}', set()),
        ('{id: {ne: "' + ACME + '"}}', {"Acme Sud", "Ana", "Bob"}),
    ],
)  # fmt: skip
async def test_a_filter_keeps(executor: Executor, filter_: str, found: set[str]) -> None:
    assert await names(executor, filter_) == found


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ('{companies: {some: {title: {eq: "CEO"}}}}', {"Ana"}),
        ("{companies: {some: {from: {isNull: true}, node: {subsidiaries: {count: {gte: 1}}}}}}", {"Bob"}),
        ("{companies: {none: {title: {in: [\"CEO\", \"CFO\"]}}}}", {"Bob"}),
        ('{companies: {some: {node: {orders: {some: {node: {lines: {some: {node: {sku: {eq: "S3"}}}}}}}}}}}', {"Ana", "Bob"}),
    ],
)  # fmt: skip
async def test_a_path_keeps(executor: Executor, filter_: str, found: set[str]) -> None:
    assert await names(executor, filter_, "people") == found


async def test_a_single_walk_asks_for_its_presence_by_an_empty_filter(executor: Executor) -> None:
    query = "{ with: orders(filter: {customer: {}}) { totalCount } without: orders(filter: {not: {customer: {}}}) { totalCount } }"

    data = await ask(executor, query)

    assert data == {"with": {"totalCount": 23}, "without": {"totalCount": 0}}


async def test_a_filter_an_order_and_facets_are_one_statement_each_root_field(
    executor: Executor, wire: Wire
) -> None:
    query = """query Q($f: OrderFilter, $all: Boolean!) {
      orders(filter: $f, orderBy: [{field: TOTAL, direction: DESC}], first: 2) {
        totalCount byStatus: facets(field: STATUS) { value count }
        byChannel: facets(field: CHANNEL, first: 1) @include(if: $all) { __typename value count }
        edges { node { number customer { __typename ... on Company { c: name } ...Named } } }
      } } fragment Named on Customer { name }"""
    variables: dict[str, Any] = {"f": {"number": {"startsWith": "N1"}}, "all": True}

    data = await ask(executor, query, **variables)

    customer = {"__typename": "Company", "c": "Acme", "name": "Acme"}
    assert data["orders"] == {
        "totalCount": 11,
        "byStatus": [{"value": "PLACED", "count": 11}],
        "byChannel": [{"__typename": "Facet", "value": None, "count": 11}],
        "edges": [{"node": {"number": n, "customer": customer}} for n in ("N19", "N18")],
    }
    assert wire.runs == 1
    assert executor.counters.fallbacks == 0


async def test_facets_of_an_interface_count_its_types_and_of_an_edge_its_values(
    executor: Executor,
) -> None:
    query = (
        "{ customers(first: 1) { facets(field: TYPE) { value count } } "
        'customer(id: "'
        + ACME
        + '") { ... on Company { people { facets(field: EDGE_TITLE) { value count } } } } }'
    )

    data = await ask(executor, query)

    types = [{"value": "Company", "count": 2}, {"value": "Person", "count": 2}]
    titles = [{"value": "CEO", "count": 1}, {"value": "CTO", "count": 1}]
    assert data["customers"]["facets"] == types
    assert data["customer"]["people"]["facets"] == titles


async def test_aliases_of_one_list_with_different_filters_do_not_mix(executor: Executor) -> None:
    query = """query Q($a: String!) { customer(id: "ACME") { ... on Company {
      a: orders(first: 1, filter: {number: {eq: $a}}) { edges { node { number } } }
      b: orders(first: 1, filter: {number: {eq: "N5"}}) { edges { node { number } } }
      c: orders(first: 1, orderBy: [{field: TOTAL}]) { edges { node { number } } } } } }""".replace(
        "ACME", ACME
    )

    data = await ask(executor, query, a="N7")

    found = {key: page["edges"][0]["node"]["number"] for key, page in data["customer"].items()}
    assert found == {"a": "N7", "b": "N5", "c": "N1"}


async def test_concurrent_requests_with_other_values_share_a_statement_and_keep_their_answers(
    executor: Executor,
) -> None:
    query = """query Q($f: OrderFilter, $after: String) {
      orders(filter: $f, orderBy: [{field: NET, direction: DESC}, {field: CUSTOMER_NAME}, {field: TOTAL}], first: 2, after: $after) {
        totalCount facets(field: STATUS) { count } edges { cursor node { number } } } }"""

    def filter_(number: int) -> dict[str, Any]:
        total = {"currency": "EUR", "between": {"from": "0", "to": f"{1.01 * number:.2f}"}}
        return {"total": total, "customer": {"name": {"eq": "Acme"}}}

    async def walked(number: int) -> tuple[int, list[str]]:
        first = (await ask(executor, query, f=filter_(number)))["orders"]
        cursor = first["edges"][-1]["cursor"]
        then = (await ask(executor, query, f=filter_(number), after=cursor))["orders"]
        return first["totalCount"], [e["node"]["number"] for e in first["edges"] + then["edges"]]

    found = await asyncio.gather(*[walked(number) for number in range(4, 20)])

    assert found == [(number, ["N1", "N2", "N3", "N4"]) for number in range(4, 20)]
    assert max(executor.lanes.batches) > 1
