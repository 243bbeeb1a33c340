"""Health: alive is the process, ready is everything it stands on."""

import time

import pytest

from tests.api.conftest import Server


def test_a_server_says_that_it_is_alive_and_ready(server: Server):
    assert server.http.get("/livez").json() == {"status": "alive"}
    assert server.wait().json() == {"status": "ready"}


@pytest.mark.parametrize(
    ("program", "reason"),
    [("valkey", "the cache does not answer"), ("java", "the graph does not answer")],
)
def test_a_silent_engine_makes_a_server_unready_and_it_recovers(
    server: Server, program: str, reason: str
):
    engine = server.child(program)

    engine.suspend()
    try:
        answer = server.wait(503)
        alive = server.http.get("/livez")
    finally:
        engine.resume()

    assert answer.json() == {"status": "not ready", "reasons": [reason]}
    assert alive.status_code == 200
    assert server.wait().json() == {"status": "ready"}


def test_a_crashed_cache_comes_back_without_help(server: Server):
    old = server.child("valkey")

    old.kill()
    old.wait(10)
    time.sleep(0.6)  # an answer of before the crash is kept for half a second

    assert server.wait().json() == {"status": "ready"}
    assert server.child("valkey").pid != old.pid


def test_a_question_to_a_silent_graph_ends_with_a_code(server: Server):
    engine = server.child("java")

    engine.suspend()
    try:
        answer = server.ask("{ customers(first: 1) { edges { cursor } } }")
    finally:
        engine.resume()

    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
    assert server.wait().json() == {"status": "ready"}
