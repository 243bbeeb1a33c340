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

from api.errors import ApiError
from api.keys import DEVELOPMENT_ALGORITHM, PublicKey, development_key, public_keys
from api.settings import DEVELOPMENT_ISSUER, Settings, SettingsError, allowed

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


class InvalidToken(Exception):
    """A token that is not accepted. The message says why, without anything from the token."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token speaks for.

    Attributes:
        audience: Decides what exists for the principal.
        issuer: Who vouches for the subject.
        subject: The principal's name at its issuer.
        name: Name to show; None when the token carries none.
        expires_at: Seconds since 1970 at which the token ends.
    """

    audience: AudienceName
    issuer: str
    subject: str
    name: str | None
    expires_at: float


class Verifier:
    """Verifies tokens, and remembers the good ones until they expire."""

    def __init__(self, keys: Sequence[PublicKey], issuer: str, audience: str) -> None:
        """Accept tokens of one issuer, for one audience, signed by one of the keys."""
        self._keys = KeySet(list(keys))
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
            known = self._principal(self._claims(token), now)
            self._remember(token, known)
        if known.expires_at <= now:
            self._verified.pop(token, None)
            raise InvalidToken("The token has expired.")
        return known

    def _remember(self, token: str, principal: Principal) -> None:
        """Keep a verified token, and forget the oldest when there are too many."""
        self._verified[token] = principal
        if len(self._verified) > VERIFIED_TOKENS_KEPT:
            self._verified.popitem(last=False)

    def _claims(self, token: str) -> dict[str, Any]:
        """Check form and signature."""
        if len(token) > MAX_TOKEN_CHARS or token.count(".") != 2:
            raise InvalidToken("The token is no signed JWT.")
        try:
            # The library warns of `EdDSA`, the older name of Ed25519 that most issuers write.
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):
                return jwt.decode(token, self._keys, registry=self._registry).claims
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidToken("The token is not signed by a known key.") from error

    def _principal(self, claims: dict[str, Any], now: float) -> Principal:
        """Check every claim."""
        expires_at = _moment(claims, "exp")
        if _moment(claims, "iat") > now + CLOCK_SKEW_SECONDS:
            raise InvalidToken("The token was issued in the future.")
        if "nbf" in claims and _moment(claims, "nbf") > now + CLOCK_SKEW_SECONDS:
            raise InvalidToken("The token is not valid yet.")
        if _text(claims, "iss") != self._issuer:
            raise InvalidToken("The token is from another issuer.")
        if self._audience not in _audiences(claims):
            raise InvalidToken("The token is for another audience.")
        subject = _text(claims, "sub")
        audience = claims.get(AUDIENCE_CLAIM)
        if audience not in AUDIENCES:
            raise InvalidToken(f"The token's {AUDIENCE_CLAIM} must be one of {_or(AUDIENCES)}.")
        name = claims.get("name")
        shown = name if isinstance(name, str) and name else None
        return Principal(audience, self._issuer, subject, shown, expires_at)


def verifier(settings: Settings) -> Verifier:
    """Return the verifier of this process.

    In production it knows the configured keys alone; in development also the key of its data
    directory.

    Raises:
        SettingsError: production without keys or with the issuer of development.
        ApiError: the configured file cannot be used.
    """
    if settings.production:
        _require_issuer(settings)
    keys: list[PublicKey] = public_keys(settings.token_keys) if settings.token_keys else []
    if not settings.production:
        keys.append(development_key(settings.data_dir))
    return Verifier(keys, settings.token_issuer, settings.token_audience)


def _require_issuer(settings: Settings) -> None:
    """Refuse to serve in production without a real issuer and its keys."""
    sentences: list[str] = []
    if settings.token_issuer == DEVELOPMENT_ISSUER:
        sentences.append(f"C360_TOKEN_ISSUER must be {allowed('token_issuer')} in production.")
    if settings.token_keys is None:
        sentences.append("C360_TOKEN_KEYS must be a JWKS or PEM file of public keys in production.")
    if sentences:
        raise SettingsError(sentences)


def make_token(settings: Settings, audience: AudienceName, subject: str, hours: float) -> str:
    """Make a development token.

    Args:
        settings: Where the key is, and the issuer and audience to write.
        audience: Whom the token speaks for.
        subject: The principal's name.
        hours: How long it is valid.

    Raises:
        ApiError: NOT_IN_PRODUCTION, DATA_DIR_UNUSABLE or KEYS_UNUSABLE.
    """
    if settings.production:
        message = "Development tokens are not accepted in production: get one from your issuer."
        raise ApiError("NOT_IN_PRODUCTION", message)
    key = development_key(settings.data_dir)
    now = int(time.time())
    claims = {
        "iss": settings.token_issuer,
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
