"""The order in which records arrive does not matter for certain rules, nor how they are batched."""

import itertools
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.database import Graph
from tests.identity.telling import WIPE
from tests.resolving.telling import arrive, ask, clusters, distinguish, says

pytestmark = pytest.mark.anyio

NAMES = ("Ana Pop", "Pop Ana", "Ion Rus", "Ana")
SAID = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES)},
    optional={
        "email": st.sampled_from(("a@x.org", "b@x.org", "test@test.org")),
        "phone": st.sampled_from(("+40712345678", "+40723456789")),
        "birthDate": st.sampled_from(("1980-01-01", "1990-01-01")),
    },
)


async def _check(graph: Graph, said: list[dict[str, Any]], seed: int) -> None:
    found: list[set[frozenset[str]]] = []
    rng = Random(seed)
    for _ in range(3):
        await graph.run(WIPE)
        rows = [says(i, **values) for i, values in enumerate(said)]
        rng.shuffle(rows)
        cut = rng.randrange(len(rows) + 1)
        for step, some in enumerate((rows[:cut], *([row] for row in rows[cut:]))):
            if some:
                await arrive(graph, *some, step=step)
        found.append(await clusters(graph))
    assert found[0] == found[1] == found[2]


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(said=st.lists(SAID, min_size=6, max_size=6), seed=st.integers(0, 1_000))
async def test_any_order_and_batching_gives_the_same_parties(
    graph: Graph, said: list[dict[str, Any]], seed: int
) -> None:
    await _check(graph, said, seed)


@pytest.mark.full
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(said=st.lists(SAID, min_size=6, max_size=6), seed=st.integers(0, 1_000))
async def test_any_order_and_batching_gives_the_same_parties_often(
    graph: Graph, said: list[dict[str, Any]], seed: int
) -> None:
    await _check(graph, said, seed)


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(SAID, min_size=5, max_size=5),
    told=st.lists(st.sampled_from([*itertools.combinations(range(3), 2)]), max_size=2, unique=True),
)
async def test_nothing_ever_joins_what_somebody_told_apart(
    graph: Graph, said: list[dict[str, Any]], told: list[tuple[int, int]]
) -> None:
    await graph.run(WIPE)
    rows = [says(i, **values) for i, values in enumerate(said)]
    resolver, graph.resolver = graph.resolver, None
    await arrive(graph, *rows[:3])
    for step, (one, other) in enumerate(told, 1):
        await distinguish(graph, one, other, step)
    graph.resolver = resolver

    for step, row in enumerate([*rows[3:], *rows[:3]], 5):
        row.properties["city"] = "Iași"  # so that the first three are looked at again
        await arrive(graph, row, step=step)

    # Where two who were told apart from a third are one, one of the two decisions waits.
    standing = await ask(graph, "MATCH (a)-[:NOT_SAME_AS]->(b) RETURN a.id = b.id")
    assert standing in ([[False]] * count for count in range(min(1, len(told)), len(told) + 1))
    for one, other in told:
        assert not any({str(one), str(other)} <= each for each in await clusters(graph))
