"""Sealed tokens for addresses that are fetched without a header: downloads and feeds.

A token says what it opens and until when, and is signed with a secret of the graph. Whoever has it
may fetch that one thing; it cannot be changed into another.
"""

import base64
import hmac
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

SECRET = "exports"  # noqa: S105 - the name of the secret, not the secret

MAX_CHARACTERS = 500


class InvalidToken(Exception):
    """The token is not ours, was changed, opens something else, or its time is over."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token opens.

    Attributes:
        kind: `export`, `calendar` or `card`.
        subject: Id of the job, user or person.
        until: Seconds since 1970 at which it ends.
        detail: The format of an export; empty for the others.
    """

    kind: str
    subject: str
    until: int
    detail: str = ""


def sealed(key: bytes, token: Token) -> str:
    """Return a token as text for an address."""
    said = orjson.dumps([token.kind, token.subject, token.until, token.detail])
    return _text(_signature(key, said) + said)


def opened(key: bytes, text: str, kind: str, now: float | None = None) -> Token:
    """Return what a token opens.

    Raises:
        InvalidToken: it opens nothing, or nothing of this kind, or no longer.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidToken
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise InvalidToken from error
    signature, said = raw[:32], raw[32:]
    if not hmac.compare_digest(signature, _signature(key, said)):
        raise InvalidToken
    members: list[Any] = orjson.loads(said)
    token = Token(*members)
    if token.kind != kind or token.until <= (time.time() if now is None else now):
        raise InvalidToken
    return token


def _signature(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, b"c360 token\x00" + said, sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
