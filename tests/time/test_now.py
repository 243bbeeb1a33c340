"""As of now: the same answer as without, from an index, in one statement."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import neo4j
import pytest

from api.connections import graph_at
from graph.engines import Endpoints
from graph.migrations import migrate
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.moments import stored
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import RecordingGraph
from tests.resolvers.plans import operators
from tests.resolvers.queries import of_roots, of_type
from tests.resolvers.test_every_field import FINDERS, OBJECTS, WHOLE, by_id
from tests.resolvers.test_operations import COUNTING, SCANS, STORED
from tests.resolvers.world import build
from tests.time.asking import STAFF, ask, at, bare

pytestmark = pytest.mark.anyio

LISTS = ("companies", "documents", "partners", "requests")


@pytest.fixture(scope="module")
async def world(
    endpoints: Endpoints, wipe_graph: Callable[[], Awaitable[None]]
) -> AsyncIterator[RecordingGraph]:
    """Connect to the session's engine, with the world of the model in it."""
    await wipe_graph()
    async with graph_at(endpoints, RecordingGraph) as opened:
        await migrate(opened)
        await build(opened)
        yield opened


@pytest.fixture(scope="module")
def asked(world: RecordingGraph) -> Executor:
    """Execute operations of the whole schema on the world."""
    return Executor(SCHEMA._schema, world)


async def _same(
    asked: Executor, world: RecordingGraph, query: str, variables: dict[str, Any]
) -> list[Any]:
    """Ask now and as of now: the answers and the number of statements must be the same."""
    world.sent.clear()
    today = await ask(asked, query, variables)
    before = len(world.sent)
    as_of_now = await ask(asked, at(query, stored(datetime.now(UTC))), variables)
    assert bare(as_of_now) == bare(today), query
    assert len(world.sent) == 2 * before
    return world.sent[before:]


@pytest.mark.parametrize("operation", STORED, ids=lambda each: each.name)
async def test_a_stored_operation_as_of_now_is_the_current_one(
    asked: Executor, world: RecordingGraph, driver: neo4j.AsyncDriver, operation: Any
) -> None:
    sent = await _same(asked, world, operation.document, operation.variables[0])

    for each in sent:
        found = await operators(driver, each)
        assert "AllNodesScan" not in found
        assert operation.name in COUNTING or not found & SCANS, found


@pytest.mark.parametrize("selection", FINDERS)
async def test_every_way_to_name_a_node_leads_to_it_as_of_now(
    asked: Executor, world: RecordingGraph, selection: str
) -> None:
    await _same(asked, world, "{ " + selection + " }", {})


@pytest.mark.parametrize("name", LISTS)
async def test_a_root_list_as_of_now_is_the_current_one(
    asked: Executor, world: RecordingGraph, driver: neo4j.AsyncDriver, name: str
) -> None:
    page = f"{{ {name}(first: 2) {{ totalCount edges {{ node {{ id }} }} }} }}"

    for each in await _same(asked, world, page, {}):
        found = await operators(driver, each)
        assert {"NodeIndexSeek", "NodeIndexSeekByRange"} & found
        assert "AllNodesScan" not in found


@pytest.mark.full
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", sorted(dict(of_roots(WHOLE))))
async def test_every_root_list_as_of_now_is_the_current_one(
    asked: Executor, world: RecordingGraph, name: str
) -> None:
    await _same(asked, world, dict(of_roots(WHOLE))[name], {})


@pytest.mark.full
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("name", sorted(set(OBJECTS) - {"PriceList", "FieldDef"}))
async def test_every_field_of_a_type_as_of_now_is_the_current_one(
    asked: Executor, world: RecordingGraph, name: str
) -> None:
    for selection in of_type(WHOLE, name):
        await _same(asked, world, *by_id(name, selection))


async def test_concurrent_requests_as_of_different_moments_share_a_statement(
    asked: Executor,
) -> None:
    query = """query ($id: ID!, $t: DateTime) { customer(id: $id, asOf: $t) {
      id orders(first: 3) { totalCount edges { node { id } } } } }"""
    id_ = encode_id("Company", "Company-1")
    moments = [f"2026-01-0{1 + number % 2}T12:00:00.000Z" for number in range(30)]
    shared = sum(count for size, count in asked.lanes.batches.items() if size > 1)

    found = await asyncio.gather(*(ask(asked, query, {"id": id_, "t": each}) for each in moments))

    assert [each["customer"] is None for each in found] == [each < "2026-01-02" for each in moments]
    assert sum(count for size, count in asked.lanes.batches.items() if size > 1) > shared


async def test_a_cursor_belongs_to_its_moment(asked: Executor) -> None:
    query = """query ($t: DateTime, $after: String) { products(first: 1, asOf: $t, after: $after) {
      pageInfo { endCursor } edges { node { id } } } }"""
    moments = ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", None]
    pages = [await ask(asked, query, {"t": each}) for each in moments]
    cursors = [each["products"]["pageInfo"]["endCursor"] for each in pages]

    for moment, cursor in zip(moments, cursors, strict=True):
        await ask(asked, query, {"t": moment, "after": cursor})
        for other in set(moments) - {moment}:
            variables = {"t": other, "after": cursor}
            response: Any = await asked.execute(query, variables, None, STAFF)
            assert response["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


@pytest.mark.parametrize(
    ("query", "code", "named"),
    [
        ('{ people(asOf: "2999-01-01T00:00:00Z") { totalCount } }', "INVALID_TIME", "to come"),
        ('{ people(asOf: "1969-12-31T23:59:59Z") { totalCount } }', "INVALID_TIME", "1970"),
        ('{ people(asOf: "yesterday") { totalCount } }', "INVALID_DOCUMENT", ""),
        (
            '{ search(text: "ada", asOf: "2026-01-01T00:00:00Z") { totalCount } }',
            "NOT_AT_A_TIME", "`search`",
        ),
        (
            '{ neighborhood(id: "UGVyc29uOjE", asOf: "2026-01-01T00:00:00Z") { truncated } }',
            "NOT_AT_A_TIME", "`neighborhood`",
        ),
        (
            '{ priceLists(asOf: "2026-01-01T00:00:00Z") { edges { node { validFrom } } } }',
            "NOT_AT_A_TIME", "`PriceList.validFrom`",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_at_a_time_is_refused_and_never_sent(
    asked: Executor, world: RecordingGraph, query: str, code: str, named: str
) -> None:
    world.sent.clear()

    response: Any = await asked.execute(query, None, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == code
    assert named in response["errors"][0]["message"]
    assert world.sent == []


async def test_statements_without_as_of_know_nothing_of_the_past(
    asked: Executor, world: RecordingGraph
) -> None:
    world.sent.clear()
    for operation in STORED:
        await asked.execute(operation.document, operation.variables[0], None, STAFF)

    assert world.sent
    assert not any("_WAS" in each.statement.text for each in world.sent)
    assert not any("Archived" in each.statement.text for each in world.sent)
