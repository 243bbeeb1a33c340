"""docs/demo.md: its queries stay valid, and they find what it tells."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from graph.demo.stories.cast import COMPANIES, PEOPLE
from resolvers.schema import SCHEMA

DOCUMENT = Path(__file__).parents[2] / "docs" / "demo.md"
QUERIES = re.findall(r"```graphql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("query", QUERIES)
def test_the_queries_of_the_stories_name_only_what_exists(query: str):
    assert validate(SCHEMA._schema, parse(query)) == []


def test_the_page_tells_of_all_three_stories_and_whom_they_are_about():
    told = set(re.findall(r"story-[a-z-]+", DOCUMENT.read_text(encoding="utf-8")))

    assert len(QUERIES) == 3
    assert {company.code for company in COMPANIES} - told == {"story-norda-systems"}
    assert told <= {each.code for each in (*COMPANIES, *PEOPLE)}
