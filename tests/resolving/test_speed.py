"""How fast records are resolved while there are many parties."""

import time
from collections.abc import Iterator

import pytest

from graph.database import Graph
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.write import Batch, NodeRow, Nodes, Writer, write
from tests.resolving.telling import PERSON, ask

pytestmark = [pytest.mark.anyio, pytest.mark.full]

PARTIES = 100_000
ARRIVALS = 3_000
SYLLABLES = ("an", "bo", "ce", "di", "el", "fa", "go", "hu", "io", "ka")


def _name(number: int) -> str:
    return " ".join(
        "".join(SYLLABLES[int(digit)] for digit in part).title()
        for part in (f"{number % 1000:03}", f"{number // 1000:03}")
    )


def _row(source: str, number: int, *, person: int) -> NodeRow:
    values = {
        "name": _name(person),
        "email": f"p{person}@example.org",
        "phone": f"+4072{person * 7 + 1_000_003:07}",
    }
    return NodeRow((source, str(number)), values)


def _portions(rows: list[NodeRow], size: int) -> Iterator[list[NodeRow]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def test_three_hundred_records_a_second_are_resolved(graph: Graph) -> None:
    graph.resolver = None
    for rows in _portions([_row("crm", i, person=i) for i in range(PARTIES)], 2_000):
        await write(graph, Batch([Nodes(PERSON, rows)]), Writer("tester"))
    graph.resolver = Resolving(Policy())
    # Every fifth is of somebody who is there.
    arriving = [
        _row("shop", i, person=i * 31 if i % 5 == 0 else PARTIES + i) for i in range(ARRIVALS)
    ]

    started = time.perf_counter()
    for rows in _portions(arriving, 500):
        await write(graph, Batch([Nodes(PERSON, rows)]), Writer("tester"))
    rate = ARRIVALS / (time.perf_counter() - started)

    [[merged]] = await ask(graph, "MATCH ()-[x:MERGED_INTO]->() RETURN count(x)")
    print(f"{rate:.0f} records a second")  # noqa: T201 - the figure is what the test is run for
    assert merged == ARRIVALS // 5
    assert rate >= 300, f"{rate:.0f} records a second"
