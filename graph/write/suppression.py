"""What must not come back after an erasure: digests of identifiers and of records' names.

A digest is keyed with a secret of the graph, so that it cannot be guessed from a list of addresses.
"""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Protocol

from graph.database import Parameters, Row
from graph.statements import Kind, Statement
from graph.write.identifiers import derive

RECORD = "RECORD"
"""Kind of a digest of source and external id; the others are kinds of identifiers."""

ERASABLE = frozenset({"Person", "Household"})
"""Kinds of party that an erasure may have suppressed."""

SECRET = "suppression"  # noqa: S105 - the name of the secret, not the secret

ANY = Statement(
    "suppression.any",
    Kind.READ,
    "RETURN EXISTS { (:Suppression) }, head(COLLECT { "
    "MATCH (s:Secret {name: 'suppression'}) RETURN s.value })",
)
KNOWN = Statement(
    "suppression.known",
    Kind.READ,
    """UNWIND $p.rows AS r
MATCH (s:Suppression {kind: r[1], digest: r[2]})
RETURN collect(DISTINCT r[0])""",
)
"""Rows `[i, kind, digest]` to the i of those that are suppressed."""


class Reader(Protocol):
    """Anything that runs statements: the graph, or a transaction."""

    async def run(self, statement: Statement, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement."""
        ...


def digest(key: bytes, kind: str, value: str) -> str:
    """The keyed digest of an identifier, or of a record's `source` and `externalId`."""
    return hmac.new(key, f"{kind}\x00{value}".encode(), sha256).hexdigest()


def record_name(source: str, external_id: str) -> str:
    """A record's name as one text."""
    return f"{source}\x00{external_id}"


def digests(key: bytes, record: tuple[str, str], values: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and digest of a record's name and of every identifier in what it says."""
    named = (RECORD, digest(key, RECORD, record_name(*record)))
    return [named, *((one.kind, digest(key, one.kind, one.value)) for one in derive(values))]


async def suppressed(
    reader: Reader, records: Sequence[tuple[tuple[str, str], dict[str, Any]]]
) -> set[int]:
    """Tell which records would bring back somebody who was erased.

    Args:
        reader: Where to ask.
        records: For each its source and external id, and what it says, normalised.

    Returns:
        The places of those that must not be written. Without any erasure this asks once, and
        computes nothing.
    """
    there, secret = (await reader.run(ANY))[0]
    if not there or secret is None:
        return set()
    key = bytes.fromhex(secret)
    rows: Iterable[list[Any]] = (
        [i, kind, value]
        for i, (record, values) in enumerate(records)
        for kind, value in digests(key, record, values)
    )
    found = await reader.run(KNOWN, {"p": {"rows": list(rows)}})
    return set(found[0][0])
