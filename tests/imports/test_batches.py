"""Documents are written with their lines, in batches of bounded size that cut no document."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from graph.imports import batches
from graph.imports.progress import Phase, Progress

pytestmark = pytest.mark.anyio

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
SIZES = (2, 9, 1, 1, 3, 4)


def invoices() -> str:
    """Return six invoices of very different length."""
    rows = [
        f"{number},{10_000 + line},ITEM {line},1,2011-01-05 10:00:00,1.5,{number % 2},France"
        for number, size in enumerate(SIZES, 100)
        for line in range(size)
    ]
    return HEADER + "\n".join(rows) + "\n"


async def test_a_document_longer_than_a_batch_is_written_whole_and_short_ones_share_a_batch(
    importer: Callable[..., Any],
    query: Callable[..., Awaitable[list[Any]]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(batches, "LINKS_PER_BATCH", 4)
    written: list[int] = []

    def note(moment: Progress) -> None:
        if moment.phase is Phase.WRITING:
            written.append(moment.done)

    summary = await importer(invoices(), Path("online_retail"), progress=note)

    assert await query(
        "MATCH (o:Order)-[l:CONTAINS]->() RETURN o.number, count(l) ORDER BY o.number"
    ) == [[str(number), size] for number, size in enumerate(SIZES, 100)]
    assert summary.links["CONTAINS"].created == sum(SIZES)
    assert summary.links["FOR"].created == len(SIZES)
    # 2 customers and 9 products; then each order is itself, its FOR and its lines.
    assert written == [2, 11, 15, 26, 32, 37, 43]


async def test_a_document_that_is_refused_takes_only_its_own_lines_along(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]], tmp_path: Path
):
    at = "2011-01-05 10:00:00"
    too_much = [f"100,1000{i},ITEM {i},1,{at},90000000000000000,7,France\n" for i in range(2)]
    fine = [f"{number},10001,ITEM 1,1,{at},1.5,7,France\n" for number in (99, 101)]

    summary = await importer(HEADER + "".join([fine[0], *too_much, fine[1]]), Path("online_retail"))

    assert await query(
        "MATCH (c:Company)<-[:FOR]-(o:Order)-[l:CONTAINS]->(p)"
        " RETURN o.number, l.line, p.sku ORDER BY o.number"
    ) == [["101", 1, "10001"], ["99", 1, "10001"]]
    assert summary.refused == 2
    report = [
        orjson.loads(line)
        for line in (tmp_path / "work" / "refused.jsonl").read_bytes().splitlines()
    ]
    assert sorted((line["row"], line["code"]) for line in report) == [
        (3, "MISSING_END"), (4, "INVALID"), (4, "MISSING_END"), (4, "MISSING_END"),
    ]  # fmt: skip
