"""The form of an API key: `c360_<id>_<secret>`, lower-case hexadecimal behind the prefix.

The secret is 40 random digits and a checksum of 8, keyed with a secret of the graph, so that a
made-up key is recognised without a look into the database. Of a key only a keyed digest is kept:
neither the graph nor its backup is enough to use one.
"""

import hmac
import re
import secrets
from hashlib import sha256
from uuid import UUID

PREFIX = "c360_"
SECRET = "keys"  # noqa: S105 - the name of the graph's secret, not the secret

_RANDOM_BYTES = 20
_CHECKSUM = 8
_FORM = re.compile(r"c360_([0-9a-f]{32})_([0-9a-f]{40})([0-9a-f]{8})\Z")


def mint(pepper: bytes, id_: str) -> str:
    """Return a new key of this id (a UUID); it can be told once and never again.

    Args:
        pepper: The graph's secret named `SECRET`.
        id_: Id of the key's node.
    """
    plain = f"{PREFIX}{UUID(id_).hex}_{secrets.token_hex(_RANDOM_BYTES)}"
    return plain + _checksum(pepper, plain)


def key_of(pepper: bytes, text: str) -> str | None:
    """Return the id that a key names; None when it was not made with this secret of the graph."""
    found = _FORM.match(text)
    if found is None:
        return None
    if not hmac.compare_digest(found[3], _checksum(pepper, text[:-_CHECKSUM])):
        return None
    return str(UUID(found[1]))


def digest(pepper: bytes, text: str) -> str:
    """Return what is kept of a key: its HMAC-SHA256, in hexadecimal."""
    return hmac.new(pepper, b"c360 key\x00" + text.encode(), sha256).hexdigest()


def _checksum(pepper: bytes, plain: str) -> str:
    found = hmac.new(pepper, b"c360 check\x00" + plain.encode(), sha256).hexdigest()
    return found[:_CHECKSUM]
