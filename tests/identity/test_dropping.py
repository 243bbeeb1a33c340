"""Records that are taken back: values fall to the recorded runner-up, and come back when said."""

from dataclasses import replace
from typing import Any

import pytest

from graph.database import Graph
from graph.identity.dropping import Dropped, drop_source
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from loaders.execution import Executor
from loaders.ids import encode_id
from tests.identity.asking import ask, do
from tests.identity.telling import PERSON, at, begin, party, record_id, tell, whole

pytestmark = pytest.mark.anyio

DROP = """mutation ($input: SourceRecordDropInput!) {
  sourceRecordDrop(input: $input) { party { id name } userErrors { code field } } }"""
SHOWN = """query ($id: ID!) { identity(id: $id) { provenance(fields: ["name", "city", "email"]) {
  field value record { source } losers { value record { source } } } } }"""
ADDRESSES = Statement(
    "test.addresses",
    Kind.READ,
    "MATCH (:Person {id: $id})-[:HAS_IDENTIFIER]->(i) RETURN i.value ORDER BY i.value",
)


def said(source: str, step: int, **values: Any) -> NodeRow:
    """What a source says of the first person, in one of the steps."""
    return NodeRow((source, "0"), values, party(0), at(step), ("crm", "0"))


async def say(graph: Graph, *rows: NodeRow) -> None:
    """Write what sources say."""
    batch = Batch([Nodes(PERSON, [replace(row) for row in rows])])
    await write(graph, batch, Writer("tester"))


async def test_each_value_falls_to_its_recorded_runner_up_and_returns(
    executor: Executor, graph: Graph
) -> None:
    web = said("web", 2, name="Web", city="Cluj", email="w@example.org")
    await say(graph, web, said("erp", 1, name="Erp", city="Iasi"))
    one = encode_id("Person", party(0))
    before = (await ask(executor, SHOWN, id=one))["identity"]["provenance"]
    runners = {each["field"]: each["losers"] for each in before}
    drop = {"recordId": encode_id("SourceRecord", record_id(0, "web")), "clientMutationId": "d"}

    first = await do(executor, DROP, **drop)
    again = await do(executor, DROP, **drop)

    after = (await ask(executor, SHOWN, id=one))["identity"]["provenance"]
    assert first == again == {"party": {"id": one, "name": "Erp"}, "userErrors": []}
    assert {each["field"]: each["record"]["source"] for each in before} == dict.fromkeys(
        ("name", "city", "email"), "web"
    )
    for each in after:
        assert [{k: each[k] for k in ("value", "record")}, *each["losers"]] == runners[
            each["field"]
        ]
    assert await graph.run(ADDRESSES, {"id": party(0)}) == [["a@example.org"]]
    await say(graph, web)
    assert (await ask(executor, SHOWN, id=one))["identity"]["provenance"] == before


async def test_the_last_that_names_a_party_stays(executor: Executor, graph: Graph) -> None:
    await say(graph, said("web", 2, city="Cluj"))
    before = await whole(graph)

    refused = await do(executor, DROP, recordId=encode_id("SourceRecord", record_id(0)))
    unknown = await do(executor, DROP, recordId=encode_id("SourceRecord", party(7)))

    error = {"code": "INVALID", "field": ["recordId"]}
    assert refused == {"party": None, "userErrors": [error]}
    assert unknown["userErrors"] == [{"code": "NOT_FOUND", "field": ["recordId"]}]
    assert await whole(graph) == before


async def test_a_source_is_dropped_but_for_what_nobody_else_names(graph: Graph) -> None:
    await begin(graph, 1)
    await tell(graph, Batch([Nodes(PERSON, [NodeRow(("web", "x"), {"name": "Alone"})])]), 1)
    await say(graph, said("web", 2, name="Web"), said("erp", 1, name="Erp"))
    before = await whole(graph)
    writer = Writer("tester", op="sourceRecordDrop", reason="sold")

    dry = await drop_source(graph, "web", writer, lambda _: None, dry_run=True)
    assert await whole(graph) == before
    done = await drop_source(graph, "web", writer, lambda _: None)
    again = await drop_source(graph, "web", writer, lambda _: None)

    assert dry == done == Dropped(records=2, dropped=1, kept=1)
    assert again == Dropped(records=2, dropped=0, kept=1)
    assert await drop_source(graph, "nobody", writer, lambda _: None) == Dropped()
