"""Engines and their owners die in every order; nothing outlives, nothing is lost."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import neo4j
import neo4j.exceptions
import psutil
import pytest
import redis

from graph.engines import (
    EngineConfig,
    EngineError,
    EngineEvent,
    attach,
    attach_or_open,
    open_engines,
)
from graph.engines.runtime import runtime_file

ROOT = Path(__file__).parents[2]
OWNER = Path(__file__).with_name("owner.py")

Line = dict[str, Any]


class Owner:
    """A process that owns engines, and what it has printed."""

    def __init__(self, data_dir: Path, cache_dir: Path, which: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, OWNER, data_dir, cache_dir, which],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
        )
        self.lines: list[Line] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(json.loads(line))

    def event(self, kind: str, engine: str | None = None, nth: int = 1) -> Line:
        """Wait for the nth line of that kind."""

        def matching() -> list[Line]:
            return [
                line
                for line in self.lines
                if line["kind"] == kind and line.get("engine") in (engine, None)
            ]

        until(lambda: len(matching()) >= nth, 120)
        return matching()[nth - 1]

    def end(self, number: signal.Signals) -> None:
        """Send a signal and wait until the process is gone."""
        self.process.send_signal(number)
        self.process.wait()
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()


@contextmanager
def owner(data_dir: Path, cache_dir: Path, which: str = "valkey") -> Iterator[Owner]:
    running = Owner(data_dir, cache_dir, which)
    try:
        yield running
    finally:
        running.end(signal.SIGKILL)


def until(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for a condition and return how long that took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.01)
    return time.monotonic() - start


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def guardian_of(pid: int) -> psutil.Process:
    parent = psutil.Process(pid).parent()
    assert parent is not None
    assert any("guardian.py" in word for word in parent.cmdline())
    return parent


def ping(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


class Writer:
    """Writes numbers, one transaction each, and remembers which were acknowledged."""

    def __init__(self, uri: str, password: str) -> None:
        self.acknowledged: list[int] = []
        self._stop = threading.Event()
        self._driver = neo4j.GraphDatabase.driver(uri, auth=("neo4j", password))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                with self._driver.session() as session:
                    session.run("CREATE (:Kept {id: $id})", id=number).consume()
                self.acknowledged.append(number)
            except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError):
                self._stop.wait(0.05)

    def progress(self) -> None:
        """Wait until some more writes were acknowledged."""
        goal = len(self.acknowledged) + 20
        until(lambda: len(self.acknowledged) >= goal, 60)

    def close(self) -> None:
        """Stop writing."""
        self._stop.set()
        self._thread.join()
        self._driver.close()


@pytest.mark.parametrize(
    "kills", [1, pytest.param(5, marks=[pytest.mark.full, pytest.mark.timeout(900)])]
)
def test_no_acknowledged_write_is_lost_by_kill_9_of_neo4j_and_then_of_its_owner(
    tmp_path: Path, cache_dir: Path, kills: int
) -> None:
    with owner(tmp_path, cache_dir, "all") as first:
        opened = first.event("open")
        writer = Writer(opened["uri"], opened["password"])
        noticed = []
        for kill in range(1, kills + 1):
            writer.progress()
            killed_at = time.time()
            grandchildren(first, "java")[0].kill()
            noticed.append(first.event("crashed", "neo4j", nth=kill)["at"] - killed_at)
            first.event("restarted", "neo4j", nth=kill)
        writer.progress()  # on the same port, with the same password
        java = grandchildren(first, "java")[0].pid
        first.end(signal.SIGKILL)
        writer.close()

    with open_engines(config(tmp_path, cache_dir), archive_after=None) as second:
        ends = second.endpoints
        auth = (ends.neo4j_user, ends.neo4j_password)
        with neo4j.GraphDatabase.driver(ends.neo4j_uri, auth=auth) as driver:
            records, _, _ = driver.execute_query("MATCH (n:Kept) RETURN collect(n.id) AS ids")
        start = time.monotonic()
        second.close()
        stopped_in = time.monotonic() - start

    assert max(noticed) < 1.0
    assert not lives(java)
    assert ends.neo4j_password == opened["password"]
    assert set(writer.acknowledged) <= set(records[0]["ids"])
    assert stopped_in < 3.0


def grandchildren(running: Owner, program: str) -> list[psutil.Process]:
    """Return the owner's grandchildren that run a program."""
    children = psutil.Process(running.process.pid).children(recursive=True)
    return [child for child in children if child.name() == program]


def config(data_dir: Path, cache_dir: Path, *, uri: str | None = None) -> EngineConfig:
    return EngineConfig(
        data_dir=data_dir,
        cache_dir=cache_dir,
        neo4j_uri=uri,
        neo4j_heap="256m",
        neo4j_page_cache="64m",
    )


def test_a_killed_valkey_is_back_on_the_same_socket(tmp_path: Path, cache_dir: Path) -> None:
    events: list[EngineEvent] = []
    elsewhere = config(tmp_path, cache_dir, uri="bolt://127.0.0.1:9")
    with open_engines(elsewhere, on_event=events.append) as engines:
        pid = engines.pid("valkey") or 0

        os.kill(pid, signal.SIGKILL)

        noticed = until(lambda: any(event.kind == "crashed" for event in events), 5)
        until(lambda: any(event.kind == "restarted" for event in events), 10)
        assert noticed < 1.0
        assert ping(engines.endpoints.redis_url)
        assert engines.pid("valkey") != pid


def test_an_engine_whose_guardian_is_killed_is_replaced(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")

        guardian_of(opened["valkey"]).kill()

        running.event("restarted", "valkey")
        until(lambda: not lives(opened["valkey"]), 15)
        assert ping(opened["redis"])


def test_an_engine_that_keeps_crashing_is_given_up_with_a_reason(
    tmp_path: Path, cache_dir: Path
) -> None:
    with owner(tmp_path, cache_dir) as running:
        running.event("open")
        for crash in range(1, 6):
            valkey = grandchildren(running, "valkey-server")
            valkey[0].kill()
            running.event("crashed", "valkey", nth=crash)
            if crash < 5:
                running.event("restarted", "valkey", nth=crash)

        message = running.event("gave_up", "valkey")["message"]

    assert "crashed 5 times" in message
    assert str(tmp_path / "logs" / "valkey.log") in message


def test_engines_end_when_their_owner_is_killed(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")
        guardian = guardian_of(opened["valkey"]).pid

        running.end(signal.SIGKILL)

        until(lambda: not lives(opened["valkey"]) and not lives(guardian), 15)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_engines_end_when_owner_and_guardian_are_killed(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")
        guardian = guardian_of(opened["valkey"])

        guardian.kill()
        running.end(signal.SIGKILL)

        until(lambda: not lives(opened["valkey"]), 15)


def test_after_kill_9_of_everything_the_next_start_needs_no_help(
    tmp_path: Path, cache_dir: Path
) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")
        guardian = guardian_of(opened["valkey"])
        running.process.kill()
        guardian.kill()
        os.kill(opened["valkey"], signal.SIGKILL)

    left = sorted(path.name for path in (tmp_path / "run").iterdir())
    elsewhere = config(tmp_path, cache_dir, uri="bolt://127.0.0.1:9")
    with open_engines(elsewhere) as engines:
        answered = ping(engines.endpoints.redis_url)

    assert {"engines.json", "owner.lock", "valkey.lock", "valkey.sock"} <= set(left)
    assert answered


def test_what_a_dead_owner_published_is_ignored_and_removed(
    tmp_path: Path, cache_dir: Path
) -> None:
    elsewhere = config(tmp_path, cache_dir, uri="bolt://127.0.0.1:9")
    with owner(tmp_path, cache_dir) as running:
        running.event("open")
        alive = attach(elsewhere)
        running.end(signal.SIGKILL)
    file = runtime_file(tmp_path)
    was_there = file.exists()

    assert alive is not None
    assert was_there
    assert attach(elsewhere) is None
    assert not file.exists()


def test_a_reused_process_id_is_not_taken_for_the_owner(tmp_path: Path, cache_dir: Path) -> None:
    elsewhere = config(tmp_path, cache_dir, uri="bolt://127.0.0.1:9")
    with owner(tmp_path, cache_dir) as running:
        running.event("open")
        content = json.loads(runtime_file(tmp_path).read_text())
        running.end(signal.SIGKILL)
    runtime_file(tmp_path).write_text(json.dumps(content | {"pid": os.getpid()}))

    assert attach(elsewhere) is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": "x"}', "\x00\xff"])
def test_a_damaged_runtime_file_is_no_owner(tmp_path: Path, cache_dir: Path, content: str) -> None:
    file = runtime_file(tmp_path)
    file.parent.mkdir()
    file.write_text(content)

    assert attach(config(tmp_path, cache_dir)) is None


def test_sigterm_ends_owner_and_engines(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")
        start = time.monotonic()

        running.end(signal.SIGTERM)

        assert time.monotonic() - start < 3.0
        assert not lives(opened["valkey"])
        assert running.event("stopped", "valkey")
        assert not runtime_file(tmp_path).exists()


def test_a_command_waits_for_an_owner_that_is_just_starting(
    tmp_path: Path, cache_dir: Path
) -> None:
    elsewhere = config(tmp_path, cache_dir, uri="bolt://127.0.0.1:9")
    with owner(tmp_path, cache_dir) as running:
        until((tmp_path / "run" / "owner.lock").exists, 60)

        with attach_or_open(elsewhere) as engines:
            assert engines.endpoints.redis_url == running.event("open")["redis"]
            assert ping(engines.endpoints.redis_url)


def test_an_owner_of_other_engines_is_not_waited_for(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        running.event("open")

        with (
            pytest.raises(EngineError) as refusal,
            attach_or_open(config(tmp_path, cache_dir)),
        ):
            pass

    assert refusal.value.code == "ALREADY_OWNED"


def test_ctrl_c_in_the_terminal_reaches_the_owner_only(tmp_path: Path, cache_dir: Path) -> None:
    with owner(tmp_path, cache_dir) as running:
        opened = running.event("open")
        groups = {os.getpgid(pid) for pid in (running.process.pid, opened["valkey"])}

        assert len(groups) == 2


def test_valkey_works_below_a_directory_with_a_very_long_path(
    tmp_path: Path, cache_dir: Path
) -> None:
    deep = tmp_path.joinpath(*(["a-directory-with-a-long-name"] * 6))
    elsewhere = config(deep, cache_dir, uri="bolt://127.0.0.1:9")

    with open_engines(elsewhere) as engines:
        url = engines.endpoints.redis_url
        assert len(str(deep)) > 108
        assert len(url) < 108
        assert ping(url)
        socket_dir = Path(url.removeprefix("unix://")).parent
        assert socket_dir.stat().st_mode & 0o077 == 0

    with open_engines(elsewhere) as engines:
        assert engines.endpoints.redis_url == url


def test_valkey_works_below_a_directory_with_blanks_and_accents(
    tmp_path: Path, cache_dir: Path
) -> None:
    odd = tmp_path / "données d'été 100%"

    with open_engines(config(odd, cache_dir, uri="bolt://127.0.0.1:9")) as engines:
        assert ping(engines.endpoints.redis_url)
