"""Compiled completion and graphql-core agree, on good data and on bad."""

import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.completion import decimal_amount
from loaders.execution import Executor
from resolvers.schema import SCHEMA
from tests.loaders.conftest import ACME, STAFF
from tests.loaders.test_execution import FULL_360

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("patience")]

BROKEN = {
    "a null where there must be a value": "MATCH (o:Order {id: 'order23'}) REMOVE o.number",
    "a number for a string": "MATCH (o:Order {id: 'order23'}) SET o.number = 7",
    "a word for a number": "MATCH ()-[r:CONTAINS {line: 1}]->() SET r.line = 'one'",
    "too large for Int": "MATCH ()-[r:CONTAINS {line: 1}]->() SET r.line = 4294967296",
    "not a number": "MATCH ()-[r:CONTAINS]->() SET r.quantity = 0.0 / 0.0",
    "a whole number for Float": "MATCH ()-[r:CONTAINS]->() SET r.quantity = 3",
    "an unknown enum value": "MATCH (c:Partner) SET c.partnerKind = 'FRIEND'",
    "money without a currency": "MATCH (o:Order) REMOVE o.currency",
    "a row of no known type": "MATCH (e:Email) REMOVE e:Email",
    "nothing wrong": "RETURN 1",
}
HARMLESS = {"nothing wrong", "a whole number for Float", "a number for a string"}
COVERED = {"a whole number for Float"}


@pytest.mark.parametrize("damage", BROKEN)
async def test_compiled_equals_stock_on(executor: Executor, graph: Graph, damage: str) -> None:
    await graph.run(Statement("test.damage", Kind.WRITE, BROKEN[damage]))
    reference = Executor(SCHEMA._schema, graph, compiled=False)

    compiled = await executor.execute(FULL_360, {"id": ACME}, None, STAFF)
    stock = await reference.execute(FULL_360, {"id": ACME}, None, STAFF)

    for each in (compiled, stock):
        for error in each.get("errors", []):
            error.get("extensions", {}).pop("reference", None)
    assert compiled == stock
    assert str(compiled) == str(stock)  # the order of keys too
    assert ("errors" in compiled) is (damage not in HARMLESS)
    assert executor.counters.fallbacks == (damage != "nothing wrong" and damage not in COVERED)


async def test_good_data_never_falls_back(executor: Executor) -> None:
    await executor.execute(FULL_360, {"id": ACME}, None, STAFF)

    assert executor.counters.fallbacks == 0


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1234, "EUR", "12.34"), (-5, "EUR", "-0.05"), (1234, "JPY", "1234"), (0, "GBP", "0.00"),
        (1234, "BHD", "1.234"), (2**62, "EUR", "46116860184273879.04"),
    ],
)  # fmt: skip
def test_amounts_have_the_currency_s_decimal_places(minor: int, currency: str, amount: str) -> None:
    assert decimal_amount([minor, currency]) == amount
