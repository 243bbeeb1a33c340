"""Undoing a merge, said beforehand: who would be there, and whose is what came since."""

from typing import Any

import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from tests.identity.asking import MERGE, STAFF, UNMERGE, ask, do
from tests.identity.telling import FOR, ORDER, PERSON, party, record, record_id, whole

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (encode_id("Person", party(each)) for each in range(3))
OF_TWO = [encode_id("SourceRecord", record_id(1))]
SPLIT = """query ($id: ID!, $records: [ID!]!) { unmergePreview(identity: $id, records: $records) {
  refusal parties { party values relationships { type count } }
  arrived { type node party because } } }"""
ORDERS = Statement(
    "test.orders",
    Kind.READ,
    "MATCH (o:Order)-[:FOR]->(p:Person) RETURN o.number, p.id ORDER BY o.number",
)


async def split(executor: Executor, id_: str, records: list[str]) -> Any:
    """What undoing would do."""
    return (await ask(executor, SPLIT, id=id_, records=records))["unmergePreview"]


async def order(graph: Graph, number: str, whose: tuple[str, ...], via: Any = None) -> str:
    """Let an order come; its global id."""
    order_id = f"00000000-0000-4000-8000-00000000000{number}"
    row = NodeRow(("web", number), {"number": number, "at": "2026-02-01T00:00:00Z"}, order_id)
    links = Links(FOR, ORDER, PERSON, [LinkRow(("web", number), whose, {}, via)])
    await write(graph, Batch([Nodes(ORDER, [row]), links]), Writer("shop"))
    return encode_id("Order", order_id)


async def test_what_came_is_listed_with_whose_it_is_and_why_and_so_it_goes(
    executor: Executor, graph: Graph
) -> None:
    before = await order(graph, "0", record(1))
    await do(executor, MERGE, parties=[ONE, TWO])
    named = await order(graph, "1", record(1))
    remains = await order(graph, "2", (party(0),))
    said = await order(graph, "3", (party(0),), record(1))
    state = await whole(graph)

    found = await split(executor, ONE, OF_TWO)

    assert await whole(graph) == state
    assert found["refusal"] is None
    assert [each["party"] for each in found["parties"]] == [ONE, TWO]
    assert [each["values"]["name"] for each in found["parties"]] == ["crm0a", "crm1b"]
    of = {each["node"]: (each["type"], each["party"], each["because"]) for each in found["arrived"]}
    assert before not in of
    assert of == {
        named: ("FOR", TWO, "NAMED"), remains: ("FOR", ONE, "REMAINS"), said: ("FOR", TWO, "SAID"),
    }  # fmt: skip
    await do(executor, UNMERGE, identityId=ONE, records=OF_TWO)
    assert await graph.run(ORDERS) == [
        ["0", party(1)], ["1", party(1)], ["2", party(0)], ["3", party(1)],
    ]  # fmt: skip


async def test_what_would_be_refused_says_why(executor: Executor) -> None:
    nothing = {"parties": [], "arrived": []}
    assert await split(executor, ONE, OF_TWO) == {"refusal": "INVALID", **nothing}
    unknown = encode_id("Person", "nobody")
    assert await split(executor, unknown, OF_TWO) == {"refusal": "NOT_FOUND", **nothing}


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER])
async def test_only_staff_ask(executor: Executor, audience: Audience) -> None:
    viewer = Viewer(audience, STAFF.issuer, STAFF.subject)
    answer = await executor.execute(SPLIT, {"id": ONE, "records": OF_TWO}, None, viewer)
    assert isinstance(answer, dict)
    assert answer.get("data") is None
