"""Every change tells of itself: one event for each entity and transaction."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
import pytest

from graph.database import Graph
from graph.write import Batch, LinkRow, Nodes, Writer, write
from tests.graph.asking import (
    LAST,
    LATER,
    PRODUCT,
    ask,
    line,
    lines,
    one,
    people,
    person,
    product,
    shop,
)
from tests.graph.conftest import WRITER, Export
from tests.graph.replaying import events

pytestmark = pytest.mark.anyio


async def _told(graph: Graph, at: str) -> dict[str, list[dict[str, Any]]]:
    """The events of a moment by label, each with its patch read."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in await events(graph):
        if each["at"] == at:
            found.setdefault(each["label"], []).append(
                {**each, "read": orjson.loads(each["patch"])}
            )
    return found


async def test_a_batch_tells_once_of_every_entity_that_it_made(graph: Graph):
    await write(graph, shop(), replace(WRITER, op="import", reason="first load"))

    found = await events(graph)
    entities = await ask(
        graph, "MATCH (n) WHERE n.version = 1 AND n.hash <> '' OR n:Party RETURN n.id"
    )
    assert sorted(each["entity"] for each in found) == sorted({row[0] for row in entities})
    assert {(each["actor"], each["op"], each["reason"]) for each in found} == {
        ("tester", "import", "first load")
    }
    assert {each["version"] for each in found} == {1}
    assert await one(graph, "MATCH (e:ChangeEvent:Outbox) RETURN count(e)") == len(found)
    assert all("prev" not in each and "seq" not in each for each in found)


async def test_an_event_holds_what_was_written_and_a_salted_digest_of_it(graph: Graph):
    await write(graph, shop(), WRITER)

    [event] = (await _told(graph, "2026-11-22T10:00:00.000Z"))["Order"]
    patch = event["read"]
    ana = await one(graph, "MATCH (p:Person {name: 'Ana'}) RETURN p.id")
    assert patch["created"] is True
    assert patch["set"] == {
        "source": "shop",
        "externalId": "o1",
        "number": "o1",
        "at": "2026-11-01T00:00:00.000Z",
        "total": 200,
        "currency": "EUR",
    }
    assert {each["type"] for each in patch["links"]} == {"CONTAINS", "FOR"}
    assert {each["set"]["line"] for each in patch["links"] if each["type"] == "CONTAINS"} == {1, 2}
    assert event["fields"] == sorted([*patch["set"], "CONTAINS", "FOR"])
    assert event["parties"] == [ana]
    assert event["digest"] == sha256((event["salt"] + event["patch"]).encode()).hexdigest()
    assert await one(graph, "MATCH (o:Order) RETURN o.head") == event["digest"]


async def test_a_change_tells_only_of_what_differs_and_names_the_event_before(graph: Graph):
    await write(graph, shop(), WRITER)
    before = await one(graph, "MATCH (n:Product {sku: 's1'}) RETURN n.head")

    rows = [product("s1", category="toys"), product("s2")]
    await write(graph, Batch([Nodes(PRODUCT, rows)]), replace(WRITER, now=LATER))

    told = await _told(graph, LATER)
    [event] = told.pop("Product")
    assert not told
    assert event["read"] == {"set": {"category": "toys"}}
    assert (event["fields"], event["version"], event["prev"]) == (["category"], 2, before)


async def test_a_relationship_of_nodes_that_do_not_change_is_told_by_its_start(graph: Graph):
    await write(graph, shop(), WRITER)
    batch = Batch([lines(line("o1", 2, "s3"), complete=True)])

    await write(graph, batch, replace(WRITER, now=LATER))

    told = await _told(graph, LATER)
    [event] = told.pop("Order")
    assert not told
    ids = dict(await ask(graph, "MATCH (n:Product) RETURN n.sku, n.id"))
    gone = {each["end"]: each["key"] for each in event["read"]["unlinks"]}
    assert gone == {ids["s1"]: {"line": 1}, ids["s2"]: {"line": 2}}
    [made] = event["read"]["links"]
    assert (made["end"], made["set"]["line"]) == (ids["s3"], 2)
    assert (event["fields"], event["version"]) == (["CONTAINS"], 1)
    assert event["parties"] == [await one(graph, "MATCH (p:Person {name: 'Ana'}) RETURN p.id")]


async def test_what_a_record_says_is_told_of_the_record_and_of_the_party(graph: Graph):
    await write(graph, shop(), WRITER)

    batch = Batch([people(person("ana", email="ana@example.com"))])
    await write(graph, batch, replace(WRITER, now=LATER))

    told = await _told(graph, LATER)
    ana = await one(graph, "MATCH (p:Person {name: 'Ana'}) RETURN p.id")
    assert set(told) == {"SourceRecord", "Person", "Identifier"}
    for label in told:
        [event] = told[label]
        assert event["parties"] == [ana]
        assert "HAS_IDENTIFIER" in event["fields"] or label == "Identifier"
    assert told["Person"][0]["read"]["set"] == {"email": "ana@example.com"}
    assert told["Person"][0]["entity"] == ana


async def test_the_same_again_and_a_dry_run_tell_nothing(graph: Graph, export: Export):
    await write(graph, shop(), WRITER)
    before = await export()

    await write(graph, shop(), replace(WRITER, now=LATER))
    changed = Batch([people(person("ana", city="Lyon"))])
    await write(graph, changed, replace(WRITER, now=LAST), dry_run=True)

    assert await export() == before


async def test_a_clock_that_lags_does_not_make_an_event_earlier_than_the_one_before(graph: Graph):
    await write(graph, shop(), replace(WRITER, now=LAST))

    batch = Batch([Nodes(PRODUCT, [product("s1", category="toys")]), lines(line("o1", 3, "s3"))])
    await write(graph, batch, replace(WRITER, now=LATER))

    told = await _told(graph, LAST)
    assert [
        each["version"]
        for each in told["Product"]
        if each["read"].get("set") == {"category": "toys"}
    ] == [2]
    [_, event] = told["Order"]
    assert [each["at"] for each in event["read"]["links"]] == [LATER]


async def test_events_of_one_entity_form_a_chain_across_writers(graph: Graph):
    for number in range(5):
        batch = Batch([Nodes(PRODUCT, [product("s1", category=str(number))])])
        await write(graph, batch, Writer(f"w{number}"))

    found = await events(graph)
    assert [each.get("prev") for each in found] == [None, *(each["digest"] for each in found[:-1])]
    assert [each["version"] for each in found] == [1, 2, 3, 4, 5]


async def test_links_of_an_unknown_end_tell_nothing(graph: Graph):
    batch = shop()
    await write(graph, batch, WRITER)
    before = len(await events(graph))

    missing = LinkRow(("shop", "o1"), ("shop", "nope"), line("o1", 9, "s1").properties)
    await write(graph, Batch([lines(missing)]), replace(WRITER, now=LATER))

    assert len(await events(graph)) == before
