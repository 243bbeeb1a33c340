"""A real login: OpenID Connect, authorization code with PKCE, then the API with its token."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from graph.database import Graph
from graph.engines import Endpoints
from tests.principals.conftest import Running, serving_at, settings_in
from tests.principals.provider import CLIENT, REDIRECT, Person, Provider, provided
from tests.principals.provider import Running as ProviderRunning

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[tuple[Provider, ProviderRunning]]:
    """A provider with three accounts."""
    async with provided() as (made, running):
        made.people = {
            "ada": Person("correct horse", "staff", "Ada"),
            "pat": Person("battery staple", "partner", "Pat"),
            "cyd": Person("hunter2", "customer", "Cyd"),
        }
        yield made, running


@pytest.fixture(scope="module")
async def api(
    provider: tuple[Provider, ProviderRunning],
    graph: Graph,  # noqa: ARG001 - migrated
    endpoints: Endpoints,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """A server in production that knows nothing but the issuer's address."""
    folder: Path = tmp_path_factory.mktemp("api")
    settings = settings_in(
        folder, environment="production", token_issuer=provider[0].issuer, token_keys=None
    )
    async with serving_at(endpoints, settings) as running:
        yield running


async def login(provider: Provider, user: str, password: str, **tampering: str) -> httpx.Response:
    """Log in as a browser and a client would; the answer of the token endpoint."""
    verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
    async with httpx.AsyncClient(timeout=30) as browser:
        where = (await browser.get(f"{provider.issuer}/.well-known/openid-configuration")).json()
        asked = {
            "response_type": "code", "client_id": CLIENT, "redirect_uri": REDIRECT,
            "scope": "openid", "state": state, "nonce": nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        form = await browser.get(where["authorization_endpoint"], params=asked)
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.text))
        sent = {**hidden, "user": user, "password": password}
        answer = await browser.post(f"{provider.issuer}/login", data=sent)
        if answer.status_code != 302:
            return answer
        back = parse_qs(urlsplit(answer.headers["location"]).query)
        assert back["state"] == [state]
        given = {
            "grant_type": "authorization_code", "code": back["code"][0], "client_id": CLIENT,
            "redirect_uri": REDIRECT, "code_verifier": verifier, **tampering,
        }  # fmt: skip
        return await browser.post(where["token_endpoint"], data=given)


@pytest.mark.parametrize(
    ("user", "password", "audience"),
    [
        ("ada", "correct horse", "STAFF"),
        ("pat", "battery staple", "PARTNER"),
        ("cyd", "hunter2", "CUSTOMER"),
    ],
)
async def test_who_logs_in_at_the_issuer_may_ask_the_api(
    provider: tuple[Provider, ProviderRunning],
    api: Running,
    user: str,
    password: str,
    audience: str,
):
    tokens = (await login(provider[0], user, password)).json()

    answer = await api.send(tokens["access_token"])

    assert answer.json()["data"]["viewer"] == {
        "audience": audience, "issuer": provider[0].issuer, "subject": user,
        "name": user.title(),
    }  # fmt: skip


async def test_the_token_that_tells_the_client_who_logged_in_is_none_for_the_api(
    provider: tuple[Provider, ProviderRunning], api: Running
):
    """An ID token is for the client: its `aud` is another one (OpenID Connect Core, 2)."""
    tokens = (await login(provider[0], "ada", "correct horse")).json()

    assert (await api.send(tokens["id_token"])).status_code == 401


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    provider: tuple[Provider, ProviderRunning],
):
    answer = await login(provider[0], "ada", "correct horse", code_verifier="guessed")

    assert answer.json() == {"error": "invalid_grant"}


async def test_a_wrong_password_gets_no_code(provider: tuple[Provider, ProviderRunning]):
    assert (await login(provider[0], "ada", "wrong")).status_code == 403


async def test_the_issuer_may_change_its_key_while_people_work(
    provider: tuple[Provider, ProviderRunning], api: Running, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(api.backend.principals._keyring, "_extra", 0)
    before = provider[0].token("ada")
    assert (await api.send(before)).status_code == 200

    provider[0].new_key()

    assert (await api.send(provider[0].token("ada"))).status_code == 200
    assert (await api.send(before)).status_code == 200


async def test_a_token_of_another_provider_is_refused(
    provider: tuple[Provider, ProviderRunning], api: Running
):
    stranger = Provider(provider[0].issuer)
    stranger.new_key()
    own_kid = KeySet([*provider[0].keys]).keys[0].kid
    head = {"alg": "ES256", "kid": own_kid}
    said = {"iss": provider[0].issuer, "aud": "customer360", "sub": "eve"}
    forged = jwt.encode(head, said, stranger.keys[0], ["ES256"])

    assert (await api.send(stranger.token("eve"))).status_code == 401
    assert (await api.send(forged)).status_code == 401


async def test_people_go_on_working_while_the_issuer_is_away(
    provider: tuple[Provider, ProviderRunning], api: Running, endpoints: Endpoints, tmp_path: Path
):
    token = (await login(provider[0], "ada", "correct horse")).json()["access_token"]
    await provider[1].stop()
    try:
        assert (await api.send(token)).status_code == 200
        settings = settings_in(
            tmp_path, environment="production", token_issuer=provider[0].issuer, token_keys=None
        )
        async with serving_at(endpoints, settings) as newcomer:
            answer = await newcomer.send(token)
            ready = await newcomer.http.get(newcomer.url.replace("graphql", "readyz"))
    finally:
        await provider[1].start()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "the issuer's keys are not there" in ready.json()["reasons"]
