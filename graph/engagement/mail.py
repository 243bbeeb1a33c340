"""E-mail as it travels (RFC 5322, MIME): who wrote to whom, when, about what, in answer to what.

Python's `email` package does the reading with `policy.default`, which decodes headers and forgives
most of what senders do wrong.
"""

import email
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any, cast

from graph.engagement.markup import plain
from graph.engagement.touches import MOST_PARTICIPANTS, Address, Malformed, Touch, address
from graph.model.interactions import EMAIL
from graph.write import formats
from graph.write.validation import TEXT

LONGEST = 1_000_000
"""Characters of a message, attachments included."""

MOST_REFERENCES = 100

_ID = re.compile(r"<([^<>\s]{1,500})>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")

_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What the email package raises on headers and bodies that it does not foresee."""


def read(raw: str) -> Touch:
    """Read a message.

    Raises:
        Malformed: it is too long, is no message, or lacks a sender or a date.
    """
    if len(raw) > LONGEST:
        message = f"message must have at most {LONGEST:,} characters; leave attachments out."
        raise Malformed("TOO_LONG", message, "message")
    content = raw.encode("utf-8", "replace")
    try:
        message = email.message_from_bytes(content.lstrip(b"\r\n"), policy=policy.default)
    except _BROKEN as error:
        raise _malformed("message cannot be read as RFC 5322 text.") from error
    own = _ids(message, "message-id")
    parents = _ids(message, "in-reply-to")
    references = _ids(message, "references")[-MOST_REFERENCES:]
    addresses = _addresses(message)
    own_id = own[0] if own else "sha256:" + hashlib.sha256(content).hexdigest()
    parent = parents[0] if parents else references[-1] if references else None
    values: dict[str, Any] = {
        "at": _at(message),
        "channel": "EMAIL",
        "subject": _line(_header(message, "subject")) or None,
        "body": _body(message),
        "messageId": own[0] if own else None,
        "inReplyTo": parent,
    }
    found = {name: value for name, value in values.items() if value is not None}
    return Touch(EMAIL, own_id, found, addresses, own_id, parent, references)


def _malformed(sentence: str, code: str = "MALFORMED") -> Malformed:
    return Malformed(code, sentence, "message")


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; empty when it is missing or beyond reading."""
    try:
        return str(message.get(name, ""))
    except _BROKEN:
        return ""


def _line(text: str) -> str:
    """Text as one line of at most 1,000 characters, as the model has it."""
    return _CONTROL.sub(" ", _sound(text)).strip()[:1_000]


def _sound(text: str) -> str:
    """Text without what no encoding has: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _ids(message: EmailMessage, name: str) -> list[str]:
    return _ID.findall(_sound(_header(message, name)))


def _at(message: EmailMessage) -> str:
    try:
        found = getattr(message.get("date"), "datetime", None)
    except _BROKEN:
        found = None
    if not isinstance(found, datetime):
        raise _malformed("message must have a Date header.")
    # `-0000` says that the sender's zone is not known: the time is UTC all the same.
    return formats.moment(found if found.tzinfo is not None else found.replace(tzinfo=UTC))


def _addresses(message: EmailMessage) -> list[Address]:
    """Everybody named in From, To and Cc; recipients that are no address are left out."""
    found: dict[tuple[str, str], Address] = {}
    for role in ("FROM", "TO", "CC"):
        for written, name in _written(message, role):
            try:
                one = address(role, written, _line(name))
            except ValueError:
                continue
            found.setdefault((role, one.value.casefold()), one)
    if not any(each.role == "FROM" for each in found.values()):
        raise _malformed("message must have a From header with an e-mail address.")
    if len(found) > MOST_PARTICIPANTS:
        sentence = f"message must have at most {MOST_PARTICIPANTS} senders and recipients."
        raise _malformed(sentence, "TOO_LONG")
    return list(found.values())


def _written(message: EmailMessage, role: str) -> Iterator[tuple[str, str]]:
    """Addresses and names of one header, as they were written."""
    try:
        headers: list[Any] = message.get_all(role.lower(), [])
        parts = [each for header in headers for each in header.addresses]
        yield from [(str(each.addr_spec), str(each.display_name)) for each in parts]
    except _BROKEN:
        return


def _body(message: EmailMessage) -> str | None:
    """What was written: the plain text, or the HTML as text; None when there is neither."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return None
    content = _content(cast("EmailMessage", part))
    text = plain(content) if part.get_content_type() == "text/html" else content.strip()
    text = _sound(text.replace("\r\n", "\n"))
    if len(text) > TEXT:
        raise _malformed(f"The text of message must have at most {TEXT:,} characters.", "TOO_LONG")
    return text or None


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except _BROKEN:
        # A character set that nobody knows: what is ASCII of it can still be read.
        found = part.get_payload(decode=True)
        return found.decode("ascii", "replace") if isinstance(found, bytes) else ""
