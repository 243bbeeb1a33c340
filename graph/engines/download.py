"""Install the pinned jars into the cache: once per machine, checked, all or nothing.

The directory `neo4j-VERSION/jars` in the cache appears by one rename when every jar in it has the
pinned sha-256. Jars that arrived before an interruption wait, checked, in `jars.part` and are not
fetched again. A file lock lets processes that start at the same time install one after the other.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from graph.engines.errors import EngineError
from graph.engines.jars import JARS, VERSION, Jar

FETCH = Path(__file__).with_name("fetch.py")


def home(cache_dir: Path) -> Path:
    """Return the directory of this Neo4j version in the cache."""
    return cache_dir / f"neo4j-{VERSION}"


def is_installed(cache_dir: Path) -> bool:
    """Whether an installation was completed in that cache."""
    return (home(cache_dir) / "jars").is_dir()


def missing(directory: Path, jars: Sequence[Jar] = JARS) -> list[Jar]:
    """Return the jars that are not in the directory exactly as pinned."""
    if not directory.is_dir():
        return list(jars)
    with ThreadPoolExecutor(4) as pool:  # hashing releases the interpreter lock
        found = pool.map(Jar.matches, jars, [directory / jar.name for jar in jars])
        return [jar for jar, there in zip(jars, found, strict=True) if not there]


def install(
    cache_dir: Path, *, quiet: bool, mirror: str | None = None, jars: Sequence[Jar] = JARS
) -> list[Path]:
    """Make sure every jar is in the cache, and return their paths in the pinned order.

    Args:
        cache_dir: The user's cache of this program; created when missing.
        quiet: Draw no progress bar on standard error.
        mirror: Address of the Maven repository to ask; None is Maven Central.
        jars: What to install.

    Raises:
        EngineError: DOWNLOAD_FAILED, CHECKSUM_MISMATCH or DISK_TOO_SMALL; what was installed before
            is unchanged, and what has arrived and was right is kept for the next time.
    """
    directory = home(cache_dir) / "jars"
    if missing(directory, jars):
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.parent / "install.lock", mode=0o600):
            if lacking := missing(directory, jars):  # another process may have been faster
                _complete(directory, lacking, mirror, quiet=quiet)
    return [directory / jar.name for jar in jars]


def _complete(directory: Path, lacking: Sequence[Jar], mirror: str | None, *, quiet: bool) -> None:
    """Fetch what lacks into a directory aside, check it, and move it into place."""
    part = directory.with_name("jars.part")
    part.mkdir(exist_ok=True)
    to_fetch = missing(part, lacking)
    with _bar(quiet=quiet, total=sum(jar.size for jar in to_fetch)) as advance:
        _fetch(to_fetch, part, mirror, advance)
    if directory.is_dir():  # it was damaged: put the good copies over the bad ones
        for jar in lacking:
            (part / jar.name).replace(directory / jar.name)
        shutil.rmtree(part)
    else:
        part.rename(directory)


def _fetch(
    jars: Sequence[Jar], part: Path, mirror: str | None, advance: Callable[[int], None]
) -> None:
    """Fetch jars in a process of their own; only what is as pinned lands in `part`.

    Raises:
        EngineError: DOWNLOAD_FAILED, CHECKSUM_MISMATCH or DISK_TOO_SMALL; the others are kept.
    """
    by_coordinate = {jar.coordinate: jar for jar in jars}
    for stale in part.parent.glob("maven-*"):  # of a process that was killed
        shutil.rmtree(stale, ignore_errors=True)
    maven = tempfile.mkdtemp(prefix="maven-", dir=part.parent)
    wrong: list[str] = []
    reasons: set[str] = set()
    fetcher = subprocess.Popen(
        [sys.executable, "-I", str(FETCH), maven, *([mirror] if mirror else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        for kind, word, rest in _reports(fetcher, by_coordinate):
            if kind == "+":
                advance(int(word))
            elif kind == "!":
                reasons.add(rest)
            elif not _keep(by_coordinate[word], Path(rest), part):
                wrong.append(word)
    finally:
        fetcher.kill()
        fetcher.wait()
        shutil.rmtree(maven, ignore_errors=True)
    lacking = missing(part, jars)
    if lacking:
        raise _failure(wrong, len(lacking), reasons)


def _reports(
    fetcher: subprocess.Popen[str], coordinates: dict[str, Jar]
) -> Iterator[tuple[str, str, str]]:
    """Hand the coordinates to the fetcher and yield what it reports, split in three."""
    if fetcher.stdin and fetcher.stdout:
        with fetcher.stdin, fetcher.stdout:
            fetcher.stdin.write("\n".join(coordinates))
            fetcher.stdin.close()
            for line in fetcher.stdout:
                kind, word, *rest = line.rstrip("\n").split(" ", 2)
                yield kind, word, "".join(rest)


def _keep(jar: Jar, arrived: Path, part: Path) -> bool:
    """Move a jar to the checked ones; False if it is not the pinned one."""
    if not jar.matches(arrived):
        return False
    arrived.replace(part / jar.name)
    return True


def _failure(wrong: list[str], lacking: int, reasons: set[str]) -> EngineError:
    """Say in one sentence what did not work."""
    if wrong:
        return EngineError(
            "CHECKSUM_MISMATCH",
            f"The downloaded jar {wrong[0]} does not have the pinned sha-256 and was thrown away: "
            "retry, and if it happens again, find out what changes downloads on this network.",
        )
    if "ENOSPC" in reasons:
        return EngineError(
            "DISK_TOO_SMALL",
            "The disk became full while Neo4j's jars were downloaded: "
            "make room, or choose another place with C360_CACHE_DIR.",
        )
    return EngineError(
        "DOWNLOAD_FAILED",
        f"{lacking} of Neo4j's {len(JARS)} jars could not be downloaded: check the network and "
        "the proxy settings (HTTPS_PROXY) and retry; what has arrived is kept.",
    )


@contextmanager
def _bar(*, quiet: bool, total: int) -> Generator[Callable[[int], None]]:
    """Show a progress bar on standard error; yield the function that advances it by bytes."""
    if quiet:
        yield lambda _count: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(f"Neo4j {VERSION}, once", total=total)
        yield lambda count: progress.advance(task, count)
