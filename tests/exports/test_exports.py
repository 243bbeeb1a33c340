"""Exports: what is in the file is what the list shows, and no spreadsheet runs it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph.database import Graph
from graph.errors import InvalidInput
from graph.exports import Folder, Format
from graph.jobs import Run
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from loaders.execution import Executor
from loaders.exporting import Asked, export, exporter, kinds, parameters, reading
from loaders.viewer import Audience, Viewer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("orders")]

STAFF = Viewer(Audience.STAFF, "test", "ana")
PARTNER = Viewer(Audience.PARTNER, "test", "pat")
COUNT = 250


@pytest.fixture
async def orders(graph: Graph) -> None:
    """Write 250 orders of one person."""
    person = Nodes(MODEL.by_label["Person"], [NodeRow(("crm", "ana"), {"name": '=HYPERLINK("x")'})])
    rows = [
        NodeRow(
            ("shop", str(i)),
            {
                "number": f"N{i:03}",
                "at": f"2026-01-{1 + i % 28:02}T00:00:00Z",
                "status": "PLACED" if i % 2 else "SHIPPED",
                "total": 12_345 + i,
                "currency": "EUR",
                "note": ['plain, "quoted"\nline', "-1+1|cmd", "@SUM(A1)", "+33 1 23"][i % 4],
            },
        )
        for i in range(COUNT)
    ]
    links = [LinkRow(("shop", str(i)), ("crm", "ana"), {}) for i in range(COUNT)]
    order, to = MODEL.by_label["Order"], MODEL.by_type["FOR"]
    batch = Batch([person, Nodes(order, rows), Links(to, order, MODEL.by_label["Person"], links)])
    await write(graph, batch, Writer("tester"))


COLUMNS = ("number", "status", "total.amount", "total.currency", "note", "customer.name")


def asked(format_: Format, **more: Any) -> Asked:
    return Asked("orders", format_, columns=COLUMNS, **more)


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_a_csv_holds_every_row_once_and_reads_back(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.csv"
    told: list[int] = []

    async def progress(rows: int) -> None:
        told.append(rows)

    done = await export(executor, STAFF, asked(Format.CSV), path, progress)

    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == list(COLUMNS)
    assert done.rows == len(rows) == len({row[0] for row in rows}) == COUNT
    assert done.bytes == path.stat().st_size
    assert {tuple(row[2:4]) for row in rows if row[0] == "N000"} == {("123.45", "EUR")}
    assert path.read_bytes().count(b"\r\n") == COUNT + 1
    assert names_in(tmp_path) == [path.name]


async def test_no_cell_begins_as_a_formula_does(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.csv"

    await export(executor, STAFF, asked(Format.CSV), path)

    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert {cell for cell in cells if cell[:1] in set("=+-@\t\r")} == {"+33 1 23"}
    assert {"'-1+1|cmd", "'@SUM(A1)", '\'=HYPERLINK("x")'} <= set(cells)


async def test_a_sheet_holds_numbers_as_numbers_and_text_as_text(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.xlsx"

    await export(executor, STAFF, asked(Format.XLSX), path)

    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows())
    assert len(rows) == COUNT + 1
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    assert {row[5].value for row in rows[1:]} == {'\'=HYPERLINK("x")'}


async def test_jsonl_has_a_line_for_each_row_with_the_values_as_they_are(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.jsonl"

    await export(executor, STAFF, asked(Format.JSONL), path)

    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) == COUNT
    assert {row["customer.name"] for row in rows} == {'=HYPERLINK("x")'}


async def test_a_filter_and_an_order_are_those_of_the_list(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.jsonl"
    wanted = asked(
        Format.JSONL,
        filter={"status": {"eq": "PLACED"}},
        order_by=[{"field": "NUMBER", "direction": "DESC"}],
    )

    done = await export(executor, STAFF, wanted, path)

    numbers = [json.loads(line)["number"] for line in path.read_text("utf-8").splitlines()]
    assert done.rows == COUNT // 2
    assert numbers == sorted(numbers, reverse=True)


async def test_whoever_sees_nothing_exports_nothing(
    executor: Executor,
    tmp_path: Path,
):
    done = await export(executor, PARTNER, asked(Format.CSV), tmp_path / "none.csv")

    assert done.rows == 0


async def test_a_byte_order_mark_is_written_only_when_asked_for(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.csv"

    await export(executor, STAFF, asked(Format.CSV, bom=True), path)
    marked = path.read_bytes()[:3]
    await export(executor, STAFF, asked(Format.CSV), path)

    assert marked == b"\xef\xbb\xbf"
    assert path.read_bytes()[:6] == b"number"


async def test_what_cannot_be_exported_is_refused_and_leaves_no_file(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.csv"

    for wrong, sentence in (
        (Asked("secrets", Format.CSV), "There is no such list"),
        (Asked("orders", Format.CSV, columns=("numbr",)), "A column names no value"),
        (Asked("orders", Format.CSV, columns=("lines.edges",)), "A column names no value"),
        (asked(Format.CSV, filter={"numbr": {"eq": "1"}}), "numbr"),
    ):
        with pytest.raises(InvalidInput, match=sentence):
            await export(executor, STAFF, wrong, path)

    assert names_in(tmp_path) == []


def test_every_list_can_be_exported_with_its_plain_columns(executor: Executor):
    for kind in kinds(executor.schema):
        read = reading(executor.schema, Asked(kind, Format.CSV))

        planned = executor.plan(read.document, {"after": None, "filter": None}, None)

        assert not isinstance(planned, list), kind
        assert "id" in read.columns


async def test_the_writer_of_text_quotes_as_rfc_4180_asks(
    executor: Executor,
    tmp_path: Path,
):
    path = tmp_path / "orders.csv"

    await export(executor, STAFF, Asked("orders", Format.CSV, columns=("note",)), path)

    assert b'"plain, ""quoted""\nline"\r\n' in path.read_bytes()
    assert len(list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))) == COUNT + 1


JOB = "0b0b0b0b-0000-7000-8000-00000000000e"


def _run(graph: Graph, *, recorded: bool) -> Run:
    """An export of orders as a worker of its own process gets it."""
    values = parameters(asked(Format.CSV), STAFF, recorded=recorded)
    return Run(graph, JOB, "EXPORT", None, values, None, 1, "holder")


@pytest.mark.parametrize("recorded", [True, False])
async def test_a_worker_of_its_own_records_whose_data_it_writes_where_that_is_done(
    executor: Executor, graph: Graph, tmp_path: Path, recorded: bool
):
    done = await exporter(executor, Folder(tmp_path))(_run(graph, recorded=recorded))

    assert done["rows"] == COUNT
    assert executor.readings is None
    actors = [["test|ana", '=HYPERLINK("x")']] if recorded else []
    assert await graph.run(SAW) == actors


async def test_a_worker_of_its_own_obeys_the_rules_of_staff(
    executor: Executor, graph: Graph, tmp_path: Path
):
    await graph.run(RULE)

    done = await exporter(executor, Folder(tmp_path))(_run(graph, recorded=True))

    assert done["rows"] == 0


SAW = Statement(
    "test.exports.saw", Kind.READ, "MATCH (a:DataAccess)-[:SAW]->(p) RETURN a.actor, p.name"
)
RULE = Statement(
    "test.exports.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', parties: 'ASSIGNED', interactions: 'ALL', active: true})",
)
