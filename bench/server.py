"""A server of its own for benchmarks: its data directory, its world, its process."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and a token of staff for it."""

    port: int
    token: str
    pid: int


def _api(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "api", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


@contextmanager
def running(people: int) -> Iterator[Server]:
    """Serve a demo world of so many people; it is made once and kept for the next run."""
    data = Path(os.environ.get("BENCH_DIR") or ROOT / ".data" / f"bench-{people}")
    environment = {**os.environ, "C360_DATA_DIR": str(data), "C360_PORT": "0"}
    print(f"world of {people:,} people in {data}", file=sys.stderr)
    _api(environment, "seed", "--people", str(people), "--bench", "--if-empty")
    token = _api(environment, "token", "--as", "staff")
    log = data / "logs" / "bench-server.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "dev"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Server(_port(log, process), token, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/graphql", log.read_text(encoding="utf-8"))
        if found:
            return int(found.group(1))
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start; see {log}")
