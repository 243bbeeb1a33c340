"""Custom fields as targets of a mapping: their types are those in use when the import begins."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph.database import Graph
from graph.imports import generic_mapping, import_file
from graph.imports.errors import MappingRefused
from graph.model.machinery import FIELD_DEF
from graph.write import Batch, NodeRow, Nodes, Writer, write

pytestmark = pytest.mark.anyio

MAPPING = """
source: crm
nodes:
  company:
    label: Company
    key: Id
    properties: {name: Name}
    custom:
      size: {column: Size, do: [trim]}
      listed: Listed
      slogan: Slogan
  order:
    label: Order
    key: {template: "O-{Id}"}
    properties:
      number: {template: "O-{Id}"}
      at: {constant: "2026-01-01T00:00:00Z"}
    custom:
      boxes: {column: Boxes, keep: sum}
"""
ROWS = "Id,Name,Size,Listed,Slogan,Boxes\n1,Acme, 12 ,yes,We pump,2\n2,Beta,,no,,\n"
STORED = (
    "MATCH (n) WHERE n:Company OR n:Order RETURN n.externalId, n.name, n.x_size, n.x_listed, "
    "n.x_slogan, n.x_boxes, n.version ORDER BY coalesce(n.externalId, ''), n.name"
)
Query = Callable[..., Awaitable[list[list[Any]]]]


async def define(graph: Graph, **fields: tuple[str, str]) -> None:
    rows = [NodeRow((label, name), {"type": type_}) for name, (label, type_) in fields.items()]
    await write(graph, Batch([Nodes(FIELD_DEF, rows)]), Writer("tester"))


async def defined(graph: Graph) -> None:
    await define(
        graph,
        size=("Company", "INTEGER"),
        listed=("Party", "BOOLEAN"),
        slogan=("Company", "STRING"),
        boxes=("Document", "INTEGER"),
    )


async def test_custom_fields_are_written_in_their_types_and_again_change_nothing(
    importer: Callable[..., Any], graph: Graph, query: Query
) -> None:
    await defined(graph)

    first = await importer(ROWS + "1,Acme,12,yes,We pump,3\n", MAPPING)
    again = await importer(ROWS + "1,Acme,12,yes,We pump,3\n", MAPPING)

    assert (first.refused, again.changes) == (0, 0)
    assert await query(STORED) == [
        [None, "Acme", 12, True, "We pump", None, 1],
        [None, "Beta", None, False, None, None, 1],
        ["O-1", None, None, None, None, 5, 1],
        ["O-2", None, None, None, None, None, 1],
    ]


async def test_a_changed_or_emptied_cell_changes_the_field_and_a_wrong_one_refuses_its_row(
    importer: Callable[..., Any],
    graph: Graph,
    query: Query,
    refusals: Callable[[], list[dict[str, Any]]],
) -> None:
    await defined(graph)
    await importer(ROWS, MAPPING)

    changed = await importer(
        ROWS.replace("We pump", "").replace("2,Beta,,", "2,Beta,many,"), MAPPING
    )

    assert changed.nodes["Company"].changed == 1
    assert [row[2:5] for row in await query(STORED)][:2] == [[12, True, None], [None, False, None]]
    [refused] = refusals()
    assert (refused["row"], refused["column"], refused["code"]) == (3, "Size", "NOT_A_NUMBER")


async def test_a_field_that_is_not_in_use_refuses_the_mapping_by_its_line(
    importer: Callable[..., Any], graph: Graph, query: Query
) -> None:
    await define(graph, size=("Company", "INTEGER"), slogan=("Order", "STRING"))

    with pytest.raises(MappingRefused) as refused:
        await importer(ROWS, MAPPING)

    assert [each.split(":")[0] for each in refused.value.problems] == [
        "Line 10", "Line 11", "Line 19",
    ]  # fmt: skip
    assert "'slogan'" in refused.value.problems[1]
    assert await query("MATCH (n:Company) RETURN count(n)") == [[0]]


async def test_a_generic_import_takes_columns_of_custom_fields(
    graph: Graph,
    clean_graph: None,  # noqa: ARG001
    query: Query,
    tmp_path: Path,
) -> None:
    await defined(graph)
    file = tmp_path / "companies.csv"
    file.write_text("externalId,name,x_size\n1,Acme,12\n")

    summary = await import_file(
        graph, file, generic_mapping("node:Company", file), report=tmp_path / "refused.jsonl"
    )

    assert summary.refused == 0
    assert await query("MATCH (n:Company) RETURN n.name, n.x_size") == [["Acme", 12]]
