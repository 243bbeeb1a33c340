"""The archive of Neo4j's classes: made aside, used when it is there, never needed."""

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from graph.engines import EngineConfig, archive, download, neo4j, open_engines
from graph.engines.archive import Training


def training(cache: Path, jars: list[Path], delay: float = 0.0) -> Training:
    java = neo4j.java()
    assert java is not None
    return Training(EngineConfig(data_dir=cache, cache_dir=cache), java, jars, delay)


def test_a_training_that_is_stopped_ends_at_once_and_leaves_nothing(
    tmp_path: Path, cache_dir: Path
) -> None:
    jars = download.install(cache_dir, quiet=True)
    running = training(tmp_path, jars)
    pids = download.home(tmp_path) / "training.pid"
    deadline = time.monotonic() + 20
    while not (pids.exists() and len(pids.read_text().split()) == 2):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    java = psutil.Process(int(pids.read_text().split()[1]))
    start = time.monotonic()

    running.stop()

    assert time.monotonic() - start < 3.0
    assert not java.is_running()
    assert not (download.home(tmp_path) / "training").exists()
    assert not running.archive.exists()


def test_a_short_command_never_begins_a_training(tmp_path: Path, cache_dir: Path) -> None:
    running = training(tmp_path, download.install(cache_dir, quiet=True), delay=60.0)

    running.stop()

    assert not download.home(tmp_path).exists()


def test_another_java_or_other_jars_need_another_archive(tmp_path: Path) -> None:
    java = neo4j.java()
    assert java is not None

    one = archive.path(tmp_path, java, [Path("a.jar")])
    two = archive.path(tmp_path, java, [Path("b.jar")])

    assert one != two
    assert one == archive.path(tmp_path, java, [Path("a.jar")])


def test_java_starts_in_spite_of_a_damaged_archive(tmp_path: Path, cache_dir: Path) -> None:
    jars = download.install(cache_dir, quiet=True)
    java = neo4j.java()
    assert java is not None
    damaged = tmp_path / "classes.aot"
    damaged.write_bytes(bytes(100_000))
    server = neo4j.command(java, jars, tmp_path, "256m", [f"-XX:AOTCache={damaged}"])
    options = server[: server.index(neo4j.MAIN_CLASS)]

    started = subprocess.run([*options, "-version"], capture_output=True, check=False)

    assert started.returncode == 0
    assert b"Runtime Environment" in started.stderr


@pytest.mark.full
def test_neo4j_uses_the_archive_of_a_training(tmp_path: Path, cache_dir: Path) -> None:
    jars = download.install(cache_dir, quiet=True)
    cache = tmp_path / "cache"
    installed = download.home(cache) / "jars"
    installed.mkdir(parents=True)
    for jar in jars:
        (installed / jar.name).write_bytes(jar.read_bytes())
    run = training(cache, [installed / jar.name for jar in jars])
    run.join()
    config = EngineConfig(
        data_dir=tmp_path / "data",
        cache_dir=cache,
        neo4j_heap="256m",
        redis_url="redis://127.0.0.1:9",
    )

    with open_engines(config, archive_after=None) as engines:
        process = psutil.Process(engines.pid("neo4j") or 0)
        assert f"-XX:AOTCache={run.archive}" in process.cmdline()
        assert str(run.archive) in {mapped.path for mapped in process.memory_maps()}
