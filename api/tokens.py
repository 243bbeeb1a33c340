"""Who is asking: tokens are verified here, and made here for development.

A token is a JWT signed with an asymmetric key. It must carry `exp`, `iat`, `iss`, `aud`, `sub` and
the claim `c360_audience` (staff, partner or customer), and may carry `nbf` and `name`.
"""

import math
import time
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry
from joserfc.util import json_b64decode

from api.errors import ApiError
from api.keys import DEVELOPMENT_ALGORITHM, PublicKey, development_key, public_keys
from api.principals.issuer import Issuer, is_safe
from api.settings import DEMO_ISSUER, DEVELOPMENT_ISSUER, Settings, SettingsError, allowed

AudienceName = Literal["staff", "partner", "customer"]
AUDIENCES: tuple[AudienceName, ...] = get_args(AudienceName)
AUDIENCE_CLAIM = "c360_audience"
ALGORITHMS = (
    "Ed25519", "EdDSA",
    "ES256", "ES384", "ES512",
    "PS256", "PS384", "PS512",
    "RS256", "RS384", "RS512",
)  # fmt: skip
# Clocks differ; a token made by a fast one is not from the future.
CLOCK_SKEW_SECONDS = 30
LAST_MOMENT = 253_402_300_800  # the year 10000
MAX_TOKEN_CHARS = 8192
MAX_SUBJECT_CHARS = 255
VERIFIED_TOKENS_KEPT = 4096
# What the library raises for a token that is none, a header nested a thousand times included.
_MALFORMED = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class InvalidToken(Exception):
    """A token that is not accepted. The message says why, without anything from the token."""


class UnknownKey(InvalidToken):
    """A token signed by a key that is not known: perhaps the issuer has a new one."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token speaks for.

    Attributes:
        audience: Decides what exists for the principal.
        issuer: Who vouches for the subject.
        subject: The principal's name at its issuer.
        name: Name to show; None when the token carries none.
        expires_at: Seconds since 1970 at which the token or API key ends.
        issued_at: Seconds since 1970 at which the token was made; 0 for an API key.
        scopes: What an API key may be used for; None when nothing narrows it.
        key: Id of the API key; None for a token.
    """

    audience: AudienceName
    issuer: str
    subject: str
    name: str | None
    expires_at: float
    issued_at: float = 0.0
    scopes: frozenset[str] | None = None
    key: str | None = None


class Verifier:
    """Verifies tokens, and remembers the good ones until they expire.

    Attributes:
        source: Where the issuer publishes its keys; None when they never change.
    """

    def __init__(
        self,
        keys: Sequence[PublicKey],
        issuer: str,
        audience: str,
        development: OKPKey | None = None,
    ) -> None:
        """Accept tokens of one issuer, for one audience, signed by one of the keys.

        Args:
            keys: Public keys of the issuer.
            issuer: What `iss` must be.
            audience: What `aud` must be or hold.
            development: A key of our own, which may speak for the users of the demo world, too.
        """
        self.source: Issuer | None = None
        self._own = [development] if development is not None else []
        self._keys = KeySet([*self._own, *keys])
        self._issuer = issuer
        self._audience = audience
        # A verifier that is not strict ignores unknown header fields, as RFC 7515 asks.
        self._registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        self._verified: OrderedDict[str, Principal] = OrderedDict()

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for.

        Raises:
            InvalidToken: it is malformed, expired, from or for somebody else, or not signed by a
                known key.
        """
        now = time.time()
        known = self._verified.get(token)
        if known is None:
            claims, issuers = self._claims(token)
            known = self._principal(claims, issuers, now)
            self._remember(token, known)
        if known.expires_at <= now:
            self._verified.pop(token, None)
            raise InvalidToken("The token has expired.")
        return known

    def replace(self, keys: Sequence[PublicKey]) -> None:
        """Accept what these keys have signed from now on, and no other key of the issuer."""
        made = KeySet([*self._own, *keys])
        if made.as_dict(private=False) != self._keys.as_dict(private=False):
            self._keys = made
            self._verified.clear()

    def _remember(self, token: str, principal: Principal) -> None:
        """Keep a verified token, and forget the oldest when there are too many."""
        self._verified[token] = principal
        if len(self._verified) > VERIFIED_TOKENS_KEPT:
            self._verified.popitem(last=False)

    def _claims(self, token: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Check form and signature; the claims, and the issuers its key may speak for."""
        if len(token) > MAX_TOKEN_CHARS or token.count(".") != 2:
            raise InvalidToken("The token is no signed JWT.")
        try:
            # The library warns of `EdDSA`, the older name of Ed25519 that most issuers write.
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):
                decoded = jwt.decode(token, self._keys, registry=self._registry)
        except _MALFORMED as error:
            kind = UnknownKey if self._is_unknown(token) else InvalidToken
            raise kind("The token is not signed by a known key.") from error
        return decoded.claims, self._issuers(decoded.header.get("kid"))

    def _is_unknown(self, token: str) -> bool:
        """Whether a token names a key that is not there."""
        try:
            kid = json_b64decode(token.partition(".")[0].encode()).get("kid")
        except (ValueError, AttributeError, RecursionError):
            return False
        return isinstance(kid, str) and all(each.kid != kid for each in self._keys.keys)

    def _issuers(self, kid: object) -> tuple[str, ...]:
        """The issuers for which a key may speak."""
        if any(each.kid == kid for each in self._own):
            return self._issuer, DEMO_ISSUER
        return (self._issuer,)

    def _principal(self, claims: dict[str, Any], issuers: tuple[str, ...], now: float) -> Principal:
        """Check every claim."""
        expires_at = _moment(claims, "exp")
        issued_at = _moment(claims, "iat")
        if issued_at > now + CLOCK_SKEW_SECONDS:
            raise InvalidToken("The token was issued in the future.")
        if "nbf" in claims and _moment(claims, "nbf") > now + CLOCK_SKEW_SECONDS:
            raise InvalidToken("The token is not valid yet.")
        issuer = _text(claims, "iss")
        if issuer not in issuers:
            raise InvalidToken("The token is from another issuer.")
        if self._audience not in _audiences(claims):
            raise InvalidToken("The token is for another audience.")
        subject = _text(claims, "sub")
        audience = claims.get(AUDIENCE_CLAIM)
        if audience not in AUDIENCES:
            raise InvalidToken(f"The token's {AUDIENCE_CLAIM} must be one of {_or(AUDIENCES)}.")
        name = claims.get("name")
        shown = name if isinstance(name, str) and name else None
        return Principal(audience, issuer, subject, shown, expires_at, issued_at)


def verifier(settings: Settings) -> Verifier:
    """Return the verifier of this process.

    In production it knows the issuer's keys alone: those of the configured file, or those that the
    issuer publishes. In development it knows the key of its data directory, too.

    Raises:
        SettingsError: production without keys or with the issuer of development.
        ApiError: the configured file cannot be used.
    """
    if settings.production:
        _require_issuer(settings)
    keys = public_keys(settings.token_keys) if settings.token_keys else []
    own = None if settings.production else development_key(settings.data_dir)
    made = Verifier(keys, settings.token_issuer, settings.token_audience, own)
    if settings.token_keys is None and _publishes(settings):
        made.source = Issuer(settings.token_issuer, settings.jwks_url)
    return made


def _publishes(settings: Settings) -> bool:
    """Whether the issuer's keys can be fetched."""
    return settings.jwks_url is not None or is_safe(settings.token_issuer)


def _require_issuer(settings: Settings) -> None:
    """Refuse to serve in production without a real issuer and its keys."""
    sentences: list[str] = []
    if settings.token_issuer == DEVELOPMENT_ISSUER:
        sentences.append(f"C360_TOKEN_ISSUER must be {allowed('token_issuer')} in production.")
    if settings.token_keys is None and not _publishes(settings):
        sentences.append(
            "C360_TOKEN_KEYS must be a JWKS or PEM file of public keys in production, unless "
            "C360_TOKEN_ISSUER is an https address that publishes them, or C360_JWKS_URL is set."
        )
    if sentences:
        raise SettingsError(sentences)


def make_token(
    settings: Settings,
    audience: AudienceName,
    subject: str,
    hours: float,
    issuer: str | None = None,
) -> str:
    """Make a development token.

    Args:
        settings: Where the key is, and the issuer and audience to write.
        audience: Whom the token speaks for.
        subject: The principal's name.
        hours: How long it is valid.
        issuer: Who vouches for the subject; None for the configured issuer. The users of the demo
            world are vouched for by `DEMO_ISSUER`.

    Raises:
        ApiError: NOT_IN_PRODUCTION, DATA_DIR_UNUSABLE or KEYS_UNUSABLE.
    """
    if settings.production:
        message = "Development tokens are not accepted in production: get one from your issuer."
        raise ApiError("NOT_IN_PRODUCTION", message)
    key = development_key(settings.data_dir)
    now = int(time.time())
    claims = {
        "iss": issuer or settings.token_issuer,
        "aud": settings.token_audience,
        "sub": subject,
        "iat": now,
        "exp": now + math.ceil(hours * 3600),
        AUDIENCE_CLAIM: audience,
    }
    return _signed(claims, key)


def _signed(claims: dict[str, Any], key: OKPKey) -> str:
    """Sign claims with a development key."""
    header = {"alg": DEVELOPMENT_ALGORITHM, "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[DEVELOPMENT_ALGORITHM])


def _moment(claims: dict[str, Any], name: str) -> float:
    """Return a required claim that is seconds since 1970."""
    value = claims.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LAST_MOMENT:
        return float(value)  # NaN and infinity are not in that range
    raise InvalidToken(f"The token needs a numeric {name}.")


def _text(claims: dict[str, Any], name: str) -> str:
    """Return a required claim that is text."""
    value = claims.get(name)
    if not isinstance(value, str) or not value or len(value) > MAX_SUBJECT_CHARS:
        raise InvalidToken(f"The token needs {name}, text of 1 to {MAX_SUBJECT_CHARS} characters.")
    return value


def _audiences(claims: dict[str, Any]) -> list[Any]:
    """Return the audiences a token is for, one or several."""
    value = claims.get("aud")
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
