"""What holds of every mutation, shown with the plainest ones."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from neo4j.exceptions import ServiceUnavailable

from api.connections import graph_at
from graph.actions import ALL
from graph.database import Graph, Parameters, Row
from graph.engines import Endpoints
from graph.statements import Kind, Statement
from graph.write.actions.compiling import compile_action
from graph.write.actions.spec import Action
from graph.write.events import digest_of
from loaders.execution import Executor
from loaders.ids import decode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.mutations.conftest import STAFF, Api, Put

pytestmark = pytest.mark.anyio

COUNTS = Statement(
    "test.counts",
    Kind.READ,
    """RETURN COUNT { (:Call) }, COUNT { (:ChangeEvent {op: 'interactionLog'}) },
COUNT { (:IdempotencyKey) }""",
)
SHOWN = "interaction { __typename id channel participants { edges { role node { __typename } } } }"


def call(party: str, **more: Any) -> dict[str, Any]:
    return {"kind": "CALL", "participants": [{"participantId": party, "role": "FROM"}], **more}


async def test_what_is_logged_is_there_with_one_event(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    user = await put("User", "u", issuer="i", subject="s", kind="STAFF")
    both = [{"participantId": ana, "role": "FROM"}, {"participantId": user, "role": "TO"}]
    payload = await api.done(
        "interactionLog", SHOWN, kind="CALL", participants=both, reason="She called"
    )
    made = payload["interaction"]
    assert (made["__typename"], made["channel"]) == ("Call", "PHONE")
    assert {edge["role"] for edge in made["participants"]["edges"]} == {"FROM", "TO"}
    (event,) = await api.events(decode_id(made["id"]).id)
    assert event["op"] == "interactionLog"
    assert event["reason"] == "She called"
    assert event["actor"] == "https://issuer.example|ann"
    assert event["parties"] == [decode_id(ana).id]
    assert event["digest"] == digest_of(event["salt"], event["patch"])


async def test_a_change_keeps_the_former_state_and_chains_its_event(api: Api, put: Put) -> None:
    id_ = await put("Opportunity", "o", name="Pumps", stage="LEAD")
    for stage in ("QUALIFIED", "PROPOSAL"):
        await api.done("opportunityMove", opportunityId=id_, stage=stage)
    events = await api.events(decode_id(id_).id)
    assert [event["version"] for event in events] == [1, 2, 3]
    assert events[1]["prev"] == events[0]["digest"]
    assert events[2]["prev"] == events[1]["digest"]
    assert set(events[2]["fields"]) == {"stage", "stageSince", "probability"}
    statement = Statement(
        "test.versions",
        Kind.READ,
        "MATCH (o:Opportunity)-[:WAS]->(v) RETURN v.stage, v.validTo ORDER BY v.version",
    )
    found = await api.graph.run(statement)
    assert [row[0] for row in found] == ["LEAD", "QUALIFIED"]
    assert [row[1] for row in found] == [event["at"] for event in events[1:]]


async def test_the_same_again_writes_nothing(api: Api, put: Put) -> None:
    id_ = await put("Opportunity", "o", name="Pumps", stage="LEAD")
    await api.done("opportunityUpdate", opportunityId=id_, name="Pumps")
    assert len(await api.events(decode_id(id_).id)) == 1


async def test_a_repeated_request_is_done_once_and_answered_alike(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    asked = call(ana, clientMutationId="k")
    first = await api.done("interactionLog", SHOWN, **asked)
    assert await api.done("interactionLog", SHOWN, **asked) == first
    assert (await api.graph.run(COUNTS))[0] == [1, 1, 1]


async def test_a_key_used_for_another_request_is_refused(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    await api.done("interactionLog", **call(ana, clientMutationId="k"))
    other = call(ana, clientMutationId="k", subject="Something else")
    assert await api.refused("interactionLog", **other) == [("CONFLICT", "clientMutationId")]


async def test_the_same_key_of_another_principal_is_another_key(api: Api, put: Put) -> None:
    asked = call(await put("Person", "ana", name="Ana"), clientMutationId="k")
    await api.done("interactionLog", **asked)
    query = (
        "mutation ($input: InteractionLogInput!) "
        "{ interactionLog(input: $input) { userErrors { code } } }"
    )
    other = Viewer(Audience.STAFF, STAFF.issuer, "bob")
    data = await api.ask(query, other, input=asked)
    assert data["interactionLog"]["userErrors"] == []
    assert (await api.graph.run(COUNTS))[0] == [2, 2, 2]


async def test_of_concurrent_requests_with_one_key_one_runs(api: Api, put: Put) -> None:
    asked = call(await put("Person", "ana", name="Ana"), clientMutationId="k")
    found = await asyncio.gather(
        *(api.done("interactionLog", "interaction { id }", **asked) for _ in range(30))
    )
    assert len({each["interaction"]["id"] for each in found}) == 1
    assert (await api.graph.run(COUNTS))[0] == [1, 1, 1]


async def test_concurrent_writers_of_one_node_lose_nothing(api: Api, put: Put) -> None:
    id_ = await put("Opportunity", "o", name="Pumps", stage="LEAD")
    reasons = [f"reason {number}" for number in range(16)]
    await asyncio.gather(
        *(api.done("opportunityUpdate", opportunityId=id_, nextStep=each) for each in reasons)
    )
    events = (await api.events(decode_id(id_).id))[1:]
    assert [event["version"] for event in events] == list(range(2, 18))
    for former, event in pairwise(events):
        assert event["prev"] == former["digest"]
        assert event["at"] >= former["at"]


async def test_a_refused_request_leaves_its_neighbours_alone(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    gone = "UGVyc29uOm5vYm9keQ"
    asked = [call(gone if number % 3 == 0 else ana) for number in range(30)]
    found = await asyncio.gather(*(api.do("interactionLog", **each) for each in asked))
    codes = [[error["code"] for error in each["userErrors"]] for each in found]
    assert codes == [["NOT_FOUND"] if number % 3 == 0 else [] for number in range(30)]
    assert (await api.graph.run(COUNTS))[0] == [20, 20, 0]
    assert max(api.executor.writes.batches) > 1


async def test_refusals_name_the_field_and_change_nothing(api: Api, put: Put) -> None:
    ana, case = await put("Person", "ana", name="Ana"), await put("Case", "c", subject="Broken")
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (call("UGVyc29uOm5vYm9keQ"), ("NOT_FOUND", "participants.0.participantId")),
        (call(case), ("NOT_FOUND", "participants.0.participantId")),
        (call("not an id"), ("NOT_FOUND", "participants.0.participantId")),
        ({"kind": "CALL", "participants": []}, ("REQUIRED", "participants")),
        (call(ana, subject="x" * 1_001), ("TOO_LONG", "subject")),
        (call(ana, body="x" * 10_000_000), ("TOO_LONG", "body")),
        (call(ana, language="Klingon?"), ("NOT_A_LANGUAGE", "language")),
        (call(ana, clientMutationId="x" * 101), ("INVALID", "clientMutationId")),
        (call(ana, reason="x" * 1_001), ("TOO_LONG", "reason")),
    ]
    for wrong, expected in cases:
        assert await api.refused("interactionLog", **wrong) == [expected]


async def test_a_prepared_mutation_is_planned_and_writes_nothing(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    document = (
        "mutation ($input: InteractionLogInput!) "
        "{ interactionLog(input: $input) { interaction { id subject } } }"
    )
    assert await api.executor.prepare(document, {"input": call(ana, clientMutationId="k")}) == []
    assert (await api.graph.run(COUNTS))[0] == [0, 0, 0]


async def test_another_version_than_expected_is_a_conflict(api: Api, put: Put) -> None:
    id_ = await put("Opportunity", "o", name="Pumps", stage="LEAD")
    await api.done("opportunityMove", opportunityId=id_, stage="QUALIFIED", ifVersion=1)
    again = await api.refused("opportunityMove", opportunityId=id_, stage="PROPOSAL", ifVersion=1)
    assert again == [("CONFLICT", "ifVersion")]


async def test_a_guard_names_the_state(api: Api, put: Put) -> None:
    id_ = await put("Opportunity", "o", name="Pumps", stage="WON")
    payload = await api.do("opportunityMove", opportunityId=id_, stage="LEAD")
    assert [each["code"] for each in payload["userErrors"]] == ["NOT_ALLOWED"]
    assert "WON" in payload["userErrors"][0]["message"]


async def test_only_staff_may_change_anything(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    query = (
        "mutation ($input: InteractionLogInput!) "
        "{ interactionLog(input: $input) { userErrors { code } } }"
    )
    other = Viewer(Audience.CUSTOMER, STAFF.issuer, "ana")
    response = await api.executor.execute(query, {"input": call(ana)}, None, other)
    assert response["errors"][0]["extensions"]["code"] == "INVALID_DOCUMENT"
    assert (await api.graph.run(COUNTS))[0] == [0, 0, 0]


class Forgetful(Graph):
    """A database whose answers to writes are lost every other time, after the commit."""

    lost = 0

    async def attempt(
        self,
        statement: Statement,
        parameters: Parameters | None = None,
        *,
        timeout: float = 30.0,  # noqa: ASYNC109 - as it is overridden
    ) -> list[Row]:
        """Run it, and sometimes lose the answer."""
        rows = await super().attempt(statement, parameters, timeout=timeout)
        self.lost += 1
        if self.lost % 2:
            raise ServiceUnavailable("The answer was lost.")
        return rows


async def test_an_answer_lost_after_the_commit_is_not_applied_twice(
    api: Api, put: Put, endpoints: Endpoints
) -> None:
    ana = await put("Person", "ana", name="Ana")
    async with graph_at(endpoints, kind=Forgetful) as forgetful:
        api.executor = Executor(
            SCHEMA._schema,  # pyright: ignore[reportPrivateUsage]
            forgetful,
        )
        for _ in range(10):
            await api.done("interactionLog", **call(ana))
        assert forgetful.lost == 20
    assert (await api.graph.run(COUNTS))[0] == [10, 10, 0]


def test_every_action_compiles_to_one_statement_of_the_write_path() -> None:
    actions = [each for each in ALL if isinstance(each, Action)]
    assert actions
    for action in actions:
        statement = compile_action(action).statement
        assert statement.kind is Kind.WRITE
        assert statement.name == "action." + action.name
    assert len({each.name for each in ALL}) == len(ALL)
