"""Digests that a node keeps of what its source last said, to tell an unchanged row at a glance.

The property `hash` begins with the mark of the row that changed the node last. A row that was
sealed, which speaks of the node and of all that goes with it, adds its seal and the digest of the
event that told of it: as long as that event is the node's last one, the seal holds.
"""

from hashlib import blake2b
from typing import Any

import orjson

SIZE = 16
LENGTH = 2 * SIZE


def digest(values: dict[str, Any]) -> str:
    """Return 32 hexadecimal characters that depend on the values, not on their order."""
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=SIZE).hexdigest()


def marked(found: str | None, mark: str) -> bool:
    """Whether a node's `hash` says that a row with this mark changed it last."""
    return found is not None and found[:LENGTH] == mark
