"""The door: every token that is not right gets 401 and a reason, and nothing of itself back."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import KeySet

from graph.database import Graph
from graph.engines import Endpoints
from tests.principals.conftest import WHO, Running, serving_at, settings_in
from tests.principals.test_tokens import AUDIENCE, BAD, ISSUER, PUBLIC, claims, signed

pytestmark = pytest.mark.anyio

QUERY = {"query": WHO}


@pytest.fixture(scope="module")
async def strict(
    graph: Graph,  # noqa: ARG001 - migrated
    endpoints: Endpoints,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """A server in production, with the keys of its issuer in a file."""
    folder: Path = tmp_path_factory.mktemp("strict")
    keys = folder / "issuer.jwks.json"
    keys.write_text(json.dumps(KeySet([PUBLIC]).as_dict(private=False)))
    settings = settings_in(
        folder,
        environment="production",
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
        token_keys=keys,
    )
    async with serving_at(endpoints, settings) as running:
        yield running


def assert_refused(answer: httpx.Response, token: str) -> None:
    """401 with a challenge of RFC 6750, the same in the body, and nothing of what was sent."""
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert answer.headers["cache-control"] == "no-store"
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert error["message"] in answer.headers["www-authenticate"]
    assert "data" not in answer.json()
    assert not token or token not in answer.text
    assert "eve" not in answer.text


async def test_a_good_token_is_answered(strict: Running):
    answer = await strict.send(signed(claims(name="Ada")))

    assert answer.json()["data"]["viewer"] == {
        "audience": "STAFF", "issuer": ISSUER, "subject": "ada", "name": "Ada",
    }  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_every_broken_token_gets_401_with_a_challenge(strict: Running, case: str):
    make: Callable[[], str] = BAD[case]
    token = make()
    header = (b"Bearer " + token.encode()).rstrip()

    answer = await strict.http.post(strict.url, json=QUERY, headers=[(b"authorization", header)])

    assert_refused(answer, token)


async def test_no_token_gets_a_challenge_without_an_error(strict: Running):
    answer = await strict.http.post(strict.url, json=QUERY)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Token x", "bearer\tx", "c360_" + "0" * 80]
)
async def test_a_header_that_is_no_bearer_token_gets_401(strict: Running, header: str):
    answer = await strict.http.post(strict.url, json=QUERY, headers={"Authorization": header})

    assert_refused(answer, "")


@pytest.mark.parametrize(
    "key",
    [
        "c360_", "c360__", "c360_x_y", "c360_" + "0" * 32 + "_" + "0" * 48,
        "c360_" + "0" * 32 + "_" + "0" * 4800, "c360_ä", "c360_" + "A" * 32 + "_" + "f" * 48,
    ],
)  # fmt: skip
async def test_a_made_up_api_key_gets_401(strict: Running, key: str):
    header = b"Bearer " + key.encode()

    answer = await strict.http.post(strict.url, json=QUERY, headers=[(b"authorization", header)])

    assert_refused(answer, key)


async def test_two_tokens_are_refused_even_if_both_are_good(strict: Running):
    token = signed(claims())
    headers = [("authorization", f"Bearer {token}"), ("authorization", f"Bearer {token}")]

    answer = await strict.http.post(strict.url, json=QUERY, headers=headers)

    assert_refused(answer, token)


async def test_a_header_nested_a_thousand_times_is_no_defect_of_ours(strict: Running):
    deep = ("W1t" * 1200).encode().decode()  # "[[" in base64url, again and again

    answer = await strict.send(f"{deep}.{deep}.x")

    assert_refused(answer, deep)
