"""`python -m bench.rights`: what rights cost, each statement against itself without them.

Both texts come from one document: compiled for the viewer, and for staff whom nothing narrows. They
are sent in turns over one connection; the figure is the ratio of the medians.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.connections import graph_at
from bench import worlds
from bench.stage import directory, standing
from bench.viewers import FEW, LEAD, LONG, MANY, seat
from graph.database import Graph
from graph.engines import Endpoints
from graph.statements import Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA

WARM = 40
"""Turns of each statement before it is timed."""
OPEN = Viewer(Audience.STAFF, "https://bench.example", "nobody")
"""Staff of whom no rule is asked."""

_CUSTOMER_360 = """
query ($id: ID!) { node(id: $id) { ... on Person {
  id name lifecycle email city country
  companies(first: 5) { edges { title node { id name } } }
  interactions(first: 10) { edges { node { id at channel subject } } }
  orders(first: 10) { edges { node { id number at total { amount currency }
    lines(first: 20) { edges { line quantity node { id sku name } } } } } }
} } }
"""
_PAGE = "edges { cursor node { id name email city } }"
# The latest orders are all of one customer, whom neither partner sees.
_UNTIL = 'first: 20, until: "2023-01-11T00:00:00Z"'
_ORDER = "edges { cursor node { id number at total { amount currency } customer { id name } } }"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of whom it is asked, and what it may cost.

    Attributes:
        name: Its name in the table.
        text: The document.
        viewers: Who asks it.
        bound: How many times what it takes without rights it may take.
        given: Its variables; `after` means the cursor of the page before.
    """

    name: str
    text: str
    viewers: tuple[Viewer, ...]
    bound: float
    given: dict[str, Any]


_HEAD = "| question | who | without, ms | with, ms | ratio | at most |\n|---|---|---|---|---|---|"


_HEAD = "| question | who | without, ms | with, ms | ratio | at most |\n|---|---|---|---|---|---|"


def _person(number: int) -> str:
    return encode_id("Person", worlds.person(number))


PARTNERS, STAFF = (MANY, FEW), (LEAD,)
QUESTIONS = (
    Question("360", _CUSTOMER_360, (*PARTNERS, LEAD), 1.15, {"id": _person(800)}),
    Question("people by name", f"{{ people(first: 20) {{ {_PAGE} }} }}", PARTNERS, 1.8, {}),
    Question(
        "people by name, next page",
        f"query ($after: String) {{ people(first: 20, after: $after) {{ {_PAGE} }} }}",
        PARTNERS, 1.8, {"after": None},
    ),
    Question(
        "people by city",
        f"{{ people(first: 20, orderBy: [{{field: CITY}}]) {{ {_PAGE} }} }}",
        PARTNERS, 1.8, {},
    ),
    Question("orders by time", f"{{ orders({_UNTIL}) {{ {_ORDER} }} }}", PARTNERS, 1.8, {}),
    Question(
        "orders by time, next page",
        f"query ($after: String) {{ orders({_UNTIL}, after: $after) {{ {_ORDER} }} }}",
        PARTNERS, 1.8, {"after": None},
    ),
    Question("people of teams", f"{{ people(first: 20) {{ {_PAGE} }} }}", STAFF, 2.0, {}),
    Question("orders of teams", f"{{ orders({_UNTIL}) {{ {_ORDER} }} }}", STAFF, 2.0, {}),
    Question(
        "timeline of 3,000",
        "query ($id: ID!) { node(id: $id) { ... on Person { interactions(first: 20) "
        "{ edges { cursor node { id at channel subject } } } } } }",
        (*PARTNERS, LEAD), 1.3, {"id": _person(LONG)},
    ),
    Question(
        "search, 2,000 hits",
        'query { search(text: "01", first: 20, kinds: [PERSON]) '
        "{ edges { node { id ... on Person { name } } } } }",
        (*PARTNERS, LEAD), 1.3, {},
    ),
    Question(
        "path",
        "query ($from: ID!, $to: ID!) { path(from: $from, to: $to, maxHops: 4) "
        "{ nodes { id } } }",
        STAFF, 1.5, {"from": _person(1), "to": _person(2)},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """What one question cost one viewer, in milliseconds.

    Attributes:
        question: Which.
        viewer: Who asked.
        plain: Without rights.
        ruled: With them.
    """

    question: Question
    viewer: Viewer
    plain: float
    ruled: float

    @property
    def ratio(self) -> float:
        """How many times as long it took with rights."""
        return self.ruled / self.plain


class Asking:
    """Asks a graph the same with and without rights."""

    def __init__(self, graph: Graph, rounds: int) -> None:
        """Hold one executor for those whom rules narrow, one for whom nothing does."""
        self._graph, self._rounds = graph, rounds
        self._ruled = Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]
        self._ruled.narrowing.narrowed = True
        self._plain = Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]

    async def ask(self, question: Question, viewer: Viewer) -> Figure:
        """The medians of both, asked in turns."""
        both = [
            await self._sent(question, self._plain, OPEN),
            await self._sent(question, self._ruled, viewer),
        ]
        took: tuple[list[float], list[float]] = ([], [])
        for turn in range(self._rounds + WARM):
            for (statement, parameters), times in zip(both, took, strict=True):
                began = time.perf_counter()
                await self._graph.run(statement, parameters, timeout=120)
                if turn >= WARM:
                    times.append((time.perf_counter() - began) * 1_000)
        return Figure(question, viewer, *(statistics.median(each) for each in took))

    async def _sent(
        self, question: Question, executor: Executor, viewer: Viewer
    ) -> tuple[Statement, dict[str, Any]]:
        given = dict(question.given)
        if "after" in given:
            found = await executor.execute(question.text, given, None, viewer)
            assert isinstance(found, dict)
            [page] = found["data"].values()
            given["after"] = page["edges"][-1]["cursor"]
        [explained] = executor.explain(question.text, given, None, viewer)
        statement = getattr(explained, "statement", None)
        if not isinstance(statement, Statement):
            raise SystemExit(f"{question.name}: {explained}")
        return statement, explained.parameters  # pyright: ignore[reportAttributeAccessIssue]


async def measure(endpoints: Endpoints, names: list[str], rounds: int) -> list[Figure]:
    """Ask every chosen question for each of its viewers."""
    found: list[Figure] = []
    async with graph_at(endpoints) as graph:
        asking = Asking(graph, rounds)
        for question in QUESTIONS:
            if names and question.name not in names:
                continue
            for viewer in question.viewers:
                found.append(await asking.ask(question, viewer))
                print(_row(found[-1]), flush=True)
    return found


def _row(figure: Figure) -> str:
    bound = figure.question.bound
    told = "" if figure.ratio <= bound else " **over**"
    return (
        f"| {figure.question.name} | {figure.viewer.subject} | {figure.plain:.2f} "
        f"| {figure.ruled:.2f} | {figure.ratio:.2f} | {bound:g}{told} |"
    )


@contextmanager
def _apart() -> Iterator[None]:
    """Keep the world of rights beside those of the other measurements."""
    os.environ["BENCH_DIR"] = str(directory() / "rights")
    yield


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.rights", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="customers in the world")
    parser.add_argument("--rounds", type=int, default=60, help="turns of each statement")
    parser.add_argument("--only", action="append", default=[], help="names of questions")
    parser.add_argument("--seat", action="store_true", help="put those who ask there anew")
    chosen = parser.parse_args()
    with _apart(), standing(chosen.people) as stage:
        seated = directory() / "seated"
        if chosen.seat or not seated.exists():
            asyncio.run(_seat(stage.endpoints, chosen.people))
            seated.touch()
        print(_HEAD)
        asyncio.run(measure(stage.endpoints, chosen.only, chosen.rounds))
        print(f"\nload average {' '.join(f'{each:.2f}' for each in os.getloadavg())}")


async def _seat(endpoints: Endpoints, people: int) -> None:
    async with graph_at(endpoints) as graph:
        await seat(graph, people)


if __name__ == "__main__":
    main()
