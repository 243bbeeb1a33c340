"""The real file with the committed mapping."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytestmark = pytest.mark.anyio

ORDERS = "MATCH (d:Order)-[l:CONTAINS]->() RETURN count(DISTINCT d), count(l), sum(l.amount)"
CREDITS = "MATCH (d:CreditNote)-[l:CONTAINS]->() RETURN count(DISTINCT d), count(l), sum(l.amount)"
NET = "MATCH (d:Order) RETURN sum(d.net)"


def counted(file: Path) -> dict[str, Any]:
    """Count with polars what the graph must hold; pence are rounded half up per line."""
    rows = pl.read_csv(file, infer_schema_length=0).with_columns(
        pence=(
            pl.col("Quantity").cast(pl.Float64).abs().cast(pl.Int64)
            * (pl.col("UnitPrice").cast(pl.Float64) * 100).round().cast(pl.Int64)
        ),
        credit=pl.col("InvoiceNo").str.starts_with("C"),
    )
    sold, back = rows.filter(~pl.col("credit")), rows.filter(pl.col("credit"))
    return {
        "customers": rows["CustomerID"].n_unique(),
        "products": rows["StockCode"].n_unique(),
        "orders": [sold["InvoiceNo"].n_unique(), sold.height, sold["pence"].sum()],
        "credits": [back["InvoiceNo"].n_unique(), back.height, back["pence"].sum()],
    }


async def test_the_totals_are_those_of_an_independent_count_and_a_second_run_changes_nothing(
    importer: Callable[..., Any], query: Callable[..., Any], real_file: Path
):
    expected = counted(real_file)

    first = await importer(real_file, Path("online_retail"))
    everything = (
        await query("MATCH (n) RETURN count(n), sum(n.version), max(n.changedAt)"),
        await query("MATCH ()-[r]->() RETURN count(r), max(r.recordedFrom)"),
    )
    second = await importer(real_file, Path("online_retail"))

    assert first.refused == 0
    assert [[expected["customers"]]] == await query("MATCH (c:Company) RETURN count(c)")
    assert [[expected["products"]]] == await query("MATCH (p:Product) RETURN count(p)")
    assert [expected["orders"]] == await query(ORDERS)
    assert [expected["credits"]] == await query(CREDITS)
    assert [[expected["orders"][2]]] == await query(NET)
    assert second.changes == 0
    assert everything == (
        await query("MATCH (n) RETURN count(n), sum(n.version), max(n.changedAt)"),
        await query("MATCH ()-[r]->() RETURN count(r), max(r.recordedFrom)"),
    )


HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


async def test_repeated_rows_are_lines_of_their_own(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    line = "536376,22114,BOTTLE,1.0,2010-12-01 09:32:00,0.85,15291,United Kingdom\n"

    await importer(HEADER + line + line, Path("online_retail"))

    lines = await query("MATCH (:Order)-[l:CONTAINS]->() RETURN l.line, l.amount ORDER BY l.line")
    assert lines == [[1, 85], [2, 85]]


async def test_the_latest_row_names_a_product_and_a_country_wherever_it_stands_in_the_file(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    rows = (
        "536376,22114,NEW NAME,1.0,2011-06-01 09:32:00,0.85,15291,France\n"
        "536377,22114,OLD NAME,1.0,2010-12-01 09:32:00,0.85,15291,EIRE\n"
    )

    await importer(HEADER + rows, Path("online_retail"))

    product = await query("MATCH (p:Product) RETURN p.name, p.otherNames, p.kind")
    assert product == [["NEW NAME", ["OLD NAME"], "GOODS"]]
    assert await query("MATCH (c:Company) RETURN c.name, c.country") == [["Customer 15291", "FR"]]


async def test_a_cancellation_is_a_credit_note_that_corrects_the_latest_earlier_order(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    rows = (
        "1,22114,BOTTLE,6.0,2010-12-01 09:00:00,2.00,15291,France\n"
        "2,22114,BOTTLE,6.0,2011-01-01 09:00:00,2.00,15291,France\n"
        "C3,22114,BOTTLE,-2.0,2011-02-01 09:00:00,2.00,15291,France\n"
        "C3,M,Manual,-1.0,2011-02-01 09:00:00,5.00,15291,France\n"
        "4,22114,BOTTLE,6.0,2011-07-01 09:00:00,2.00,15291,France\n"
    )

    await importer(HEADER + rows, Path("online_retail"))

    assert await query(
        "MATCH (n:CreditNote)-[l:CONTAINS]->(p)"
        " RETURN n.number, n.net, l.quantity, l.amount, p.kind ORDER BY l.line"
    ) == [["C3", 900, 2.0, 400, "GOODS"], ["C3", 900, 1.0, 500, "CHARGE"]]
    assert await query("MATCH (n:CreditNote)-[:CORRECTS]->(o) RETURN n.number, o.number") == [
        ["C3", "2"]
    ]


async def test_times_are_london_times(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    rows = (
        "1,22114,BOTTLE,6.0,2010-12-01 09:00:00,2.00,15291,France\n"
        "2,22114,BOTTLE,6.0,2011-07-01 09:00:00,2.00,15291,France\n"
    )

    await importer(HEADER + rows, Path("online_retail"))

    assert await query("MATCH (o:Order) RETURN o.at ORDER BY o.at") == [
        ["2010-12-01T09:00:00.000Z"],
        ["2011-07-01T08:00:00.000Z"],
    ]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1,22114,X,6.0,2010-12-01 09:00:00,2.00,,France", "CustomerID", "MISSING_KEY"),
        ("1,22114,X,-6.0,2010-12-01 09:00:00,2.00,1,France", "Quantity", "CHECK_FAILED"),
        ("1,22114,X,six,2010-12-01 09:00:00,2.00,1,France", "Quantity", "NOT_A_NUMBER"),
        ("1,22114,X,6.0,2011-03-27 01:30:00,2.00,1,France", "InvoiceDate", "NO_SUCH_TIME"),
        ("1,22114,X,6.0,2010-12-01 09:00:00,2.00,1,Atlantis", "Country", "NOT_A_COUNTRY"),
        ("1,22114,,6.0,2010-12-01 09:00:00,2.00,1,France", "Description", "REQUIRED"),
    ],
)
async def test_a_bad_row_is_refused_with_its_column_and_code_and_the_good_one_is_imported(
    importer: Callable[..., Any],
    query: Callable[..., Awaitable[list[Any]]],
    refusals: Callable[[], list[dict[str, Any]]],
    row: str,
    column: str | None,
    code: str,
):
    good = "2,84029,GOOD,1.0,2010-12-01 10:00:00,1.00,2,France"

    summary = await importer(f"{HEADER}{row}\n{good}\n", Path("online_retail"))

    assert summary.refused == 1
    assert (2, column, code) in {(r["row"], r["column"], r["code"]) for r in refusals()}
    assert await query("MATCH (o:Order {number: '2'})-[:CONTAINS]->(p) RETURN p.sku") == [["84029"]]
