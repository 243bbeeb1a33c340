"""Own the engines of a data directory, or use those that somebody else owns."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from graph.engines import download, embedded, neo4j, ownership, password, preflight, runtime, valkey
from graph.engines.archive import Training
from graph.engines.config import Endpoints, EngineConfig, OnEvent
from graph.engines.errors import EngineError
from graph.engines.preflight import FreeSpace
from graph.engines.running import Engines, Owned
from graph.engines.runtime import Address
from graph.engines.supervisor import Engine, Supervisor

OWNER_START_SECONDS = 180.0  # the other process may be downloading
ARCHIVE_AFTER_SECONDS = 180.0  # by then a first start has seeded its graph and answered


class HasEndpoints(Protocol):
    """Engines that can be used."""

    @property
    def endpoints(self) -> Endpoints:
        """Where they answer."""
        ...


def open_engines(
    config: EngineConfig,
    *,
    on_event: OnEvent | None = None,
    quiet: bool = False,
    free_space: FreeSpace = preflight.free_space,
    archive_after: float | None = ARCHIVE_AFTER_SECONDS,
) -> Engines:
    """Start the engines that are not configured to be elsewhere, and own them.

    The first start on a machine downloads Neo4j. Engines end when the result is closed, and also
    when this process ends in any other way.

    Args:
        config: What to run where.
        on_event: Told what happens, also later and from other threads; must not raise.
        quiet: Draw no progress bar on standard error.
        free_space: Returns the bytes that may still be written near a path.
        archive_after: Seconds until Neo4j's classes are archived in the background, where that has
            not been done yet, so that later starts are faster; None never does.

    Returns:
        The running engines, ready to be used.

    Raises:
        EngineError: With one sentence that says what to do; nothing of this call runs then.
    """
    if config.neo4j_uri and config.redis_url:
        return Engines(_endpoints(config, None, None), None)
    programs = _check(config, free_space)
    owned = Owned(config.data_dir, ownership.take(config.data_dir))
    try:
        jars = _install(config, quiet=quiet)
        endpoints = _start(config, programs, jars, owned, on_event)
        if archive_after is not None and not config.neo4j_uri:
            owned.training = Training(config, programs["Java"], jars, archive_after)
    except BaseException:
        owned.close()
        raise
    return Engines(endpoints, owned)


def attach(config: EngineConfig) -> Endpoints | None:
    """Return the endpoints of engines that run already; None when there are none.

    Addresses in the configuration win, and two of them need no running owner. What a dead owner
    left behind is ignored and removed.
    """
    if config.neo4j_uri and config.redis_url:
        return _endpoints(config, None, None)
    found = runtime.find(config.data_dir)
    if found is None:
        return None
    graph = Address(found.neo4j_uri, found.neo4j_password) if found.neo4j_uri else None
    return runtime.endpoints(config, graph, found.redis_url)


@contextmanager
def attach_or_open(
    config: EngineConfig, *, on_event: OnEvent | None = None, quiet: bool = False
) -> Generator[HasEndpoints]:
    """Use the engines that run already; otherwise start own ones and stop them at the end.

    Yields:
        An object with `endpoints`.

    Raises:
        EngineError: As `open_engines`.
    """
    with _attached_or_opened(config, on_event, quiet=quiet) as engines:
        yield engines


def _attached_or_opened(config: EngineConfig, on_event: OnEvent | None, *, quiet: bool) -> Engines:
    """Attach, or open, or wait for an owner that is just starting its engines."""
    deadline = time.monotonic() + OWNER_START_SECONDS
    while True:
        if (endpoints := attach(config)) is not None:
            return Engines(endpoints, None)
        try:
            return open_engines(config, on_event=on_event, quiet=quiet)
        except EngineError as refusal:
            published = runtime.find(config.data_dir)
            hopeless = published is not None and attach(config) is None  # it runs other engines
            if refusal.code != "ALREADY_OWNED" or hopeless or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def _check(config: EngineConfig, free_space: FreeSpace) -> dict[str, Path]:
    """Refuse what cannot work before anything is written; return the programs to run, by name."""
    programs: dict[str, Path | None] = {}
    if not config.neo4j_uri:
        programs["Java"] = neo4j.java()
    if not config.redis_url:
        programs["Valkey"] = valkey.binary()
    found = preflight.check_platform(programs)
    need = preflight.RUNNING_BYTES
    if not config.neo4j_uri and not download.is_installed(config.cache_dir):
        need = preflight.FIRST_INSTALL_BYTES
        preflight.check_space(config.cache_dir, need, free_space)
    preflight.check_space(config.data_dir, need, free_space)
    return found


def _install(config: EngineConfig, *, quiet: bool) -> list[Path]:
    """Return Neo4j's jars; none when it runs somewhere else."""
    if config.neo4j_uri:
        return []
    try:
        return download.install(config.cache_dir, quiet=quiet, mirror=config.maven_mirror)
    except OSError as error:
        message = (
            f"{config.cache_dir} cannot be written ({error.strerror}): "
            "choose another C360_CACHE_DIR."
        )
        raise EngineError("DIRECTORY_UNUSABLE", message) from error


def _start(
    config: EngineConfig,
    programs: dict[str, Path],
    jars: list[Path],
    owned: Owned,
    on_event: OnEvent | None,
) -> Endpoints:
    """Launch what is embedded, wait until it answers, and publish it."""
    graph: Address | None = None
    cache: str | None = None
    engines: list[Engine] = []
    if not config.neo4j_uri:
        port = _port(config)
        secret = password.ensure(config.data_dir / "neo4j")
        graph = Address(neo4j.address(port), secret)
        engines.append(embedded.neo4j_engine(config, programs["Java"], jars, port, secret))
    if not config.redis_url:
        cache = valkey.url(valkey.socket_path(runtime.run_dir(config.data_dir)))
        engines.append(embedded.valkey_engine(config, programs["Valkey"]))
    for engine in engines:
        owned.supervisors.append(Supervisor(engine, on_event))
    for supervisor in owned.supervisors:
        supervisor.wait()
    endpoints = _endpoints(config, graph, cache)
    runtime.publish(config.data_dir, graph, cache)
    return endpoints


def _port(config: EngineConfig) -> int:
    """Return the Bolt port to use.

    Raises:
        EngineError: PORT_BUSY.
    """
    port = config.bolt_port or neo4j.free_port()
    if neo4j.port_is_free(port):
        return port
    message = (
        f"Port {port} is used by another program: stop that program, or choose another port "
        "with C360_BOLT_PORT."
    )
    raise EngineError("PORT_BUSY", message)


def _endpoints(config: EngineConfig, graph: Address | None, cache: str | None) -> Endpoints:
    """Return the endpoints where every engine has an address."""
    found = runtime.endpoints(config, graph, cache)
    if found is None:
        message = "An engine has no address: set NEO4J_URI and REDIS_URL, or neither of them."
        raise EngineError("START_FAILED", message)
    return found
