"""Answers of different servers are compared in one form before anything is timed."""

import pytest

from bench.answers import Different, common, compare
from loaders.ids import encode_id

OURS = {
    "data": {
        "customer": {
            "id": encode_id("Person", "p-1"),
            "companies": {"edges": [{"title": "Buyer", "node": {"id": "c-1", "name": "Acme"}}]},
            "orders": {
                "edges": [
                    {
                        "node": {
                            "total": {"amount": "12.50", "currency": "EUR"},
                            "lines": {
                                "edges": [
                                    {
                                        "unitPrice": {"amount": 3.1, "currency": "EUR"},
                                        "node": {"sku": "A"},
                                    }
                                ]
                            },
                        }
                    }
                ]
            },
        }
    }
}
THEIRS = {
    "data": {
        "people": [
            {
                "id": "p-1",
                "companiesConnection": {
                    "edges": [
                        {"properties": {"title": "Buyer"}, "node": {"id": "c-1", "name": "Acme"}}
                    ]
                },
                "orders": [
                    {
                        "total": 1250,
                        "currency": "EUR",
                        "linesConnection": {
                            "edges": [
                                {
                                    "properties": {"unitPrice": 310, "currency": "EUR"},
                                    "node": {"sku": "A"},
                                }
                            ]
                        },
                    }
                ],
            }
        ]
    }
}


def test_the_same_answer_in_two_dialects_is_equal_in_the_common_form():
    assert common(OURS) == common(THEIRS)
    assert common(OURS)["orders"][0] == {
        "total": [1250, "EUR"],
        "lines": [{"unitPrice": [310, "EUR"], "sku": "A"}],
    }


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ([{"a": 1}, {"a": 3}], r"\[1\]\.a: 2 and 3"),
        ([{"a": 2}, {"a": 1}], r"\[0\]\.a"),
        ([{"a": 1}], "2 rows and 1"),
        ([{"a": 1}, {"b": 2}], "fields"),
    ],
)
def test_a_difference_is_refused_and_its_place_named(other: object, place: str):
    with pytest.raises(Different, match=f"question: theirs differs from ours at .*{place}"):
        compare("question", {"ours": [{"a": 1}, {"a": 2}], "theirs": other})


def test_an_answer_with_errors_or_with_nothing_in_it_is_not_timed():
    with pytest.raises(Different, match="no answer"):
        common({"data": {"customer": None}, "errors": [{"message": "No."}]})
    with pytest.raises(Different, match="found nothing"):
        compare("question", {"ours": [], "theirs": []})
