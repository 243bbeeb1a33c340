"""A digest of the values that a source last said, to tell an unchanged row at a glance."""

from hashlib import blake2b
from typing import Any

import orjson


def digest(values: dict[str, Any]) -> str:
    """Return 32 hexadecimal characters that depend on the values, not on their order."""
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=16).hexdigest()
