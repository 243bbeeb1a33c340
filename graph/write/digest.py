"""Digests that a node keeps of what its source last said, to tell an unchanged row at a glance.

The property `hash` is the mark of the row that changed the node last; for a sealed row, which
speaks of the node and of all that goes with it, its seal; and the digest of the node's event. As
long as that is the node's last one, `head`, nobody has changed anything since: mark and seal hold.
"""

from hashlib import blake2b
from typing import Any

import orjson

SIZE = 16


def digest(values: dict[str, Any]) -> str:
    """Return 32 hexadecimal characters that depend on the values, not on their order."""
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return blake2b(text, digest_size=SIZE).hexdigest()
