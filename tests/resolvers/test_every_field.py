"""Every field of every type answers from the real graph, compiled, in one anchored statement."""

from base64 import urlsafe_b64decode
from typing import Any

import neo4j
import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.registry import REGISTRY
from loaders.schema import source_of
from loaders.sources import Stored
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF, RecordingGraph
from tests.resolvers.plans import operators
from tests.resolvers.queries import of_roots, of_type
from tests.resolvers.world import properties

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("patience")]

WHOLE = SCHEMA._schema
OBJECTS = sorted(
    name
    for name, kind in REGISTRY.kinds.items()
    if isinstance(WHOLE.type_map[name], GraphQLObjectType) and not kind.node.machinery
)
ROOTS = {name: query for name, query in of_roots(WHOLE) if name != "dataAccesses"}
"""Of the root lists all but that of a machinery that is no Node and not in the world here."""
IN_FULL = {"Person", "Order", "Email", "DealRegistration"}
"""One type per interface whose inherited connections are asked, too; `full` asks all of them."""

WITHOUT_ROWS = {"consents", "consentsSome"}
"""Only people give consents; the field is there on every customer."""

BY_INDEX = {"NodeUniqueIndexSeek", "NodeIndexSeek", "NodeIndexScan", "NodeIndexSeekByRange"}
SCANS = {"AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan", "IntersectionNodeByLabelsScan"}


def by_id(name: str, selection: str) -> tuple[str, dict[str, str]]:
    """A query for a node of a type, and its variables."""
    label = REGISTRY.kinds[name].node.name
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {name} {{ {selection} }} }} }}"
    return query, {"id": encode_id(name, f"{label}-1")}


async def ask(executor: Executor, query: str, variables: dict[str, str]) -> dict[str, Any]:
    """Data of a query that compiled completion must answer without errors."""
    before = executor.counters.fallbacks
    response = await executor.execute(query, variables, None, STAFF)
    assert "errors" not in response, response["errors"]
    assert executor.counters.fallbacks == before, "left to graphql-core"
    return response["data"]


async def check_type(
    executor: Executor, graph: RecordingGraph, driver: neo4j.AsyncDriver, name: str, *, full: bool
) -> None:
    """Ask every field of a type and hold what this file promises."""
    for selection in of_type(WHOLE, name, inherited=full):
        graph.sent.clear()

        data = await ask(executor, *by_id(name, selection))

        assert data["node"]
        assert len(graph.sent) == 1
        assert_rows(data["node"], name)
        found = await operators(driver, graph.sent[0])
        assert "NodeUniqueIndexSeek" in found
        assert not found & SCANS


def assert_rows(node: dict[str, Any], name: str) -> None:
    """Every connection of a node has rows, as many as it counts, all told apart by its order."""
    for key, page in node.items():
        if isinstance(page, dict) and "totalCount" in page:
            assert len(page["edges"]) == min(page["totalCount"], 100), f"{name}.{key}"
            assert page["edges"] or key in WITHOUT_ROWS, f"{name}.{key} found nothing"
            cursors = {edge["cursor"] for edge in page["edges"]}
            assert len(cursors) == len(page["edges"]), f"{name}.{key} has no total order"
            terms = [orjson.loads(urlsafe_b64decode(each + "===")) for each in cursors]
            assert all(None not in term for term in terms), f"{name}.{key} sorts by a null"


@pytest.mark.parametrize("name", OBJECTS)
async def test_every_field_of_the_type_is_answered_in_one_statement(
    executor: Executor, graph: RecordingGraph, driver: neo4j.AsyncDriver, name: str
) -> None:
    await check_type(executor, graph, driver, name, full=name in IN_FULL)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(set(OBJECTS) - IN_FULL))
async def test_every_inherited_field_of_the_type_is_answered_in_one_statement(
    executor: Executor, graph: RecordingGraph, driver: neo4j.AsyncDriver, name: str
) -> None:
    await check_type(executor, graph, driver, name, full=True)


@pytest.mark.parametrize("name", ROOTS)
async def test_every_root_list_is_answered_in_one_statement_from_an_index(
    executor: Executor, graph: RecordingGraph, driver: neo4j.AsyncDriver, name: str
) -> None:
    graph.sent.clear()

    data = await ask(executor, ROOTS[name], {})

    assert len(graph.sent) == len(data)
    assert data[name]["edges"]
    assert_rows(data, "Query")
    for sent in graph.sent:
        found = await operators(driver, sent)
        assert "AllNodesScan" not in found
        assert found & BY_INDEX, found


@pytest.mark.parametrize("name", OBJECTS)
async def test_stored_values_come_back_as_they_are(executor: Executor, name: str) -> None:
    type_: Any = WHOLE.type_map[name]
    expected = properties(REGISTRY.kinds[name].node, 1)
    stored = {
        field: source.property.name
        for field, definition in type_.fields.items()
        if isinstance(source := source_of(definition), Stored)
        and is_leaf_type(get_named_type(definition.type))
    }

    data = await ask(executor, *by_id(name, " ".join(stored)))

    assert data["node"] == {field: expected[column] for field, column in stored.items()}


FINDERS = {
    'customer(by: {email: "Email@Example.org"}) { id }': "customer",
    'customer(by: {record: {source: "source 1", externalId: "externalId 1"}}) { id }': "customer",
    'product(by: {sku: "sku 1"}) { id }': "product",
    'product(by: {record: {source: "word", externalId: "externalId 1"}}) { id }': "product",
    'order(by: {number: "word"}) { id }': "order",
    'order(by: {record: {source: "word", externalId: "externalId 2"}}) { id }': "order",
    'invoice(by: {number: "word"}) { id }': "invoice",
    'invoice(by: {record: {source: "word", externalId: "externalId 1"}}) { id }': "invoice",
    'case(by: {number: "word"}) { id }': "case",
    'case(by: {record: {source: "word", externalId: "externalId 1"}}) { id }': "case",
    'opportunity(by: {record: {source: "word", externalId: "externalId 1"}}) { id }': "opportunity",
    'user(by: {subject: {issuer: "issuer 1", subject: "subject 1"}}) { id }': "user",
}


@pytest.mark.parametrize("selection", FINDERS)
async def test_every_way_to_name_a_node_starts_from_an_index(
    executor: Executor, graph: RecordingGraph, driver: neo4j.AsyncDriver, selection: str
) -> None:
    graph.sent.clear()

    data = await ask(executor, "{ " + selection + " }", {})

    assert data[FINDERS[selection]] or "email" in selection
    found = await operators(driver, graph.sent[0])
    assert found & BY_INDEX
    assert not found & SCANS


async def test_an_id_that_is_not_there_is_null(executor: Executor) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } customer(id: $id) { name } }"

    data = await ask(executor, query, {"id": encode_id("Person", "nobody")})

    assert data == {"node": None, "customer": None}


async def test_amounts_come_back_in_main_units(executor: Executor) -> None:
    data = await ask(executor, *by_id("Order", "total { amount currency }"))

    assert data["node"]["total"] == {"amount": "1234.56", "currency": "EUR"}


async def test_a_partner_is_the_same_node_as_its_company(executor: Executor) -> None:
    company, partner = encode_id("Company", "Company-1"), encode_id("Partner", "Company-1")

    of_company = await ask(executor, *by_id("Company", "partner { id }"))
    of_partner = await ask(executor, *by_id("Partner", "company { id }"))

    assert of_company["node"]["partner"]["id"] == partner
    assert of_partner["node"]["company"]["id"] == company
