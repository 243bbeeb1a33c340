"""`python -m bench.writes`: how fast the one write path is, by import, relay and mutations.

Runs on engines of its own with an empty graph, and prints a line for each figure: what it does to
the graph is gone with the directory. Ratios are taken in one run, turn by turn.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import redis.asyncio

from api.cache import cache_at
from api.connections import engine_config, graph_at
from api.settings import load_settings
from graph.database import Graph
from graph.engines import Endpoints, open_engines
from graph.imports import Summary, import_file, load_mapping
from graph.migrations import migrate
from graph.model.parties import PERSON
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from loaders import stream
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.relay import Relay
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
STAFF = Viewer(Audience.STAFF, "bench", "bench")
LOG = """mutation ($input: InteractionLogInput!) { interactionLog(input: $input) {
  interaction { id } userErrors { code } } }"""
BARE = Statement(
    "bench.bare",
    Kind.WRITE,
    """MATCH (p:Company {id: $company})
CREATE (i:Interaction:Call {id: $id, at: $at, channel: 'PHONE', direction: 'INBOUND',
  subject: $subject, body: $subject, version: 1, createdAt: $at, changedAt: $at})
CREATE (p)-[:PARTICIPATED_IN {role: 'FROM', recordedFrom: $at, recordedTo: '9999'}]->(i)
RETURN i.id""",
)
COMPANY = Statement("bench.company", Kind.READ, "MATCH (p:Company) RETURN p.id LIMIT 1")
WAITING = Statement("bench.waiting", Kind.READ, "MATCH (e:Outbox) RETURN count(e)")
SEQUENTIAL, TURNS, AT_ONCE = 40, 8, 64
WARM = 10_000
"""Mutations before any is timed: the JVM compiles what it runs often."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.writes", description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000, help="rows of the imported file")
    rows: int = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings().model_copy(
            update={"data_dir": Path(folder) / "data", "neo4j_uri": None, "redis_url": None}
        )
        with open_engines(engine_config(settings), archive_after=None) as engines:
            asyncio.run(_measure(engines.endpoints, Path(folder), rows))


async def _measure(endpoints: Endpoints, folder: Path, rows: int) -> None:
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        await _importing(graph, folder, rows)
        cache = cache_at(endpoints.redis_url)
        try:
            await _relaying(graph, cache)
        finally:
            await cache.aclose()
        await _mutating(graph)


def _told(name: str, figure: str) -> None:
    load = os.getloadavg()[0]
    print(f"{name:44}{figure:>24}   load {load:.1f}", flush=True)


async def _importing(graph: Graph, folder: Path, rows: int) -> None:
    """A file of order lines: the first portion warms the plans, and the rest counts."""
    mapping = load_mapping(Path("online_retail"))

    async def once(name: str, first: int, count: int) -> float:
        file = folder / name
        with file.open("w") as out:
            out.write(HEADER)
            out.writelines(_line(n) for n in range(first, first + count))
        began = time.perf_counter()
        summary: Summary = await import_file(graph, file, mapping, report=folder / f"{name}.jsonl")
        if summary.refused:
            raise SystemExit(f"{summary.refused} rows were refused: this measures nothing.")
        return count / (time.perf_counter() - began)

    await once("warm.csv", 0, WARM)
    _told("import, new rows/s", f"{await once('new.csv', WARM, rows):,.0f}")
    _told("import, unchanged rows/s", f"{await once('again.csv', WARM, rows):,.0f}")


def _line(n: int) -> str:
    return (
        f"{536_000 + n // 20},{10_000 + n % 3_000},ITEM {n % 3_000},{1 + n % 9},"
        f"2011-05-05 10:00:00,{1 + n % 3_000 / 100},{12_000 + n // 60},France\n"
    )


async def _relaying(graph: Graph, cache: redis.asyncio.Redis) -> None:
    """What the import left in the outbox at once, then one change after the other."""
    [[waiting]] = await graph.run(WAITING)
    relay = Relay(graph, cache)
    while (done := relay.seq) < waiting / 2 and await relay.step():
        pass
    began = time.perf_counter()
    while await relay.step():
        pass
    rate = (relay.seq - done) / (time.perf_counter() - began)
    _told("relay, events/s, the second half", f"{rate:,.0f}")
    running = asyncio.create_task(relay.run())
    waker = stream.Waker(cache)
    waits: list[float] = []
    for n in range(150):
        last = await stream.last(cache)
        row = NodeRow(("bench", "one"), {"name": f"One {n}"})
        await write(graph, Batch([Nodes(PERSON, [row])]), Writer("bench"))
        began = time.perf_counter()
        waker.wake()
        while not await stream.read(cache, last, 100, 1):
            pass
        waits.append((time.perf_counter() - began) * 1_000)
    running.cancel()
    _told("commit to stream, p50 ms", f"{statistics.median(waits[50:]):.1f}")


async def _mutating(graph: Graph) -> None:
    """One mutation against one bare statement that creates the same, alone and 64 at once."""
    executor = Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]
    [[company]] = await graph.run(COMPANY)
    made = iter(range(10**9))

    async def mutate() -> None:
        who = {"participantId": encode_id("Company", company), "role": "FROM"}
        given = {"kind": "CALL", "subject": f"No {next(made)}", "participants": [who]}
        answer: Any = await executor.execute(LOG, {"input": given}, None, STAFF)
        if "errors" in answer or answer["data"]["interactionLog"]["userErrors"]:
            raise SystemExit(f"It was refused: {answer}")

    async def bare() -> None:
        n = next(made)
        values = {"company": company, "id": f"bare-{n}", "at": "2026-01-01T00:00:00.000Z"}
        await graph.run(BARE, values | {"subject": f"No {n}"})

    for _ in range(30):
        await mutate()
        await bare()
    alone = await _turns(mutate, bare, 1)
    _told("interactionLog alone, against a bare write", f"{alone:.2f} x its time")
    await _at_once(mutate, AT_ONCE, WARM)
    together = await _turns(mutate, bare, AT_ONCE)
    _told("the same, 64 at once", f"{together:.2f} x its time")
    began = time.perf_counter()
    await _at_once(mutate, AT_ONCE, WARM)
    rate = WARM / (time.perf_counter() - began)
    _told("interactionLog in process, 64 at once, /s", f"{rate:,.0f}")


async def _turns(
    one: Callable[[], Awaitable[None]], other: Callable[[], Awaitable[None]], at_once: int
) -> float:
    """The time of one as a multiple of the other's, median of turns that alternate."""
    ratios: list[float] = []
    for _ in range(TURNS):
        seconds: list[float] = []
        for each in (one, other):
            began = time.perf_counter()
            await _at_once(each, at_once, SEQUENTIAL * min(at_once, 10))
            seconds.append(time.perf_counter() - began)
        ratios.append(seconds[0] / seconds[1])
    return statistics.median(ratios)


async def _at_once(each: Callable[[], Awaitable[None]], at_once: int, count: int) -> None:
    left = iter(range(count))

    async def some() -> None:
        for _ in left:
            await each()

    await asyncio.gather(*(some() for _ in range(at_once)))


if __name__ == "__main__":
    main()
