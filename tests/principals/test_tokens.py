"""Tokens: exactly the right ones are accepted, and only for as long as they should be."""

import base64
import hmac
import json
import stat
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from api.errors import ApiError
from api.keys import development_key, public_keys
from api.settings import Settings, SettingsError
from api.tokens import (
    ALGORITHMS,
    VERIFIED_TOKENS_KEPT,
    InvalidToken,
    Verifier,
    make_token,
    verifier,
)

ISSUER, AUDIENCE = "https://id.example.org", "customer360"
KEY = OKPKey.generate_key("Ed25519", {"alg": "Ed25519"}, auto_kid=True)
OTHER = OKPKey.generate_key("Ed25519", {"alg": "Ed25519"}, auto_kid=True)
PUBLIC = OKPKey.import_key(KEY.as_dict(private=False))
SPKI = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PEM = PUBLIC.public_key.public_bytes(*SPKI)
SMALL = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it is here to be refused


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims with changes; None leaves a claim out."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ada",
        "iat": now,
        "exp": now + 60,
        "c360_audience": "staff",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(payload: dict[str, Any], key: Any = KEY, alg: str = "Ed25519", **header: Any) -> str:
    fields = {"alg": alg, "kid": key.kid} | header
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return jwt.encode(fields, payload, key, registry=registry)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def raw(payload: str) -> str:
    """A token over a payload that is no tidy JSON, with a good signature."""
    token = signed(claims())
    header = token.split(".")[0]
    body = base64.urlsafe_b64encode(payload.encode()).rstrip(b"=").decode()
    signature = KEY.private_key.sign(f"{header}.{body}".encode()) if KEY.private_key else b""
    return f"{header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_alg_none() -> str:
    return f"{part({'alg': 'none', 'kid': KEY.kid})}.{part(claims())}."


def hmac_with_the_public_key() -> str:
    message = f"{part({'alg': 'HS256', 'kid': KEY.kid})}.{part(claims())}"
    signature = hmac.digest(PEM, message.encode(), "sha256")
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_a_key_of_its_own() -> str:
    return signed(claims(), OTHER, jwk=OTHER.as_dict(private=False))


def tampered() -> str:
    head, _, signature = signed(claims()).split(".")
    return f"{head}.{part(claims(c360_audience='staff', sub='eve'))}.{signature}"


def now() -> int:
    return int(time.time())


BAD = {
    "empty": lambda: "",
    "garbage": lambda: "garbage",
    "three empty parts": lambda: "..",
    "three garbage parts": lambda: "a.b.c",
    "not ascii": lambda: "ä.ö.ü",
    "header is no object": lambda: f"{part([])}.{part({})}.",
    "header without algorithm": lambda: f"{part({})}.{part(claims())}.",
    "algorithm is no text": lambda: f"{part({'alg': [1]})}.{part(claims())}.",
    "huge": lambda: signed(claims(padding="x" * 9000)),
    "alg none": with_alg_none,
    "HMAC with the public key": hmac_with_the_public_key,
    "signed by a stranger": lambda: signed(claims(), OTHER),
    "signed by a stranger under our kid": lambda: signed(claims(), OTHER, kid=KEY.kid),
    "brings its own key": with_a_key_of_its_own,
    "tampered": tampered,
    "cut": lambda: signed(claims())[:-4],
    "critical header nobody knows": lambda: raw("{}").replace(
        signed(claims()).split(".")[0],
        part({"alg": "Ed25519", "kid": KEY.kid, "crit": ["x"], "x": 1}),
    ),
    "payload is no JSON": lambda: raw("{"),
    "payload is no object": lambda: raw("[]"),
    "expired": lambda: signed(claims(exp=now() - 1)),
    "exp missing": lambda: signed(claims(exp=None)),
    "exp is text": lambda: signed(claims(exp="tomorrow")),
    "exp is true": lambda: signed(claims(exp=True)),
    "exp is NaN": lambda: raw(json.dumps(claims(exp=float("nan")))),
    "exp is infinite": lambda: raw(json.dumps(claims(exp=float("inf")))),
    "exp has 400 digits": lambda: raw(json.dumps(claims(exp=10**400))),
    "iat missing": lambda: signed(claims(iat=None)),
    "iat in the future": lambda: signed(claims(iat=now() + 300)),
    "not valid yet": lambda: signed(claims(nbf=now() + 300)),
    "iss missing": lambda: signed(claims(iss=None)),
    "wrong iss": lambda: signed(claims(iss="https://evil.example.org")),
    "iss is a list": lambda: signed(claims(iss=[ISSUER])),
    "aud missing": lambda: signed(claims(aud=None)),
    "wrong aud": lambda: signed(claims(aud="another")),
    "wrong auds": lambda: signed(claims(aud=["another", "third"])),
    "aud is an object": lambda: signed(claims(aud={AUDIENCE: 1})),
    "sub missing": lambda: signed(claims(sub=None)),
    "sub empty": lambda: signed(claims(sub="")),
    "sub is a number": lambda: signed(claims(sub=7)),
    "sub too long": lambda: signed(claims(sub="x" * 256)),
    "audience missing": lambda: signed(claims(c360_audience=None)),
    "audience unknown": lambda: signed(claims(c360_audience="admin")),
    "audience is a list": lambda: signed(claims(c360_audience=["staff"])),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_token_is_refused(case: str):
    strict = Verifier([PUBLIC], ISSUER, AUDIENCE)
    token = BAD[case]()

    with pytest.raises(InvalidToken) as caught:
        strict.verify(token)

    assert "eve" not in str(caught.value)
    assert "evil" not in str(caught.value)


def test_a_good_token_says_who_asks():
    token = signed(claims(name="Ada", aud=["other", AUDIENCE], c360_audience="partner"), x="y")

    principal = Verifier([PUBLIC], ISSUER, AUDIENCE).verify(token)

    assert (principal.audience, principal.subject) == ("partner", "ada")
    assert (principal.issuer, principal.name) == (ISSUER, "Ada")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_asymmetric_algorithm_we_name_works(alg: str):
    curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
    key: Any = KEY if alg.startswith("Ed") else RSAKey.generate_key(2048, auto_kid=True)
    if alg in curves:
        key = ECKey.generate_key(curves[alg], auto_kid=True)
    if alg == "EdDSA":  # a key that names Ed25519 as its algorithm is for that name alone
        key = OKPKey.generate_key("Ed25519", auto_kid=True)
    public = type(key).import_key(key.as_dict(private=False))

    principal = Verifier([public], ISSUER, AUDIENCE).verify(signed(claims(), key, alg))

    assert principal.subject == "ada"


def test_a_verified_token_ends_when_it_expires():
    strict = Verifier([PUBLIC], ISSUER, AUDIENCE)
    token = signed(claims(exp=time.time() + 0.3))
    assert strict.verify(token).subject == "ada"

    time.sleep(0.35)

    with pytest.raises(InvalidToken, match="expired"):
        strict.verify(token)


def test_a_verified_token_is_not_verified_again():
    strict = Verifier([PUBLIC], ISSUER, AUDIENCE)
    token = signed(claims())

    assert strict.verify(token) is strict.verify(token)


def test_the_number_of_remembered_tokens_is_bounded():
    strict = Verifier([PUBLIC], ISSUER, AUDIENCE)
    first = signed(claims(sub="first"))
    known = strict.verify(first)

    for number in range(VERIFIED_TOKENS_KEPT):
        strict.verify(signed(claims(sub=str(number))))

    assert strict.verify(first) is not known


def test_with_several_keys_the_kid_chooses_and_must_be_there():
    strict = Verifier([PUBLIC, OKPKey.import_key(OTHER.as_dict(private=False))], ISSUER, AUDIENCE)

    assert strict.verify(signed(claims(), OTHER)).subject == "ada"
    with pytest.raises(InvalidToken):
        strict.verify(signed(claims(), OTHER, kid=""))


# --- keys of development ------------------------------------------------------------------------


def settings(tmp_path: Path, **values: Any) -> Settings:
    return Settings.model_construct(**(Settings().model_dump() | {"data_dir": tmp_path} | values))


def test_the_development_key_is_private_to_its_user_and_stays_the_same(tmp_path: Path):
    first = development_key(tmp_path)
    file = next((tmp_path / "keys").iterdir())
    file.chmod(0o644)

    second = development_key(tmp_path)

    assert first.kid == second.kid
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_processes_that_need_the_first_key_at_once_get_the_same(tmp_path: Path):
    kids: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: kids.append(development_key(tmp_path).kid))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kids) == 8
    assert len(set(kids)) == 1


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "{", '{"kty": "OKP"}', '{"kty":"oct","k":"x"}']
)
def test_a_damaged_development_key_gets_one_sentence(tmp_path: Path, content: str):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "development.jwk.json").write_text(content)

    with pytest.raises(ApiError, match="delete it") as caught:
        development_key(tmp_path)

    assert caught.value.code == "KEYS_UNUSABLE"


@pytest.mark.parametrize("audience", ["staff", "partner", "customer"])
def test_a_development_token_speaks_for_its_audience_here_and_nowhere_else(
    tmp_path: Path, audience: Any
):
    here, elsewhere = settings(tmp_path / "a"), settings(tmp_path / "b")

    token = make_token(here, audience, "dev", 1)

    assert verifier(here).verify(token).audience == audience
    with pytest.raises(InvalidToken):
        verifier(elsewhere).verify(token)


# --- production ---------------------------------------------------------------------------------


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "keys-of-the-issuer"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def jwks(*keys: Any, private: bool = False) -> str:
    return json.dumps(KeySet(list(keys)).as_dict(private=private))


def test_production_accepts_its_issuer_and_no_development_token(tmp_path: Path):
    keys = written(tmp_path, jwks(PUBLIC))
    here = settings(tmp_path, environment="production", token_issuer=ISSUER, token_keys=keys)
    forged = make_token(settings(tmp_path, token_issuer=ISSUER), "staff", "dev", 1)

    strict = verifier(here)

    assert strict.verify(signed(claims())).subject == "ada"
    with pytest.raises(InvalidToken):
        strict.verify(forged)
    with pytest.raises(ApiError, match="not accepted in production"):
        make_token(here, "staff", "dev", 1)


def test_production_without_issuer_and_keys_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError) as caught:
        verifier(settings(tmp_path, environment="production"))

    names = [sentence.split()[0] for sentence in caught.value.sentences]
    assert names == ["C360_TOKEN_ISSUER", "C360_TOKEN_KEYS"]


def test_public_keys_come_as_jwks_or_as_pem(tmp_path: Path):
    pem = written(tmp_path, PEM + b"\n" + PEM)
    assert len(public_keys(pem)) == 2
    assert len(public_keys(written(tmp_path, jwks(PUBLIC)))) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no key"),
        (b"\xff\xfe", "is no text"),
        ("{", "is no valid JWKS"),
        ("{}", "is no valid JWKS"),
        ('{"keys": 1}', "is no valid JWKS"),
        ('{"keys": [1]}', "is no valid JWKS"),
        ('{"keys": []}', "is no valid JWKS"),
        ('{"keys": [{"kty": "RSA", "n": "!", "e": "!"}]}', "is no valid JWKS"),
        (jwks(KEY, private=True), "private"),
        (jwks(OctKey.generate_key(256), private=True), "symmetric"),
        (SMALL.public_key().public_bytes(*SPKI), "below 2048 bits"),
        ("-----BEGIN NONSENSE-----\nAAAA\n-----END NONSENSE-----\n", "no RSA, EC or Ed25519"),
        (KEY.as_pem(private=True), "private"),
    ],
)
def test_a_file_that_holds_no_good_public_keys_is_refused(
    tmp_path: Path, content: str | bytes, reason: str
):
    with pytest.raises(ApiError, match=reason) as caught:
        public_keys(written(tmp_path, content))

    assert caught.value.code == "KEYS_UNUSABLE"
    assert "C360_TOKEN_KEYS" in str(caught.value)


def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path):
    with pytest.raises(ApiError, match=r"C360_TOKEN_KEYS cannot be read"):
        public_keys(tmp_path / "absent")
