"""Codes that prove an address: derived from what they prove, and kept nowhere.

A code is a keyed digest of the id of its verification, with a secret of the graph (as in RFC 4226,
with the id in the place of the counter). So whoever sends it and whoever compares it can make it,
and neither the graph nor a log nor a queue ever holds it.
"""

import hmac
from hashlib import sha256

SECRET = "codes"  # noqa: S105 - the name of the secret, not the secret
DIGITS = 6
MINUTES = 15
"""For how long a code holds."""
ATTEMPTS = 5
"""How many codes may be tried for one verification."""
PER_HOUR = 5
"""How many verifications a party may begin within an hour."""


def code_of(key: bytes, verification: str) -> str:
    """The code of a verification: six digits."""
    digest = hmac.new(key, b"c360 code\x00" + verification.encode(), sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def is_code_of(key: bytes, verification: str, tried: str) -> bool:
    """Whether a code is that of a verification; takes equally long for all wrong ones."""
    return hmac.compare_digest(code_of(key, verification).encode(), tried.strip().encode())
