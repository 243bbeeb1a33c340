"""What a benchmark stands on: engines of its own, and a world in them."""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.connections import engine_config, graph_at
from api.settings import ROOT, Settings, load_settings
from bench import worlds
from graph.engines import Endpoints, open_engines
from graph.migrations import migrate
from graph.statements import Kind, Statement

LAYOUT = 1  # of the benchmark's data; a world of another layout is made again
_VERSION = Statement(
    "bench.version",
    Kind.READ,
    "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Running engines with a whole world in them.

    Attributes:
        people: Number of customers.
        endpoints: Where the engines answer.
        graph_pid: Process of the embedded Neo4j.
        settings: Those of the product, on the directories of this world.
        version: Of the graph.
    """

    people: int
    endpoints: Endpoints
    graph_pid: int
    settings: Settings
    version: str


def directory() -> Path:
    """Where worlds and fetched peers are kept: BENCH_DIR, else below the data directory."""
    return Path(os.environ.get("BENCH_DIR") or ROOT / ".data" / "bench").absolute()


def plain_environment() -> dict[str, str]:
    """The environment without settings that the developer made for other servers."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("C360_", "NEO4J_")) and name != "REDIS_URL"
    }


@contextmanager
def standing(people: int) -> Generator[Stage]:
    """Run the engines of a world; it is made once and kept for the next run."""
    home = directory() / f"world-{people}"
    settings = load_settings().model_copy(
        update={"data_dir": home, "neo4j_uri": None, "redis_url": None, "bolt_port": None}
    )
    marker = home / "world.json"
    said = {"layout": LAYOUT, "people": people}
    complete = marker.is_file() and json.loads(marker.read_text("utf-8")) == said
    if not complete:
        shutil.rmtree(home, ignore_errors=True)
    with open_engines(engine_config(settings), archive_after=None) as engines:
        if not complete:
            print(f"making a world of {people:,} customers", file=sys.stderr)
            started = time.monotonic()
            asyncio.run(_make(engines.endpoints, people))
            marker.write_text(json.dumps(said), "utf-8")
            print(f"made in {time.monotonic() - started:.0f} s", file=sys.stderr)
        else:
            asyncio.run(_migrated(engines.endpoints))
        pid = engines.pid("neo4j")
        if pid is None:
            raise SystemExit("The graph does not run: look into its log, then try again.")
        version = asyncio.run(_version(engines.endpoints))
        yield Stage(people, engines.endpoints, pid, settings, version)


def forget(stage: Stage) -> None:
    """Take away what a measurement wrote, so that the next one finds the same world."""

    async def run() -> None:
        async with graph_at(stage.endpoints) as graph:
            await worlds.forget(graph)

    asyncio.run(run())


async def _version(endpoints: Endpoints) -> str:
    async with graph_at(endpoints) as graph:
        ((found,),) = await graph.run(_VERSION)
        return str(found)


async def _migrated(endpoints: Endpoints) -> None:
    """Give a world of an earlier version the constraints and indexes of this one."""
    async with graph_at(endpoints) as graph:
        await migrate(graph)


async def _make(endpoints: Endpoints, people: int) -> None:
    """Let the product make its constraints and indexes, and fill the graph."""
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        await worlds.build(graph, people)


def cpu_seconds(pid: int) -> float:
    """CPU that a process and those below it have used."""
    found = 0.0
    for process in _family(pid):
        times = process.cpu_times()
        found += times.user + times.system
    return found


def resident_megabytes(pid: int) -> float:
    """Memory of a process and those below it."""
    return sum(process.memory_info().rss for process in _family(pid)) / 1e6


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
