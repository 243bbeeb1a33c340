"""An import that was finished checks what it is given again, however little it looks at."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph.database import Graph
from graph.model import MODEL
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write

pytestmark = pytest.mark.anyio

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ORDER, PRODUCT = MODEL.by_label["Order"], MODEL.by_label["Product"]
CONTAINS = MODEL.by_type["CONTAINS"]
SOURCE = "online-retail"


def invoices(*, first: int = 1) -> str:
    """Return four invoices of three lines."""
    rows = [
        f"{number},{10_000 + line},ITEM {line},{first if number == 100 else 1},"
        f"2011-01-05 10:00:00,1.5,{number % 2},France"
        for number in range(100, 104)
        for line in range(3)
    ]
    return HEADER + "\n".join(rows) + "\n"


async def test_what_somebody_changed_in_between_is_repaired_and_nothing_else(
    importer: Callable[..., Any], content: Callable[[], Awaitable[list[Any]]], graph: Graph
):
    await importer(invoices(), Path("online_retail"))
    before = await content()
    line = {"line": 2, "quantity": 9.0, "unitPrice": 1, "amount": 9}
    extra = {"line": 7, "quantity": 1.0, "unitPrice": 1, "amount": 1}
    ends = (SOURCE, "101"), (SOURCE, "10001")
    batch = Batch(
        [
            Nodes(PRODUCT, [NodeRow((SOURCE, "10000"), {"name": "Something else"})]),
            Nodes(ORDER, [NodeRow((SOURCE, "100"), {"channel": "PHONE"})]),
            Links(CONTAINS, ORDER, PRODUCT, [LinkRow(*ends, line), LinkRow(*ends, extra)]),
        ]
    )
    await write(graph, batch, Writer("somebody"))

    summary = await importer_again(importer, invoices())

    nodes = {name: (each.changed, each.unchanged) for name, each in summary.nodes.items()}
    assert (nodes["Product"], nodes["Order"]) == ((1, 2), (1, 3))
    lines = summary.links["CONTAINS"]
    assert (lines.changed, lines.retracted, lines.unchanged) == (1, 1, 11)
    assert [each for each in await content() if "version" not in each and "_WAS" not in each] == [
        each for each in before if "version" not in each
    ]


async def importer_again(importer: Callable[..., Any], text: str) -> Any:
    """Import a text once more; the file has another name and the same content."""
    return await importer(text, Path("online_retail"), name="again.csv")


async def test_one_changed_line_of_a_file_changes_only_that_line_and_its_total(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    await importer(invoices(), Path("online_retail"))

    summary = await importer_again(importer, invoices(first=2))

    lines = summary.links["CONTAINS"]
    assert (lines.created, lines.changed, lines.unchanged) == (0, 3, 9)
    assert (summary.nodes["Order"].changed, summary.nodes["Order"].unchanged) == (1, 3)
    assert summary.nodes["Product"].unchanged == 3
    events = "MATCH (e:ChangeEvent) WHERE e.version > 1 AND e.label <> 'Job' RETURN e.label"
    assert await query(events) == [["Order"]]


async def test_every_event_of_an_import_says_that_it_was_one(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    await importer(invoices(), Path("online_retail"))

    told = await query("MATCH (e:ChangeEvent) RETURN DISTINCT e.op, e.actor")
    assert told == [["import", "import"]]
    customers = await query(
        "MATCH (e:ChangeEvent {label: 'Order'}) MATCH (o:Order {id: e.entity})-[:FOR]->(p)"
        " RETURN count(*), sum(CASE WHEN e.parties = [p.id] THEN 1 ELSE 0 END)"
    )
    assert customers == [[4, 4]]
