"""Global ids and cursors: opaque to clients, self-describing to us.

A global id is the URL-safe base64 of `Type:uuid`. A cursor is the URL-safe base64 of a JSON array:
a digest, the sort values of the row, and its id. The digest is of the values and of what the cursor
is bound to, its seal: the place of the list, its order, its filters, and who asked.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, cast

import orjson

from loaders.errors import BadRequest, Code

MAX_ID = 400
MAX_CURSOR = 4_000


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The type and the graph id that a global id stands for."""

    type: str
    id: str


def encode_id(type_: str, id_: str) -> str:
    """The global id of a node."""
    return urlsafe_b64encode(f"{type_}:{id_}".encode()).decode().rstrip("=")


def decode_id(value: object) -> GlobalId:
    """The type and id behind a global id.

    Raises:
        BadRequest: INVALID_ID for anything `encode_id` cannot have made.
    """
    text = _decode(value, MAX_ID)
    type_, colon, id_ = text.partition(":") if text is not None else ("", "", "")
    if not colon or not type_.isidentifier() or not id_ or not id_.isprintable():
        raise BadRequest(Code.INVALID_ID, "This id was not made by this server.")
    return GlobalId(type_, id_)


def seal(place: str, arguments: Any, viewer_scope: str) -> str:
    """What the cursors of one list are bound to.

    Args:
        place: Where in the schema the list stands.
        arguments: What decides its rows and their order: anything that JSON can hold, and Decimals.
        viewer_scope: Tells viewers apart.
    """
    parts = [place, arguments, viewer_scope]
    known = orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS)
    return blake2b(known, digest_size=16).hexdigest()


def encode_cursor(seal: str, values: list[Any]) -> str:
    """The cursor of a row: `values` are its sort values and, last, its id."""
    return urlsafe_b64encode(orjson.dumps([_digest(seal, values), *values])).decode().rstrip("=")


def decode_cursor(value: object, seal: str, kinds: tuple[tuple[type, ...], ...]) -> list[Any]:
    """The sort values and id of a cursor made under the same seal.

    Args:
        value: The cursor.
        seal: What it must have been made with.
        kinds: For each value the Python types it may have.

    Raises:
        BadRequest: INVALID_CURSOR for a forged, cut or foreign cursor.
    """
    text = _decode(value, MAX_CURSOR)
    try:
        parts: Any = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        parts = None
    if isinstance(parts, list) and parts:
        digest, *found = cast("list[Any]", parts)
        fits = len(found) == len(kinds) and all(
            type(each) in allowed for each, allowed in zip(found, kinds, strict=True)
        )
        if fits and isinstance(digest, str) and digest == _digest(seal, found):
            return found
    raise BadRequest(
        Code.INVALID_CURSOR,
        "This cursor was not made for this list in this order; begin without a cursor.",
    )


def _digest(seal: str, values: list[Any]) -> str:
    return blake2b(orjson.dumps(values), digest_size=6, key=seal.encode()).hexdigest()


def _decode(value: object, limit: int) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        return None
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
