"""A copy of everything and the wish to be erased, and what becomes of what self-service keeps."""

import json
from pathlib import Path

import pytest

from graph.database import Graph
from graph.exports import Folder
from graph.jobs import Run
from graph.privacy import erase, erasure_plan, personal_data, verify_erasure
from graph.selfservice.copies import KIND, copier, finished
from graph.statements import Kind, Statement
from loaders.ids import decode_id
from tests.mutations.conftest import link
from tests.selfservice.conftest import ISSUER, Shop

pytestmark = pytest.mark.anyio

REQUEST = "request { id number state right dueAt }"


async def run_copy(graph: Graph, folder: Folder, shop: Shop) -> str:
    """Run the job that waits, as a worker does; its id."""
    [[job, key, parameters]] = await shop.rows(
        "MATCH (j:Job {kind: $kind, state: 'QUEUED'}) RETURN j.id, j.key, j.parameters", kind=KIND
    )
    await copier(folder)(Run(graph, job, KIND, key, json.loads(parameters), None, 1, "holder"))
    return job


async def test_an_erasure_is_a_request_with_a_clock_and_there_is_one_at_a_time(shop: Shop):
    done = await shop.ana.done("erasureRequest", REQUEST)

    assert (done["request"]["right"], done["request"]["state"]) == ("ERASURE", "SUBMITTED")
    assert done["request"]["dueAt"] is not None
    again = await shop.ana.do("erasureRequest")
    assert [each["code"] for each in again["userErrors"]] == ["NOT_ALLOWED"]
    assert done["request"]["number"] in again["userErrors"][0]["message"]
    assert await shop.rows(
        "MATCH (r:PrivacyRequest)-[:BY]->(p:Person) MATCH (r)-[:ABOUT]->(p) RETURN p.name"
    ) == [["Ana Test"]]
    assert (await shop.ana.me("privacyRequests { edges { node { number } } }")) == {
        "privacyRequests": {"edges": [{"node": {"number": done["request"]["number"]}}]}
    }
    assert (await shop.bob.me("privacyRequests { totalCount }")) == {
        "privacyRequests": {"totalCount": 0}
    }


async def test_a_copy_holds_all_that_is_known_and_only_the_person_gets_it(
    shop: Shop, tmp_path: Path
):
    await shop.ana.done("preferenceSet", topic="ORDERS", channel="SMS", frequency="DAILY")
    done = await shop.ana.done("personalDataExport", REQUEST)
    request = decode_id(done["request"]["id"]).id
    folder, graph = Folder(tmp_path), shop.api.graph
    assert await finished(graph, ISSUER, "ana", request) is None

    job = await run_copy(graph, folder, shop)
    await graph.run(_done(), {"id": job})

    data = json.loads(folder.file(job, "json").read_bytes())
    assert {"Person", "Preference", "Identifier", "User"} <= {
        each["label"] for each in data["groups"]
    }
    assert "bob@example.org" not in json.dumps(data)
    assert await finished(graph, ISSUER, "ana", request) == job
    assert await finished(graph, ISSUER, "bob", request) is None
    assert (await shop.rows("MATCH (r:PrivacyRequest) RETURN r.state")) == [["DONE"]]


def _done() -> Statement:
    from_worker = "MATCH (j:Job {id: $id}) SET j.state = 'DONE'"
    return Statement("test.done", Kind.WRITE, from_worker)


async def test_there_are_three_copies_a_day(shop: Shop, tmp_path: Path):
    for _ in range(3):
        await shop.ana.done("personalDataExport")
        job = await run_copy(shop.api.graph, Folder(tmp_path), shop)
        await shop.api.graph.run(_done(), {"id": job})

    assert await shop.ana.refused("personalDataExport") == [("LIMIT_REACHED", "")]


async def test_what_self_service_keeps_of_a_person_goes_with_the_person(shop: Shop):
    await shop.ana.done("preferenceSet", topic="ORDERS", channel="SMS", frequency="DAILY")
    await shop.ana.done(
        "identifierAdd", partyId=shop.ids["ana"], kind="EMAIL", value="ana@secret.example"
    )
    await shop.put("Survey", "said", channel="WEB", measure="NPS", score=3, body="Says Ana Test.")
    await link(shop.api.graph, "Person/ana", "PARTICIPATED_IN", "Survey/said", role="FROM")
    await shop.api.done("feedbackAsk", personId=shop.ids["ana"], measure="NPS",
                        question="Ana, how likely?")  # fmt: skip
    graph, person = shop.api.graph, decode_id(shop.ids["ana"]).id
    known = await personal_data(graph, person)

    plan = await erasure_plan(graph, person)
    receipt = await erase(graph, person, plan.plan_hash, "officer")

    assert {"Preference", "Verification", "Survey", "FeedbackRequest"} <= {
        each["label"] for each in known["groups"]
    }
    assert (await verify_erasure(graph, receipt.id, ["ana@secret.example", "Ana Test"])).clean
    assert (
        await shop.rows(
            "MATCH (n) WHERE n:Preference OR n:Verification OR n:Survey OR n:FeedbackRequest "
            "RETURN labels(n)"
        )
        == []
    )
