"""The SQL of a model's conditions means the same in Python."""

import duckdb
import pytest

from graph.errors import InvalidInput
from graph.matching.comparisons import LINKAGES
from graph.matching.conditions import FUNCTIONS, python_of
from graph.matching.features import FEATURES

COLUMNS = ("a", "b")
VALUES = (None, "a", "ana", "anna", "nana", "ana maria", "maria", "martha", "marhta")


@pytest.mark.parametrize(
    "condition",
    [
        '"a_l" IS NULL OR "a_r" IS NULL',
        '"a_l" = "b_r" AND ("a_r" = "b_l" OR "b_l" IS NULL)',
        'jaro_winkler_similarity("a_l", "a_r") >= 0.88',
        'jaro_winkler_similarity("a_l", "b_r") < 0.7 AND "a_l" = "a_l"',
        'damerau_levenshtein("a_l", "b_r") <= 2',
        'starts_with("a_l", "a_r") = true OR starts_with("a_r", "a_l") = false',
    ],
)
def test_a_condition_holds_where_duckdb_says_so(condition: str) -> None:
    text = python_of(condition, COLUMNS)
    mine, theirs = [], []
    rows = [(a, b) for a in VALUES for b in VALUES[::3]]
    pairs = [(left, right) for left in rows for right in rows]
    for left, right in pairs:
        mine.append(bool(eval(text, dict(FUNCTIONS), {"l": left, "r": right})))  # noqa: S307 - ours
    with duckdb.connect() as database:
        database.execute("CREATE TABLE p (a_l TEXT, b_l TEXT, a_r TEXT, b_r TEXT, n INT)")
        told = [[*left, *right, place] for place, (left, right) in enumerate(pairs)]
        database.executemany("INSERT INTO p VALUES (?, ?, ?, ?, ?)", told)
        query = f"SELECT coalesce({condition}, false) FROM p ORDER BY n"  # noqa: S608 - ours
        theirs = [row[0] for row in database.execute(query).fetchall()]

    assert mine == theirs
    assert {True, False} <= set(mine)


@pytest.mark.parametrize(
    "condition",
    [
        '"c_l" = "a_r"', '"a_l" =', "a_l = a_r", 'NOT "a_l" = "a_r"', '"a_l" = "a_r"; DROP TABLE p',
        'exec("a_l", "a_r") = true', '"a_l" = "a_r" "b_l"', '("a_l" = "a_r"', "",
        'jaro_winkler_similarity("a_l", "a_r")', 'damerau_levenshtein("a_l", "a_r") <= "b_l"',
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(condition: str) -> None:
    with pytest.raises(InvalidInput):
        python_of(condition, COLUMNS)


@pytest.mark.parametrize("label", LINKAGES)
def test_every_condition_that_we_write_is_understood(label: str) -> None:
    conditions = [
        level["sql_condition"]
        for comparison in LINKAGES[label].comparisons
        for level in comparison["comparison_levels"]
    ]

    for condition in conditions:
        assert condition == "ELSE" or python_of(condition, FEATURES[label].columns)
