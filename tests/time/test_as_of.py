"""As of a moment: the answer is the one that was given then."""

from itertools import pairwise
from random import Random

import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.execution import Executor
from tests.time.histories import QUESTIONS, answers, history, moment

pytestmark = pytest.mark.anyio

WIPE = Statement("test.wipe", Kind.WRITE, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")


async def _agrees(
    graph: Graph, executor: Executor, seed: int, hours: int, questions: tuple[str, ...]
) -> None:
    await graph.run(WIPE)
    snapshots = await history(graph, executor, seed, hours, questions)
    changes = sum(one.answers != two.answers for one, two in pairwise(snapshots))
    assert changes >= 2
    minutes = Random(seed)
    for hour, snapshot in enumerate(snapshots):
        for asked in (snapshot.at, moment(hour, minutes.randrange(1, 60))):
            for then, found in zip(
                snapshot.answers, await answers(executor, questions, asked), strict=True
            ):
                assert found == then, (seed, asked)


async def test_an_answer_as_of_a_moment_is_the_snapshot_taken_then(
    connected: Graph, executor: Executor
) -> None:
    await _agrees(connected, executor, 7, 5, QUESTIONS[:3])


@pytest.mark.full
@pytest.mark.timeout(1_800)
async def test_answers_as_of_hundreds_of_moments_are_the_snapshots_taken_then(
    connected: Graph, executor: Executor
) -> None:
    for seed in range(100, 112):
        await _agrees(connected, executor, seed, 16, QUESTIONS)
