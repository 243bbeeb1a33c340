"""Stored operations: read at start, refused with one sentence, planned before readiness."""

from pathlib import Path

import pytest

from api.errors import ApiError
from api.operations import stored_operations


def write(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def test_a_document_comes_with_its_sets_of_variables(tmp_path: Path):
    write(tmp_path, "b.graphql", "query ($n: Int!) { customers(first: $n) { totalCount } }")
    write(tmp_path, "b.json", '[{"n": 1}, {"n": 2}]')
    write(tmp_path, "a.graphql", "{ __typename }")
    write(tmp_path, "notes.txt", "not an operation")

    found = stored_operations(tmp_path)

    assert [(each.name, each.variables) for each in found] == [
        ("a", ({},)),
        ("b", ({"n": 1}, {"n": 2})),
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.graphql": "{ nothingOfThisName }"}, "a.graphql does not fit the schema"),
        ({"a.graphql": "{"}, "a.graphql does not fit the schema"),
        ({"a.graphql": b"\xff{"}, "a.graphql or its variables cannot be read"),
        ({"a.graphql": "{ __typename }", "a.json": "{"}, "a.graphql or its variables"),
        ({"a.graphql": "{ __typename }", "a.json": "[1]"}, "a.json must hold a JSON object"),
        ({"a.graphql": "{ __typename }", "a.json": "[]"}, "a.json must hold a JSON object"),
    ],
)
def test_what_cannot_be_planned_is_named(tmp_path: Path, files: dict[str, str | bytes], said: str):
    for name, content in files.items():
        write(tmp_path, name, content)

    with pytest.raises(ApiError, match="^" + said) as caught:
        stored_operations(tmp_path)

    assert caught.value.code == "OPERATIONS_UNUSABLE"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ApiError, match="C360_OPERATIONS_DIR"):
        stored_operations(tmp_path / "absent")
