"""Rows of other systems as touches: an e-mail as text, or a call, a chat or a visit as fields."""

from collections.abc import Mapping
from typing import Any

from graph.engagement import mail
from graph.engagement.touches import MOST_PARTICIPANTS, Address, Malformed, Touch, address
from graph.model.interactions import CALL, CHAT, VISIT
from graph.model.kinds import Node
from graph.write.validation import validate

KINDS: dict[str, tuple[Node, str]] = {
    "CALL": (CALL, "PHONE"),
    "CHAT": (CHAT, "CHAT"),
    "VISIT": (VISIT, "WEB"),
}
"""Kinds that come as fields, and the channel of each."""

FIELDS = (
    "at", "direction", "subject", "body", "language", "durationSeconds", "outcome", "platform",
    "url", "referrer", "pages",
)  # fmt: skip
"""What a row may say of a call, a chat or a visit."""


def touch_of(row: Mapping[str, Any]) -> Touch:
    """Read one row.

    Raises:
        Malformed: it breaks the model or cannot be read; names the field.
    """
    touch = mail.read(row.get("message") or "") if row["kind"] == "EMAIL" else _fields(row)
    if row["kind"] == "EMAIL" and row.get("externalId"):
        touch.external_id = str(row["externalId"])
    if not 0 < len(touch.external_id) <= 1_000:
        raise Malformed("TOO_LONG", "externalId must have 1 to 1,000 characters.", "externalId")
    found = validate(touch.node, touch.values)
    if isinstance(found, list):
        problem = found[0]
        name = problem.property if problem.property in FIELDS else "message"
        raise Malformed(problem.code, f"{problem.property} {problem.message}.", name)
    touch.values = found
    return touch


def _fields(row: Mapping[str, Any]) -> Touch:
    node, channel = KINDS[str(row["kind"])]
    if not row.get("externalId"):
        sentence = "Say in externalId what its system calls it, so that it is kept once."
        raise Malformed("REQUIRED", sentence, "externalId")
    values = {name: row[name] for name in FIELDS if row.get(name) is not None}
    for name in ("durationSeconds", "pages"):
        if values.get(name, 0) < 0:
            raise Malformed("OUT_OF_RANGE", f"{name} must not be negative.", name)
    values["channel"] = channel
    return Touch(node, str(row["externalId"]), values, _participants(row))


def _participants(row: Mapping[str, Any]) -> list[Address]:
    found: dict[tuple[str, str], Address] = {}
    sender: list[str] = [row["from"]] if row.get("from") else []
    recipients: list[str] = row.get("to") or []
    for role, name, written in (("FROM", "from", sender), ("TO", "to", recipients)):
        for each in written:
            try:
                one = address(role, each)
            except ValueError as error:
                raise Malformed("NOT_AN_ADDRESS", f"{name} {error}.", name) from None
            found[role, one.value] = one
    if not found:
        raise Malformed("REQUIRED", "Say in from or to who took part.", "from")
    if len(found) > MOST_PARTICIPANTS:
        sentence = f"to must have at most {MOST_PARTICIPANTS - 1} items."
        raise Malformed("TOO_LONG", sentence, "to")
    return list(found.values())
