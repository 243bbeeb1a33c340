"""Mappings that cannot be used: each problem names its line of the YAML."""

from decimal import Decimal
from pathlib import Path

import pytest

from graph.imports import MappingRefused, committed_mappings, load_mapping
from graph.imports.functions import FUNCTIONS, as_text, build

GOOD = """source: s
nodes:
  person:
    label: Person
    key: Id
    properties:
      name: Name
"""


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(MappingRefused) as caught:
        load_mapping(path)
    return str(caught.value)


def test_every_committed_mapping_and_the_example_can_be_used(tmp_path: Path):
    (tmp_path / "mapping.yaml").write_text(GOOD)
    example = Path(__file__).resolve().parents[2] / "docs" / "examples" / "contacts.yaml"

    assert load_mapping(tmp_path / "mapping.yaml").spec.source == "s"
    assert load_mapping(example).spec.nodes
    assert all(load_mapping(Path(name)).spec.nodes for name in committed_mappings())


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("label: Person", "label: Human", 4, "no kind of node"),
        ("label: Person", "lable: Person", 4, "Extra inputs"),
        ("label: Person", "label: Job", 4, "no kind of node"),
        ("name: Name", "nmae: Name", 7, "has no property"),
        ("name: Name", "id: Name", 7, "has no property"),
        ("name: Name", "name: {column: Name, do: [shout]}", 7, "is no function"),
        ("name: Name", "name: {column: Name, do: [money(XXQ)]}", 7, "not an ISO 4217"),
        ("name: Name", "name: {column: Name, do: [local_time(Mars/Base)]}", 7, "IANA time zone"),
        ("name: Name", "name: {column: Name, constant: 3}", 7, "exactly one of"),
        ("name: Name", "name: {column: Name, keep: sum}", 7, "added up"),
        ("name: Name", "name: Name\n      name: Other", 8, "a second time"),
        ("key: Id", "key: {column: Id, when: {column: Id, matches: '('}}", 5, "regular expression"),
        ("key: Id", "key: &a Id\n    when: *a", 6, "anchors"),
        ("key: Id", "keys: {kind: Id}", 3, "needs key"),
        ("source: s", "source: s\nencoding: utf-16", 2, "save UTF-16 files as UTF-8"),
        ("source: s", "source: s\nlinks:\n  - {type: FOR, start: x, end: person}", 3, "none of"),
        (
            "source: s",
            "source: s\nlinks:\n  - {type: FOR, start: person, end: person}",
            3,
            "does not lead from",
        ),
        ("nodes:", "nodes: [", 4, "is not YAML"),
    ],
)
def test_a_problem_names_its_line(tmp_path: Path, old: str, new: str, line: int, says: str):
    message = refused(tmp_path, GOOD.replace(old, new))

    assert f"Line {line}" in message
    assert says in message


def test_a_missing_an_empty_and_a_binary_mapping_are_refused(tmp_path: Path):
    with pytest.raises(MappingRefused, match="cannot be read"):
        load_mapping(tmp_path / "none.yaml")

    assert "empty" in refused(tmp_path, "")
    assert "Line 2 is not UTF-8" in refused(tmp_path, b"source: s\nnodes: \xff\n")
    assert "control character" in refused(tmp_path, b"source: s\x07\n")
    assert "nested" in refused(tmp_path, "a: " + "[" * 5_000 + "]" * 5_000)


def test_norway_is_not_false_and_a_quoted_number_is_text(tmp_path: Path):
    path = tmp_path / "mapping.yaml"
    table = "{column: C, table: {Norway: NO, 'Yes': 'true', Off: off}}"
    path.write_text(GOOD + f"      country: {table}\n")

    loaded = load_mapping(path).spec.nodes["person"].properties["country"]

    assert loaded.table == {"Norway": "NO", "Yes": "true", "Off": "off"}


def test_every_function_is_documented():
    text = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text()

    assert [name for name in FUNCTIONS if f"`{name}" not in text] == []


@pytest.mark.parametrize(
    ("call", "given", "result"),
    [
        ("money(GBP)", "1.005", 101),
        ("money(GBP)", "-1.005", -101),
        ("money(JPY)", "1.5", 2),
        ('decimal(",")', "1.234,50", "1234.5"),
        ("local_time(Europe/London)", "2011-10-30 01:30:00", "2011-10-30T00:30:00.000Z"),
        ("local_time(UTC, %d/%m/%Y %H:%M)", "02/01/2026 03:04", "2026-01-02T03:04:00.000Z"),
        ('replace(",", ";")', "a,b", "a;b"),
        ("replace(a)", "banana", "bnn"),
        ("country", "united kingdom", "GB"),
        ("split(;)", "a; b;;", ("a", "b")),
        ("null_if(n/a, -)", "N/A", None),
        ("excel_day", "45000", "2023-03-15"),
    ],
)
def test_a_function_does_what_its_documentation_says(call: str, given: str, result: object):
    _, step = build(call)
    found = step(given)

    assert (as_text(found) if isinstance(found, Decimal) else found) == result
