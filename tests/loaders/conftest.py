"""A small graph whose every value a test can foresee, and an executor over it."""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.statements import Kind, Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA

STAFF = Viewer(Audience.STAFF, "test", "ana")
ACME = encode_id("Company", "acme")

_WORLD = """
CREATE (acme:Party:Company:Customer {id: 'acme', name: 'Acme', version: 1, changedAt: $at,
  annualRevenue: 1234567, currency: 'EUR', lifecycle: 'CUSTOMER'})
CREATE (:SourceRecord {id: 'record', source: 'crm', externalId: '1'})-[:RESOLVES_TO]->(acme)
CREATE (daughter:Party:Company {id: 'daughter', name: 'Acme Sud', version: 1, changedAt: $at})
CREATE (daughter)-[:SUBSIDIARY_OF]->(acme)
CREATE (ana:Party:Person {id: 'ana', name: 'Ana', version: 1, changedAt: $at})
CREATE (bob:Party:Person {id: 'bob', name: 'Bob', version: 1, changedAt: $at})
CREATE (ana)-[:WORKS_AT {title: 'CEO', from: '2020-01-01'}]->(acme)
CREATE (bob)-[:WORKS_AT {title: 'CTO'}]->(acme)
CREATE (daughter)-[:SERVES]->(acme) SET daughter:Partner, daughter.partnerKind = 'RESELLER'
WITH acme, ana
UNWIND range(1, 23) AS i
CREATE (order:Document:Order {id: 'order' + right('0' + i, 2), number: 'N' + i, version: 1,
  changedAt: $at, at: '2026-01-' + right('0' + (1 + i / 3), 2) + 'T00:00:00.000Z', total: 101 * i,
  currency: 'EUR', status: 'PLACED'})-[:FOR]->(acme)
CREATE (product:Product {id: 'product' + i, sku: 'S' + i, name: 'Product ' + i, version: 1,
  changedAt: $at})
CREATE (order)-[:CONTAINS
  {line: 1, quantity: 2.0, unitPrice: 50, amount: 100, currency: 'EUR'}]->(product)
CREATE (order)-[:CONTAINS
  {line: 2, quantity: 1.0, unitPrice: 1, amount: 1, currency: 'EUR'}]->(product)
CREATE (ana)-[:PARTICIPATED_IN {role: 'FROM'}]->(:Interaction:Email {id: 'email' + i, version: 1,
  changedAt: $at, at: '2026-02-01T00:00:' + right('0' + i, 2) + '.000Z', channel: 'EMAIL',
  subject: 'Offer ' + i, messageId: '<' + i + '@example.org>'})
CREATE (ana)-[:PARTICIPATED_IN {role: 'TO'}]->(:Interaction:Call {id: 'call' + i, version: 1,
  changedAt: $at, at: '2026-02-01T00:00:' + right('0' + i, 2) + '.000Z', channel: 'PHONE'})
"""  # fmt: skip


@pytest.fixture
async def graph(endpoints: Endpoints, clean_graph: None) -> AsyncIterator[Graph]:  # noqa: ARG001
    """Connect to the session's engine, with the small world in it."""
    async with graph_at(endpoints) as opened:
        world = Statement("test.world", Kind.WRITE, _WORLD)
        await opened.run(world, {"at": "2026-01-01T00:00:00.000Z"})
        yield opened


@pytest.fixture
def executor(graph: Graph) -> Executor:
    """Execute operations of the whole schema."""
    return Executor(SCHEMA._schema, graph)


async def ask(executor: Executor, query: str, viewer: Viewer = STAFF, **variables: Any) -> Any:
    """Answer a query that must have no errors."""
    response = await executor.execute(query, variables, None, viewer)
    assert "errors" not in response, response["errors"]
    return response["data"]


class Wire(logging.Handler):
    """Counts the statements that leave for Neo4j."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.runs = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one message if it runs a statement."""
        message = record.getMessage()
        # Once a second somebody looks whether rules narrow staff, beside the requests.
        self.runs += "C: RUN" in message and "access.any_rule" not in message


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Listen to what the driver sends."""
    logger = logging.getLogger("neo4j.io")
    level, handler = logger.level, Wire()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.setLevel(level)
    logger.removeHandler(handler)
