"""Named Cypher: the only form in which query text exists.

A statement's text is a `LiteralString`, so a value that arrived at run time cannot become part of
it: the type checker refuses. Its name reaches logs, metrics and the transaction's metadata.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from graph.model.kinds import Node

CYPHER_25: LiteralString = "CYPHER 25 "
"""What a statement begins with that needs more than the database's own language, Cypher 5."""


class Kind(StrEnum):
    """Whether a statement reads or changes data, or changes the schema."""

    READ = "READ"
    WRITE = "WRITE"
    SCHEMA = "SCHEMA"


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole Cypher statement; `name` is dotted, `domain.action`."""

    name: str
    kind: Kind
    text: LiteralString


@dataclass(frozen=True, slots=True)
class Expression:
    """A Cypher expression over `THIS`, the node whose field it computes."""

    name: str
    text: LiteralString


@dataclass(frozen=True, slots=True)
class Pattern:
    """Clauses that lead from `THIS` to every `NODE`, by `EDGE` where the caller needs it.

    The three words are variables that the compiler renames. The text ends where a WHERE may follow
    and yields each pair of NODE and EDGE once; `distinct` asks the compiler to see to that.
    `targets` are the kinds of node at the far end, where that is less than the field's type says.
    """

    name: str
    text: LiteralString
    distinct: bool = False
    targets: tuple[Node, ...] = ()
