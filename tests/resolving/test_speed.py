"""How fast records are resolved while there are many parties."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

import pytest

from graph.database import Graph
from graph.matching.judging import judges
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.matching.resolving.scoring import remember
from graph.write import Batch, NodeRow, Nodes, Writer, write
from graph.write.unit import Unit
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
    chance = Random(person)
    values = {
        "name": _name(person),
        "email": f"p{person}@example.org",
        "phone": f"+4072{person * 7 + 1_000_003:07}",
        "birthDate": f"{chance.randrange(1940, 2005)}-{chance.randrange(1, 13):02}-"
        f"{chance.randrange(1, 29):02}",
        "street": f"{chance.randrange(1, 150)} {_name(chance.randrange(2_000))} Street",
        "postalCode": f"{chance.randrange(10_000, 11_000)}",
    }
    return NodeRow((source, str(number)), values)


Each = TypeVar("Each")


def _portions(rows: Sequence[Each], size: int) -> Iterator[list[Each]]:
    for start in range(0, len(rows), size):
        yield [*rows[start : start + size]]


@dataclass
class Remember:
    """A step of a batch that keeps what records are found by, which were written without."""

    rows: list[list[Any]]

    async def apply(self, unit: Unit) -> None:
        """Keep it."""
        await remember(unit, judges()["Person"], [(row[0], row[1]) for row in self.rows])


async def _rate(graph: Graph, source: str, first: int, *, alike: bool) -> float:
    """Let records arrive, every fifth of somebody who is there; how many a second.

    Half of those are known by what is alike alone, where that is said.
    """
    arriving = [
        _row(source, i, person=(first + i) * 13 if i % 5 == 0 else PARTIES * first + i)
        for i in range(ARRIVALS)
    ]
    for row in arriving[::10] if alike else ():
        row.properties["email"] = f"other{row.key[1]}@example.org"
        del row.properties["phone"]
    started = time.perf_counter()
    for rows in _portions(arriving, 500):
        await write(graph, Batch([Nodes(PERSON, rows)]), Writer("tester"))
    return ARRIVALS / (time.perf_counter() - started)


async def test_three_hundred_records_a_second_are_resolved(graph: Graph) -> None:
    graph.resolver = None
    for rows in _portions([_row("crm", i, person=i) for i in range(PARTIES)], 2_000):
        await write(graph, Batch([Nodes(PERSON, rows)]), Writer("tester"))

    graph.resolver = Resolving(Policy())
    by_rules = await _rate(graph, "shop", 1, alike=False)
    known = await ask(graph, "MATCH (s:SourceRecord) RETURN id(s), properties(s)")
    for rows in _portions(known, 2_000):
        await write(graph, Batch([], steps=[Remember(rows)]), Writer("tester"))
    graph.resolver = Resolving(Policy(), judges())
    by_model = await _rate(graph, "desk", 2, alike=True)

    merged = await ask(graph, "MATCH ()-[x:MERGED_INTO]->() RETURN x.rule, count(x)")
    print(f"{by_rules:.0f} and {by_model:.0f} a second, {merged}")  # noqa: T201 - what it is run for
    assert sum(count for _, count in merged) == 2 * ARRIVALS // 5
    assert min(by_rules, by_model) >= 300
