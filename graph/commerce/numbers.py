"""Numbers printed on documents.

A counter would be one node that every writer waits for, so a number says the day and is random
after that: of 10,000 documents a day, two have the same number once in 60 years. Whoever must
number without a gap (invoices, in some countries) gives the number.
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that reads like a digit."""

_LENGTH = 8


def numbered(prefix: str, day: str) -> str:
    """A new number such as `SO-20261122-7F3K2Q9M`; `day` is ISO 8601."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{prefix}-{day.replace('-', '')}-{tail}"
