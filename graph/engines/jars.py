"""The pinned jars of the embedded Neo4j, as data: `neo4j.jars` next to this file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned file.

    Attributes:
        coordinate: `group:artifact:version[:classifier]`.
        sha256: Hex digest of the whole file.
        size: Bytes.
    """

    coordinate: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """File name in the cache; two groups may have an artifact of one name."""
        return self.coordinate.replace(":", "_") + ".jar"

    def matches(self, file: Path) -> bool:
        """Whether the file exists and is exactly this jar."""
        try:
            if file.stat().st_size != self.size:
                return False
            with file.open("rb") as content:
                return hashlib.file_digest(content, "sha256").hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def _read(file: Path) -> tuple[Jar, ...]:
    """Parse `coordinate sha-256 size` lines; lines that start with # are comments."""
    lines = (line.split() for line in file.read_text().splitlines() if not line.startswith("#"))
    return tuple(Jar(coordinate, digest, int(size)) for coordinate, digest, size in lines)


JARS: Final = _read(Path(__file__).with_name("neo4j.jars"))
VERSION: Final = next(
    jar.coordinate.rsplit(":", 1)[1]
    for jar in JARS
    if jar.coordinate.startswith("org.neo4j:neo4j:")
)
