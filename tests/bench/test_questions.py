"""The questions are well-formed in every dialect, and this server's are valid in its schema."""

from pathlib import Path

import orjson
import pytest
from graphql import build_schema, parse, validate

from bench.questions import QUESTIONS, Dialect, Question

ROOT = Path(__file__).resolve().parents[2]
ASKED = [(question, dialect) for question in QUESTIONS for dialect in question.texts]


@pytest.mark.parametrize(
    ("question", "dialect"), ASKED, ids=[f"{each.name}-{dialect}" for each, dialect in ASKED]
)
def test_a_question_is_one_operation_and_each_body_names_a_customer_that_exists(
    question: Question, dialect: Dialect
):
    assert len(parse(question.texts[dialect]).definitions) == 1

    for body in question.bodies(dialect, people=200):
        assert orjson.loads(body)["variables"]["id"]
    assert all(number < 200 for number in question.customers)


def test_what_this_server_is_asked_is_valid_in_its_schema():
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    texts = [each.texts["customer360"] for each in QUESTIONS if "customer360" in each.texts]

    assert len(texts) >= 5
    assert [validate(schema, parse(text)) for text in texts] == [[]] * len(texts)
