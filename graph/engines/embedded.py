"""How the two embedded engines are run for one data directory."""

from collections.abc import Sequence
from pathlib import Path

from graph.engines import archive, neo4j, valkey
from graph.engines.config import EngineConfig
from graph.engines.leash import Leash, Program
from graph.engines.runtime import run_dir
from graph.engines.supervisor import Engine

NEO4J_PATIENCE_SECONDS = 300.0  # after a kill it replays its transaction log first
VALKEY_PATIENCE_SECONDS = 20.0


def neo4j_engine(
    config: EngineConfig, java: Path, jars: Sequence[Path], port: int, password: str
) -> Engine:
    """Describe the embedded Neo4j on that port; writes its configuration."""
    home = config.data_dir / "neo4j"
    (home / "conf").mkdir(parents=True, exist_ok=True)
    (home / "import").mkdir(exist_ok=True)
    (home / "conf" / "neo4j.conf").write_text(neo4j.settings(config, port))
    archived = archive.path(config.cache_dir, java, jars)

    def launch(cautious: bool) -> Leash:
        extra = [] if cautious or not archived.exists() else [f"-XX:AOTCache={archived}"]
        return Leash(
            Program(
                neo4j.command(java, jars, home, config.neo4j_heap, extra),
                lock=run_dir(config.data_dir) / "neo4j.lock",
                log=config.data_dir / "logs" / "neo4j.out.log",
                cwd=home,
            )
        )

    def answers() -> bool:
        return neo4j.answers(port, password, config.neo4j_database)

    return Engine("neo4j", launch, answers, neo4j.explain, NEO4J_PATIENCE_SECONDS)


def valkey_engine(config: EngineConfig, binary: Path) -> Engine:
    """Describe the embedded Valkey of that data directory."""
    run = run_dir(config.data_dir)
    socket = valkey.socket_path(run)
    program = Program(
        valkey.command(binary, socket, run),
        lock=run / "valkey.lock",
        log=config.data_dir / "logs" / "valkey.log",
        cwd=run,
    )
    return Engine(
        "valkey",
        lambda _cautious: Leash(program),
        lambda: valkey.answers(socket),
        lambda _output: "correct what its output says and retry",
        VALKEY_PATIENCE_SECONDS,
    )
