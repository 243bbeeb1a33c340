"""Real servers: processes on free ports, each with a data directory of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from api.settings import ROOT, Settings
from api.tokens import AudienceName, make_token

READY_SECONDS = 240.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server keeps its things and listens, and how its commands are run."""

    data_dir: Path
    cache_dir: Path
    port: int

    @property
    def address(self) -> str:
        """Where its server answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> Path:
        """What its server prints."""
        return self.data_dir.with_name("output")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes, without settings of the developer's own."""
        plain = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("C360_", "NEO4J_")) and name != "REDIS_URL"
        }
        return plain | {
            "C360_ENV_FILE": os.devnull,
            "C360_DATA_DIR": str(self.data_dir),
            "C360_CACHE_DIR": str(self.cache_dir),
            "C360_PORT": str(self.port),
            "C360_NEO4J_HEAP": "256m",
            "C360_NEO4J_PAGE_CACHE": "64m",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with changes of its environment."""
        return subprocess.run(
            [sys.executable, "-m", "api", *arguments],
            cwd=ROOT,
            env=self.environment | changes,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )

    def token(self, audience: AudienceName = "staff") -> str:
        """A development token of this place."""
        here = Settings.model_construct(**(Settings().model_dump() | {"data_dir": self.data_dir}))
        return make_token(here, audience, "tester", 1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    place: Place
    process: subprocess.Popen[str]
    http: httpx.Client

    def ask(self, query: str, audience: AudienceName = "staff", **more: Any) -> httpx.Response:
        """Send a GraphQL request."""
        headers = {"Authorization": f"Bearer {self.place.token(audience)}"}
        return self.http.post("/graphql", json={"query": query, **more}, headers=headers)

    def wait(self, status: int = 200) -> httpx.Response:
        """Wait until /readyz answers with that status."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self.http.get("/readyz")
            except httpx.TransportError:
                assert self.process.poll() is None, self.place.output.read_text()
            else:
                if answer.status_code == status:
                    return answer
            time.sleep(0.05)
        raise AssertionError(f"/readyz never said {status}")

    def stop(self, signum: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit status and the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signum)
        status = self.process.wait(60)
        return status, time.monotonic() - started

    def child(self, word: str) -> psutil.Process:
        """The process below the server whose program has this word in its name."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return next(each for each in below if word in each.name())


@contextmanager
def started(place: Place, *arguments: str, **changes: str) -> Iterator[Server]:
    """Run a server; kill it at the end if it is still there."""
    with place.output.open("a") as file, httpx.Client(base_url=place.address, timeout=30) as http:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", *arguments],
            cwd=ROOT,
            env=place.environment | changes,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            text=True,
        )
        try:
            yield Server(place, process, http)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


@pytest.fixture(scope="session")
def new_place(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Any:
    """Make places."""

    def make(name: str) -> Place:
        return Place(tmp_path_factory.mktemp(name) / "data", cache_dir, free_port())

    return make


@pytest.fixture(scope="session")
def server(new_place: Any) -> Iterator[Server]:
    """What `make demo` runs, with an empty graph; one for the whole session."""
    place: Place = new_place("server")
    with started(place, "dev", "--port", str(place.port)) as running:
        running.wait()
        while "Ctrl-C stops everything" not in place.output.read_text():
            time.sleep(0.05)  # printed a moment after it is ready
        yield running
