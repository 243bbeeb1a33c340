"""Files that cannot be used as a whole change nothing; single bad rows are refused and reported."""

import gzip
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.imports import FileRefused
from graph.imports.errors import Refusal
from graph.imports.files import Source
from graph.imports.mapping import MappingSpec
from graph.imports.rows import open_rows

pytestmark = pytest.mark.anyio

MAPPING = """source: test
nodes:
  person:
    label: Person
    key: Id
    properties:
      name: Name
      birthDate: {column: Born, do: [date]}
"""
HEADER = "Id,Name,Born\n"
SPEC = MappingSpec.model_validate({"source": "s", "nodes": {"n": {"label": "Person", "key": "Id"}}})
Query = Callable[..., Awaitable[list[Any]]]
Refusals = Callable[[], list[dict[str, Any]]]


def read(path: Path, spec: MappingSpec = SPEC) -> list[Any]:
    with open_rows(Source(path, spec.format), spec, ["Id", "Name"]) as rows:
        return list(rows.each)


def codes(rows: list[Any]) -> list[tuple[int, str]]:
    return [(row.row, row.code) if isinstance(row, Refusal) else (row[0], "") for row in rows]


@pytest.mark.parametrize(
    ("content", "name", "code", "says"),
    [
        (b"", "input.csv", "EMPTY_FILE", "empty"),
        (b"\n\n", "input.csv", "EMPTY_FILE", "empty"),
        (HEADER.encode(), "input.csv", "NO_ROWS", "no rows"),
        (b"Id,Name,Name\n1,a,b\n", "input.csv", "DUPLICATE_COLUMN", "Columns 2 and 3"),
        (b"Id,,Born\n1,a,b\n", "input.csv", "EMPTY_COLUMN", "Column 2"),
        (b"Id,Nom,Born\n1,a,\n", "input.csv", "UNKNOWN_COLUMN", "'Name'"),
        (b"Id,Name,Born,More\n1,a,,x\n", "input.csv", "UNKNOWN_COLUMN", "'More'"),
        (b"Id,Name,Born\n1,a,\n2,\xe9t\xe9,\n", "input.csv", "WRONG_ENCODING", "Line 3"),
        ("Id,Name,Born\n1,a,\n".encode("utf-16"), "input.csv", "WRONG_ENCODING", "UTF-16"),
        (
            gzip.compress(b"Id,Name,Born\n1,a,\n" * 999, mtime=0)[:-20],
            "a.csv.gz",
            "DAMAGED_FILE",
            "damaged",
        ),
        (b"Id,Name,Born\n1,a,\n", "a.csv.gz", "DAMAGED_FILE", "damaged"),
        (b"no zip", "a.xlsx", "DAMAGED_FILE", "no XLSX"),
        (b"Id,Name,Born\n1,a,\n", "a.parquet", "WRONG_FORMAT", "csv, jsonl or xlsx"),
        (b'"' + b"x" * 200_000, "input.csv", "BAD_HEADER", "Line 1"),
    ],
)
async def test_a_file_that_cannot_be_used_is_refused_and_changes_nothing(
    importer: Callable[..., Any], query: Query, content: bytes, name: str, code: str, says: str
):
    with pytest.raises(FileRefused, match=says) as caught:
        await importer(content, MAPPING, name=name)

    assert caught.value.code == code
    assert await query("MATCH (n:Person|Job) RETURN count(n)") == [[0]]


async def test_another_encoding_is_read_when_the_mapping_names_it(
    importer: Callable[..., Any], query: Query
):
    await importer(
        f"{HEADER}1,Zoé,\n".encode("cp1252"), MAPPING.replace("nodes:", "encoding: cp1252\nnodes:")
    )

    assert await query("MATCH (p:Person) RETURN p.name") == [["Zoé"]]


async def test_bad_rows_are_refused_with_reasons_and_without_values_and_the_others_go_in(
    importer: Callable[..., Any], query: Query, refusals: Refusals
):
    rows = "1,Ann,1990-01-01\n2,Secret,tomorrow\n,Hidden,\n4,Dan\n5,Eve,1991-02-03\n6,,\n"

    summary = await importer(HEADER + rows, MAPPING)

    assert (summary.rows, summary.refused) == (6, 4)
    assert [(each["row"], each["column"], each["code"]) for each in refusals()] == [
        (3, "Born", "NOT_A_DATE"),
        (4, "Id", "MISSING_KEY"),
        (5, None, "WRONG_CELL_COUNT"),
        (7, "Name", "REQUIRED"),
    ]
    assert not any(word in str(refusals()) for word in ("Secret", "tomorrow", "Hidden", "Dan"))
    assert await query("MATCH (p:Person) RETURN p.name ORDER BY p.name") == [["Ann"], ["Eve"]]


async def test_rows_that_contradict_each_other_over_a_unique_key_are_all_refused(
    importer: Callable[..., Any], query: Query, refusals: Refusals
):
    strict = MAPPING.replace("key: Id", "key: Id\n    unique: strict")
    rows = "1,Ann,\n2,Bob,\n1,Anna,\n2,Bob,\n"

    summary = await importer(HEADER + rows, strict)

    assert summary.refused == 2
    assert [(each["row"], each["code"]) for each in refusals()] == [
        (2, "CONTRADICTION"),
        (4, "CONTRADICTION"),
    ]
    assert "Rows 2 and 4" in refusals()[0]["message"]
    assert await query("MATCH (p:Person) RETURN p.name") == [["Bob"]]


async def test_a_product_whose_sku_another_source_has_is_refused_and_the_others_go_in(
    importer: Callable[..., Any], query: Query, refusals: Refusals
):
    products = """source: {source}
nodes:
  product:
    label: Product
    key: Id
    properties: {{sku: Sku, name: Name}}
"""
    await importer("Id,Sku,Name\n1,A,x\n", products.format(source="one"))

    summary = await importer(
        "Id,Sku,Name\n7,B,y\n8,A,z\n9,C,w\n", products.format(source="two"), name="two.csv"
    )

    assert summary.refused == 1
    assert [(each["row"], each["code"]) for each in refusals()] == [(3, "CONFLICT")]
    assert await query("MATCH (p:Product) RETURN p.sku ORDER BY p.sku") == [["A"], ["B"], ["C"]]


async def test_a_link_to_a_node_that_is_not_there_is_reported(
    importer: Callable[..., Any], refusals: Refusals
):
    notes = """source: test
nodes:
  person: {label: Person, key: Id, reference: true}
  note:
    label: Note
    key: Number
    properties:
      at: {column: At, do: [local_time(UTC)]}
      channel: {constant: INTERNAL}
links:
  - {type: PARTICIPATED_IN, start: person, end: note, properties: {role: {constant: SUBJECT}}}
"""
    await importer(f"{HEADER}1,Ann,\n", MAPPING)

    summary = await importer(
        "Number,Id,At\nn1,1,2026-01-02 10:00\nn2,2,2026-01-02 11:00\n", notes, name="notes.csv"
    )

    assert summary.nodes["Note"].created == 2
    assert summary.links["PARTICIPATED_IN"].created == 1
    assert [(each["row"], each["code"]) for each in refusals()] == [(3, "MISSING_END")]


def test_a_huge_line_is_refused_in_bounded_memory_and_the_next_one_is_read(tmp_path: Path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"Id,Name\n1,a\n2,")
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b"\n3,c\n")

    rows = read(path)

    assert codes(rows) == [(2, ""), (3, "LINE_TOO_LONG"), (4, "")]
    assert rows[2] == (4, ["3", "c"])


def test_a_lone_quote_is_reported_with_its_lines_and_reading_goes_on(tmp_path: Path):
    path = tmp_path / "quote.csv"
    lines = "".join(f"{i},name {i}\n" for i in range(20_000))
    path.write_text(f'Id,Name\n1,"open\n{lines}')

    found = codes(read(path))

    assert found[0] == (2, "BAD_CSV")
    assert 0 < len(found) < 20_000


def test_json_lines_are_flattened_and_numbers_stay_as_written(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"Id": 1.10, "Name": null}\n[1]\n\n{"Id": 1, "Id": 2}\n{"Id": {"x": 1}}\n'
        '{"Id": NaN}\n' + "[" * 100_000 + '\n{"Id": ["a", "b"], "Name": true}\n'
    )

    rows = read(path)

    assert rows[0] == (1, ["1.10", ""])
    assert codes(rows)[1:] == [
        (2, "BAD_JSON"), (4, "BAD_JSON"), (5, "UNKNOWN_COLUMN"), (6, "BAD_JSON"), (7, "BAD_JSON"),
        (8, ""),
    ]  # fmt: skip
    assert rows[-1] == (8, [("a", "b"), "true"])


def test_a_packed_json_lines_file_is_read(tmp_path: Path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"Id": 1, "Name": "x"}\n'))

    assert read(path) == [(1, ["1", "x"])]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("People", 0)
    sheet.append(["Id", "Name"])
    sheet.append([1, datetime(2026, 1, 2, 3, 4, 5)])  # noqa: DTZ001 - sheets have no zones
    sheet.append([2.5, datetime(2026, 1, 2)])  # noqa: DTZ001
    sheet.append([3, "=A2+1"])
    sheet.append([4, "#REF!"])
    sheet.append([5, "x", "lost"])
    sheet.append([6, None])
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_dates_of_a_sheet_become_iso_and_formulas_without_a_value_are_refused(workbook: Path):
    rows = read(workbook)

    assert rows[0] == (2, ["1", "2026-01-02 03:04:05"])
    assert rows[1] == (3, ["2.5", "2026-01-02"])
    assert codes(rows)[2:] == [
        (4, "FORMULA_WITHOUT_VALUE"), (5, "CELL_ERROR"), (6, "WRONG_CELL_COUNT"), (7, ""),
    ]  # fmt: skip


def test_a_sheet_that_is_not_there_is_named(workbook: Path):
    with pytest.raises(FileRefused, match="'Orders'"):
        read(workbook, SPEC.model_copy(update={"sheet": "Orders"}))
