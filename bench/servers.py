"""The servers that are measured: how each is started, and stopped again."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import ROOT
from api.tokens import make_token
from bench import npm
from bench.questions import Dialect
from bench.stage import Stage, directory, plain_environment

START_SECONDS = 120.0
STOP_SECONDS = 20.0
TOKEN_HOURS = 12
CACHE_SETTING = "C360_RESPONSE_CACHE"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server.

    Attributes:
        name: How it is called on the command line and in the table.
        about: What it is.
        dialect: How it is asked.
        program: The file that npm's Node runs; None for one in Python.
        settings: Settings of our own server.
    """

    name: str
    about: str
    dialect: Dialect
    program: str | None = None
    settings: tuple[tuple[str, str], ...] = ()


KINDS = (
    Kind("apollo", "Apollo Server + @neo4j/graphql", "neo4j-graphql", "apollo.mjs"),
    Kind("yoga", "GraphQL Yoga + @neo4j/graphql", "neo4j-graphql", "yoga.mjs"),
    Kind("dataloaders", "Strawberry + a DataLoader per relation", "dataloaders"),
    Kind("customer360", "this server", "customer360", settings=((CACHE_SETTING, "off"),)),
    Kind(
        "customer360-cache",
        "this server with its response cache",
        "customer360",
        settings=((CACHE_SETTING, "on"),),
    ),
)
BASELINE = "apollo"
PLENTY = "budget=100000000 restore=100000000"
"""Every request is charged, and none refused: kept answers come faster than a budget comes back."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    kind: Kind
    port: int
    token: str | None
    pid: int


@contextmanager
def running(kind: Kind, stage: Stage, neo4j_uri: str | None = None) -> Generator[Server]:
    """Start a server and stop it at the end.

    Args:
        kind: Which.
        stage: The engines it works on.
        neo4j_uri: Where it is told the graph is; None for where it really is.

    Yields:
        The server, once it answers.
    """
    port = _free_port()
    logs = directory() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{kind.name}.log"
    command, environment = _command(kind, stage, port, neo4j_uri)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            ours = kind.dialect == "customer360"
            token = make_token(stage.settings, "staff", "bench", TOKEN_HOURS) if ours else None
            _wait(process, port, log, ours=ours)
            yield Server(kind, port, token, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(
    kind: Kind, stage: Stage, port: int, neo4j_uri: str | None
) -> tuple[list[str], dict[str, str]]:
    """The command of a server and its environment."""
    environment = plain_environment()
    if kind.dialect == "customer360":
        environment |= {
            "C360_ENV_FILE": os.devnull,
            "C360_DATA_DIR": str(stage.settings.data_dir),
            "C360_CACHE_DIR": str(stage.settings.cache_dir),
            "C360_PORT": str(port),
            "C360_LIMITS_STAFF": PLENTY,
            **dict(kind.settings),
        }
        if neo4j_uri:
            environment |= _graph(stage, neo4j_uri) | {"REDIS_URL": stage.endpoints.redis_url}
        return [sys.executable, "-m", "api", "serve"], environment
    environment |= _graph(stage, neo4j_uri or stage.endpoints.neo4j_uri) | {"PORT": str(port)}
    if kind.program:
        home = npm.installed(directory())
        return [str(npm.node()), str(home / kind.program)], environment | {"NODE_ENV": "production"}
    return [sys.executable, "-m", "bench.peers.dataloaders"], environment


def _graph(stage: Stage, uri: str) -> dict[str, str]:
    return {
        "NEO4J_URI": uri,
        "NEO4J_USER": stage.endpoints.neo4j_user,
        "NEO4J_PASSWORD": stage.endpoints.neo4j_password,
        "NEO4J_DATABASE": stage.endpoints.neo4j_database,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, *, ours: bool) -> None:
    """Wait until a server answers.

    Raises:
        SystemExit: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(port, ours=ours):
            return
        time.sleep(0.1)
    raise SystemExit(f"A server did not start: its log {log} says why.")


def _answers(port: int, *, ours: bool) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        if ours:
            connection.request("GET", "/readyz")
        else:
            headers = {"content-type": "application/json"}
            connection.request("POST", "/graphql", b'{"query":"{__typename}"}', headers)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
