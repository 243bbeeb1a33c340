"""Pairs in a batch: of records that hardly say anything, and of crowds."""

import pytest

from graph.matching import linking
from graph.matching.evaluating import MODELS
from graph.matching.features import Row


def _person(given: str | None, family: str | None, email: str | None = None) -> Row:
    return (given, family, None, email, None, None, None, None, None)


def _pairs(rows: list[Row]) -> list[tuple[int, int]]:
    model = linking.load(MODELS / "person.json")
    found = linking.predict(model, linking.table("Person", rows), linking.connect("1GB", 2), 0.5)
    return [(each.left, each.right) for each in found]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="none"),
        pytest.param([_person(None, None)] * 2, id="nothing"),
        pytest.param([_person(None, "popescu")] * 2, id="a family name"),
        pytest.param([_person("ana", "popescu")] * 3, id="a name"),
    ],
)
def test_records_that_hardly_say_anything_make_no_pairs(rows: list[Row]) -> None:
    assert _pairs(rows) == []


def test_what_a_crowd_has_in_common_says_nothing() -> None:
    twice = [_person("ana", "popescu", "ana@popescu.example.org")] * 2
    crowd = [_person("ana", "popescu", f"ana{i}@example.org") for i in range(linking.CROWD)]

    assert _pairs([*twice, *crowd]) == [(0, 1)]
