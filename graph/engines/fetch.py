"""Fetch pinned Maven coordinates; run as a program of its own by `graph.engines.download`.

Reads coordinates from standard input, one a line, and fetches them, eight at a time, into the Maven
layout below the directory given as the first argument; a second one is the address of a mirror to
ask instead of Maven Central. Reports on standard output, one line each:

    + BYTES                 that many more bytes have arrived
    = COORDINATE PATH       a file is there (its content is for the reader to check)
    ! COORDINATE REASON     it could not be fetched

It is a separate process because jgo and its dependencies take half a second to import, which only
a first start should pay, and because an interrupted download ends at once with its process.
"""

import errno
import os
import sys
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from jgo.maven import Artifact, MavenContext, PythonResolver

AT_ONCE = 8
ATTEMPTS = 3
TIMEOUT_SECONDS = 30

_output = threading.Lock()
_hopeless = threading.Event()  # one file cannot be had, so nothing can be installed now


def _say(line: str) -> None:
    """Write one whole line, whatever the other threads do."""
    with _output:
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(1)  # the reader is gone


@contextmanager
def _progress(_name: str, _size: int) -> Generator[Callable[[int], None]]:
    """Report arriving bytes, in pieces large enough to be cheap."""
    waiting = 0

    def arrived(count: int) -> None:
        nonlocal waiting
        waiting += count
        if waiting >= 1 << 18:
            _say(f"+ {waiting}")
            waiting = 0

    yield arrived
    _say(f"+ {waiting}")


def _artifact(maven: MavenContext, coordinate: str) -> Artifact:
    """Return the artifact a `group:artifact:version[:classifier]` names."""
    group, name, version, *classifier = coordinate.split(":")
    component = maven.project(group, name).at_version(version)
    return component.artifact(classifier=classifier[0] if classifier else "")


def _fetch(maven: MavenContext, coordinate: str) -> None:
    """Fetch one file, again after a failure, and report how it went."""
    artifact = _artifact(maven, coordinate)
    reason = ""
    for attempt in range(ATTEMPTS):
        if _hopeless.wait(attempt):
            return
        try:
            _say(f"= {coordinate} {maven.resolver.download(artifact)}")
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            reason = _reason(error)
            if artifact.cached_path:
                artifact.cached_path.unlink(missing_ok=True)  # half a file must not look whole
        else:
            return
    _hopeless.set()
    _say(f"! {coordinate} {reason}")


def _reason(error: OSError | RuntimeError) -> str:
    """Name a failure by its system error, or else by its type: addresses are nobody's business."""
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, type(error).__name__)


def main() -> None:
    """Fetch what standard input lists."""
    maven = MavenContext(
        resolver=PythonResolver(progress_callback=_progress),
        repo_cache=Path(sys.argv[1]),
        remote_repos={"mirror": sys.argv[2]} if len(sys.argv) > 2 else None,
        timeout=TIMEOUT_SECONDS,
    )
    coordinates = sys.stdin.read().split()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(partial(_fetch, maven), coordinates))


if __name__ == "__main__":
    main()
