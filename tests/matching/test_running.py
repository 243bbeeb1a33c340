"""A batch of matching over a graph: who is one is merged, who may be is proposed."""

from collections.abc import Sequence
from typing import Any

import pytest

from graph.database import Graph
from graph.identity.merging import Unmerge
from graph.matching import linking
from graph.matching.evaluating import MODELS, published
from graph.matching.pairs import Pair
from graph.matching.reading import Read
from graph.matching.resolving.policy import Policy
from graph.matching.running import Matching, Report
from graph.write import Batch, Nodes, Writer, write
from tests.resolving.telling import PERSON, ask, clusters, distinguish, id_of, proposed, rules, says
from tests.resolving.telling import arrive as said

pytestmark = pytest.mark.anyio

HOME = {"street": "12 Rue des Lilas", "postalCode": "75011", "city": "Paris"}
BORN = {"birthDate": "1980-01-02"}
ANA = {"name": "Ana Pop", "givenName": "Ana", "familyName": "Pop"}
EVA = {"name": "Eva Lupescu", "givenName": "Eva", "familyName": "Lupescu"}


def predict(read: Read, least: float) -> Sequence[Pair]:
    """What the model that comes along finds, in DuckDB."""
    table = linking.table("Person", read.rows, read.fresh)
    model = linking.load(MODELS / "person.json")
    return linking.predict(model, table, linking.connect("1GB", 1), least)


def pairwise(read: Read, least: float) -> Sequence[Pair]:
    """What the same model finds, one pair after the other."""
    judge = published("Person")
    found: list[Pair] = []
    for right, row in enumerate(read.rows):
        for left, other in enumerate(read.rows[:right]):
            score = judge.score(other, row)
            if score.probability >= least and (read.fresh[left] or read.fresh[right]):
                found.append(Pair(left, right, score.weight, score.probability))
    return found


async def run(
    graph: Graph, mode: Any = "auto", *, full: bool = True, dry_run: bool = False,
    by: Any = pairwise, review: float = 0.0001,
) -> Report:  # fmt: skip
    stages: list[tuple[str, int, int]] = []

    def progress(stage: str, done: int, total: int) -> None:
        stages.append((stage, done, total))

    policy = Policy(mode, 0.95, review)
    matching = Matching(graph, "Person", "person 1", by, policy, progress, dry_run=dry_run)
    report = await matching.run(full=full)
    assert all(done <= total for _, done, total in stages if total)
    return report


async def people(graph: Graph) -> None:
    """Ana twice for sure, once more perhaps, and somebody else."""
    rows = (
        says(1, **ANA, **HOME, **BORN, email="ana@example.org"),
        says(2, **ANA, **BORN, email="ana@example.org", source="shop"),
        says(3, **ANA, city="Paris", source="desk"),
        says(4, **EVA, **BORN, email="eva@example.org"),
    )
    for step, row in enumerate(rows):
        await said(graph, row, step=step)


async def test_who_is_one_is_merged_and_who_may_be_is_proposed(graph: Graph) -> None:
    await people(graph)

    report = await run(graph)

    assert await clusters(graph) == {frozenset("12"), frozenset("3"), frozenset("4")}
    assert await rules(graph) == ["SCORE"]
    assert [row[:3] for row in await proposed(graph)] == [[*sorted([id_of(1), id_of(3)]), "SCORE"]]
    assert (report.records, report.clusters, report.merged, report.proposed) == (4, 1, 1, 1)
    assert report.largest == [(2, id_of(1))]
    [[actor, score]] = await ask(graph, "MATCH ()-[x:MERGED_INTO]->() RETURN x.decidedBy, x.score")
    assert actor == "match|person 1"
    assert score >= 0.95


async def test_the_batch_in_duckdb_finds_the_same(graph: Graph) -> None:
    await people(graph)

    report = await run(graph, by=predict, review=0.5)

    assert frozenset("12") in await clusters(graph)
    assert report.merged >= 1


async def test_a_dry_run_says_the_same_and_changes_nothing(graph: Graph) -> None:
    await people(graph)

    would = await run(graph, dry_run=True)
    assert len(await clusters(graph)) == 4
    assert await proposed(graph) == []
    assert await ask(graph, "MATCH (r:MatchRun) RETURN r") == []

    report = await run(graph)
    assert (would.merged, would.proposed) == (report.merged, report.proposed)
    assert would.largest == report.largest


async def test_a_cautious_run_joins_nobody(graph: Graph) -> None:
    await people(graph)

    report = await run(graph, "review")

    assert len(await clusters(graph)) == 4
    assert (report.merged, report.proposed) == (0, 3)


async def test_what_was_told_apart_stays_apart(graph: Graph) -> None:
    await people(graph)
    await distinguish(graph, 1, 2)

    report = await run(graph)

    assert len(await clusters(graph)) == 4
    assert (report.merged, report.apart) == (0, 1)
    assert sorted([id_of(1), id_of(2)]) not in [row[:2] for row in await proposed(graph)]


async def test_what_was_taken_apart_is_not_merged_again(graph: Graph) -> None:
    await people(graph)
    await run(graph)
    [[record]] = await ask(graph, "MATCH (s:SourceRecord {externalId: '2'}) RETURN s.id")
    await write(graph, Batch([], steps=[Unmerge(id_of(1), [record])]), Writer("tester"))

    await run(graph)

    assert len(await clusters(graph)) == 4


async def test_the_next_run_looks_at_what_changed_and_finds_the_rest_done(graph: Graph) -> None:
    await people(graph)
    await run(graph)
    again = await run(graph, full=False)
    assert (again.fresh, again.pairs, again.merged) == (0, 0, 0)

    row = says(5, **EVA, **BORN, email="eva@example.org", source="web")
    await write(graph, Batch([Nodes(PERSON, [row])]), Writer("tester"))
    report = await run(graph, full=False)

    assert (report.records, report.fresh, report.merged) == (5, 1, 1)
    assert frozenset("45") in await clusters(graph)


async def test_another_model_looks_at_everything(graph: Graph) -> None:
    await people(graph)
    await run(graph)
    policy = Policy("auto", 0.95, 0.5)
    other = Matching(graph, "Person", "person 2", pairwise, policy, lambda *_: None)

    assert (await other.run(full=False)).full


async def test_a_merge_that_is_refused_leaves_the_others(graph: Graph) -> None:
    await people(graph)
    await said(
        graph,
        says(6, **EVA, **BORN, email="eva@example.org", source="web"),
    )

    def while_one_is_archived(read: Read, least: float) -> Sequence[Pair]:
        found = pairwise(read, least)
        read.ids[read.ids.index(id_of(2))] = id_of("archived since it was read")
        return found

    report = await run(graph, by=while_one_is_archived)

    assert (report.merged, report.gone) == (1, 1)
    assert len(await clusters(graph)) == 4
