"""Pairs that may be one wait for a person, who merges them or tells them apart."""

from typing import Any

import pytest

from graph.database import Graph
from graph.matching.resolving.queue import Propose
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from tests.identity.asking import MARK, STAFF, UNMERGE, ask, do
from tests.identity.telling import party, record_id

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = (encode_id("Person", party(each)) for each in range(3))
ACCEPT = """mutation ($input: DuplicateAcceptInput!) {
  duplicateAccept(input: $input) { party { id } userErrors { code field } } }"""
REJECT = """mutation ($input: DuplicateRejectInput!) {
  duplicateReject(input: $input) { party { id } userErrors { code field } } }"""
QUEUE = """query ($kind: DuplicateKind!, $min: Float! = 0, $first: Int! = 20, $after: ID) {
  duplicates(kind: $kind, minScore: $min, first: $first, after: $after) {
    next duplicates { party { id name } other { id } rule score model
      evidence { field level weight } } } }"""
MERGES = Statement(
    "test.merges", Kind.READ, "MATCH ()-[x:MERGED_INTO]->() RETURN x.rule, x.score, x.decidedBy"
)
HIDE = Statement(
    "test.hide",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', name: 'r', version: 1, createdAt: '2026-01-01', "
    "parties: 'OWN', interactions: 'ALL', active: true}) "
    "CREATE (u:User {id: 'ann', issuer: $issuer, subject: $subject, name: 'Ann', version: 1}) "
    "WITH u MATCH (p:Person) WHERE p.id IN $ids CREATE (p)-[:ASSIGNED_TO {recordedFrom: '2026', "
    "recordedTo: '9999'}]->(u)",
)


@pytest.fixture
async def queue(executor: Executor, graph: Graph) -> Executor:
    """Answer for three people of whom a model and a rule think that they may be one."""
    scored = Propose([(party(0), party(1), 0.7, "SCORE")], "person 1")
    sure = Propose([(party(1), party(2), None, "SAME_EMAIL_AND_NAME")])
    await write(graph, Batch([], steps=[scored, sure]), Writer("matcher"))
    return executor


async def waiting(executor: Executor, **given: Any) -> Any:
    return (await ask(executor, QUEUE, **{"kind": "PERSON", **given}))["duplicates"]


def pairs(page: Any) -> list[set[str]]:
    return [{each["party"]["id"], each["other"]["id"]} for each in page["duplicates"]]


async def test_pairs_wait_the_surest_first_and_in_pages(queue: Executor) -> None:
    page = await waiting(queue)
    assert pairs(page) == [{TWO, THREE}, {ONE, TWO}]
    assert [(each["rule"], each["score"]) for each in page["duplicates"]] == [
        ("SAME_EMAIL_AND_NAME", None), ("SCORE", 0.7),
    ]  # fmt: skip
    assert page["next"] is None
    names = {each["field"]: each["level"] for each in page["duplicates"][1]["evidence"]}
    assert names["birth_date"] == "missing"

    first = await waiting(queue, first=1)
    second = await waiting(queue, first=1, after=first["next"])
    assert pairs(first) + pairs(second) == pairs(page)
    assert second["next"] is None
    assert pairs(await waiting(queue, min=0.8)) == [{TWO, THREE}]
    assert pairs(await waiting(queue, kind="COMPANY")) == []


async def test_a_pair_that_is_accepted_is_merged_and_waits_again_when_undone(
    queue: Executor, graph: Graph
) -> None:
    for _ in range(2):
        done = await do(queue, ACCEPT, partyId=ONE, otherId=TWO, clientMutationId="a")
        assert done == {"party": {"id": ONE}, "userErrors": []}
    assert await graph.run(MERGES) == [["REVIEWED", 0.7, "https://issuer.example|ann"]]
    assert {ONE, TWO} not in pairs(await waiting(queue))

    records = [encode_id("SourceRecord", record_id(1))]
    undone = await do(queue, UNMERGE, identityId=ONE, records=records)
    assert undone["userErrors"] == []


async def test_a_pair_that_is_rejected_neither_waits_nor_is_proposed_again(
    queue: Executor, graph: Graph
) -> None:
    done = await do(queue, REJECT, partyId=ONE, otherId=TWO, because="Twins.")
    assert done["userErrors"] == []
    assert pairs(await waiting(queue)) == [{TWO, THREE}]

    again = Propose([(party(0), party(1), 0.9, "SCORE")], "person 2")
    await write(graph, Batch([], steps=[again]), Writer("matcher"))
    assert pairs(await waiting(queue)) == [{TWO, THREE}]
    merge = await do(queue, ACCEPT, partyId=ONE, otherId=TWO)
    assert merge["userErrors"] == [{"code": "NOT_ALLOWED", "field": ["otherId"]}]


@pytest.mark.parametrize("mutation", [ACCEPT, REJECT])
async def test_only_what_was_proposed_is_decided(queue: Executor, mutation: str) -> None:
    for other in (THREE, encode_id("Person", party(9))):
        done = await do(queue, mutation, partyId=ONE, otherId=other)
        assert [each["code"] for each in done["userErrors"]] == ["NOT_FOUND"]


async def test_what_was_told_apart_does_not_wait(queue: Executor) -> None:
    assert (await do(queue, MARK, partyId=TWO, otherId=THREE))["userErrors"] == []

    assert pairs(await waiting(queue)) == [{ONE, TWO}]


async def test_a_pair_is_hidden_with_one_of_its_parties(queue: Executor, graph: Graph) -> None:
    who = {"issuer": STAFF.issuer, "subject": STAFF.subject, "ids": [party(0), party(1)]}
    await graph.run(HIDE, who)
    await queue.narrowing.look()

    page = await waiting(queue, first=1)
    assert pairs(page) == [{ONE, TWO}]
    assert page["next"] is None


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"first": 0}, id="none"),
        pytest.param({"first": 101}, id="too many"),
        pytest.param({"min": 1.5}, id="no probability"),
        pytest.param({"after": "x"}, id="no id"),
        pytest.param({"after": ONE}, id="another id"),
    ],
)
async def test_a_bad_question_is_refused(queue: Executor, given: dict[str, Any]) -> None:
    answer = await queue.execute(QUEUE, {"kind": "PERSON", **given}, None, STAFF)

    assert isinstance(answer, dict)
    [error] = answer["errors"]
    assert error["extensions"]["code"] in {
        "INVALID_PAGE", "INVALID_ARGUMENT", "INVALID_CURSOR", "INVALID_ID",
    }  # fmt: skip


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER])
async def test_only_staff_decide(queue: Executor, audience: Audience) -> None:
    viewer = Viewer(audience, STAFF.issuer, STAFF.subject)
    answer = await queue.execute(QUEUE, {"kind": "PERSON"}, None, viewer)
    assert isinstance(answer, dict)
    assert answer.get("data") is None
