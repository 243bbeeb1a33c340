"""Online and in a batch a pair gets the same weight, and a model that lacks something is none."""

import copy
import itertools
import time
from typing import Any

import orjson
import pytest

from graph.errors import InvalidInput
from graph.matching import linking
from graph.matching.evaluating import (
    JUDGED,
    MODELS,
    evaluator,
    probability,
    published,
    untrained,
)
from tests.matching import companies
from tests.matching.people import Row, records

_INVENTED = {"Person": records, "Company": companies.records}


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((MODELS / "person.json").read_bytes())
    return found


@pytest.mark.parametrize(
    ("count", "least"),
    [
        pytest.param(4_000, 2_000, id="some"),
        pytest.param(60_000, 30_000, id="many", marks=pytest.mark.full),
    ],
)
@pytest.mark.parametrize("label", sorted(JUDGED))
def test_a_pair_weighs_what_splink_says(label: str, count: int, least: int) -> None:
    rows = _INVENTED[label](count, 3).rows
    database = linking.connect("1GB", 2)
    model = linking.load(MODELS / f"{label.lower()}.json")
    pairs = linking.predict(model, linking.table(label, rows), database, 0.0)
    judge = published(label)
    # The batch knows how many records there are; how rare a pair is, is no part of the comparison.
    prior = pairs[0].weight - judge.weight(rows[pairs[0].left], rows[pairs[0].right])

    apart = [
        abs(judge.weight(rows[each.left], rows[each.right]) + prior - each.weight) for each in pairs
    ]
    chances = [abs(probability(each.weight) - each.probability) for each in pairs]

    assert len(pairs) >= least
    assert max(apart) < 1e-9
    assert max(chances) < 1e-9


def test_a_pair_takes_less_than_thirty_microseconds() -> None:
    rows = records(2_000, seed=4).rows
    judge = published("Person")
    judge.weight(rows[0], rows[1])

    best = 1.0
    for _ in range(3):
        began = time.perf_counter()
        for left, right in itertools.pairwise(rows):
            judge.weight(left, right)
        best = min(best, (time.perf_counter() - began) / (len(rows) - 1))

    assert best < 30e-6


def test_a_score_tells_what_it_found(model: dict[str, Any]) -> None:
    judge = evaluator(model, "Person", "person 1")
    row: Row = ["ana", "pop", "1980-01-02", "ana@example.org", None, None, None, None, "iasi"]
    other = ["anna", "pop", "1980-01-02", "pop@example.org", None, None, None, None, "iasi"]

    score = judge.score(tuple(row), tuple(other))

    found = {name: level.label for name, level in score.evidence.items()}
    assert found["given_name"] == "alike by 0.88"
    assert (found["surname"], found["birth_date"], found["email"], found["phone"]) == (
        "equal", "equal", "different", "missing",
    )  # fmt: skip
    weights = sum(level.weight for level in score.evidence.values())
    assert score.weight == pytest.approx(judge.prior + weights)
    assert score.probability == probability(score.weight)


@pytest.mark.parametrize("name", ["m_probability", "u_probability"])
def test_a_model_that_lacks_m_or_u_is_neither_used_nor_published(
    model: dict[str, Any], name: str, tmp_path: Any
) -> None:
    broken = copy.deepcopy(model)
    del broken["comparisons"][0]["comparison_levels"][1][name]

    assert untrained(model) == []
    assert untrained(broken) == ["given_name: equal"]
    with pytest.raises(InvalidInput, match="given_name: equal"):
        evaluator(broken, "Person", "x")
    with pytest.raises(InvalidInput):
        linking.save(broken, tmp_path / "model.json", "Person", "2")
    assert not (tmp_path / "model.json").exists()


def test_a_model_is_learned_without_labels_and_finds_who_is_one() -> None:
    made = records(8_000, seed=5)
    table = linking.table("Person", made.rows)
    database = linking.connect("1GB", 2)

    learned = linking.train("Person", table, database)
    pairs = linking.predict({"kind": "Person", **learned}, table, database, 0.5)

    right = [each for each in pairs if made.people[each.left] == made.people[each.right]]
    assert untrained(learned) == []
    assert len(right) / len(pairs) >= 0.98
    assert len(right) >= 1_500


def test_too_little_to_learn_from_is_said() -> None:
    rows = [("ana", "pop", *[None] * 7)] * 50
    with pytest.raises(InvalidInput, match="too little"):
        linking.train("Person", linking.table("Person", rows), linking.connect("1GB", 1))


def test_an_amount_of_memory_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="memory"):
        linking.connect("much", 1)


def test_only_pairs_with_a_fresh_record_are_sought_where_some_are(model: dict[str, Any]) -> None:
    rows = records(1_000, seed=6).rows
    fresh = [place % 10 == 0 for place in range(len(rows))]

    every = linking.predict(model, linking.table("Person", rows), linking.connect("1GB", 1), 0.1)
    some = linking.predict(
        model, linking.table("Person", rows, fresh), linking.connect("1GB", 1), 0.1
    )

    assert some
    assert {each[:2] for each in some} == {
        each[:2] for each in every if fresh[each.left] or fresh[each.right]
    }
