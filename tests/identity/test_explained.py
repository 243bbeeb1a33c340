"""Why records are one party, where its values come from, and what a merge would make."""

from typing import Any

import pytest

from graph.database import Graph
from graph.identity.previewing import Look, State
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.readings import Readings
from loaders.viewer import Audience, Viewer
from tests.identity.asking import MARK, MERGE, STAFF, ask, do
from tests.identity.telling import party, record_id

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (encode_id("Person", party(each)) for each in range(3))
FIRST, SECOND = (encode_id("SourceRecord", record_id(each)) for each in range(2))
NOBODY = encode_id("Person", party(9))
STATES = Statement(
    "test.states",
    Kind.READ,
    "MATCH (n) OPTIONAL MATCH (n)-[x]->() WITH n, count(x) AS ties "
    "RETURN labels(n), properties(n), ties ORDER BY n.id",
)
READS = Statement(
    "test.reads",
    Kind.READ,
    "MATCH (d:DataAccess)-[:SAW]->(p) RETURN d.operation, d.classes, p.id ORDER BY p.id",
)
RULE = Statement(
    "test.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', name: 'r', version: 1, createdAt: '2026-01-01', "
    "parties: 'OWN', interactions: 'ALL', active: true})",
)
IDENTITY = """query ($id: ID!) { identity(id: $id) {
  id
  records { id source spokeOf rule }
  how { party into rule decidedBy }
  fragile { ifRemoved { party } splitsInto }
} }"""
PROVENANCE = """query ($id: ID!, $fields: [String!]) { identity(id: $id) {
  provenance(fields: $fields) {
    field rule value record { id } losers { value record { id } } } } }"""
WHY = """query ($id: ID!, $a: ID!, $b: ID!) { identity(id: $id) { why(a: $a, b: $b) {
  steps { rule } evidence { field level weight } } } }"""
PREVIEW = """query ($ids: [ID!]!) { mergePreview(parties: $ids) {
  refusal values relationships { type count } waiting } }"""


async def preview(executor: Executor, *ids: str) -> Any:
    return (await ask(executor, PREVIEW, ids=ids))["mergePreview"]


async def state(graph: Graph, id_: str) -> State:
    """What a party is."""
    look = Look(id_)
    await write(graph, Batch([], steps=[look]), Writer("test"), dry_run=True)
    return look.state


async def test_a_preview_changes_nothing_and_is_the_merge(executor: Executor, graph: Graph) -> None:
    before = await graph.run(STATES)
    would_be = await preview(executor, ONE, TWO)
    assert await graph.run(STATES) == before

    await do(executor, MERGE, parties=[ONE, TWO])
    merged = await state(graph, party(0))
    assert would_be["refusal"] is None
    assert would_be["values"] == merged.values
    assert would_be["waiting"] == merged.waiting
    counts = {each["type"]: each["count"] for each in would_be["relationships"]}
    assert counts == merged.relationships


async def test_a_preview_says_why_a_merge_would_be_refused(executor: Executor) -> None:
    await do(executor, MARK, partyId=ONE, otherId=THREE)
    company = encode_id("Company", party(1))

    assert (await preview(executor, ONE, ONE))["refusal"] == "INVALID"
    assert (await preview(executor, ONE, THREE))["refusal"] == "NOT_ALLOWED"
    for other in (NOBODY, company, SECOND):
        hidden = await preview(executor, ONE, other)
        assert (hidden["refusal"], hidden["values"]) == ("NOT_FOUND", None)


async def test_an_identity_is_told_by_records_and_merges(executor: Executor) -> None:
    await do(executor, MERGE, parties=[ONE, TWO])

    found = (await ask(executor, IDENTITY, id=TWO))["identity"]
    assert found["id"] == ONE
    assert [(each["id"], each["spokeOf"], each["rule"]) for each in found["records"]] == [
        (FIRST, ONE, "NEW"),
        (SECOND, TWO, "NEW"),
    ]
    step = {"party": TWO, "into": ONE, "rule": "MANUAL"}
    assert found["how"] == [{**step, "decidedBy": "https://issuer.example|ann"}]
    assert found["fragile"] == [{"ifRemoved": {"party": TWO}, "splitsInto": [[ONE], [TWO]]}]
    assert await ask(executor, IDENTITY, id=NOBODY) == {"identity": None}


async def test_every_value_tells_its_record_and_its_losers(executor: Executor) -> None:
    await do(executor, MERGE, parties=[ONE, TWO])

    found = await ask(executor, PROVENANCE, id=ONE, fields=["name", "birthDate"])
    name, born = found["identity"]["provenance"]
    stated = {FIRST: "crm0a", SECOND: "crm1b"}
    winner = name["record"]["id"]
    assert (name["rule"], name["value"]) == ("LATEST", stated.pop(winner))
    assert [each["value"] for each in name["losers"]] == [*stated.values()]
    assert (born["rule"], born["value"], born["losers"]) == ("TRUSTED", None, [])


async def test_two_records_are_joined_by_merges_and_compared(executor: Executor) -> None:
    await do(executor, MERGE, parties=[ONE, TWO])

    why = (await ask(executor, WHY, id=ONE, a=FIRST, b=SECOND))["identity"]["why"]
    assert why["steps"] == [{"rule": "MANUAL"}]
    told = {each["field"]: (each["level"], each["weight"]) for each in why["evidence"]}
    assert told["given_name"][0] == "different"
    assert told["given_name"][1] < 0
    assert told["phone"] == ("missing", 0.0)
    same = (await ask(executor, WHY, id=ONE, a=FIRST, b=FIRST))["identity"]["why"]
    assert same["steps"] == []


async def test_personal_data_that_is_told_is_recorded(executor: Executor, graph: Graph) -> None:
    executor.readings = Readings(graph)
    await ask(executor, IDENTITY, id=ONE)
    await executor.readings.flush()
    assert await graph.run(READS) == []

    await ask(executor, PROVENANCE, id=ONE)
    await preview(executor, ONE, TWO)
    await executor.readings.flush()

    told = await graph.run(READS)
    assert {(row[0], row[2]) for row in told} == {
        ("identity", party(0)), ("mergePreview", party(0)), ("mergePreview", party(1)),
    }  # fmt: skip
    assert all("NAME" in row[1] for row in told)


async def test_whoever_is_narrowed_learns_nothing_of_what_is_hidden(
    executor: Executor, graph: Graph
) -> None:
    await graph.run(RULE)
    await executor.narrowing.look()

    assert await ask(executor, IDENTITY, id=ONE) == {"identity": None}
    assert (await preview(executor, ONE, TWO))["refusal"] == "NOT_FOUND"


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER])
async def test_only_staff_ask(executor: Executor, audience: Audience) -> None:
    viewer = Viewer(audience, STAFF.issuer, STAFF.subject)
    for query, given in ((IDENTITY, {"id": ONE}), (PREVIEW, {"ids": [ONE, TWO]})):
        answer = await executor.execute(query, given, None, viewer)
        assert isinstance(answer, dict)
        assert answer.get("data") is None


@pytest.mark.parametrize(
    ("query", "given"),
    [
        pytest.param(PROVENANCE, {"id": ONE, "fields": ["hash"]}, id="no such property"),
        pytest.param(WHY, {"id": ONE, "a": FIRST, "b": SECOND}, id="record of another"),
        pytest.param(WHY, {"id": ONE, "a": "x", "b": FIRST}, id="no id"),
        pytest.param(IDENTITY, {"id": "x"}, id="no id of a party"),
        pytest.param(PREVIEW, {"ids": [ONE]}, id="one party"),
        pytest.param(PREVIEW, {"ids": [ONE] * 200}, id="too many"),
    ],
)
async def test_a_bad_question_is_refused(
    executor: Executor, query: str, given: dict[str, Any]
) -> None:
    answer = await executor.execute(query, given, None, STAFF)

    assert isinstance(answer, dict)
    [error] = answer["errors"]
    assert error["extensions"]["code"] in {"INVALID_ARGUMENT", "INVALID_ID"}
