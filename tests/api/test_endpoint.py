"""POST /graphql: who may ask, what a request must look like, and what its refusal says."""

import json
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt

from api.examples import CUSTOMER_360, variables_of_nobody
from api.keys import development_key
from api.refusals import GRAPHQL_JSON, JSON
from api.settings import DEVELOPMENT_ISSUER
from tests.api.conftest import Server

TYPENAME = '{"query": "{ __typename }"}'


def post(server: Server, body: bytes | str, **headers: str) -> httpx.Response:
    """Send a body as it is, with a good token unless another is given."""
    sent = {"Authorization": f"Bearer {server.place.token()}", "Content-Type": JSON} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    content = body if isinstance(body, bytes) else body.encode()
    return server.http.post("/graphql", content=content, headers=sent)


def code(answer: httpx.Response) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


def own_token(server: Server, **changes: Any) -> str:
    """A token signed with the server's own development key, with changed claims."""
    key = development_key(server.place.data_dir)
    now = int(time.time())
    claims = {
        "iss": DEVELOPMENT_ISSUER,
        "aud": "customer360",
        "sub": "tester",
        "iat": now,
        "exp": now + 60,
        "c360_audience": "staff",
    }
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims | changes, key, ["Ed25519"])


def test_without_a_token_nothing_is_answered(server: Server):
    answer = server.http.post("/graphql", json={"query": "{ __typename }"})

    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "data" not in answer.json()


@pytest.mark.parametrize(
    ("scheme", "changes"),
    [
        ("Basic", {}),
        ("Bearer garbage", None),
        ("Bearer", None),
        ("Bearer", {"exp": 1}),
        ("Bearer", {"iss": "https://id.example.org"}),
        ("Bearer", {"aud": "another"}),
        ("Bearer", {"c360_audience": "root"}),
    ],
)
def test_a_token_that_is_not_accepted_gets_401_and_a_reason(
    server: Server, scheme: str, changes: dict[str, Any] | None
):
    token = "" if changes is None else own_token(server, **changes)

    answer = post(server, TYPENAME, Authorization=f"{scheme} {token}".strip())

    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert "example.org" not in answer.text


def test_two_tokens_are_not_accepted_even_if_one_is_good(server: Server):
    headers = [("Authorization", f"Bearer {server.place.token()}"), ("Authorization", "Bearer x")]

    answer = server.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 400, "BAD_JSON"),
        (b"{", 400, "BAD_JSON"),
        (b'{"query": "{ __typename }"} x', 400, "BAD_JSON"),
        (b'{"query": "\xff"}', 400, "BAD_JSON"),
        (b'{"query": "\\ud800"}', 400, "BAD_JSON"),
        (b'{"query": NaN}', 400, "BAD_JSON"),
        (b"[" * 50_000, 400, "BAD_JSON"),
        (b"null", 400, "BAD_REQUEST"),
        (b'"text"', 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'[{"query": "{ __typename }"}]', 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": null}', 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "  "}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": "x"}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "extensions": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "' + b"x" * 100_000 + b'"}', 413, "BODY_TOO_LARGE"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_bad_body_gets_a_status_and_a_code(
    server: Server, body: bytes, status: int, expected: str
):
    answer = post(server, body)

    assert (answer.status_code, code(answer)) == (status, expected)
    assert answer.json()["errors"][0]["message"].endswith(".")


def test_a_body_without_a_declared_length_is_cut_off_too(server: Server):
    def endless() -> Any:
        yield b'{"query": "'
        for _ in range(1000):
            yield b"x" * 1000

    headers = {"Authorization": f"Bearer {server.place.token()}", "Content-Type": JSON}
    try:
        answer = server.http.post("/graphql", content=endless(), headers=headers)
    except httpx.TransportError:
        return  # the server closed the connection while the rest was still being sent

    assert (answer.status_code, code(answer)) == (413, "BODY_TOO_LARGE")


def test_a_body_of_exactly_100_kb_is_read(server: Server):
    body = json.dumps({"query": "{ __typename }", "extensions": {"x": ""}})
    padded = body.replace('""', '"' + "y" * (100_000 - len(body)) + '"')
    assert len(padded) == 100_000

    assert post(server, padded).json()["data"] == {"__typename": "Query"}
    assert post(server, padded.replace("y", "yy", 1)).status_code == 413


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('APPLICATION/JSON; charset="UTF-8"', 200),
        ("application/json; charset=latin-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        ("", 415),
    ],
)
def test_only_json_in_utf_8_is_read(server: Server, content_type: str, status: int):
    answer = post(server, TYPENAME, Content_Type=content_type)

    assert answer.status_code == status
    assert status == 200 or code(answer) == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    ("accept", "query", "status", "expected"),
    [
        ("*/*", "{ __typename }", 200, JSON),
        (JSON, "{ nothingOfThisName }", 200, JSON),
        (GRAPHQL_JSON, "{ __typename }", 200, GRAPHQL_JSON),
        (GRAPHQL_JSON, "{ nothingOfThisName }", 400, GRAPHQL_JSON),
        (GRAPHQL_JSON, "{", 400, GRAPHQL_JSON),
        ("text/html", "{ __typename }", 406, JSON),
    ],
)
def test_type_and_status_of_an_answer_follow_what_the_caller_accepts(
    server: Server, accept: str, query: str, status: int, expected: str
):
    answer = post(server, json.dumps({"query": query}), Accept=accept)

    assert answer.status_code == status
    assert answer.headers["content-type"] == f"{expected}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/docs", 404, "NOT_FOUND"),
        ("GET", "/openapi.json", 404, "NOT_FOUND"),
        ("POST", "/graphql/", 404, "NOT_FOUND"),
        ("GET", "/graphiql/..%2fassets.py", 404, "NOT_FOUND"),
        ("PUT", "/graphql", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/graphql", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/readyz", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_everything_else_is_not_there(
    server: Server, method: str, path: str, status: int, expected: str
):
    answer = server.http.request(method, path)

    assert (answer.status_code, code(answer)) == (status, expected)


def test_a_query_in_the_address_is_not_executed(server: Server):
    headers = {"Accept": JSON, "Authorization": f"Bearer {server.place.token()}"}

    answer = server.http.get("/graphql", params={"query": "{ __typename }"}, headers=headers)

    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "POST"


def test_the_first_query_of_a_newcomer_is_answered_without_errors(server: Server):
    for variables in variables_of_nobody():
        answer = server.ask(CUSTOMER_360, variables=variables)

        assert answer.json()["data"] == {"customer": None}


def test_the_connection_serves_again_after_a_refusal(server: Server):
    assert post(server, "{").status_code == 400
    assert post(server, b"x" * 200_000).status_code == 413

    assert post(server, TYPENAME).json()["data"] == {"__typename": "Query"}


def test_an_idempotency_key_makes_the_mutations_of_a_request_repeatable(server: Server):
    made = "personUpsert(input: {source: %s, externalId: %s, name: %s}) { person { id version } }"
    first = made % ('"door"', '"1"', '"Ana"')
    body = json.dumps({"query": f"mutation {{ a: {first} b: {first} }}"})
    other = body.replace("Ana", "Bea")

    answers = [post(server, body, Idempotency_Key="k1").json() for _ in range(2)]
    conflict = post(
        server, other.replace("person {", "userErrors { code } person {"), Idempotency_Key="k1"
    )

    assert answers[0]["data"]["a"]["person"]["id"] == answers[0]["data"]["b"]["person"]["id"]
    assert answers[0]["data"] == answers[1]["data"]
    codes = [each["userErrors"][0]["code"] for each in conflict.json()["data"].values()]
    assert codes == ["CONFLICT", "CONFLICT"]
