"""Seeding: interrupted, completed, and left alone."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from graph.database import Graph
from graph.demo import seed, seed_if_empty
from graph.statements import Kind, Statement
from tests.demo.conftest import Demo, silent
from tests.demo.worlds import SMALL

pytestmark = pytest.mark.anyio


COUNT = Statement("test", Kind.READ, "MATCH (p:Party) RETURN count(p)")


class Interruption(Exception):
    """Stands for Ctrl-C between two batches."""


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_interrupted_seed_is_completed_with_its_own_arguments_at_the_next_start(
    demo: Demo, wipe_graph: Callable[[], Awaitable[None]], tmp_path: Path
):
    whole = await demo.state()
    await wipe_graph()
    truth = tmp_path / "truth.jsonl"

    def stop(stage: str, done: int, total: int) -> None:  # noqa: ARG001 - what a progress is told
        raise Interruption

    with pytest.raises(Interruption):
        await seed(demo.graph, people=SMALL.people, seed=SMALL.seed, truth=truth, progress=stop)
    assert 100 < len(await demo.state()) < len(whole) / 2
    assert not truth.exists()

    done = await seed_if_empty(demo.graph, people=2000, seed=1, truth=truth, progress=silent)

    assert done is not None
    assert done.nodes == demo.summary.nodes
    assert await demo.state() == whole
    assert truth.read_bytes() == demo.truth.read_bytes()
    assert names(tmp_path) == [truth.name]


async def test_a_graph_that_holds_a_party_is_left_alone(demo_graph: Graph, tmp_path: Path):
    [[parties]] = await demo_graph.run(COUNT)
    truth = tmp_path / "truth.jsonl"

    done = await seed_if_empty(demo_graph, people=60, seed=1, truth=truth, progress=silent)

    assert parties > 0
    assert done is None
    assert not truth.exists()
    assert await demo_graph.run(COUNT) == [[parties]]


@pytest.mark.full
async def test_two_thousand_people_take_at_most_a_minute(
    demo_graph: Graph, wipe_graph: Callable[[], Awaitable[None]], tmp_path: Path
):
    await wipe_graph()
    begun = time.monotonic()

    await seed(demo_graph, people=2000, seed=7, truth=tmp_path / "truth.jsonl", progress=silent)

    assert time.monotonic() - begun <= 60
