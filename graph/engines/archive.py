"""A cache of Neo4j's classes as Java has loaded, linked and profiled them.

With it Neo4j needs half the processor time until it answers. Making it takes a training run of some
40 s, so that happens once per machine, at the lowest priority, while the engines are up already; it
ends at once when they are closed, and begins again the next time.
"""

import hashlib
import logging
import os
import shutil
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, LiteralString

from filelock import FileLock, Timeout

from graph.engines import download, neo4j, password
from graph.engines.config import EngineConfig
from graph.engines.errors import EngineError
from graph.engines.leash import Leash, Program
from graph.engines.preflight import FIRST_INSTALL_BYTES, free_space

logger = logging.getLogger(__name__)

HEAP = "512m"
LOWEST_PRIORITY = 19
WAIT_SECONDS = 0.1

TRAINING: Final[tuple[LiteralString, ...]] = (
    "RETURN 1 AS one",
    "CREATE CONSTRAINT IF NOT EXISTS FOR (n:Thing) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX IF NOT EXISTS FOR (n:Thing) ON (n.name)",
    "CREATE FULLTEXT INDEX things IF NOT EXISTS FOR (n:Thing) ON EACH [n.name]",
    """
    UNWIND range(1, 200) AS id
    MERGE (n:Thing {id: id}) ON CREATE SET n.name = 'thing ' + id, n.at = toString(datetime())
    WITH n, id MATCH (other:Thing {id: id / 2}) MERGE (other)-[link:HAS]->(n) SET link.rank = id
    """,
    """
    MATCH (n:Thing {id: 1})
    CALL (n) {
      MATCH (n)-[link:HAS]->(child) WITH link, child ORDER BY child.name DESC, child.id LIMIT 10
      RETURN collect({rank: link.rank, node: child {.id, .name,
        children: COLLECT { MATCH (child)-[:HAS]->(leaf) RETURN leaf {.id} LIMIT 5 }}}) AS children
    }
    RETURN n {.id, .name, children: children, count: COUNT { (n)-[:HAS]->() }} AS row
    """,
    """
    UNWIND [1, 2, 3] AS row
    CALL (row) {
      MATCH (n:Thing) WHERE n.name STARTS WITH 'thing 1' AND EXISTS { (n)-[:HAS]->() }
      RETURN n.id AS id ORDER BY CASE WHEN n.name IS NULL THEN 1 ELSE 0 END, n.name LIMIT 20
    }
    RETURN row, collect(id) AS ids
    """,
    "CALL db.index.fulltext.queryNodes('things', 'thing') YIELD node RETURN count(node) AS found",
    "SHOW INDEXES YIELD name, state RETURN collect(name) AS names",
    "MATCH (n:Thing) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 100 ROWS",
)


def path(cache_dir: Path, java: Path, jars: Sequence[Path]) -> Path:
    """Return where the archive for exactly this Java, these jars and these options is."""
    modules = java.parents[1] / "lib" / "modules"
    status = modules.stat()
    parts = (str(modules), str(status.st_size), str(status.st_mtime_ns), *map(str, jars))
    digest = hashlib.sha256("\n".join((*parts, *neo4j.JVM_OPTIONS)).encode()).hexdigest()
    return download.home(cache_dir) / f"classes-{digest[:16]}.aot"


class Training:
    """Makes the archive in the background, if it is not there."""

    def __init__(
        self, config: EngineConfig, java: Path, jars: Sequence[Path], delay: float
    ) -> None:
        """Begin after that many seconds, unless `stop` is called before."""
        self.archive = path(config.cache_dir, java, jars)
        self._home = self.archive.with_name("training")
        self._config = replace(config, data_dir=self._home, neo4j_page_cache="64m")
        self._java = java
        self._jars = jars
        self._delay = delay
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="train java", daemon=True)
        if not self.archive.exists():
            self._thread.start()

    def stop(self) -> None:
        """End the training now; what is half done is thrown away."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def join(self) -> None:
        """Wait until the training is over."""
        self._thread.join()

    def _run(self) -> None:
        """Train, unless there is no room or another process does it."""
        if self._stopping.wait(self._delay) or free_space(self._home) < FIRST_INSTALL_BYTES:
            return
        try:
            self._home.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._home.with_name("training.lock"), timeout=0, mode=0o600):
                if not self.archive.exists() and self._train():
                    logger.info("the next start of neo4j will be faster")
        except (OSError, EngineError, Timeout) as error:
            logger.info("neo4j's classes were not archived: %s", error)

    def _train(self) -> bool:
        """Run Neo4j once to learn what it loads, write the archive, and put it into place."""
        shutil.rmtree(self._home, ignore_errors=True)
        for directory in ("conf", "logs"):
            (self._home / directory).mkdir(parents=True)
        recorded, part = self._home / "recorded", self._home / "classes.aot"
        record = ["-XX:AOTMode=record", f"-XX:AOTConfiguration={recorded}"]
        create = ["-XX:AOTMode=create", f"-XX:AOTConfiguration={recorded}"]
        try:
            done = self._record(record) and self._finish(
                self._launch([*create, f"-XX:AOTCache={part}"])
            )
            if done and part.exists():
                for old in self.archive.parent.glob("classes-*.aot"):
                    old.unlink()
                part.replace(self.archive)
            return self.archive.exists()
        finally:
            shutil.rmtree(self._home, ignore_errors=True)

    def _launch(self, extra: Sequence[str]) -> Leash:
        """Start Java under a guardian that kills it at once."""
        command = neo4j.command(self._java, self._jars, self._home, HEAP, extra)
        lock, log = self._home.with_name("training.pid"), self._home / "training.log"
        return Leash(Program(command, lock, log, self._home, grace=0.0, nice=LOWEST_PRIORITY))

    def _record(self, options: Sequence[str]) -> bool:
        """Run the training statements on an empty graph; whether all went well."""
        secret = password.ensure(self._home)
        port = neo4j.free_port()
        (self._home / "conf" / "neo4j.conf").write_text(neo4j.settings(self._config, port))
        leash = self._launch(options)
        while not neo4j.answers(port, secret, self._config.neo4j_database):
            if not leash.alive or self._stopping.wait(WAIT_SECONDS):
                leash.stop()
                return False
        for statement in TRAINING:
            if self._stopping.is_set():
                break
            neo4j.run(port, secret, self._config.neo4j_database, statement)
        if leash.pid and not self._stopping.is_set():
            os.kill(leash.pid, signal.SIGTERM)  # an orderly exit writes down what was loaded
        return self._finish(leash)

    def _finish(self, leash: Leash) -> bool:
        """Wait until the process ends by itself; False when the training is stopped."""
        while leash.alive:
            if self._stopping.wait(WAIT_SECONDS):
                break
        leash.stop()
        return not self._stopping.is_set()
