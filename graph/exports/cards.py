"""People as vCards (RFC 6350, version 4.0), for address books."""

from typing import Any

from graph.statements import Kind, Statement

PERSON = Statement(
    "exports.person",
    Kind.READ,
    """MATCH (p:Person {id: $id})
WITH p, head(COLLECT {
  MATCH (p)-[w:WORKS_AT]->(c:Company) WHERE w.to IS NULL
  RETURN c ORDER BY w.primary DESC, w.from DESC, c.id LIMIT 1
}) AS c
RETURN properties(p), c.id, c.name""",
)
"""A person, and id and name of the company that he or she works at."""

ALL = (PERSON,)

_WIDTH = 75


def written(values: dict[str, Any], company: str | None) -> bytes:
    """Write a person's properties as a vCard; what is not known is left out."""

    def said(name: str) -> str:
        return _escaped(str(values.get(name) or ""))

    lines = ["BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{values['id']}", f"FN:{said('name')}"]
    if values.get("familyName") or values.get("givenName"):
        lines.append(f"N:{said('familyName')};{said('givenName')};;{said('honorific')};")
    for name, property_ in (
        ("email", "EMAIL"), ("phone", "TEL;VALUE=uri"), ("jobTitle", "TITLE"), ("language", "LANG"),
        ("timezone", "TZ"),
    ):  # fmt: skip
        if values.get(name):
            prefix = "tel:" if name == "phone" else ""
            lines.append(f"{property_}:{prefix}{said(name)}")
    if values.get("birthDate"):
        lines.append(f"BDAY:{str(values['birthDate']).replace('-', '')}")
    address = [said(name) for name in ("street", "city", "region", "postalCode", "country")]
    if any(address):
        lines.append(f"ADR:;;{';'.join(address)}")
    if company:
        lines.append(f"ORG:{_escaped(company)}")
    lines += [f"REV:{_compact(str(values['changedAt']))}", "END:VCARD"]
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _compact(moment: str) -> str:
    """`2026-11-22T10:00:00.000Z` as the basic format `20261122T100000Z`."""
    return moment[:19].replace("-", "").replace(":", "") + "Z"


def _folded(line: str) -> bytes:
    """Break a line after at most 75 octets, never within a character."""
    found, current, size = bytearray(), 0, _WIDTH
    for character in line:
        octets = character.encode()
        if current + len(octets) > size:
            found += b"\r\n "
            current, size = 0, _WIDTH - 1
        found += octets
        current += len(octets)
    return bytes(found) + b"\r\n"
