"""An import that is killed at any moment goes on, and ends where an undisturbed one ends."""

import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph.engines import Endpoints

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
LINES = 2_400
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
CHILD = """
import asyncio, sys
from pathlib import Path
from graph.database import Graph
from graph.imports import batches, import_file, load_mapping, reading

batches.NODES_PER_BATCH, batches.LINKS_PER_BATCH = 20, 100
reading.AT_ONCE = reading.TELL_EVERY = 400
uri, user, database, file, report = sys.argv[1:6]

async def main():
    async with Graph(uri, user, sys.stdin.readline().strip(), database) as graph:
        await import_file(
            graph, Path(file), load_mapping(Path("online_retail")), report=Path(report),
            progress=lambda moment: print(moment.phase, moment.done, flush=True),
        )

asyncio.run(main())
"""


def lines() -> str:
    """Return the lines of 240 invoices of 60 customers."""
    chance = random.Random(7)
    rows = [
        f"{number // 10},{10_000 + chance.randrange(80)},ITEM,{1 + chance.randrange(9)},"
        f"2011-{1 + number // 240:02}-05 10:00:00,{chance.randrange(900) / 100},"
        f"{number // 40},France"
        for number in range(LINES)
    ]
    return HEADER + "\n".join(rows) + "\n"


def import_and_kill(endpoints: Endpoints, file: Path, report: Path, signs: int) -> str:
    """Import in a process of its own, kill it after so many signs of progress; return the last."""
    command = [sys.executable, "-c", CHILD, endpoints.neo4j_uri, endpoints.neo4j_user]
    command += [endpoints.neo4j_database, str(file), str(report)]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(endpoints.neo4j_password + "\n")
        child.stdin.flush()
        last = ""
        for _ in range(signs):
            last = child.stdout.readline() or last
        child.kill()
    return last.strip()


async def test_killed_imports_go_on_without_redoing_what_was_finished_and_lose_nothing(
    importer: Callable[..., Any],
    content: Callable[[], Awaitable[list[Any]]],
    query: Callable[..., Awaitable[list[Any]]],
    wipe_graph: Callable[[], Awaitable[None]],
    endpoints: Endpoints,
    tmp_path: Path,
):
    await importer(lines(), Path("online_retail"), name="whole.csv")
    undisturbed = await content()
    await wipe_graph()
    file, report = tmp_path / "whole.csv", tmp_path / "work" / "refused.jsonl"

    # 7 signs of reading, then 29 of finished batches; what was read is not read again.
    for signs in (random.Random().randrange(1, 8), 12, random.Random().randrange(2, 12)):
        import_and_kill(endpoints, file, report, signs)
    standing = await query("MATCH (j:Job {kind: 'IMPORT'}) RETURN j.state, j.done")
    resumed = await importer(file, Path("online_retail"))

    assert [state for state, _ in standing] == ["RUNNING"]
    assert resumed.resumed
    tallies = (*resumed.nodes.values(), *resumed.links.values())
    done = sum(tally.created + tally.unchanged for tally in tallies)
    assert done == (await query("MATCH (j:Job) RETURN j.total"))[0][0] - standing[0][1]
    assert await content() == undisturbed
    assert await query("MATCH (j:Job) RETURN j.state") == [["DONE"]]
    assert not list((tmp_path / "work").glob("*.staging*"))


async def test_a_finished_import_that_runs_again_repairs_what_was_lost_since(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]], tmp_path: Path
):
    await importer(lines(), Path("online_retail"), name="whole.csv")
    await query("MATCH (o:Order {number: '7'}) DETACH DELETE o")

    again = await importer(tmp_path / "whole.csv", Path("online_retail"))

    assert again.nodes["Order"].created == 1
    assert again.links["CONTAINS"].created == 10
    assert again.links["CONTAINS"].unchanged == LINES - 10
