"""The media type of an answer, by the rules of GraphQL over HTTP."""

import pytest

from api.negotiation import accepts_html, negotiate
from api.refusals import GRAPHQL_JSON, JSON, Refusal


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        ("application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json, application/json", GRAPHQL_JSON),
        ("application/json, application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json; q=0.5, application/json", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_JSON),
        ("application/json;q=0, */*", GRAPHQL_JSON),
        ("application/json, */*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("text/html,,application/json", JSON),
    ],
)
def test_the_answer_has_the_type_the_caller_likes_best(accept: str | None, expected: str):
    assert negotiate(accept) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "*/*;q=0", "application/json;q=0", "*/*;q=much"]
)
def test_a_caller_that_accepts_neither_type_is_refused(accept: str):
    with pytest.raises(Refusal) as caught:
        negotiate(accept)

    assert (caught.value.status, caught.value.code) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [(None, True), ("text/html,*/*;q=0.8", True), ("application/json", False), ("*/*", True)],
)
def test_a_page_is_for_callers_that_can_show_one(accept: str | None, expected: bool):
    assert accepts_html(accept) is expected
