"""The life of an API key: used, rotated, and ended by time or by somebody."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.ids import decode_id
from tests.principals.conftest import WHO, Running, put_user
from tests.principals.test_keys import stored

pytestmark = pytest.mark.anyio

CHANGE = Statement(
    "test.change", Kind.WRITE, "MATCH (k:ApiKey {id: $id}) SET k += $set RETURN k.id"
)


async def test_a_key_that_has_expired_is_refused(server: Running):
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    _, text = await server.key(expiresAt=soon)
    assert (await server.send(text)).status_code == 200

    await asyncio.sleep(2)

    answer = await server.send(text)
    assert (answer.status_code, "expired" in answer.text) == (401, True)


async def test_a_revoked_key_is_refused_within_seconds_and_for_good(server: Running):
    id_, text = await server.key()
    assert (await server.send(text)).status_code == 200

    payload = await server.do("apiKeyRevoke", "apiKey { revokedAt }", apiKeyId=id_)

    assert payload["apiKey"]["revokedAt"] is not None
    assert "revoked" in (await server.refused(text)).text
    again = await server.do("apiKeyRevoke", "apiKey { id }", apiKeyId=id_)
    rotated = await server.do("apiKeyRotate", "secret", apiKeyId=id_)
    assert again["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert (rotated["userErrors"][0]["code"], rotated["secret"]) == ("NOT_ALLOWED", None)


async def test_a_rotated_key_works_with_both_secrets_until_the_overlap_ends(
    server: Running, graph: Graph
):
    id_, former = await server.key()
    await server.send(former)

    new = (await server.do("apiKeyRotate", "secret", apiKeyId=id_, overlapHours=1))["secret"]

    assert new != former
    for text in (former, new):
        for _ in range(100):
            answer = await server.send(text)
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.05)  # until the server has heard of it
        assert answer.status_code == 200
    past = {"formerUntil": "2026-01-01T00:00:00.000Z"}
    await graph.run(CHANGE, {"id": decode_id(id_).id, "set": past})
    server.backend.principals.forget({decode_id(id_).id})
    assert (await server.send(former)).status_code == 401
    assert (await server.send(new)).status_code == 200


async def test_a_rotation_without_overlap_ends_the_former_secret_at_once(
    server: Running, graph: Graph
):
    id_, former = await server.key()

    new = (await server.do("apiKeyRotate", "secret", apiKeyId=id_, overlapHours=0))["secret"]
    await server.refused(former)

    assert (await server.send(new)).status_code == 200
    assert "formerDigest" not in (await stored(graph, id_))[0]


async def test_a_second_rotation_during_the_overlap_does_not_end_the_secret_in_use(
    server: Running,
):
    """A client that lost the answer and asks again must not lock itself out."""
    id_, former = await server.key()
    await server.do("apiKeyRotate", "secret", apiKeyId=id_, overlapHours=24)

    again = await server.do("apiKeyRotate", "secret", apiKeyId=id_, overlapHours=24)

    assert (again["secret"], again["userErrors"][0]["code"]) == (None, "NOT_ALLOWED")
    assert (await server.send(former)).status_code == 200


@pytest.mark.parametrize("hours", [-1, 169])
async def test_an_overlap_out_of_range_is_refused(server: Running, hours: int):
    id_, text = await server.key()

    payload = await server.do("apiKeyRotate", "secret", apiKeyId=id_, overlapHours=hours)

    assert payload["userErrors"][0]["field"] == ["overlapHours"]
    assert (await server.send(text)).status_code == 200


async def test_deactivating_a_user_ends_its_keys(server: Running, graph: Graph):
    user = await put_user(graph, "leaver")
    _, text = await server.key(userId=user)
    assert (await server.send(text)).status_code == 200

    await server.do("userDeactivate", "user { active }", userId=user)
    await server.refused(text)

    await server.do("userReactivate", "user { active }", userId=user)
    for _ in range(200):
        if (answer := await server.send(text)).status_code == 200:
            break
        await asyncio.sleep(0.05)
    assert answer.status_code == 200


async def test_ending_sessions_leaves_keys_alone(server: Running, graph: Graph):
    user = await put_user(graph, "both")
    _, text = await server.key(userId=user)

    await server.do("sessionsRevoke", "user { id }", userId=user)
    await server.refused(server.token("both"))

    assert (await server.send(text)).status_code == 200


async def test_the_hour_of_the_last_use_is_noted_beside_history(server: Running, graph: Graph):
    id_, text = await server.key()
    version = (await stored(graph, id_))[0]["version"]

    await server.send(text, WHO)
    for _ in range(100):
        kept, _, _ = await stored(graph, id_)
        if "lastUsedAt" in kept:
            break
        await asyncio.sleep(0.05)

    assert kept["lastUsedAt"] == datetime.now(UTC).strftime("%Y-%m-%dT%H:00:00.000Z")
    assert kept["version"] == version
