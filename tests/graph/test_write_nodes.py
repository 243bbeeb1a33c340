"""Nodes: upserted by key, unchanged ones untouched, former states kept."""

from dataclasses import replace

import pytest

from graph.database import Graph
from graph.errors import Conflict, InvalidInput
from graph.model import MODEL
from graph.write import Batch, NodeRow, Nodes, Writer, write
from tests.graph.asking import LAST, LATER, ORDER, PRODUCT, ask, one, product, shop
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio


async def test_a_second_identical_run_leaves_every_byte_as_it_was(graph: Graph, export: Export):
    first = await write(graph, shop(), WRITER)
    before = await export()

    second = await write(graph, shop(), replace(WRITER, now=LATER))

    assert await export() == before
    for name, count in (*first.nodes.items(), *first.links.items()):
        again = (second.nodes | second.links)[name]
        assert (again.created, again.changed, again.retracted) == (0, 0, 0)
        assert again.unchanged == count.created


async def test_a_new_node_carries_its_labels_and_its_bookkeeping(graph: Graph):
    await write(graph, shop(), WRITER)

    labels, values = (await ask(graph, "MATCH (n:Order) RETURN labels(n), properties(n)"))[0]

    assert set(labels) == {"Document", "Order"}
    assert len(values.pop("id")) == 36
    head = values.pop("head")
    assert len(head) == 64
    assert values.pop("hash").endswith(head)
    assert values == {
        "source": "shop",
        "externalId": "o1",
        "number": "o1",
        "at": "2026-11-01T00:00:00.000Z",
        "total": 200,
        "currency": "EUR",
        "version": 1,
        "createdAt": "2026-11-22T10:00:00.000Z",
        "changedAt": "2026-11-22T10:00:00.000Z",
    }


async def test_a_change_keeps_the_former_state_as_a_version(graph: Graph):
    await write(graph, Batch([Nodes(PRODUCT, [product("s1", unit="piece")])]), WRITER)
    before = await one(graph, "MATCH (n:Product) RETURN properties(n)")

    change = Batch([Nodes(PRODUCT, [product("s1", unit=None, category="Tools")])])
    outcome = await write(graph, change, replace(WRITER, now=LATER))

    assert outcome.nodes["Product"].changed == 1
    after = await one(graph, "MATCH (n:Product) RETURN properties(n)")
    assert "unit" not in after
    assert (after["category"], after["version"]) == ("Tools", 2)
    assert (after["createdAt"], after["changedAt"]) == (before["createdAt"], LATER)
    version = await one(graph, "MATCH (:Product)-[:WAS]->(v:Version) RETURN properties(v)")
    assert version == before | {
        "id": before["id"] + "@1",
        "entityId": before["id"],
        "label": "Product",
        "validFrom": before["changedAt"],
        "validTo": LATER,
    }


async def test_what_a_row_does_not_name_stays(graph: Graph):
    await write(graph, Batch([Nodes(PRODUCT, [product("s1", unit="piece")])]), WRITER)

    row = NodeRow(("shop", "s1"), {"category": "Tools"})
    await write(graph, Batch([Nodes(PRODUCT, [row])]), WRITER)

    assert await one(graph, "MATCH (n:Product) RETURN [n.unit, n.category, n.sku]") == [
        "piece", "Tools", "s1",
    ]  # fmt: skip


async def test_values_that_are_already_there_change_nothing_whoever_said_them_last(
    graph: Graph, export: Export
):
    await write(graph, Batch([Nodes(PRODUCT, [product("s1", unit="piece")])]), WRITER)
    other = NodeRow(("shop", "s1"), {"category": "Tools"})
    await write(graph, Batch([Nodes(PRODUCT, [other])]), WRITER)
    before = await export()

    outcome = await write(graph, Batch([Nodes(PRODUCT, [product("s1", unit="piece")])]), WRITER)

    assert outcome.nodes["Product"].unchanged == 1
    assert await export() == before


async def test_a_clock_that_is_behind_never_makes_a_version_end_before_it_began(graph: Graph):
    for now, category in ((LATER, "A"), (LAST, "B"), (LATER, "C"), (LAST, "D")):
        row = product("s1", category=category)
        await write(graph, Batch([Nodes(PRODUCT, [row])]), replace(WRITER, now=now))

    rows = await ask(
        graph,
        "MATCH (:Product)-[:WAS]->(v) RETURN v.category, v.validFrom, v.validTo ORDER BY v.version",
    )

    assert rows == [["A", LATER, LAST], ["B", LAST, LAST], ["C", LAST, LAST]]


async def test_rows_with_equal_keys_are_one_row_and_the_later_wins(graph: Graph):
    rows = [product("s1", unit="piece", category="A"), product("s1", category="B")]

    outcome = await write(graph, Batch([Nodes(PRODUCT, rows)]), WRITER)

    assert outcome.nodes["Product"].created == 1
    assert await one(graph, "MATCH (n:Product) RETURN [n.unit, n.category, n.version]") == [
        "piece", "B", 1,
    ]  # fmt: skip


async def test_nodes_are_named_by_their_own_key_or_by_id(graph: Graph):
    user, team = MODEL.by_label["User"], MODEL.by_label["Team"]
    key = ("https://id.example.org", "u1")
    row = NodeRow(key, {"kind": "STAFF", "name": "Ulla", "subject": "u1"})
    by_id = NodeRow(("0199-team",), {"name": "North"})

    await write(graph, Batch([Nodes(user, [row]), Nodes(team, [by_id])]), WRITER)
    again = await write(graph, Batch([Nodes(user, [row]), Nodes(team, [by_id])]), WRITER)

    assert await one(graph, "MATCH (n:User) RETURN [n.issuer, n.subject]") == list(key)
    assert await one(graph, "MATCH (n:Team {id: '0199-team'}) RETURN n.name") == "North"
    assert (again.nodes["User"].unchanged, again.nodes["Team"].unchanged) == (1, 1)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (product("s2", listPrice="dear"), "Row 2 of Product: listPrice must be a whole number."),
        (product("s2", colour="red"), "Row 2 of Product: colour is not a property"),
        (product("s2", version=7), "Row 2 of Product: version is not a property"),
        (product("s2", name=None), "Row 2 of Product: name is required."),
        (NodeRow(("shop", "s2"), {"sku": "s2"}), "A new Product lacks name, which is required."),
        (NodeRow(("shop", ""), {"sku": "s2"}), "Row 2 of Product: the key must be"),
        (NodeRow(("a", "b", "c"), {"sku": "s2"}), "Row 2 of Product: the key must be"),
    ],
)
async def test_a_row_that_breaks_the_model_refuses_the_batch(
    graph: Graph, export: Export, row: NodeRow, message: str
):
    before = await export()

    with pytest.raises(InvalidInput, match=message):
        await write(graph, Batch([Nodes(PRODUCT, [product("s1"), row])]), WRITER)

    assert await export() == before


@pytest.mark.parametrize("label", ["Party", "SourceRecord", "Version", "Migration"])
async def test_abstract_kinds_and_machinery_are_not_written(graph: Graph, label: str):
    with pytest.raises(InvalidInput, match=f"{label} cannot be written"):
        await write(graph, Batch([Nodes(MODEL.by_label[label], [])]), WRITER)


async def test_a_broken_uniqueness_is_a_conflict_that_tells_no_value(graph: Graph, export: Export):
    await write(graph, Batch([Nodes(PRODUCT, [product("secret")])]), WRITER)
    before = await export()
    twin = NodeRow(("other", "1"), {"sku": "secret", "name": "Twin"})

    with pytest.raises(Conflict, match="Another Product already has the sku") as refusal:
        await write(graph, Batch([Nodes(PRODUCT, [product("fine"), twin])]), WRITER)

    assert "secret" not in str(refusal.value)
    assert await export() == before


async def test_a_dry_run_counts_the_same_and_leaves_nothing(graph: Graph, export: Export):
    await write(graph, Batch([Nodes(PRODUCT, [product("s1", unit="piece")])]), WRITER)
    before = await export()

    dry = await write(graph, shop(), WRITER, dry_run=True)

    assert await export() == before
    assert dry == await write(graph, shop(), WRITER)
    assert dry.nodes["Product"].created == 2
    assert dry.nodes["Product"].unchanged == 1


async def test_without_a_fixed_time_the_clock_is_taken(graph: Graph):
    await write(graph, Batch([Nodes(ORDER, [])]), Writer("tester"))
    await write(graph, Batch([Nodes(PRODUCT, [product("s1")])]), Writer("tester"))

    at = await one(graph, "MATCH (n:Product) RETURN n.changedAt")

    assert len(at) == 24
    assert at.endswith("Z")
