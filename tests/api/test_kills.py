"""Acknowledged writes while servers and databases are killed: none is lost, none is done twice.

Starting a server takes long, so the test of the kills also looks at how a server ends: killed, it
leaves no engine behind; told to, it stops everything at once.
"""

import asyncio
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import psutil
import pytest

from api.connections import graph_at
from graph.engines import EngineConfig, attach
from graph.model.parties import PERSON
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from loaders.ids import encode_id
from tests.api.conftest import Place, Server, started

PARTIES = [f"00000000-0000-7000-8000-{number:012d}" for number in range(5)]
LOG = (
    "mutation ($input: InteractionLogInput!) "
    "{ interactionLog(input: $input) { interaction { id } userErrors { code } } }"
)
WRITTEN = Statement(
    "test.written",
    Kind.READ,
    """MATCH (i:Call) RETURN i.subject, count(*),
count { (i)<-[:PARTICIPATED_IN]-(:Person) },
count { MATCH (e:ChangeEvent {entity: i.id}) }""",
)


async def with_parties(place: Place) -> None:
    config = EngineConfig(data_dir=place.data_dir, cache_dir=place.cache_dir)
    endpoints = attach(config)
    assert endpoints is not None
    async with graph_at(endpoints) as graph:
        rows = [NodeRow((id_,), {"name": "Ana"}) for id_ in PARTIES]
        await write(graph, Batch([Nodes(PERSON, rows)]), Writer("tester"))


async def written(place: Place) -> list[list[Any]]:
    endpoints = attach(EngineConfig(data_dir=place.data_dir, cache_dir=place.cache_dir))
    assert endpoints is not None
    async with graph_at(endpoints) as graph:
        return await graph.run(WRITTEN)


async def acknowledged(place: Place, number: int, http: httpx.AsyncClient) -> str:
    """Ask for one write, again and again with the same key, until it is acknowledged."""
    party = encode_id("Person", PARTIES[number % len(PARTIES)])
    given = {
        "kind": "CALL",
        "subject": f"call {number}",
        "participants": [{"participantId": party, "role": "FROM"}],
        "clientMutationId": f"call {number}",
    }
    headers = {"Authorization": f"Bearer {place.token()}"}
    body = {"query": LOG, "variables": {"input": given}}
    while True:
        try:
            answer = await http.post("/graphql", json=body, headers=headers)
            payload = answer.json()["data"]["interactionLog"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            await asyncio.sleep(0.2)
            continue
        assert payload["userErrors"] == []
        return payload["interaction"]["id"]


async def write_all(place: Place, count: int) -> dict[str, str]:
    numbers, done = iter(range(count)), dict[str, str]()

    async def writer(http: httpx.AsyncClient) -> None:
        for number in numbers:
            done[f"call {number}"] = await acknowledged(place, number, http)
            await asyncio.sleep(0.02)

    async with httpx.AsyncClient(base_url=place.address, timeout=10) as http:
        await asyncio.gather(*(writer(http) for _ in range(8)))
    return done


def family(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children(recursive=True)


def kill_at_random(
    place: Place, first: Server, kills: list[str], seconds: float, stack: ExitStack
) -> Server:
    """Kill databases and servers in the order given; a server is started again, and returned."""
    draw = random.Random(7)
    running = first
    for what in kills:
        time.sleep(draw.uniform(0.5, 2.0))
        if what == "database":
            running.child("java").kill()
            recover(running, seconds)
        else:
            orphans = family(running)
            running.stop(signal.SIGKILL)
            _, alive = psutil.wait_procs(orphans, timeout=30)
            assert alive == []
            running = stack.enter_context(started(place, "serve"))
        running.wait()
    return running


def recover(server: Server, seconds: float) -> None:
    """Wait until a server whose database was killed says so, and that it has another."""
    began = time.monotonic()
    server.wait(503)
    server.wait()
    assert time.monotonic() - began <= seconds * crowd()


def crowd() -> float:
    """How many programs there are for each core, at least one: seconds are promised to one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def stop_in_time(server: Server) -> None:
    """Tell a server to stop: it does so within 3 s, and takes its engines with it."""
    children = family(server)
    status, seconds = server.stop(signal.SIGTERM)

    assert status == 0
    assert seconds <= 3.0 * crowd()
    assert [child for child in children if child.is_running()] == []


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("count", "kills", "seconds"),
    [
        # The promise is 20 s; a database that was just made finds its indexes not yet on disk.
        (60, ["database", "server"], 40.0),
        pytest.param(1_000, ["database", "server"] * 6, 20.0, marks=pytest.mark.full),
    ],
)
def test_what_is_acknowledged_is_done_once_whatever_is_killed_and_a_stop_is_quick(
    new_place: Any, count: int, kills: list[str], seconds: float
) -> None:
    place: Place = new_place("kills")
    with ExitStack() as stack:
        first = stack.enter_context(started(place, "serve"))
        first.wait()
        asyncio.run(with_parties(place))
        with ThreadPoolExecutor(1) as executor:
            killing = executor.submit(kill_at_random, place, first, kills, seconds, stack)
            done = asyncio.run(write_all(place, count))
            last = killing.result()
        found = asyncio.run(written(place))
        stop_in_time(last)
    assert len(done) == count
    assert sorted(found) == sorted([subject, 1, 1, 1] for subject in done)
