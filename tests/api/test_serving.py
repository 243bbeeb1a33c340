"""The life of a server: it starts, refuses rivals, and ends when told to; kills are elsewhere."""

import signal
from typing import Any

from tests.api.conftest import Place, Server, free_port, started


def test_ctrl_c_ends_a_server_that_is_still_starting(new_place: Any):
    place: Place = new_place("interrupted")
    with started(place, "serve") as server:
        while not (place.data_dir / "run").is_dir():
            assert server.process.poll() is None

        status, seconds = server.stop(signal.SIGINT)

    assert status == 0
    assert seconds < 25


def test_a_second_server_on_the_same_data_is_refused_in_one_sentence(server: Server):
    refused = server.place.run("dev", "--port", "0")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.endswith("[ALREADY_OWNED]\n")
    assert str(server.process.pid) in refused.stderr


def test_a_second_process_may_serve_from_the_same_engines(server: Server):
    place = Place(server.place.data_dir, server.place.cache_dir, free_port())

    with started(place, "serve") as second:
        second.wait()
        assert second.ask("{ __typename }").json()["data"] == {"__typename": "Query"}
        status, _ = second.stop()

    assert status == 0
    assert server.wait().json() == {"status": "ready"}


def test_a_taken_port_is_refused_before_any_engine_starts(server: Server, new_place: Any):
    place: Place = new_place("port")

    refused = place.run("serve", C360_PORT=str(server.place.port))

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {server.place.port} of 127.0.0.1 is used by another program: stop that program, "
        "or choose another port with C360_PORT or --port. [PORT_BUSY]\n"
    )
    assert not (place.data_dir / "neo4j").exists()


def test_an_address_of_another_machine_is_refused(new_place: Any):
    place: Place = new_place("host")

    refused = place.run("serve", C360_HOST="192.0.2.1")

    assert refused.returncode == 1
    assert refused.stderr.endswith("[HOST_UNUSABLE]\n")


def test_production_refuses_to_serve_without_an_issuer_and_its_keys(new_place: Any):
    place: Place = new_place("production")

    refused = place.run("serve", C360_ENVIRONMENT="production")

    assert refused.returncode == 2
    assert [line.split()[0] for line in refused.stderr.splitlines()] == [
        "C360_TOKEN_ISSUER",
        "C360_TOKEN_KEYS",
    ]


def test_dev_prints_addresses_and_a_token_for_each_audience(server: Server):
    output = server.place.output.read_text()

    assert f"{server.place.address}/graphql" in output
    for audience in ("staff", "partner", "customer"):
        line = next(each for each in output.splitlines() if each.strip().startswith(audience))
        headers = {"Authorization": f"Bearer {line.split()[1]}"}
        answer = server.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        assert answer.status_code == 200
