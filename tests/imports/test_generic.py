"""Files whose columns are named as in the model: every kind of node, every type of relationship."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from graph.database import Graph
from graph.imports import MappingRefused, Summary, generic_mapping, import_file
from graph.model import MODEL
from graph.write.link_statements import LINKS
from graph.write.linking import admits
from graph.write.statements import WRITABLE

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[Summary]]
KEPT = {"RESOLVES_TO", "KNOWS", "CAN_SEE", "MERGED_INTO", "POSSIBLE_DUPLICATE"}
"""Relationships that the write path makes of other facts."""


@pytest.fixture
def load(graph: Graph, clean_graph: None, tmp_path: Path) -> Load:  # noqa: ARG001
    """Return a function that imports a text by a generic mapping."""

    async def run(mapping: str, text: str, name: str = "input.csv") -> Summary:
        file = tmp_path / name
        file.write_text(text)
        report = tmp_path / "work" / "refused.jsonl"
        return await import_file(graph, file, generic_mapping(mapping, file), report=report)

    return run


def test_every_kind_of_node_can_be_imported_without_a_mapping_of_its_own(tmp_path: Path):
    file = tmp_path / "input.jsonl"
    file.write_text("{}\n")

    labels = [node.name for node in WRITABLE if node.name != "Job"]

    assert all(generic_mapping(f"node:{label}", file).spec.nodes for label in labels)


def test_every_relationship_that_is_not_derived_can_be_imported_between_all_its_kinds(
    tmp_path: Path,
):
    file = tmp_path / "input.jsonl"
    file.write_text("{}\n")
    kinds = [node for node in WRITABLE if node.name != "Job"]
    some = {
        each.name: [
            f"link:{each.name}:{start.name}:{end.name}"
            for start in kinds
            for end in kinds
            if admits(each.starts, start) and admits(each.ends, end)
        ]
        for each in MODEL.relationships
        if each.name in LINKS and each.name not in KEPT
    }

    assert [name for name, found in some.items() if not found] == []
    # One of each start, end and type is enough to see that the mapping can be used.
    for names in some.values():
        for name in (names[0], names[-1]):
            assert generic_mapping(name, file).spec.links


async def test_nodes_and_relationships_come_by_their_keys_and_the_same_again_changes_nothing(
    load: Load, query: Callable[..., Awaitable[list[Any]]]
):
    files = (
        ("node:Product", "externalId,sku,name,otherNames\np1,S-1,Lamp,light;torch\np2,S-2,Desk,\n"),
        ("node:Order", "externalId,number,at,net,currency\no1,N-1,2026-05-01T10:00:00Z,300,EUR\n"),
        (
            "link:CONTAINS:Order:Product",
            "start.externalId,end.externalId,line,quantity,unitPrice,amount\n"
            "o1,p1,1,2,100,200\no1,p2,2,1,100,100\n",
        ),
        ("node:Company", "externalId,name,website\nc1,Example,https://example.org/\n"),
        ("node:Identifier", "kind,value,display\nLOYALTY_CARD,L-1,l-1\n"),
        (
            "link:HAS_IDENTIFIER:Company:Identifier",
            "start.externalId,end.kind,end.value\nc1,LOYALTY_CARD,L-1\n",
        ),
        ("link:ASSIGNED_TO:Order:Company", "start.externalId,end.externalId,role\no1,c1,OWNER\n"),
    )

    first = [await load(name, text) for name, text in files]
    again = [await load(name, text) for name, text in files]

    assert [each.refused for each in first] == [0] * len(files)
    assert [each.changes for each in again] == [0] * len(files)
    assert await query(
        "MATCH (o:Order)-[l:CONTAINS]->(p) RETURN o.net, l.line, l.amount, p.name, p.otherNames"
        " ORDER BY l.line"
    ) == [[300, 1, 200, "Lamp", ["light", "torch"]], [300, 2, 100, "Desk", None]]
    assert await query("MATCH (:Order)-[:ASSIGNED_TO]->(c) RETURN c.name") == [["Example"]]
    cards = "MATCH (c:Company)-[:HAS_IDENTIFIER]->(i {kind: 'LOYALTY_CARD'}) RETURN i.value"
    assert await query(cards) == [["L-1"]]


async def test_a_kind_without_a_key_of_its_own_comes_by_its_id(
    load: Load, query: Callable[..., Awaitable[list[Any]]]
):
    hold = "019ab2de-0000-7000-8000-000000000001"
    holds = f'{{"id": "{hold}", "reason": "A dispute."}}\n{{"id": "one", "reason": "None."}}\n'

    summary = await load("node:LegalHold", holds, "holds.jsonl")
    await load("node:Person", "externalId,name\nana,Ana\n")
    await load("link:HELD_BY:Person:LegalHold", f"start.externalId,end.id\nana,{hold}\n")

    assert summary.refused == 1
    assert await query("MATCH (p:Person)-[:HELD_BY]->(h) RETURN p.name, h.id, h.reason") == [
        ["Ana", hold, "A dispute."]
    ]


@pytest.mark.parametrize(
    ("mapping", "header", "says"),
    [
        ("node:Order", "number,at", "needs externalId \\(or id\\)"),
        ("node:Identifier", "kind,display", "needs kind and value"),
        ("node:Nothing", "id", "no kind of node"),
        ("node:Version", "id", "no kind of node that can be imported"),
        ("link:LIKES:Order:Product", "start.id,end.id", "no type of relationship"),
        ("link:CONTAINS:Product:Order", "start.id,end.id", "does not lead from"),
        ("link:CONTAINS:Order", "start.id,end.id", "say node:LABEL or link:TYPE:START:END"),
    ],
)
def test_what_no_generic_mapping_can_read_is_said(
    tmp_path: Path, mapping: str, header: str, says: str
):
    file = tmp_path / "input.csv"
    file.write_text(header + "\n")

    with pytest.raises(MappingRefused, match=says):
        generic_mapping(mapping, file)
