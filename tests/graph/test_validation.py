"""What a source says is brought to one form or refused, and never repeated in the refusal."""

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import MODEL
from graph.model.kinds import Node, Property, Purpose, Type
from graph.write import Problem, validate, validate_many

PERSON, COMPANY = MODEL.by_label["Person"], MODEL.by_label["Company"]
CONTAINS = MODEL.by_type["CONTAINS"]

EVERYTHING = Node(
    "Everything",
    "One property of every type.",
    tuple(
        Property(kind.value, kind, "…", values=("A", "B") if kind is Type.ENUM else ())
        for kind in Type
    ),
    Purpose.OPERATION,
)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("STRING", "  Ana  ", "Ana"),
        ("TEXT", "two\nlines", "two\nlines"),
        ("INTEGER", "42", 42),
        ("INTEGER", 2**63 - 1, 2**63 - 1),
        ("FLOAT", "1.5", 1.5),
        ("BOOLEAN", "true", True),
        ("DATETIME", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z"),
        ("DATETIME", "2026-11-22T10:00:00.123456+02:00", "2026-11-22T08:00:00.123Z"),
        ("DATE", "2026-11-22", "2026-11-22"),
        ("MONEY", 1234, 1234),
        ("CURRENCY", " eur", "EUR"),
        ("COUNTRY", "fr", "FR"),
        ("LANGUAGE", "ro_RO", "ro-RO"),
        ("URL", "https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("EMAIL", "Ana@EXAMPLE.org", "Ana@example.org"),
        ("PHONE", "+33 1 23 45 67 89", "+33123456789"),
        ("ENUM", "B", "B"),
        ("STRINGS", ["a", " b "], ["a", "b"]),
        ("JSON", {"b": 1, "a": [2]}, '{"a":[2],"b":1}'),
        ("JSON", "[1]", "[1]"),
    ],
)
def test_each_type_has_one_form(kind: str, written: Any, kept: Any):
    assert validate(EVERYTHING, {kind: written}) == {kind: kept}
    assert validate(EVERYTHING, {kind: None}) == {kind: None}


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("STRING", "x" * 1_001, "TOO_LONG"),
        ("STRING", "two\nlines", "NOT_ONE_LINE"),
        ("STRING", "\ud800", "INVALID_TEXT"),
        ("STRING", 5, "NOT_TEXT"),
        ("TEXT", "x" * 100_001, "TOO_LONG"),
        ("TEXT", "\x00", "NOT_ONE_LINE"),
        ("INTEGER", 2**63, "OUT_OF_RANGE"),
        ("INTEGER", "9" * 30, "OUT_OF_RANGE"),
        ("INTEGER", "9" * 5_000, "OUT_OF_RANGE"),
        ("INTEGER", 1.5, "NOT_A_NUMBER"),
        ("INTEGER", "many", "NOT_A_NUMBER"),
        ("MONEY", -(2**63) - 1, "OUT_OF_RANGE"),
        ("FLOAT", float("nan"), "OUT_OF_RANGE"),
        ("FLOAT", "inf", "OUT_OF_RANGE"),
        ("FLOAT", "much", "NOT_A_NUMBER"),
        ("BOOLEAN", "perhaps", "NOT_A_BOOLEAN"),
        ("DATETIME", "2026-11-22T10:00:00", "NOT_A_TIME"),
        ("DATETIME", "0001-01-01T00:00:00+14:00", "NOT_A_TIME"),
        ("DATETIME", 5, "NOT_A_TIME"),
        ("DATE", "2026-02-30", "NOT_A_DAY"),
        ("DATE", "2026-11-22T10:00:00", "NOT_A_DAY"),
        ("CURRENCY", "EURO", "NOT_ALLOWED"),
        ("COUNTRY", "ZZ", "NOT_ALLOWED"),
        ("COUNTRY", "250", "NOT_ALLOWED"),
        ("LANGUAGE", "not a language", "NOT_A_LANGUAGE"),
        ("URL", "ftp://example.org", "NOT_A_URL"),
        ("URL", "https://", "NOT_A_URL"),
        ("URL", "http://[", "NOT_A_URL"),
        ("EMAIL", "ana@", "NOT_AN_EMAIL"),
        ("PHONE", "0123456789", "NOT_A_PHONE"),
        ("PHONE", "+33 1", "NOT_A_PHONE"),
        ("ENUM", "C", "NOT_ALLOWED"),
        ("STRINGS", ["x"] * 101, "TOO_LONG"),
        ("STRINGS", "abc", "NOT_A_LIST"),
        ("JSON", "{", "NOT_JSON"),
        ("unknown", "x", "UNKNOWN_PROPERTY"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_code(kind: str, written: Any, code: str):
    problems = validate(EVERYTHING, {kind: written})

    assert isinstance(problems, list)
    assert [(each.property.split(".")[0], each.code) for each in problems] == [(kind, code)]


def test_every_problem_of_a_row_is_found():
    row = {"email": "a@", "phone": "1", "country": "XX", "size": 1}

    problems = validate(PERSON, row)

    assert isinstance(problems, list)
    assert {each.property for each in problems} == {"name", "email", "phone", "country", "size"}


def test_required_properties_are_asked_for_when_creating_and_never_taken_away():
    missing = [Problem("name", "REQUIRED", "is required")]

    assert validate(PERSON, {}) == missing
    assert validate(PERSON, {"name": None}) == missing
    assert validate(PERSON, {}, creating=False) == {}
    assert validate(PERSON, {"name": None}, creating=False) == missing
    assert isinstance(validate(PERSON, {"name": " "}), list)


def test_the_recorded_interval_of_a_relationship_is_not_for_rows():
    for name in ("recordedFrom", "recordedTo", "via"):
        problems = validate(CONTAINS, {name: "2026"}, creating=False)
        assert isinstance(problems, list)
        assert problems[0].code == "UNKNOWN_PROPERTY"


@given(st.dictionaries(st.sampled_from([*Type, "other"]), st.text(max_size=30) | st.none()))
def test_whatever_is_written_is_kept_or_refused_without_being_repeated(row: dict[str, Any]):
    result = validate(EVERYTHING, row)

    if isinstance(result, dict):
        assert validate(EVERYTHING, result) == result
        return
    for problem in result:
        value = row[problem.property]
        assert problem.message
        if value is not None and len(value) > 9:
            assert value not in problem.message


def test_order_lines_are_checked_faster_than_they_can_be_written():
    row = {"line": 1, "quantity": 2.0, "unitPrice": 3, "currency": "GBP", "amount": 6}
    rows = [dict(row) for _ in range(20_000)]

    start = perf_counter()
    results = validate_many(CONTAINS, rows)

    assert len(rows) / (perf_counter() - start) > 50_000  # 600,000 on an idle machine
    assert results[-1] == row
