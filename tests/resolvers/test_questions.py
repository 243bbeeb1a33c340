"""Filters, orders, counts and facets: one Cypher answers as a naive oracle does."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph, Parameters, Row
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Statement
from loaders.execution import Executor
from loaders.facets import facet_fields
from loaders.ids import decode_id, encode_id
from loaders.members import edge_of
from loaders.schema import object_type, source_of
from loaders.sorting import sort_fields
from loaders.sources import Computed, Many
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF
from tests.resolvers.oracle import PATTERNS, WHOLE, Found, Oracle
from tests.resolvers.questions import Question, literal, plain
from tests.resolvers.random_world import build_random

pytestmark = pytest.mark.anyio

LISTS = (
    ("Query", "companies"), ("Query", "people"), ("Query", "customers"), ("Query", "orders"),
    ("Query", "documents"), ("Query", "products"), ("Query", "partners"), ("Query", "invoices"),
    ("Company", "people"), ("Company", "orders"), ("Company", "invoices"), ("Person", "companies"),
    ("Order", "lines"), ("Order", "parties"), ("Product", "documents"), ("Company", "products"),
)  # fmt: skip


class PatientGraph(Graph):
    """A graph with time: every question here is a new text, which the database has to plan."""

    async def run(
        self, statement: Statement, parameters: Parameters | None = None, **options: Any
    ) -> list[Row]:
        """Run the statement, however long it takes."""
        return await super().run(statement, parameters, **{**options, "timeout": 60.0})


@pytest.fixture(scope="module")
async def world(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[Graph]:
    """Connect to the session's engine, with indexes and the random world in it."""
    await wipe_graph()
    async with graph_at(endpoints, PatientGraph) as graph:
        await migrate(graph)
        await build_random(graph, 7)
        yield graph


@pytest.fixture(scope="module")
async def oracle(world: Graph) -> Oracle:
    """Export the random world."""
    return await Oracle.of(world)


@dataclass
class Asked:
    """One question: where, what, and how it is written."""

    owner: str
    field: str
    id: str | None
    filter: dict[str, Any]
    order: list[dict[str, Any]]
    facet: str | None
    page: tuple[str, int]
    query: str
    variables: dict[str, Any]


def sortable(edge: Any) -> list[str]:
    """The sort fields of a list that the oracle knows."""
    return [
        name
        for name, each in sort_fields(edge).items()
        if not isinstance(each.column.source, Computed)
        and (
            each.through is None
            or (not each.through.order and getattr(each.through.reach, "name", "") in PATTERNS)
        )
    ]


def random_order(random: Random, edge: Any) -> list[dict[str, Any]]:
    """An order of at most three terms."""
    fields = random.sample(sortable(edge), random.choice([0, 1, 1, 2, 3]))
    return [
        {
            "field": each,
            **({"direction": "DESC"} if random.random() < 0.5 else {}),
            **({"nulls": random.choice(["FIRST", "LAST"])} if random.random() < 0.6 else {}),
        }
        for each in fields
    ]


def written(random: Random) -> Asked:
    """A random question."""
    owner, field = random.choice(LISTS)
    source = source_of(WHOLE.type_map[owner].fields[field])
    assert isinstance(source, Many)
    edge = edge_of(source)
    question = Question(random, by_variable=random.choice([0.0, 0.0, 0.5]))
    filter_ = question.filter_of(source.target, random.choice([0, 1, 2, 3]))
    order = random_order(random, edge)
    counted = [each for each in facet_fields(edge) if each in sortable(edge)]
    facet = random.choice(counted) if counted and random.random() < 0.4 else None
    page = (random.choice(["first", "last"]), random.choice([0, 1, 3, 100]))
    id_ = None if owner == "Query" else f"{owner}{random.randrange(5):02}"
    variables = {each.name: plain(each.value) for each in question.variables}
    types = {each.name: each.type + "!" for each in question.variables}
    filter_text, order_text = literal(filter_), _order_literal(order)
    if random.random() < 0.3 and not variables:
        filter_text, order_text = "$filter", "$order"
        base = edge.__name__.removesuffix("Edge")
        types |= {"filter": source.target + "Filter", "order": f"[{base}OrderBy!]"}
        variables |= {"filter": plain(filter_), "order": order}
    arguments = f"filter: {filter_text}, orderBy: {order_text}, {page[0]}: {page[1]}"
    facets = f"facets(field: {facet}, first: 100) {{ value count }}" if facet else ""
    body = f"{field}({arguments}) {{ totalCount {facets} edges {{ node {{ id }} }} }}"
    if id_ is not None:
        body = f'node(id: "{encode_id(owner, id_)}") {{ ... on {owner} {{ {body} }} }}'
    declared = ", ".join(f"${name}: {type_}" for name, type_ in types.items())
    query = f"query Q{f'({declared})' if declared else ''} {{ {body} }}"
    return Asked(owner, field, id_, plain(filter_), order, facet, page, query, variables)


def _order_literal(order: list[dict[str, Any]]) -> str:
    terms = (", ".join(f"{name}: {each}" for name, each in term.items()) for term in order)
    return "[" + ", ".join(f"{{{each}}}" for each in terms) + "]"


def expected(oracle: Oracle, asked: Asked) -> list[Found]:
    """All rows of the list that was asked, filtered and in order."""
    definition = WHOLE.type_map[asked.owner].fields[asked.field]
    source = source_of(definition)
    assert isinstance(source, Many)
    owner = None if asked.id is None else oracle.nodes[asked.id]
    rows = [
        each
        for each in oracle.rows(owner, source)
        if oracle.holds(source.target, asked.filter, each.node)
    ]
    return sorted(rows, key=oracle.key(definition, asked.order))


def facets(oracle: Oracle, asked: Asked, rows: list[Found]) -> set[tuple[str | None, int]]:
    """The values of the facet with their counts."""
    definition = WHOLE.type_map[asked.owner].fields[asked.field]
    edge_type = object_type(object_type(definition).fields["edges"])
    assert asked.facet is not None
    values = [oracle.sorted_by(edge_type, asked.facet, each) for each in rows]
    shown = [str(each).lower() if isinstance(each, bool) else each for each in values]
    return set(Counter(None if each is None else str(each) for each in shown).items())


async def check(executor: Executor, oracle: Oracle, seed: int) -> int:
    """Ask one question of both; how many rows it has."""
    asked = written(Random(seed))
    response = await executor.execute(asked.query, asked.variables, None, STAFF)
    where = (seed, asked.query, asked.variables)
    assert "errors" not in response, (response["errors"], where)
    data = response["data"]
    page = (data if asked.id is None else data["node"])[asked.field]
    rows = expected(oracle, asked)
    end, size = asked.page
    wanted = rows[:size] if end == "first" else rows[len(rows) - min(size, len(rows)) :]
    found = [decode_id(each["node"]["id"]).id for each in page["edges"]]
    assert page["totalCount"] == len(rows), where
    assert found == [each.node.id for each in wanted], where
    if asked.facet:
        counted = {(each["value"], each["count"]) for each in page["facets"]}
        assert counted == facets(oracle, asked, rows), where
    return len(rows)


async def compare(world: Graph, oracle: Oracle, seeds: range) -> None:
    """Ask many questions; enough of them must have rows, and must leave some out."""
    executor = Executor(SCHEMA._schema, world)
    sizes = [await check(executor, oracle, seed) for seed in seeds]
    assert executor.counters.fallbacks == 0
    assert sum(1 for each in sizes if each) > len(sizes) / 4


async def test_one_cypher_answers_as_the_oracle(world: Graph, oracle: Oracle) -> None:
    await compare(world, oracle, range(30))


@pytest.mark.full
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("part", range(6))
async def test_one_cypher_answers_as_the_oracle_on_many_questions(
    world: Graph, oracle: Oracle, part: int
) -> None:
    await compare(world, oracle, range(1_000 + part * 100, 1_100 + part * 100))
