"""Installing jars: from a real HTTP server on loopback that can misbehave."""

import hashlib
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.engines import EngineConfig, EngineError, download, open_engines
from graph.engines.jars import JARS, Jar


@dataclass
class Mirror:
    """A Maven repository of three small jars.

    Attributes:
        content: Bytes by file name; a missing name is a 404.
        requests: How often each file was asked for.
        pause: Seconds each answer takes.
        cut: Whether the connection breaks in the middle of a file.
    """

    address: str = ""
    content: dict[str, bytes] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    pause: float = 0.0
    cut: bool = False


BYTES = {f"part-{number}-1.0.jar": bytes([number]) * 100_000 * number for number in (1, 2, 3)}
PINNED = tuple(
    Jar(f"org.example:part-{number}:1.0", hashlib.sha256(content).hexdigest(), len(content))
    for number, content in enumerate(BYTES.values(), start=1)
)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    state = Mirror(content=dict(BYTES))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[1]
            state.requests[name] += 1
            time.sleep(state.pause)
            if (content := state.content.get(name)) is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if state.cut else content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Keep quiet about clients that were killed."""

    with Server(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def install(cache: Path, mirror: Mirror) -> list[Path]:
    return download.install(cache, quiet=True, mirror=mirror.address, jars=PINNED)


def downloaded(mirror: Mirror) -> dict[str, int]:
    return {name: count for name, count in mirror.requests.items() if name.endswith(".jar")}


def test_the_pinned_jars_are_complete_and_unique() -> None:
    assert len(JARS) == 135
    assert len({jar.name for jar in JARS}) == 135
    assert sum(jar.size for jar in JARS) < 120_000_000
    assert all(len(jar.sha256) == 64 for jar in JARS)


def test_jars_are_installed_once_and_in_order(tmp_path: Path, mirror: Mirror) -> None:
    first = install(tmp_path, mirror)
    second = install(tmp_path, mirror)

    assert first == second
    assert [path.read_bytes() for path in first] == list(BYTES.values())
    assert downloaded(mirror) == dict.fromkeys(BYTES, 1)


def test_a_wrong_checksum_installs_nothing_and_names_the_jar(
    tmp_path: Path, mirror: Mirror
) -> None:
    mirror.content["part-2-1.0.jar"] = b"x" * len(BYTES["part-2-1.0.jar"])

    with pytest.raises(EngineError) as failure:
        install(tmp_path, mirror)

    assert failure.value.code == "CHECKSUM_MISMATCH"
    assert "org.example:part-2:1.0" in str(failure.value)
    assert not download.is_installed(tmp_path)


def test_after_a_failure_only_what_is_missing_is_fetched_again(
    tmp_path: Path, mirror: Mirror
) -> None:
    kept = mirror.content.pop("part-3-1.0.jar")
    with pytest.raises(EngineError) as failure:
        install(tmp_path, mirror)
    mirror.content["part-3-1.0.jar"] = kept
    mirror.requests.clear()

    jars = install(tmp_path, mirror)

    assert failure.value.code == "DOWNLOAD_FAILED"
    assert len(jars) == 3
    assert downloaded(mirror) == {"part-3-1.0.jar": 1}


def test_a_connection_that_breaks_installs_nothing(tmp_path: Path, mirror: Mirror) -> None:
    mirror.cut = True

    with pytest.raises(EngineError) as failure:
        install(tmp_path, mirror)

    assert failure.value.code == "DOWNLOAD_FAILED"
    assert not download.is_installed(tmp_path)
    assert not list(tmp_path.rglob("*.jar"))


def test_a_truncated_jar_in_the_cache_is_replaced(tmp_path: Path, mirror: Mirror) -> None:
    jars = install(tmp_path, mirror)
    os.truncate(jars[1], 10)
    mirror.requests.clear()

    again = install(tmp_path, mirror)

    assert again == jars
    assert jars[1].read_bytes() == BYTES["part-2-1.0.jar"]
    assert downloaded(mirror) == {"part-2-1.0.jar": 1}


def test_two_processes_that_install_at_once_download_once(tmp_path: Path, mirror: Mirror) -> None:
    mirror.pause = 0.3
    threads = [threading.Thread(target=install, args=(tmp_path, mirror)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not download.missing(download.home(tmp_path) / "jars", PINNED)
    assert downloaded(mirror) == dict.fromkeys(BYTES, 1)


def test_a_killed_installation_leaves_nothing_half_installed(
    tmp_path: Path, mirror: Mirror
) -> None:
    mirror.pause = 2.0
    process = multiprocessing.get_context("spawn").Process(
        target=download.install,
        args=(tmp_path,),
        kwargs={"quiet": True, "mirror": mirror.address, "jars": PINNED},
    )
    process.start()
    while not downloaded(mirror):
        time.sleep(0.02)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    half_installed = download.is_installed(tmp_path)
    mirror.pause = 0.0

    jars = install(tmp_path, mirror)

    assert not half_installed
    assert [path.read_bytes() for path in jars] == list(BYTES.values())


def test_an_unreachable_network_is_one_sentence_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # the discard port: nobody listens
    config = EngineConfig(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")

    with pytest.raises(EngineError) as failure:
        open_engines(config)

    assert failure.value.code == "DOWNLOAD_FAILED"
    assert "HTTPS_PROXY" in str(failure.value)
    assert str(failure.value).count(". ") == 0
    assert not download.is_installed(tmp_path / "cache")
    assert not (tmp_path / "data" / "neo4j" / "data").exists()
    assert "Traceback" not in capfd.readouterr().err


def test_a_damaged_cache_that_cannot_be_repaired_starts_nothing(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    download.install(cache_dir, quiet=True)
    copy = tmp_path / "cache"
    shutil.copytree(download.home(cache_dir) / "jars", download.home(copy) / "jars")
    damaged = download.home(copy) / "jars" / JARS[0].name
    os.truncate(damaged, JARS[0].size - 1)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    with pytest.raises(EngineError) as failure:
        open_engines(EngineConfig(data_dir=tmp_path / "data", cache_dir=copy), quiet=True)

    assert failure.value.code == "DOWNLOAD_FAILED"
    assert str(failure.value).startswith("1 of Neo4j's 135 jars")
    assert damaged.stat().st_size == JARS[0].size - 1
