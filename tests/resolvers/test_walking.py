"""Walking a list by pages yields each row once, in any order, while others are being added."""

from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Kind, Statement
from loaders.execution import Executor
from loaders.ids import decode_id, encode_id
from loaders.members import edge_of
from loaders.schema import source_of
from loaders.sources import Many
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF
from tests.resolvers.oracle import WHOLE, Oracle
from tests.resolvers.random_world import build_random
from tests.resolvers.test_questions import PatientGraph, sortable

pytestmark = pytest.mark.anyio

LISTS = (("Query", "companies"), ("Company", "people"), ("Query", "documents"), ("Order", "lines"))
OWNERS = {"Company": "Company00", "Order": "Order00"}
SIZES = (1, 3, 7)
WAYS = (
    {}, {"direction": "DESC"}, {"nulls": "FIRST"}, {"direction": "DESC", "nulls": "FIRST"},
)  # fmt: skip

_CROWD = Statement(
    "test.crowd",
    Kind.WRITE,
    """
    MATCH (company:Company {id: 'Company00'}), (order:Order {id: 'Order00'})
    UNWIND range(0, 5) AS i
    MATCH (person:Person {id: 'Person0' + i}), (product:Product)
    WITH company, order, person, i, collect(product)[i % 5] AS product
    MERGE (person)-[works:WORKS_AT]->(company)
      SET works.title = CASE WHEN i % 3 > 0 THEN 'CEO' END
    CREATE (order)-[:CONTAINS {line: 100 + i, quantity: toFloat(i % 2), unitPrice: 100,
      amount: 100 * (i % 3), currency: 'EUR'}]->(product)
    """,
)
_ADD = Statement(
    "test.add",
    Kind.WRITE,
    """
    MATCH (company:Company {id: 'Company00'}), (order:Order {id: 'Order00'}), (product:Product)
    WITH company, order, head(collect(product)) AS product
    CREATE (:Party:Company {id: 'added ' + $text, name: $text, version: 1, changedAt: $at})
    CREATE (:Document:Order {id: 'order ' + $text, number: $text, at: $at, version: 1,
      changedAt: $at, total: $line, currency: 'EUR'})
    CREATE (:Party:Person {id: 'person ' + $text, name: $text, version: 1, changedAt: $at,
      givenName: $text})-[:WORKS_AT {from: '2026-01-02'}]->(company)
    CREATE (order)-[:CONTAINS {line: $line, quantity: 1.0, unitPrice: 1, amount: 100,
      currency: 'EUR'}]->(product)
    """,
)
_REMOVE = Statement(
    "test.remove",
    Kind.WRITE,
    """
    MATCH (n) WHERE n.id STARTS WITH 'added ' OR n.id STARTS WITH 'order '
      OR n.id STARTS WITH 'person '
    DETACH DELETE n
    WITH count(*) AS gone
    MATCH (:Order)-[line:CONTAINS]->() WHERE line.line >= 1000 DELETE line
    """,
)


@pytest.fixture(scope="module")
async def world(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[Graph]:
    """Connect to the session's engine, with the random world in it."""
    await wipe_graph()
    async with graph_at(endpoints, PatientGraph) as graph:
        await migrate(graph)
        await build_random(graph, 11)
        await graph.run(_CROWD)
        yield graph


class Walk:
    """One way through one list: its query and what it has met."""

    def __init__(self, world: Graph, owner: str, field: str, order: list[dict[str, str]]) -> None:
        source = source_of(WHOLE.type_map[owner].fields[field])
        assert isinstance(source, Many)
        self.executor = Executor(SCHEMA._schema, world)
        self.owner, self.field, self.order, self.source = owner, field, order, source
        base = edge_of(source).__name__.removesuffix("Edge")
        body = (
            f"{field}(first: $first, last: $last, after: $after, before: $before, orderBy: $order) "
            "{ pageInfo { hasNextPage hasPreviousPage startCursor endCursor } "
            "edges { node { id } cursor } }"
        )
        if owner != "Query":
            body = (
                f'node(id: "{encode_id(owner, OWNERS[owner])}") {{ ... on {owner} {{ {body} }} }}'
            )
        self.query = (
            "query Q($first: Int, $last: Int, $after: String, $before: String, "
            f"$order: [{base}OrderBy!]) {{ {body} }}"
        )

    async def page(self, **variables: Any) -> Any:
        """One page of the list."""
        given = {**variables, "order": self.order}
        response = await self.executor.execute(self.query, given, None, STAFF)
        assert "errors" not in response, (response["errors"], self.query, given)
        data = response["data"] if self.owner == "Query" else response["data"]["node"]
        return data[self.field]

    async def forward(
        self, size: int, between: Callable[[int], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """All rows from the start; what happens between pages is given its number."""
        found: list[tuple[str, str]] = []
        page = await self.page(first=size)
        for number in range(200):
            found += [_row(each) for each in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            await between(number)
            page = await self.page(first=size, after=page["pageInfo"]["endCursor"])
        raise AssertionError("the walk has no end")

    async def backward(
        self, size: int, between: Callable[[int], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """All rows from the end, put into the list's order."""
        found: list[tuple[str, str]] = []
        page = await self.page(last=size)
        for number in range(200):
            found = [_row(each) for each in page["edges"]] + found
            if not page["pageInfo"]["hasPreviousPage"]:
                return found
            await between(number)
            page = await self.page(last=size, before=page["pageInfo"]["startCursor"])
        raise AssertionError("the walk has no end")


def _row(edge: Any) -> tuple[str, str]:
    """What tells a row from all others, since a node may stand in several: its cursor, its id."""
    return edge["cursor"], decode_id(edge["node"]["id"]).id


async def nothing(_: int) -> None:
    """Let nothing happen between two pages."""


async def walk(world: Graph, owner: str, field: str, order: list[dict[str, str]], size: int) -> int:
    """Walk a list both ways; it must be what the oracle knows, each row once."""
    oracle = await Oracle.of(world)
    walked = Walk(world, owner, field, order)
    definition = WHOLE.type_map[owner].fields[field]
    rows = oracle.rows(oracle.nodes.get(OWNERS.get(owner, "")), walked.source)
    rows.sort(key=oracle.key(definition, order))
    ids = [each.node.id for each in rows]

    forward = await walked.forward(size, nothing)
    backward = await walked.backward(size, nothing)

    assert [id_ for _, id_ in forward] == ids, (field, order, size)
    assert forward == backward, (field, order, size)
    return len(ids)


def orders(owner: str, field: str) -> list[list[dict[str, str]]]:
    """Every order of one term, and some of two."""
    source = source_of(WHOLE.type_map[owner].fields[field])
    assert isinstance(source, Many)
    names = sortable(edge_of(source))
    random = Random(field)
    pairs = [random.sample(names, 2) for _ in range(10)]
    return [
        *[[{"field": name, **way}] for name in names for way in WAYS],
        *[[{"field": name, **random.choice(WAYS)} for name in pair] for pair in pairs],
        [],
    ]


@pytest.mark.parametrize(("owner", "field"), LISTS)
async def test_pages_hold_each_row_once_in_some_orders(
    world: Graph, owner: str, field: str
) -> None:
    for number, order in enumerate(Random(field).sample(orders(owner, field), 5)):
        assert await walk(world, owner, field, order, SIZES[number % 3]) > 4


@pytest.mark.full
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("owner", "field"), LISTS)
async def test_pages_hold_each_row_once_in_every_order(
    world: Graph, owner: str, field: str, size: int
) -> None:
    for order in orders(owner, field):
        assert await walk(world, owner, field, order, size) > 4


@pytest.mark.parametrize(("owner", "field"), LISTS)
@pytest.mark.parametrize("backward", [False, True])
async def test_rows_added_meanwhile_move_no_other_row(
    world: Graph, owner: str, field: str, backward: bool
) -> None:
    random = Random(field)
    for order in random.sample(orders(owner, field), 2):
        walked = Walk(world, owner, field, order)
        before = await walked.forward(100, nothing)

        async def add(number: int) -> None:
            text = random.choice(["AAA", "Bob", "ZZZ"]) + f" {number}"
            at = random.choice(["2025-01-01T00:00:00.000Z", "2026-03-04T00:00:00.000Z"])
            await world.run(_ADD, {"text": text, "at": at, "line": 1000 + number})

        try:
            found = await (walked.backward if backward else walked.forward)(3, add)
        finally:
            await world.run(_REMOVE)

        assert [each for each in found if each in set(before)] == before, (field, order)
        assert len(found) == len(set(found))
