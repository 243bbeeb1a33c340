"""Positions in the chain as opaque cursors: of one length, sealed, and of no use to another viewer.

A cursor is sixteen bytes as URL-safe base64: a keyed digest of viewer and number, and the number
hidden by a pad that follows from the digest. So it tells nobody how many changes there were.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

from loaders.errors import BadRequest, Code
from loaders.viewer import Viewer

LENGTH = 22
_HALF = 8


def encode_position(key: bytes, viewer: Viewer, seq: int) -> str:
    """Return the cursor of an event for a viewer."""
    number = seq.to_bytes(_HALF, "big")
    digest = _digest(key, viewer, number)
    return urlsafe_b64encode(digest + _hidden(key, digest, number)).decode().rstrip("=")


def decode_position(key: bytes, viewer: Viewer, cursor: str) -> int:
    """Return the number behind a cursor.

    Raises:
        BadRequest: INVALID_CURSOR for a forged, cut or foreign cursor.
    """
    try:
        found = urlsafe_b64decode(cursor + "==") if len(cursor) == LENGTH else b""
    except (binascii.Error, ValueError):
        found = b""
    digest, hidden = found[:_HALF], found[_HALF:]
    if len(found) == 2 * _HALF:
        number = _hidden(key, digest, hidden)
        if compare_digest(digest, _digest(key, viewer, number)):
            return int.from_bytes(number, "big")
    raise invalid_position()


def invalid_position() -> BadRequest:
    """Return the refusal of a cursor."""
    message = "This cursor was not made for you by this server; begin without a cursor."
    return BadRequest(Code.INVALID_CURSOR, message)


def _digest(key: bytes, viewer: Viewer, number: bytes) -> bytes:
    who = f"{viewer.audience.value}|{viewer.issuer}|{viewer.subject}|".encode()
    return blake2b(who + number, digest_size=_HALF, key=key).digest()


def _hidden(key: bytes, digest: bytes, number: bytes) -> bytes:
    pad = blake2b(digest, digest_size=_HALF, key=key, person=b"pad").digest()
    return bytes(a ^ b for a, b in zip(number, pad, strict=True))
