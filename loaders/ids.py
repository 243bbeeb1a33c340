"""Global ids and cursors: opaque to clients, self-describing to us.

A global id is the URL-safe base64 of `Type:uuid`. A cursor is the URL-safe base64 of a JSON array:
the place it belongs to, the sort values of the row, and its id.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
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


def encode_cursor(place: str, values: list[Any]) -> str:
    """The cursor of a row: `values` are its sort values and, last, its id."""
    return urlsafe_b64encode(orjson.dumps([place, *values])).decode().rstrip("=")


def decode_cursor(value: object, place: str, kinds: tuple[type, ...]) -> list[Any]:
    """The sort values and id of a cursor made for the same place, of the given Python types.

    Raises:
        BadRequest: INVALID_CURSOR for a forged, cut or foreign cursor.
    """
    text = _decode(value, MAX_CURSOR)
    try:
        parts: Any = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        parts = None
    if isinstance(parts, list):
        found = cast("list[Any]", parts)
        expected = [str, *kinds]
        if [type(each) for each in found] == expected and found[0] == place:
            return found[1:]
    raise BadRequest(Code.INVALID_CURSOR, "This cursor was not made for this list.")


def _decode(value: object, limit: int) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= limit:
        return None
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
