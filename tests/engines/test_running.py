"""The engines as every other test uses them."""

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import neo4j
import psutil
import pytest
import redis
from neo4j.exceptions import AuthError

from graph.engines import (
    Endpoints,
    EngineConfig,
    EngineError,
    Engines,
    attach,
    attach_or_open,
    open_engines,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.anyio
async def test_neo4j_answers_with_the_generated_password(
    driver: neo4j.AsyncDriver, endpoints: Endpoints
) -> None:
    records, _, _ = await driver.execute_query(
        "RETURN 1 AS one", database_=endpoints.neo4j_database
    )

    assert [record["one"] for record in records] == [1]


@pytest.mark.anyio
@pytest.mark.usefixtures("engines")
async def test_the_well_known_default_password_is_refused(endpoints: Endpoints) -> None:
    async with neo4j.AsyncGraphDatabase.driver(
        endpoints.neo4j_uri, auth=("neo4j", "neo4j")
    ) as driver:
        with pytest.raises(AuthError):
            await driver.verify_connectivity()


@pytest.mark.anyio
async def test_clean_graph_removes_the_nodes_and_keeps_the_schema(
    driver: neo4j.AsyncDriver, wipe_graph: Callable[[], Awaitable[None]]
) -> None:
    await driver.execute_query("CREATE INDEX kept IF NOT EXISTS FOR (n:Kept) ON (n.id)")
    await driver.execute_query("UNWIND range(1, 20) AS id CREATE (:Kept {id: id})-[:R]->(:Kept)")

    await wipe_graph()

    nodes, _, _ = await driver.execute_query("MATCH (n) RETURN count(n) AS nodes")
    indexes, _, _ = await driver.execute_query("SHOW INDEXES YIELD name RETURN collect(name) AS n")
    await driver.execute_query("DROP INDEX kept")
    assert nodes[0]["nodes"] == 0
    assert "kept" in indexes[0]["n"]


@pytest.mark.anyio
async def test_a_transaction_ends_after_a_minute_and_queries_are_not_logged(
    driver: neo4j.AsyncDriver,
) -> None:
    records, _, _ = await driver.execute_query(
        "SHOW SETTINGS 'db.transaction.timeout', 'db.logs.query.enabled',"
        " 'dbms.usage_report.enabled' YIELD name, value RETURN collect(value) AS found"
    )

    assert sorted(records[0]["found"]) == ["1m", "OFF", "false"]


def test_valkey_answers(endpoints: Endpoints) -> None:
    with redis.Redis.from_url(endpoints.redis_url) as client:
        client.set("greeting", "hello")

        assert client.get("greeting") == b"hello"


def test_the_engines_listen_on_loopback_only(engines: Engines) -> None:
    java, valkey = (psutil.Process(engines.pid(name) or 0) for name in ("neo4j", "valkey"))

    listening = [
        connection.laddr.ip
        for process in (java, valkey)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert len(listening) == 1
    assert listening[0].removeprefix("::ffff:") == "127.0.0.1"


@pytest.mark.parametrize("name", ["run/engines.json", "neo4j/password", "neo4j/data/dbms/auth.ini"])
@pytest.mark.usefixtures("engines")
def test_only_the_user_can_read_files_with_the_password(
    engine_config: EngineConfig, name: str
) -> None:
    assert (engine_config.data_dir / name).stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize("name", ["run", "neo4j", "logs"])
def test_only_the_user_can_reach_sockets_data_and_logs(
    engine_config: EngineConfig, name: str
) -> None:
    assert (engine_config.data_dir / name).stat().st_mode & 0o077 == 0


def test_passwords_are_not_shown_when_values_are_printed(endpoints: Endpoints) -> None:
    assert endpoints.neo4j_password not in repr(endpoints)
    assert "hunter2" not in repr(
        EngineConfig(data_dir=Path(), cache_dir=Path(), neo4j_password="hunter2")  # noqa: S106
    )


@pytest.mark.usefixtures("engines")
def test_the_password_is_not_on_a_command_line(engines: Engines, endpoints: Endpoints) -> None:
    command = psutil.Process(engines.pid("neo4j") or 0).cmdline()

    assert not any(endpoints.neo4j_password in word for word in command)


@pytest.mark.usefixtures("engines")
def test_both_engines_log_to_files(engine_config: EngineConfig) -> None:
    logs = engine_config.data_dir / "logs"

    assert "Started" in (logs / "neo4j.log").read_text()
    assert "Ready to accept connections" in (logs / "valkey.log").read_text()


def test_attach_finds_the_running_engines(
    endpoints: Endpoints, engine_config: EngineConfig
) -> None:
    assert attach(engine_config) == endpoints


def test_a_command_in_another_process_uses_the_engines_and_leaves_them_running(
    engines: Engines, engine_config: EngineConfig
) -> None:
    before = engines.pid("neo4j")
    command = (
        "import sys; from pathlib import Path; from graph.engines import EngineConfig,"
        " attach_or_open\n"
        "with attach_or_open(EngineConfig(Path(sys.argv[1]), Path(sys.argv[2]))) as engines:\n"
        "    print(engines.endpoints.neo4j_uri)"
    )

    other = subprocess.run(
        [sys.executable, "-c", command, engine_config.data_dir, engine_config.cache_dir],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert other.stdout.strip() == engines.endpoints.neo4j_uri
    assert engines.pid("neo4j") == before


@pytest.mark.usefixtures("engines")
def test_a_second_owner_is_told_which_process_owns_the_directory(
    engine_config: EngineConfig,
) -> None:
    with pytest.raises(EngineError) as refusal:
        open_engines(engine_config)

    assert refusal.value.code == "ALREADY_OWNED"
    assert str(engine_config.data_dir) in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)


def test_engines_elsewhere_are_neither_started_nor_locked(tmp_path: Path) -> None:
    config = EngineConfig(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        neo4j_uri="neo4j://graph.example.org",
        neo4j_user="app",
        neo4j_password="secret",  # noqa: S106
        redis_url="redis://cache.example.org",
    )

    with open_engines(config) as first, attach_or_open(config) as second:
        assert first.endpoints == second.endpoints == attach(config)
        assert first.endpoints == Endpoints(
            "neo4j://graph.example.org", "app", "secret", "neo4j", "redis://cache.example.org"
        )

    assert list(tmp_path.iterdir()) == []
