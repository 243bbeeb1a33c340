"""Privacy over GraphQL: plan, erase, verify; for staff alone, and nothing is left in the cache."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio

from graph.database import Graph
from graph.engines import Endpoints
from graph.exports import Folder
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.keeping import Keeper
from loaders.responses import Responses
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.privacy.worlds import CANARY, full_world

pytestmark = pytest.mark.anyio

STAFF = Viewer(Audience.STAFF, "test", "officer")
PARTNER = Viewer(Audience.PARTNER, "test", "pat")

PLAN = """query ($p: ID!) { erasurePlan(person: $p) {
  planHash counts holds erased { kind property count } retained { kind reason until properties }
} }"""
ERASE = """mutation ($p: ID!, $h: String!) { erase(input: {personId: $p, planHash: $h}) {
  receipt { id counts } userErrors { code message field }
} }"""
ERASE_ONCE = """mutation ($p: ID!, $h: String!, $k: String!) {
  erase(input: {personId: $p, planHash: $h, clientMutationId: $k}) {
    receipt { id counts at } clientMutationId userErrors { code }
  }
}"""
UPSERT = """mutation ($s: String, $e: String, $m: String!) {
  personUpsert(input: {source: $s, externalId: $e, name: "Ana", email: $m}) {
    person { id } userErrors { code message }
  }
}"""
VERIFY = """mutation ($r: String!, $w: [String!]!) {
  verifyErasure(input: {receipt: $r, words: $w}) {
    verification { clean left { where property } } userErrors { code }
  }
}"""
HOLD = """mutation ($p: ID!) { legalHoldPlace(input: {people: [$p], reason: "A claim"}) {
  legalHold { id reason } userErrors { code message }
} }"""
LIFT = """mutation ($h: ID!) { legalHoldLift(input: {holdId: $h}) {
  legalHold { to } userErrors { code }
} }"""


@pytest.fixture
async def cache(endpoints: Endpoints) -> AsyncIterator[redis.asyncio.Redis]:
    """Return an empty cache."""
    async with redis.asyncio.from_url(endpoints.redis_url) as opened:
        await opened.flushdb()
        yield opened


@pytest.fixture
def keeper(graph: Graph, cache: redis.asyncio.Redis, tmp_path: Path) -> Keeper:
    """Return a keeper over the whole schema, with a folder of exports."""
    executor = Executor(SCHEMA._schema, graph, max_batch=1)
    executor.backing.exports = Folder(tmp_path)
    return Keeper(executor, Responses(cache))


async def ask(keeper: Keeper, text: str, viewer: Viewer = STAFF, **values: Any) -> Any:
    response = await keeper.executor.execute(text, values, None, viewer)
    assert "errors" not in response, response
    return next(iter(response["data"].values()))


async def test_plan_erase_and_verify_go_hand_in_hand(graph: Graph, keeper: Keeper):
    person = encode_id("Person", await full_world(graph))

    plan = await ask(keeper, PLAN, p=person)
    done = await ask(keeper, ERASE, p=person, h=plan["planHash"])
    found = await ask(keeper, VERIFY, r=done["receipt"]["id"], w=[CANARY])

    assert done["userErrors"] == []
    assert done["receipt"]["counts"] == plan["counts"]
    assert found == {"verification": {"clean": True, "left": []}, "userErrors": []}


async def test_an_erasure_is_repeated_by_its_key_and_the_person_cannot_be_made_anew(
    graph: Graph, keeper: Keeper
):
    person = encode_id("Person", await full_world(graph))
    plan = await ask(keeper, PLAN, p=person)
    given = {"p": person, "h": plan["planHash"], "k": "e1"}

    done = [await ask(keeper, ERASE_ONCE, **given) for _ in range(2)]
    other = await ask(keeper, ERASE_ONCE, **(given | {"h": "0" * 64}))
    again = [
        await ask(keeper, UPSERT, s=source, e=external, m=f"ana@{CANARY}.example")
        for source, external in (("crm", "ana"), ("shop", "7"), (None, None))
    ]

    assert done[0]["receipt"] is not None
    assert done[0] == done[1]
    assert [each["code"] for each in other["userErrors"]] == ["CONFLICT"]
    assert [each["userErrors"][0]["code"] for each in again] == ["SUPPRESSED"] * 3
    assert CANARY not in str(again)
    found = await ask(keeper, VERIFY, r=done[0]["receipt"]["id"], w=[CANARY])
    assert found["verification"]["clean"]


async def test_a_wrong_plan_is_a_user_error(graph: Graph, keeper: Keeper):
    person = encode_id("Person", await full_world(graph))

    done = await ask(keeper, ERASE, p=person, h="0" * 64)

    assert done["receipt"] is None
    assert [each["code"] for each in done["userErrors"]] == ["PLAN_CHANGED"]


async def test_a_hold_is_placed_obeyed_and_lifted(graph: Graph, keeper: Keeper):
    person = encode_id("Person", await full_world(graph))

    placed = await ask(keeper, HOLD, p=person)
    held = await ask(keeper, PLAN, p=person)
    refused = await ask(keeper, ERASE, p=person, h=held["planHash"])
    lifted = await ask(keeper, LIFT, h=placed["legalHold"]["id"])
    plan = await ask(keeper, PLAN, p=person)
    done = await ask(keeper, ERASE, p=person, h=plan["planHash"])

    assert held["holds"] == [placed["legalHold"]["id"]]
    assert [each["code"] for each in refused["userErrors"]] == ["HELD"]
    assert lifted["userErrors"] == []
    assert done["userErrors"] == []


async def test_kept_answers_and_export_files_go_with_the_person(
    graph: Graph, keeper: Keeper, cache: redis.asyncio.Redis, tmp_path: Path
):
    person = encode_id("Person", await full_world(graph))
    query = "query ($p: ID!) { customer(id: $p) { name email orders(first: 3) { totalCount } } }"
    await keeper.execute(query, {"p": person}, None, STAFF)
    kept = [await cache.get(name) async for name in cache.scan_iter("c360:r:*")]
    file = tmp_path / "00000000-0000-7000-8000-000000000000.csv"
    file.write_text(CANARY)
    plan = await ask(keeper, PLAN, p=person)

    await ask(keeper, ERASE, p=person, h=plan["planHash"])

    assert any(CANARY.encode() in value for value in kept)
    left = [(name, await cache.get(name)) async for name in cache.scan_iter("*")]
    assert not any(CANARY.encode() in name + value for name, value in left)
    assert not file.exists()


async def test_personal_data_is_told_to_staff_alone(graph: Graph, keeper: Keeper):
    person = encode_id("Person", await full_world(graph))
    query = "query ($p: ID!) { personalData(person: $p) { at data } }"

    told = await ask(keeper, query, p=person)
    refused = await keeper.executor.execute(query, {"p": person}, None, PARTNER)

    assert CANARY in str(told["data"])
    assert refused["errors"][0]["extensions"]["code"] == "INVALID_DOCUMENT"
    assert CANARY not in str(refused)


async def test_who_is_not_there_is_told_with_a_code(graph: Graph, keeper: Keeper):  # noqa: ARG001
    nobody = encode_id("Person", "nobody")

    response = await keeper.executor.execute(PLAN, {"p": nobody}, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_minimisation_report_names_what_is_never_filled(graph: Graph, keeper: Keeper):
    await full_world(graph)

    rows = await ask(keeper, "{ minimisationReport { label property findings } }")

    assert {"label": "Person", "property": "honorific", "findings": ["NEVER_FILLED"]} in rows
    assert all(row["findings"] for row in rows)
