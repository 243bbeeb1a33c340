# ruff: noqa: E501 - queries read better unbroken
"""Whatever is selected, and however it is written, the answer is GraphQL's."""

from typing import Any

import pytest

from graph.database import Graph
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from tests.loaders.conftest import ACME, STAFF, Wire, ask

pytestmark = pytest.mark.anyio

FULL_360 = """
query Customer($id: ID!) {
  customer(id: $id) {
    __typename id name
    ... on Company {
      people(first: 5) { totalCount edges { title node { name } } }
      subsidiaries { edges { node { name } } }
    }
    partners { edges { node { name partnerKind } } }
    interactions(first: 10) { edges { node { __typename at ... on Email { messageId } } } }
    timeline(scope: HIERARCHY, first: 10) { totalCount edges { node { id } } }
    orders(first: 10) {
      totalCount
      edges { node { number total { amount currency } lines {
        edges { line quantity unitPrice { amount } node { sku name } } } } }
    }
  }
}
"""


async def test_a_360_is_one_statement_on_the_wire(executor: Executor, wire: Wire) -> None:
    await ask(executor, "{ __typename customers(first: 1) { totalCount } }")
    wire.runs = 0

    data = await ask(executor, FULL_360, id=ACME)

    assert wire.runs == 1
    customer = data["customer"]
    assert customer["__typename"] == "Company"
    assert customer["orders"]["totalCount"] == 23
    assert [each["node"]["number"] for each in customer["orders"]["edges"]][:3] == [
        "N23", "N22", "N21",
    ]  # fmt: skip
    line = customer["orders"]["edges"][0]["node"]["lines"]["edges"][0]
    assert line == {
        "line": 1,
        "quantity": 2.0,
        "unitPrice": {"amount": "0.50"},
        "node": {"sku": "S23", "name": "Product 23"},
    }
    assert customer["timeline"]["totalCount"] == 23 * 3
    assert customer["partners"]["edges"] == [
        {"node": {"name": "Acme Sud", "partnerKind": "RESELLER"}}
    ]


async def test_root_fields_are_one_statement_each(executor: Executor, wire: Wire) -> None:
    data = await ask(
        executor,
        "query Q($id: ID!) { a: customer(id: $id) { name } b: orders(first: 1) { totalCount } }",
        id=ACME,
    )

    assert wire.runs == 2
    assert data == {"a": {"name": "Acme"}, "b": {"totalCount": 23}}


async def test_aliases_with_different_arguments_do_not_mix(executor: Executor) -> None:
    data = await ask(
        executor,
        """query Q($id: ID!, $n: Int = 2) { customer(id: $id) {
          newest: orders(first: $n) { edges { node { number } } }
          oldest: orders(last: 1) { edges { node { num: number id } } }
          name also: name } }""",
        id=ACME,
    )

    assert data["customer"] == {
        "newest": {"edges": [{"node": {"number": "N23"}}, {"node": {"number": "N22"}}]},
        "oldest": {"edges": [{"node": {"num": "N1", "id": encode_id("Order", "order01")}}]},
        "name": "Acme",
        "also": "Acme",
    }
    assert list(data["customer"]) == ["newest", "oldest", "name", "also"]


async def test_aliases_and_literals_share_one_statement_text(
    executor: Executor, graph: Graph
) -> None:
    texts: set[str] = set()
    run = graph.run

    async def spy(statement: Any, *arguments: Any, **options: Any) -> Any:
        texts.add(statement.text)
        return await run(statement, *arguments, **options)

    graph.run = spy  # type: ignore[method-assign]
    for alias, first in (("a", 1), ("b", 2), ("c", 3)):
        await ask(
            executor,
            f'{{ {alias}: customer(id: "{ACME}") {{ x{first}: name '
            f"orders(first: {first}) {{ edges {{ node {{ {alias}: number }} }} }} }} }}",
        )

    assert len(texts) == 1


async def test_fragments_and_conditions_are_decided_before_compiling(executor: Executor) -> None:
    query = """
    query Q($id: ID!, $with: Boolean!, $without: Boolean!) {
      node(id: $id) { ...Party ... on Company { lifecycle @skip(if: $without) } ... on Person { nope: name } }
    }
    fragment Party on Customer { name @include(if: $with) ...Name orders(first: 1) { edges { node { ...O } } } }
    fragment Name on Customer { n: name orders(first: 1) { edges { node { status } } } }
    fragment O on Order { number }
    """

    both = await ask(executor, query, id=ACME, **{"with": True, "without": False})
    neither = await ask(executor, query, id=ACME, **{"with": False, "without": True})

    orders = {"edges": [{"node": {"number": "N23", "status": "PLACED"}}]}
    assert both["node"] == {"name": "Acme", "n": "Acme", "orders": orders, "lifecycle": "CUSTOMER"}
    assert neither["node"] == {"n": "Acme", "orders": orders}


async def test_typename_may_stand_anywhere(executor: Executor) -> None:
    data = await ask(
        executor,
        """{ __typename customers(first: 1) { __typename pageInfo { __typename } edges { __typename
          node { __typename ... on Company { annualRevenue { __typename amount } } } } } }""",
    )

    assert data == {
        "__typename": "Query",
        "customers": {
            "__typename": "CustomerConnection",
            "pageInfo": {"__typename": "PageInfo"},
            "edges": [
                {
                    "__typename": "CustomerEdge",
                    "node": {
                        "__typename": "Company",
                        "annualRevenue": {"__typename": "Money", "amount": "12345.67"},
                    },
                }
            ],
        },
    }


async def test_interfaces_answer_by_concrete_type(executor: Executor) -> None:
    data = await ask(
        executor,
        """query Q($id: ID!) { customer(id: $id) { timeline(scope: HIERARCHY, first: 60) { edges { node {
          __typename ... on Order { number } ... on Interaction { channel }
          ... on Email { messageId } } } } } }""",
        id=ACME,
    )

    nodes = [each["node"] for each in data["customer"]["timeline"]["edges"]]
    assert {"__typename": "Email", "channel": "EMAIL", "messageId": "<23@example.org>"} in nodes
    assert {"__typename": "Call", "channel": "PHONE"} in nodes
    assert {"__typename": "Order", "number": "N23"} in nodes


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize(
    ("field", "rows"), [("orders", 23), ("timeline(scope: HIERARCHY", 69), ("interactions", 0)]
)
async def test_pages_walk_every_row_once_both_ways(
    executor: Executor, size: int, field: str, rows: int
) -> None:
    opened = field if "(" in field else field + "("

    async def page(arguments: str) -> Any:
        data = await ask(
            executor,
            f"""query Q($id: ID!) {{ customer(id: $id) {{ page: {opened} {arguments}) {{ edges {{ cursor
              node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}""",
            id=ACME,
        )
        return data["customer"]["page"]

    everything = [each["node"]["id"] for each in (await page("first: 100"))["edges"]]
    forward: list[str] = []
    backward: list[str] = []
    found = await page(f"first: {size}")
    while found["edges"]:
        forward += [each["node"]["id"] for each in found["edges"]]
        assert found["pageInfo"]["endCursor"] == found["edges"][-1]["cursor"]
        assert found["pageInfo"]["hasNextPage"] is (len(forward) < rows)
        found = await page(f'first: {size}, after: "{found["pageInfo"]["endCursor"]}"')
    found = await page(f"last: {size}")
    while found["edges"]:
        backward = [each["node"]["id"] for each in found["edges"]] + backward
        assert found["pageInfo"]["hasPreviousPage"] is (len(backward) < rows)
        found = await page(f'last: {size}, before: "{found["pageInfo"]["startCursor"]}"')

    assert len(set(everything)) == rows
    assert forward == everything == backward


async def test_nodes_answers_in_order_with_null_for_unknown(executor: Executor) -> None:
    ids = [
        encode_id("Order", "order02"),
        encode_id("Person", "nobody"),
        encode_id("Email", "email1"),
        encode_id("Order", "order01"),
        encode_id("Order", "order02"),
        encode_id("Password", "1"),
    ]

    data = await ask(
        executor,
        "query Q($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { number } } }",
        ids=ids,
    )

    assert data["nodes"] == [
        {"id": ids[0], "number": "N2"},
        None,
        {"id": ids[2]},
        {"id": ids[3], "number": "N1"},
        {"id": ids[4], "number": "N2"},
        None,
    ]


async def test_unknown_ids_and_other_types_are_null(executor: Executor) -> None:
    query = "query Q($id: ID!) { node(id: $id) { id } customer(id: $id) { id } }"

    assert await ask(executor, query, id=encode_id("Company", "nobody")) == {
        "node": None,
        "customer": None,
    }
    order = await ask(executor, query, id=encode_id("Order", "order01"))
    assert order == {"node": {"id": encode_id("Order", "order01")}, "customer": None}


async def test_a_customer_is_found_by_its_source_record(executor: Executor) -> None:
    query = (
        "query Q($key: String!) "
        '{ customer(by: {record: {source: "crm", externalId: $key}}) { name } }'
    )

    assert await ask(executor, query, key="1") == {"customer": {"name": "Acme"}}
    assert await ask(executor, query, key="2") == {"customer": None}


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER])
async def test_somebody_outside_whom_the_graph_does_not_know_sees_nothing(
    executor: Executor, audience: Audience
) -> None:
    data = await ask(
        executor,
        "query Q($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } "
        "products { totalCount edges { cursor } pageInfo { hasNextPage startCursor } } }",
        Viewer(audience, "test", "eve"),
        id=ACME,
    )

    assert data == {
        "node": None,
        "nodes": [None],
        "products": {
            "totalCount": 0,
            "edges": [],
            "pageInfo": {"hasNextPage": False, "startCursor": None},
        },
    }


async def test_introspection_and_planned_fields_mix(executor: Executor) -> None:
    data = await ask(
        executor, "{ __schema { queryType { name } } orders(first: 1) { totalCount } }"
    )

    assert data == {"__schema": {"queryType": {"name": "Query"}}, "orders": {"totalCount": 23}}


async def test_documents_that_cannot_run_are_answers_too(executor: Executor) -> None:
    for query in (
        "{",
        "{ nope }",
        "{ orders(orderBy: [{field: SHOE_SIZE}]) { totalCount } }",
        "mutation { x }",
        "query A { __typename } query B { __typename }",
    ):
        response = await executor.execute(query, None, None, STAFF)
        assert {each["extensions"]["code"] for each in response["errors"]} == {"INVALID_DOCUMENT"}
        assert "data" not in response
    response = await executor.execute(
        "query Q($n: Int!) { orders(first: $n) { totalCount } }", {"n": "x"}, None, STAFF
    )
    assert [each["extensions"] for each in response["errors"]] == [{"code": "INVALID_VARIABLES"}]
    assert "data" not in response
