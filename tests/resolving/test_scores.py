"""Weaker evidence: sure enough joins, less is proposed, still less is nothing."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import neo4j
import pytest

from graph.database import Graph
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.matching.resolving.scoring import Judgement
from graph.write.duplicates import ALIKE
from tests.resolving.telling import arrive, clusters, distinguish, id_of, proposed, rules, says

pytestmark = pytest.mark.anyio

COMPARED = ("name", "city", "postalCode", "street")


class Agreeing:
    """A quarter for each value that two records agree on who were born on the same day."""

    model = "agreeing 1"

    def keys(self, values: Mapping[str, Any]) -> Collection[str]:
        """The day of birth."""
        born = values.get("birthDate")
        return [f"born {born}"] if born else []

    def judge(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> Judgement:
        """The share of values that agree."""
        agreed = (left.get(name) is not None and left[name] == right.get(name) for name in COMPARED)
        return Judgement(sum(agreed) / len(COMPARED))


@pytest.fixture
def scoring(graph: Graph) -> Iterator[Graph]:
    graph.resolver = Resolving(Policy("auto", accept=0.95, review=0.5), {"Person": Agreeing()})
    yield graph
    graph.resolver = Resolving(Policy())


BORN = "1980-01-01"
HOME = {"city": "Iași", "postalCode": "700001", "street": "Lăpușneanu 1", "birthDate": BORN}


async def test_what_a_score_is_sure_of_joins(scoring: Graph) -> None:
    await arrive(scoring, says(1, **HOME))
    await arrive(scoring, says(2, **HOME), step=1)

    assert len(await clusters(scoring)) == 1
    assert await rules(scoring) == ["SCORE"]


async def test_what_a_score_doubts_is_proposed(scoring: Graph) -> None:
    await arrive(scoring, says(1, **HOME))
    await arrive(scoring, says(2, "Ion Rus", **{**HOME, "street": "Copou 2"}), step=1)

    assert len(await clusters(scoring)) == 2
    assert [row[2:] for row in await proposed(scoring)] == [["SCORE", 0.5]]


async def test_new_records_are_scored_among_themselves(scoring: Graph) -> None:
    await arrive(scoring, says(1, **HOME), says(2, **HOME), says(3, "Ion Rus", birthDate=BORN))

    assert await clusters(scoring) == {frozenset("12"), frozenset("3")}
    assert await proposed(scoring) == []


async def test_a_score_never_joins_what_was_told_apart(scoring: Graph) -> None:
    await arrive(scoring, says(1, **HOME), says(2, "Ion Rus", birthDate=BORN))
    await distinguish(scoring, 1, 2)

    await arrive(scoring, says(2, **HOME), step=3)

    assert len(await clusters(scoring)) == 2
    assert await proposed(scoring) == []


async def test_a_known_record_that_comes_to_look_alike_is_only_proposed(scoring: Graph) -> None:
    await arrive(scoring, says(1, **HOME), says(2, "Ion Rus", birthDate=BORN))

    await arrive(scoring, says(2, **HOME), step=3)

    assert len(await clusters(scoring)) == 2
    [[left, right, rule, score]] = await proposed(scoring)
    assert {left, right} == {id_of(1), id_of(2)}
    assert (rule, score) == ("SCORE", 1.0)


async def test_candidates_are_sought_by_index(graph: Graph, driver: neo4j.AsyncDriver) -> None:
    await arrive(graph, says(1))
    parameters = {"p": {"rows": [], "kind": "PERSON", "most": 1}}
    async with driver.session() as session:
        result = await session.run("EXPLAIN " + ALIKE.text, parameters)
        plan = str((await result.consume()).plan)

    assert "NodeByLabelScan" not in plan
    assert plan.count("NodeIndexSeek") >= 4
