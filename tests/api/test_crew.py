"""Several processes behind one port: they share the work, and one that dies is replaced."""

import signal
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from api.crew.figures import Member, SharedFigures, merged
from tests.api.conftest import Place as Placed
from tests.api.conftest import Server, free_port, started


@pytest.fixture(scope="module")
def crew(server: Server) -> Iterator[Server]:
    """Run two processes over the engines of the session's server."""
    place = Placed(server.place.data_dir, server.place.cache_dir, free_port())
    with started(place, "serve", "--processes", "2") as running:
        running.wait()
        yield running


def members(crew: Server) -> list[psutil.Process]:
    """The processes that answer."""
    return psutil.Process(crew.process.pid).children()


def until(true: Any) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "It never was so."
        time.sleep(0.05)


def test_a_process_that_dies_is_replaced_while_the_other_answers(crew: Server) -> None:
    until(lambda: len(members(crew)) == 2)
    first, second = members(crew)

    first.kill()
    for _ in range(20):
        # A connection that the dead one had taken is gone with it; each of these is a new one.
        answer = httpx.get(f"{crew.place.address}/livez", timeout=30)
        assert answer.status_code == 200

    until(lambda: len(members(crew)) == 2 and first not in members(crew))
    assert second in members(crew)


def test_figures_are_those_of_all(crew: Server) -> None:
    def processes() -> set[str]:
        text = crew.http.get("/metrics").text
        assert text.count("# TYPE c360_request_seconds histogram") == 1
        return {each for each in ("1", "2") if f'process="{each}"' in text}

    until(lambda: processes() == {"1", "2"})


def test_all_end_with_the_first(crew: Server) -> None:
    until(lambda: len(members(crew)) == 2)
    running = members(crew)

    status, seconds = crew.stop(signal.SIGTERM)

    assert status == 0
    assert seconds < 15
    assert not any(each.is_running() for each in running)


def test_all_end_when_the_first_is_killed(server: Server) -> None:
    place = Placed(server.place.data_dir, server.place.cache_dir, free_port())
    with started(place, "serve", "--processes", "2") as running:
        running.wait()
        below = members(running)
        running.process.kill()
        _, alive = psutil.wait_procs(below, timeout=20)

    assert below
    assert alive == []


def test_samples_of_a_family_stand_together_with_their_process() -> None:
    text = b"# HELP a_total A.\n# TYPE a_total counter\na_total 1.0\n# HELP b B.\n# TYPE b gauge\n"
    text += b'b{of="x y"} 2.0\n'

    found = merged({1: text, 2: text}).decode().splitlines()

    assert found == [
        "# HELP a_total A.", "# TYPE a_total counter",
        'a_total{process="1"} 1.0', 'a_total{process="2"} 1.0',
        "# HELP b B.", "# TYPE b gauge",
        'b{process="1",of="x y"} 2.0', 'b{process="2",of="x y"} 2.0',
    ]  # fmt: skip


def test_no_counter_goes_back_whoever_shows_it(tmp_path: Any) -> None:
    one, two = (SharedFigures(Member(number, 2), tmp_path / "figures") for number in (1, 2))

    def of(count: int) -> bytes:
        return f"# HELP a_total A.\n# TYPE a_total counter\na_total {count}.0\n".encode()

    assert one.together(of(5)) == merged({1: of(5)})
    assert two.together(of(7)) == merged({1: of(5), 2: of(7)})
    assert one.together(of(9)) == merged({1: of(9), 2: of(7)})
    assert two.together(of(7)) == merged({1: of(9), 2: of(7)})


def test_figures_are_shown_even_where_they_cannot_be_written(tmp_path: Any) -> None:
    (tmp_path / "figures").write_text("in the way")
    text = b"# HELP a_total A.\n# TYPE a_total counter\na_total 1.0\n"

    assert SharedFigures(Member(1, 1), tmp_path / "figures").together(text) == merged({1: text})
