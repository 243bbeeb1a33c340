"""The issuer's keys: fetched where it publishes them, kept while it is away, never too often."""

import asyncio
import json
import time
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from api.keys import usable_keys
from api.principals.issuer import MAX_BYTES, Issuer, IssuerAway, is_safe
from api.principals.keyring import Keyring, KeysMissing
from api.settings import Settings, SettingsError, load_settings
from api.tokens import InvalidToken, UnknownKey, Verifier, verifier
from tests.principals.conftest import settings_in
from tests.principals.provider import AUDIENCE, Provider, Running, provided

pytestmark = pytest.mark.anyio

CONFIGURATION, JWKS = "/.well-known/openid-configuration", "/jwks"


@dataclass
class Known:
    """A provider and what this side knows of it."""

    provider: Provider
    server: Running
    issuer: Issuer
    verifier: Verifier

    def keyring(self, **values: float) -> Keyring:
        """A new keyring over it."""
        return Keyring(self.issuer, self.verifier, **values)


@pytest.fixture
async def known() -> AsyncIterator[Known]:
    """A provider that answers, and a verifier that knows no key of it yet."""
    async with provided() as (provider, server):
        strict = Verifier([], provider.issuer, AUDIENCE)
        yield Known(provider, server, Issuer(provider.issuer), strict)


async def test_keys_are_found_by_discovery(known: Known):
    keyring = known.keyring()
    token = known.provider.token()
    with pytest.raises(UnknownKey):
        known.verifier.verify(token)

    assert await keyring.look_again()

    assert known.verifier.verify(token).subject == "ada"
    assert known.provider.asked == {CONFIGURATION: 1, JWKS: 1}


async def test_keys_are_fetched_from_a_configured_address_without_discovery(known: Known):
    issuer = Issuer(known.provider.issuer, known.provider.issuer + JWKS)

    assert len(await issuer.keys()) == 1

    assert known.provider.asked == {JWKS: 1}


async def test_a_new_key_is_looked_for_when_a_token_names_it(known: Known):
    keyring = known.keyring(extra=0.05)
    await keyring.look_again()
    await asyncio.sleep(0.06)
    known.provider.new_key()
    token = known.provider.token()
    with pytest.raises(UnknownKey):
        known.verifier.verify(token)

    assert await keyring.look_again()

    assert known.verifier.verify(token).subject == "ada"


async def test_made_up_key_names_cause_one_look_in_a_while(known: Known):
    keyring = known.keyring(extra=30)

    asked = [await keyring.look_again() for _ in range(20)]

    assert asked == [True] + [False] * 19
    assert known.provider.asked[JWKS] == 1


async def test_many_requests_with_a_new_key_share_one_look(known: Known):
    keyring = known.keyring(extra=30)

    asked = await asyncio.gather(*(keyring.look_again() for _ in range(20)))

    assert asked == [True] * 20
    assert known.provider.asked[JWKS] == 1


async def test_a_token_that_no_key_is_named_for_causes_no_look(known: Known):
    for token in ("garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        with pytest.raises(InvalidToken) as caught:
            known.verifier.verify(token)
        assert not isinstance(caught.value, UnknownKey)


async def test_the_last_good_keys_stay_while_the_issuer_is_away(known: Known):
    keyring = known.keyring(extra=0)
    await keyring.look_again()
    token = known.provider.token()
    await known.server.stop()

    assert not await keyring.look_again()

    assert known.verifier.verify(token).subject == "ada"
    await known.server.start()
    assert await keyring.look_again()


async def test_a_broken_answer_does_not_replace_the_last_good_keys(known: Known):
    keyring = known.keyring(extra=0)
    await keyring.look_again()
    token = known.provider.token()
    known.provider.answers[JWKS] = JSONResponse({"keys": []})

    assert not await keyring.look_again()

    assert known.verifier.verify(token).subject == "ada"


async def test_a_withdrawn_key_is_refused_even_in_a_token_that_was_accepted(known: Known):
    keyring = known.keyring(extra=0)
    await keyring.look_again()
    token = known.provider.token()
    assert known.verifier.verify(token).subject == "ada"
    known.provider.keys.clear()
    known.provider.new_key()

    await keyring.look_again()

    with pytest.raises(UnknownKey):
        known.verifier.verify(token)
    assert known.verifier.verify(known.provider.token()).subject == "ada"


async def test_unchanged_keys_leave_remembered_tokens_alone(known: Known):
    keyring = known.keyring(extra=0)
    await keyring.look_again()
    token = known.provider.token()
    first = known.verifier.verify(token)

    await keyring.look_again()

    assert known.verifier.verify(token) is first


async def test_keys_are_fetched_in_the_background_again_and_again(known: Known):
    serving = asyncio.create_task(known.keyring(refresh=0.05).serve())
    async with asyncio.timeout(5):
        while known.provider.asked.get(JWKS, 0) < 3:  # noqa: ASYNC110 - over the wire
            await asyncio.sleep(0.01)
    serving.cancel()

    assert known.verifier.verify(known.provider.token()).subject == "ada"


async def test_an_issuer_that_comes_late_is_found_soon(
    known: Known, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("api.principals.keyring.FIRST_PAUSE_SECONDS", 0.05)
    await known.server.stop()
    keyring = known.keyring()
    serving = asyncio.create_task(keyring.serve())
    await asyncio.sleep(0.1)
    assert not keyring.loaded

    await known.server.start()
    async with asyncio.timeout(10):
        while not keyring.loaded:  # noqa: ASYNC110 - over the wire
            await asyncio.sleep(0.01)
    serving.cancel()


async def test_before_the_first_answer_nothing_can_be_said_of_a_token(known: Known):
    await known.server.stop()

    with pytest.raises(KeysMissing):
        await known.keyring().look_again()


async def test_an_issuer_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("api.principals.issuer.FETCH_SECONDS", 0.2)
    open_: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.append(writer)

    hanging = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    started = time.monotonic()

    with pytest.raises(IssuerAway, match="no answer within"):
        await Issuer(f"http://127.0.0.1:{port}").keys()

    assert time.monotonic() - started < 1
    for writer in open_:
        writer.close()
        await writer.wait_closed()
    hanging.close()


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        (CONFIGURATION, PlainTextResponse("hello"), "no JSON"),
        (CONFIGURATION, JSONResponse([]), "no JSON object"),
        (CONFIGURATION, JSONResponse({}), "another issuer"),
        (CONFIGURATION, JSONResponse({"issuer": "https://evil.example.org"}), "another issuer"),
        (CONFIGURATION, PlainTextResponse("", 404), "status 404"),
        (CONFIGURATION, RedirectResponse("https://evil.example.org/"), "status 307"),
        (JWKS, PlainTextResponse("x" * (MAX_BYTES + 1)), "longer than"),
        (JWKS, PlainTextResponse("", 500), "status 500"),
        (JWKS, JSONResponse({"keys": "none"}), "no key"),
        (JWKS, JSONResponse({"keys": [1, None, {}, {"kty": "XX"}]}), "no key"),
    ],
)
async def test_an_answer_that_is_not_right_is_told_by_its_fault(
    known: Known, path: str, answer: Any, reason: str
):
    known.provider.answers[path] = answer

    with pytest.raises(IssuerAway, match=reason) as caught:
        await known.issuer.keys()

    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("where", ["http://example.org/jwks", "ftp://x/", 1, None, "file:///x"])
async def test_a_configuration_may_not_lead_to_an_unsafe_address(known: Known, where: Any):
    issuer = known.provider.issuer
    known.provider.answers[CONFIGURATION] = JSONResponse({"issuer": issuer, "jwks_uri": where})

    with pytest.raises(IssuerAway, match="no safe jwks_uri"):
        await known.issuer.keys()


def test_only_keys_that_check_signatures_are_taken_from_a_set():
    good = ECKey.generate_key("P-256", auto_kid=True)
    private = ECKey.generate_key("P-256", auto_kid=True)
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        small = RSAKey.generate_key(1024, auto_kid=True)
    encrypting = ECKey.generate_key("P-256", {"use": "enc"}, auto_kid=True)
    document = KeySet([good, encrypting]).as_dict(private=False)
    document["keys"] += [
        private.as_dict(private=True),
        small.as_dict(private=False),
        OctKey.generate_key(256).as_dict(),
        {"kty": "future"},
    ]

    assert [each.kid for each in usable_keys(document)] == [good.kid]


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.example.org", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:80/", True),
        ("http://id.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("https://user@id.example.org", False),
        ("https://", False),
        ("http://[::1", False),
        ("customer360-development", False),
        ("file:///etc/passwd", False),
    ],
)
def test_keys_come_over_tls_or_from_this_machine(address: str, safe: bool):
    assert is_safe(address) is safe


# --- settings ------------------------------------------------------------------------------------


def test_production_needs_no_key_file_when_the_issuer_publishes_its_keys(tmp_path: Path):
    by_issuer = settings_in(tmp_path, environment="production", token_issuer="https://id.example")  # noqa: S106
    by_address = settings_in(
        tmp_path,
        environment="production",
        token_issuer="our issuer",  # noqa: S106 - no secret
        jwks_url="https://id.example/jwks",
    )

    assert verifier(by_issuer).source is not None
    assert verifier(by_address).source is not None
    with pytest.raises(SettingsError, match="C360_TOKEN_KEYS"):
        verifier(by_address.model_copy(update={"jwks_url": None}))


def test_a_key_file_is_all_there_is(tmp_path: Path):
    keys = tmp_path / "keys.json"
    public = KeySet([ECKey.generate_key("P-256", auto_kid=True)]).as_dict(private=False)
    keys.write_text(json.dumps(public))

    made = verifier(settings_in(tmp_path, token_issuer="https://id.example", token_keys=keys))  # noqa: S106

    assert made.source is None


@pytest.mark.parametrize("address", ["http://id.example/jwks", "id.example", "https://a b", "x"])
def test_an_address_of_keys_that_is_not_safe_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
):
    monkeypatch.setenv("C360_JWKS_URL", address)
    monkeypatch.setenv("C360_ENV_FILE", str(tmp_path / "none"))

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert caught.value.sentences[0].startswith("C360_JWKS_URL must be an https address")


def test_without_an_address_nothing_is_fetched(tmp_path: Path):
    assert verifier(settings_in(tmp_path)).source is None
    assert Settings.model_fields["jwks_url"].default is None
