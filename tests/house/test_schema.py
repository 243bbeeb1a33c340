"""The committed schema is the one the code declares, and it says what everything means."""

from collections.abc import Iterator

import pytest
from graphql import build_schema
from graphql.type import is_introspection_type, is_specified_scalar_type

from graph.audiences import Audience
from resolvers.schema import sdl
from tests.house.tree import ROOT


def _described() -> Iterator[tuple[str, str | None]]:
    """Everything in the schema that must be described, and its description."""
    schema = build_schema(sdl())
    for name, type_ in schema.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield name, type_.description
        for key, value in getattr(type_, "values", {}).items():
            yield f"{name}.{key}", value.description
        for key, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{key}", field.description
            for argument, declared in getattr(field, "args", {}).items():
                yield f"{name}.{key}({argument})", declared.description


def test_schema_graphql_is_what_the_code_declares():
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")

    assert committed == sdl(), "run: .venv/bin/python -m api schema > schema.graphql"


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER])
def test_what_is_shown_to_the_outside_is_what_the_code_declares(audience: Audience):
    committed = (ROOT / f"docs/schema/{audience.value}.graphql").read_text(encoding="utf-8")

    assert committed == sdl(audience), "run: make schema, and read what changed"


def test_everything_in_the_schema_is_described_by_a_sentence():
    poor = [
        place
        for place, description in _described()
        if not description or not description.endswith(".") or " " not in description.strip()
    ]

    assert poor == []


def test_no_description_only_repeats_the_name():
    def words(text: str) -> str:
        return "".join(each for each in text.lower() if each.isalnum())

    repeating = [
        place
        for place, description in _described()
        if words(description or "") == words(place.rpartition(".")[2])
    ]

    assert repeating == []
