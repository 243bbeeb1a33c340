"""API keys: whose they are, told once, kept as a digest, narrowed by scopes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from api.commands.key import key as command
from api.settings import DEVELOPMENT_ISSUER
from graph.database import Graph
from graph.engines import Endpoints
from graph.keys import digest, key_of
from graph.keys.minting import SECRET, mint
from graph.statements import Kind, Statement
from graph.write.secret import secret
from loaders.ids import decode_id
from tests.principals.conftest import (
    Running,
    acts_for,
    put_company,
    put_user,
)

pytestmark = pytest.mark.anyio

STORED = Statement(
    "test.key",
    Kind.READ,
    """MATCH (k:ApiKey {id: $id})-[:STANDS_FOR]->(u:User)
RETURN properties(k), properties(u), COLLECT { MATCH (u)-[a:ACTS_FOR]->(p) RETURN p.name }""",
)
EVERYTHING = Statement(
    "test.everything",
    Kind.READ,
    "MATCH (n) WHERE any(k IN keys(n) WHERE any(x IN [] + n[k] WHERE toString(x) CONTAINS $text)) "
    "RETURN labels(n)",
)
COUNT = Statement("test.count", Kind.READ, "MATCH (k:ApiKey) RETURN count(k)")


REVOKE = 'mutation { sessionsRevoke(input: {userId: "x"}) { clientMutationId } }'


def days(number: float) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


async def stored(graph: Graph, id_: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The key's properties, its user's, and the names of the parties that acts for."""
    ((key, user, parties),) = await graph.run(STORED, {"id": decode_id(id_).id})
    return key, user, parties


async def test_a_key_asks_in_the_name_of_its_user(server: Running, graph: Graph):
    user = await put_user(graph, "erp", kind="SERVICE")
    _, text = await server.key(userId=user, name="ERP")

    answer = await server.send(text)

    assert answer.json()["data"]["viewer"] == {
        "audience": "STAFF", "issuer": DEVELOPMENT_ISSUER, "subject": "erp", "name": "ERP",
    }  # fmt: skip


async def test_a_key_without_a_user_gets_one_of_its_own(server: Running, graph: Graph):
    id_, text = await server.key(name="Nightly export")

    found = (await server.send(text)).json()["data"]["viewer"]
    _, user, _ = await stored(graph, id_)

    assert found["subject"] == user["subject"] == f"service:{decode_id(id_).id}"
    assert (user["kind"], user["name"], user["issuer"]) == ("SERVICE", "Nightly export", "c360")


async def test_a_key_of_a_partner_acts_for_it(server: Running, graph: Graph):
    partner = await put_company(graph, "reseller", partner=True)

    id_, text = await server.key(audience="PARTNER", actsForId=partner)

    assert (await server.send(text)).json()["data"]["viewer"]["audience"] == "PARTNER"
    assert (await stored(graph, id_))[2] == ["reseller"]


async def test_only_a_digest_of_a_key_is_kept_and_told(server: Running, graph: Graph):
    id_, text = await server.key()
    kept, _, _ = await stored(graph, id_)

    assert await graph.run(EVERYTHING, {"text": text.rpartition("_")[2]}) == []
    assert kept["digest"] == digest(await secret(graph, SECRET), text)
    told = await graph.run(EVERYTHING, {"text": kept["digest"]})
    assert told == [[["ApiKey"]]]  # and in no event


async def test_another_secret_of_the_same_key_is_refused(server: Running, graph: Graph):
    id_, text = await server.key()
    pepper = await secret(graph, SECRET)
    other = mint(pepper, decode_id(id_).id)

    assert key_of(pepper, other) == decode_id(id_).id
    assert (await server.send(other)).status_code == 401
    assert (await server.send(text[:-1])).status_code == 401
    assert (await server.send(text)).status_code == 200


async def test_a_key_of_another_graph_is_refused_without_a_question(server: Running, graph: Graph):
    id_, _ = await server.key()
    foreign = mint(b"another secret", decode_id(id_).id)

    assert key_of(await secret(graph, SECRET), foreign) is None
    assert (await server.send(foreign)).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "query", "allowed"),
    [
        (["read"], "{ customers(first: 1) { edges { node { id } } } }", True),
        (["read"], REVOKE, False),
        (["write"], REVOKE, True),
        (["write"], "{ customers(first: 1) { edges { node { id } } } }", False),
        (["orders"], "{ orders(first: 1) { edges { node { id } } } }", True),
        (["orders"], "{ a: orders(first: 1) { edges { node { id } } } viewer { name } }", True),
        (["orders"], "{ orders: customers(first: 1) { edges { node { id } } } }", False),
        (["orders"], "{ orders(first: 1) { __typename } ...F } "
         "fragment F on Query { ... { customers(first: 1) { __typename } } }", False),
        (["orders"], "{ customers(first: 1) @skip(if: true) { __typename } __typename }", False),
        (["orders"], "{ viewer { subject } __schema { queryType { name } } }", True),
        (["sessionsRevoke"], REVOKE, True),
    ],
)  # fmt: skip
async def test_scopes_open_root_fields_and_nothing_else(
    server: Running, scopes: list[str], query: str, allowed: bool
):
    _, text = await server.key(scopes=scopes)

    answer = (await server.send(text, query)).json()

    if allowed:
        assert answer.get("data") is not None, answer
    else:
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "data" not in answer


async def test_a_kept_answer_is_not_given_to_a_key_that_may_not_ask(server: Running, graph: Graph):
    """What is kept for a user is kept for its keys, too: the scopes are looked at before."""
    user = await put_user(graph, "shared", kind="STAFF")
    query = "{ territories(first: 1) { edges { node { name } } } }"
    for _ in range(2):
        assert "data" in (await server.send(server.token("shared"), query)).json()
    _, text = await server.key(userId=user, scopes=["orders"])

    assert "data" not in (await server.send(text, query)).json()


async def test_a_key_makes_no_keys(server: Running):
    _, text = await server.key(scopes=["read", "write"])
    query = "mutation ($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { secret } }"
    wanted = {"name": "wider", "audience": "STAFF", "expiresAt": days(1)}

    answer = (await server.send(text, query, i=wanted)).json()

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_partners_cannot_see_or_make_keys(server: Running):
    token = server.token("somebody", "partner")
    made = "mutation ($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { secret } }"
    wanted = {"name": "mine", "audience": "STAFF", "expiresAt": days(1)}

    seen = (await server.send(token, "{ apiKeys(first: 5) { edges { node { id } } } }")).json()
    answer = (await server.send(token, made, i=wanted)).json()

    assert "errors" in answer
    assert "errors" in seen or seen["data"]["apiKeys"]["edges"] == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expiresAt": days(-1)}, ("OUT_OF_RANGE", ["expiresAt"])),
        ({"expiresAt": days(500)}, ("OUT_OF_RANGE", ["expiresAt"])),
        ({"scopes": []}, ("OUT_OF_RANGE", ["scopes"])),
        ({"scopes": ["read"] * 60}, ("OUT_OF_RANGE", ["scopes"])),
        ({"scopes": ["raed"]}, ("INVALID", ["scopes"])),
        ({"userId": "nobody"}, ("NOT_FOUND", ["userId"])),
        ({"audience": "PARTNER"}, ("REQUIRED", ["actsForId"])),
        ({"name": "x" * 2000}, ("TOO_LONG", ["name"])),
    ],
)
async def test_a_key_that_makes_no_sense_is_refused_and_none_is_made(
    server: Running, graph: Graph, given: dict[str, Any], expected: tuple[str, list[str]]
):
    before = await graph.run(COUNT)
    wanted = {"name": "bad", "audience": "STAFF", "expiresAt": days(1), **given}

    payload = await server.do("apiKeyCreate", "apiKeyId secret", **wanted)

    assert (payload["apiKeyId"], payload["secret"]) == (None, None)
    first = payload["userErrors"][0]
    assert (first["code"], first["field"]) == expected
    assert await graph.run(COUNT) == before


async def test_the_audience_of_a_key_is_that_of_its_user(server: Running, graph: Graph):
    customer = await put_user(graph, "cleo", kind="CUSTOMER")
    nobody = await put_user(graph, "gone", kind="STAFF", active=False)
    company = await put_company(graph, "no partner")
    wanted = {"name": "bad", "audience": "STAFF", "expiresAt": days(1)}

    as_staff = await server.do("apiKeyCreate", "secret", **wanted, userId=customer)
    inactive = await server.do("apiKeyCreate", "secret", **wanted, userId=nobody)
    wanted["audience"] = "PARTNER"
    no_partner = await server.do("apiKeyCreate", "secret", **wanted, actsForId=company)

    for payload, field in ((as_staff, "audience"), (inactive, "userId"), (no_partner, "actsForId")):
        (error,) = payload["userErrors"]
        assert (error["code"], error["field"]) == ("NOT_ALLOWED", [field])


async def test_a_user_has_twenty_keys_at_most(server: Running, graph: Graph):
    user = await put_user(graph, "many")
    for _ in range(20):
        await server.key(userId=user)
    wanted = {"name": "one more", "audience": "STAFF", "expiresAt": days(1), "userId": user}

    payload = await server.do("apiKeyCreate", "secret", **wanted)

    assert payload["userErrors"][0]["code"] == "LIMIT_REACHED"


async def test_keys_are_listed_without_anything_secret(server: Running):
    id_, text = await server.key(name="listed", scopes=["orders", "invoices"])
    query = """query ($n: String!) { apiKeys(first: 5, filter: {name: {eq: $n}}) { edges { node {
      id name audience scopes revokedAt user { kind name }
    } } } }"""

    answer = await server.ask(query, n="listed")

    (edge,) = answer["apiKeys"]["edges"]
    assert edge["node"] == {
        "id": id_, "name": "listed", "audience": "STAFF", "scopes": ["orders", "invoices"],
        "revokedAt": None, "user": {"kind": "SERVICE", "name": "listed"},
    }  # fmt: skip
    assert text.rpartition("_")[2] not in str(answer)


async def test_the_command_line_makes_lists_and_revokes_keys(
    server: Running, graph: Graph, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
):
    await put_user(graph, "batch", kind="SERVICE")
    for name, value in {
        "C360_DATA_DIR": str(server.settings.data_dir),
        "C360_ENV_FILE": str(server.settings.data_dir / "none"),
        "NEO4J_URI": endpoints.neo4j_uri,
        "NEO4J_PASSWORD": endpoints.neo4j_password,
        "REDIS_URL": endpoints.redis_url,
    }.items():
        monkeypatch.setenv(name, value)

    async def run(*arguments: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, command, list(arguments))
        return done.exit_code, str(done.exception) if done.exception else done.stdout.strip()

    _, text = await run(
        "create", "nightly", "--as", "staff", "--subject", "batch", "--scopes", "orders,read"
    )
    found = (await server.send(text)).json()["data"]["viewer"]
    _, lines = await run("list")
    line = next(each for each in lines.splitlines() if "nightly" in each)
    id_ = line.split()[0]
    revoked = await run("revoke", id_)

    assert found["subject"] == "batch"
    assert "orders,read" in line
    assert text not in lines
    assert revoked == (0, "Revoked.")
    await server.refused(text)
    assert (await run("revoke", id_))[1] == "It was revoked already."
    assert "subject" in (await run("create", "x", "--as", "staff", "--subject", "no one"))[1]
    assert (await run("create", "x", "--as", "partner"))[0] == 1


async def test_a_service_that_acts_for_a_customer_is_one_of_the_customer(
    server: Running, graph: Graph
):
    await put_company(graph, "buyer")
    user = await put_user(graph, "shop", kind="SERVICE")
    await acts_for(graph, "shop", "buyer")

    _, text = await server.key(userId=user, audience="CUSTOMER")

    assert (await server.send(text)).json()["data"]["viewer"]["audience"] == "CUSTOMER"
