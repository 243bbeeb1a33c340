"""The figures of all processes of one server, from whichever is asked.

Each writes its own down every few seconds, in a file that belongs to it; who is asked adds those of
the others to its own. A label `process` tells them apart, so that whoever looks can sum.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

logger = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 5.0
STALE_SECONDS = 30.0
_SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (.+)$")


@dataclass(frozen=True, slots=True)
class Member:
    """One process of several.

    Attributes:
        number: Which one, from 1.
        count: How many there are.
    """

    number: int
    count: int


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """The figures of one member and of those beside it.

    Attributes:
        member: Whose own they are.
        folder: Where all of them write.
    """

    member: Member
    folder: Path

    async def write_down(self, own: Callable[[], bytes]) -> None:
        """Write the own figures down again and again, until cancelled."""
        while True:
            self._write(own())
            await asyncio.sleep(EVERY_SECONDS)

    def together(self, own: bytes) -> bytes:
        """The figures of all as they last wrote them, the own ones just now.

        What is shown is what is written, so that a counter that another process shows next never
        goes back.
        """
        texts = {self.member.number: own} if not self._write(own) else dict[int, bytes]()
        for number in range(1, self.member.count + 1):
            path = self._path(number)
            try:
                if time.time() - path.stat().st_mtime < STALE_SECONDS:
                    texts[number] = path.read_bytes()
            except OSError:
                continue  # it has written nothing yet
        return merged(texts)

    def _write(self, own: bytes) -> bool:
        """Replace the own file; False where that cannot be done, which is no reason to stop."""
        path = self._path(self.member.number)
        fresh = path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(own)
            fresh.replace(path)
        except OSError as error:
            logger.warning("figures are not written", error=error.strerror)
            return False
        return True

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.prom"


def merged(texts: dict[int, bytes]) -> bytes:
    """Figures of several processes as one text: each family once, each sample with its process."""
    families: dict[str, list[str]] = {}
    for number, text in sorted(texts.items()):
        family: list[str] = []
        for line in text.decode().splitlines():
            if line.startswith("# HELP"):
                family = families.setdefault(line, [line])
            elif line.startswith("#"):
                if line not in family:
                    family.append(line)
            elif found := _SAMPLE.match(line):
                name, labels, value = found.groups()
                more = f",{labels}" if labels else ""
                family.append(f'{name}{{process="{number}"{more}}} {value}')
    return ("\n".join(line for family in families.values() for line in family) + "\n").encode()
