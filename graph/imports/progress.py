"""How far an import has come, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Phase(StrEnum):
    """What an import is doing."""

    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of an import.

    Attributes:
        phase: What it is doing.
        done: Bytes read, or things written.
        total: Bytes of the file, or things to write.
        rows: Rows read so far.
        refused: Rows refused so far.
    """

    phase: Phase
    done: int
    total: int
    rows: int
    refused: int


OnProgress = Callable[[Progress], None]


@dataclass(slots=True)
class Tally:
    """How many things of a kind were, or would be, created, changed, left alone, retracted."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retracted: int = 0


@dataclass(slots=True)
class Summary:
    """What an import did, or would do.

    Attributes:
        rows: Rows of the file.
        refused: Rows that were refused, wholly or for one of their links.
        nodes: By label.
        links: By relationship type.
        seconds: How long it took.
        resumed: Whether it went on where an interrupted run had stopped.
        dry_run: Whether nothing was changed on purpose.
        report: The file that says which rows were refused and why; None when there are none.
    """

    rows: int = 0
    refused: int = 0
    nodes: dict[str, Tally] = field(default_factory=dict[str, Tally])
    links: dict[str, Tally] = field(default_factory=dict[str, Tally])
    seconds: float = 0.0
    resumed: bool = False
    dry_run: bool = False
    report: Path | None = None

    @property
    def changes(self) -> int:
        """Number of nodes and links that were created, changed or retracted."""
        tallies = (*self.nodes.values(), *self.links.values())
        return sum(each.created + each.changed + each.retracted for each in tallies)
