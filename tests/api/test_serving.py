"""The life of a server: it starts, refuses rivals, ends when told to, and survives a kill."""

import asyncio
import os
import signal
from typing import Any

import psutil

from graph.database import Graph
from graph.engines import Endpoints, EngineConfig, attach
from graph.statements import Kind, Statement
from tests.api.conftest import Place, Server, free_port, started

REMEMBER = Statement("test.remember", Kind.WRITE, "CREATE (n:Remembered {word: 'kept'}) RETURN 1")
RECALL = Statement("test.recall", Kind.READ, "MATCH (n:Remembered) RETURN n.word")


def engines_of(server: Server) -> Endpoints:
    config = EngineConfig(data_dir=server.place.data_dir, cache_dir=server.place.cache_dir)
    found = attach(config)
    assert found is not None
    return found


async def run(endpoints: Endpoints, statement: Statement) -> list[list[Any]]:
    address = (endpoints.neo4j_uri, endpoints.neo4j_user, endpoints.neo4j_password)
    async with Graph(*address) as graph:
        return await graph.run(statement)


def family(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children(recursive=True)


def test_what_was_acknowledged_survives_kill_9_and_sigterm_stops_everything_within_3_s(
    new_place: Any,
):
    place: Place = new_place("killed")
    with started(place, "serve") as first:
        first.wait()
        asyncio.run(run(engines_of(first), REMEMBER))
        orphans = family(first)

        first.stop(signal.SIGKILL)
    _, alive = psutil.wait_procs(orphans, timeout=30)
    assert alive == []

    with started(place, "serve") as second:
        second.wait()
        assert asyncio.run(run(engines_of(second), RECALL)) == [["kept"]]
        children = family(second)

        status, seconds = second.stop(signal.SIGTERM)

    assert status == 0
    # The promise is for a machine with a core to spare; on a crowded one everything takes longer.
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert seconds <= 3.0 * crowd
    assert [child for child in children if child.is_running()] == []


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
        assert second.ask("{ __typename }").json() == {"data": {"__typename": "Query"}}
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
