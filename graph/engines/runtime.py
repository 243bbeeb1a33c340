"""What a running owner leaves in the data directory so that other processes find its engines."""

import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from graph.engines.config import Endpoints, EngineConfig
from graph.engines.neo4j import USER
from graph.engines.password import write_private

CLOCK_TOLERANCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where an embedded Neo4j answers, and its password."""

    uri: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Runtime:
    """The embedded engines of a live owner.

    Attributes:
        pid: Process that owns them.
        started: When that process started, as seconds since 1970; tells a reused id apart.
        neo4j_uri: None when the owner uses a Neo4j somewhere else.
        neo4j_password: Empty when the owner uses a Neo4j somewhere else.
        redis_url: None when the owner uses a Redis somewhere else.
    """

    pid: int
    started: float
    neo4j_uri: str | None
    neo4j_password: str = field(repr=False)
    redis_url: str | None


def run_dir(data_dir: Path) -> Path:
    """Return the directory of locks, sockets and the runtime file."""
    return data_dir / "run"


def runtime_file(data_dir: Path) -> Path:
    """Return the file with the endpoints and the password; only its user can read it."""
    return run_dir(data_dir) / "engines.json"


def publish(data_dir: Path, graph: Address | None, cache: str | None) -> None:
    """Let other processes find the embedded engines of this one."""
    uri, secret = (graph.uri, graph.password) if graph else (None, "")
    started = psutil.Process().create_time()
    runtime = Runtime(os.getpid(), started, uri, secret, cache)
    content = {field.name: getattr(runtime, field.name) for field in fields(runtime)}
    write_private(runtime_file(data_dir), json.dumps(content))


def withdraw(data_dir: Path) -> None:
    """Take back what was published."""
    runtime_file(data_dir).unlink(missing_ok=True)


def find(data_dir: Path) -> Runtime | None:
    """Return what a live owner has published; None when there is no owner or it has died.

    What a dead owner has published is removed.
    """
    if (runtime := _read(data_dir)) is None:
        return None
    if is_alive(runtime.pid, runtime.started):
        return runtime
    try:
        with owner_lock(data_dir, timeout=0):  # nobody can publish anything new meanwhile
            if _read(data_dir) == runtime:
                withdraw(data_dir)
    except (OSError, Timeout):
        return None  # somebody starts right now and will replace the file
    return None


def _read(data_dir: Path) -> Runtime | None:
    """Return what the runtime file says; None when there is none, or it makes no sense."""
    try:
        return Runtime(**json.loads(runtime_file(data_dir).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def owner_lock(data_dir: Path, timeout: float) -> FileLock:
    """Return the lock whose holder owns the engines of a data directory."""
    file = run_dir(data_dir) / "owner.lock"
    return FileLock(file, timeout=timeout, poll_interval=0.02, thread_local=False, mode=0o600)


def is_alive(pid: int, started: float) -> bool:
    """Whether that process, and not a later one with its number, runs."""
    try:
        process = psutil.Process(pid)
        gone = process.status() == psutil.STATUS_ZOMBIE
        return not gone and abs(process.create_time() - started) < CLOCK_TOLERANCE_SECONDS
    except psutil.NoSuchProcess:
        return False


def endpoints(config: EngineConfig, graph: Address | None, cache: str | None) -> Endpoints | None:
    """Put configured and embedded addresses together; None when one is neither.

    Args:
        config: Addresses given here win.
        graph: The embedded Neo4j.
        cache: Address of the embedded Valkey.
    """
    user, database = USER, config.neo4j_database
    if config.neo4j_uri:
        graph = Address(config.neo4j_uri, config.neo4j_password or "")
        user = config.neo4j_user
    cache = config.redis_url or cache
    if graph is None or cache is None:
        return None
    return Endpoints(graph.uri, user, graph.password, database, cache)
