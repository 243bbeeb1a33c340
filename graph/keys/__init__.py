"""API keys of services: how they are made, what is kept of them, and how they are recognised."""

from graph.keys.making import Made, Wanted, create, revoke, rotate
from graph.keys.minting import PREFIX, digest, key_of
from graph.keys.reading import Listed, StoredKey, key_by_id, listed

__all__ = [
    "PREFIX",
    "Listed",
    "Made",
    "StoredKey",
    "Wanted",
    "create",
    "digest",
    "key_by_id",
    "key_of",
    "listed",
    "revoke",
    "rotate",
]
