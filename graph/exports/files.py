"""Where finished exports lie until they are fetched: one folder, files of their owner alone."""

import contextlib
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from graph.exports.writers import FORMATS

KEPT_SECONDS = 24 * 3600.0
"""For how long an export can be fetched."""

DOCUMENT = "json"
"""Format of what is no list: one JSON document."""


@contextmanager
def written(path: Path) -> Generator[Path]:
    """Yield a temporary file beside the path, which takes its name once all is written.

    Whoever looks sees the whole file or none; after a failure the temporary file is gone.
    """
    part = path.with_name(f".{path.name}.part")
    part.touch(mode=0o600)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of the exports that can be downloaded, by the id of their job."""

    path: Path

    def file(self, job: str, kind: str) -> Path:
        """The file of an export; its name is made of a UUID and a known format alone.

        Raises:
            ValueError: the job is no UUID, or the format is not known.
        """
        if kind not in FORMATS and kind != DOCUMENT:
            raise ValueError("The format is not known.")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.path / f"{UUID(job)}.{kind}"

    def forget(self) -> int:
        """Delete every export, since any may name an erased person; return how many there were."""
        return self._delete(time.time() + 1.0)

    def expire(self, now: float | None = None) -> int:
        """Delete exports that were kept long enough; return how many."""
        return self._delete((time.time() if now is None else now) - KEPT_SECONDS)

    def _delete(self, before: float) -> int:
        count = 0
        for path in self.path.glob("*") if self.path.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
        return count
