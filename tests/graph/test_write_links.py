"""Relationships: told apart by key, unchanged ones untouched, former states under `<TYPE>_WAS`."""

from dataclasses import replace
from typing import Any

import pytest

from graph.database import Graph
from graph.errors import InvalidInput
from graph.model import MODEL
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, write
from tests.graph.asking import (
    COMPANY,
    CONTAINS,
    LATER,
    ORDER,
    PERSON,
    PRODUCT,
    WORKS_AT,
    ask,
    line,
    lines,
    one,
    order,
    people,
    person,
    shop,
)
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio
NOW = "2026-11-22T10:00:00.000Z"
THEN = replace(WRITER, now=LATER)


async def lines_now(graph: Graph, kind: str = "") -> list[list[Any]]:
    text = f"""MATCH (:Order)-[x:CONTAINS{kind}]->(p)
    RETURN x.line, p.sku, x.quantity, x.recordedFrom, x.recordedTo ORDER BY x.line, p.sku"""
    return await ask(graph, text)


async def test_a_line_carries_its_values_and_its_recorded_interval(graph: Graph):
    await write(graph, shop(), WRITER)

    assert await lines_now(graph) == [
        [1, "s1", 1.0, NOW, "9999"],
        [2, "s2", 2.0, NOW, "9999"],
    ]


async def test_a_line_that_changes_is_copied_to_was_before_it_is_replaced(graph: Graph):
    await write(graph, shop(), WRITER)

    outcome = await write(graph, Batch([lines(line("o1", 2, "s2", quantity=5.0))]), THEN)

    assert outcome.links["CONTAINS"].changed == 1
    assert await lines_now(graph) == [
        [1, "s1", 1.0, NOW, "9999"],
        [2, "s2", 5.0, LATER, "9999"],
    ]
    assert await lines_now(graph, "_WAS") == [[2, "s2", 2.0, NOW, LATER]]


async def test_a_line_that_names_another_product_is_the_same_line_corrected(graph: Graph):
    await write(graph, shop(), WRITER)

    row = LinkRow(
        ("shop", "o1"),
        ("shop", "s3"),
        {"line": 2, "quantity": 2.0, "unitPrice": 100, "amount": 100},
    )
    outcome = await write(graph, Batch([lines(row)]), THEN)

    count = outcome.links["CONTAINS"]
    assert (count.created, count.changed, count.retracted) == (0, 1, 0)
    assert [each[:2] for each in await lines_now(graph)] == [[1, "s1"], [2, "s3"]]
    assert await lines_now(graph, "_WAS") == [[2, "s2", 2.0, NOW, LATER]]


async def test_a_property_that_a_row_does_not_name_stays(graph: Graph):
    await write(graph, shop(), WRITER)
    await write(graph, Batch([lines(line("o1", 1, "s1", discount=10.0))]), WRITER)

    outcome = await write(graph, Batch([lines(line("o1", 1, "s1"))]), WRITER)

    assert outcome.links["CONTAINS"].unchanged == 1
    assert await one(graph, "MATCH ()-[x:CONTAINS {line: 1}]->() RETURN x.discount") == 10.0


async def test_complete_rows_retract_the_lines_they_do_not_name(graph: Graph):
    await write(graph, shop(), WRITER)

    outcome = await write(graph, Batch([lines(line("o1", 1, "s1"), complete=True)]), THEN)

    count = outcome.links["CONTAINS"]
    assert (count.unchanged, count.retracted) == (1, 1)
    assert [each[:2] for each in await lines_now(graph)] == [[1, "s1"]]
    assert await lines_now(graph, "_WAS") == [[2, "s2", 2.0, NOW, LATER]]


async def test_complete_rows_leave_other_kinds_of_end_and_other_starts_alone(graph: Graph):
    about = MODEL.by_type["CONCERNS"]
    case = MODEL.by_label["Case"]
    opened = {"number": "c", "subject": "s", "status": "NEW", "openedAt": NOW}
    rows = [NodeRow(("shop", name), opened) for name in ("c1", "c2")]
    products = [LinkRow(("shop", name), ("shop", "s1"), {}) for name in ("c1", "c2")]
    await write(
        graph,
        Batch(
            [
                *shop().parts,
                Nodes(case, rows),
                Links(about, case, PRODUCT, products),
                Links(about, case, ORDER, [LinkRow(("shop", "c1"), ("shop", "o1"), {})]),
            ]
        ),
        WRITER,
    )

    other = Links(about, case, PRODUCT, [LinkRow(("shop", "c1"), ("shop", "s2"), {})], True)
    outcome = await write(graph, Batch([other]), WRITER)

    assert (outcome.links["CONCERNS"].created, outcome.links["CONCERNS"].retracted) == (1, 1)
    assert await ask(
        graph,
        "MATCH (c:Case)-[:CONCERNS]->(e) RETURN c.externalId, e.externalId "
        "ORDER BY c.externalId, e.externalId",
    ) == [["c1", "o1"], ["c1", "s2"], ["c2", "s1"]]


async def test_an_end_that_is_not_there_is_reported_and_nothing_is_half_written(
    graph: Graph, export: Export
):
    await write(graph, shop(), WRITER)
    before = await export()
    rows = lines(line("o1", 2, "nothing"), line("nowhere", 1, "s1"))

    outcome = await write(graph, Batch([rows]), THEN)

    assert outcome.links["CONTAINS"].missing == [
        (("shop", "o1"), ("shop", "nothing")),
        (("shop", "nowhere"), ("shop", "s1")),
    ]
    assert await export() == before


async def test_complete_rows_hold_a_line_whose_product_is_not_there(graph: Graph):
    await write(graph, shop(), WRITER)

    rows = lines(line("o1", 2, "nothing"), complete=True)
    outcome = await write(graph, Batch([rows]), THEN)

    assert outcome.links["CONTAINS"].retracted == 1
    assert [each[:2] for each in await lines_now(graph)] == [[2, "s2"]]


async def test_a_key_that_may_be_empty_tells_links_of_the_same_pair_apart(graph: Graph):
    email, took = MODEL.by_label["Email"], MODEL.by_type["PARTICIPATED_IN"]
    sent = {"at": NOW, "channel": "EMAIL"}
    ana = ("crm", "ana")

    def part(*roles: tuple[str, str | None]) -> Links:
        rows = [LinkRow(ana, ("crm", mail), {"role": role}) for mail, role in roles]
        return Links(took, PERSON, email, rows)

    mails = Nodes(email, [NodeRow(("crm", name), sent) for name in ("m1", "m2")])
    first = part(("m1", "FROM"), ("m1", "CC"), ("m2", "FROM"), ("m2", None))
    await write(graph, Batch([people(person("ana")), mails, first]), WRITER)
    again = await write(graph, Batch([first, part(("m2", "TO"))]), WRITER)

    count = again.links["PARTICIPATED_IN"]
    assert (count.unchanged, count.created, count.changed) == (4, 1, 0)
    assert await one(graph, "MATCH (:Person)-[x:PARTICIPATED_IN]->() RETURN count(x)") == 5


async def test_the_record_that_names_a_party_is_the_via_of_its_links(graph: Graph):
    firm = NodeRow(("crm", "acme"), {"name": "Acme"})
    second = NodeRow(("web", "9"), {"city": "Nice"}, of_party=("crm", "ana"))
    job = Links(
        WORKS_AT, PERSON, COMPANY, [LinkRow(("web", "9"), ("crm", "acme"), {"title": "CEO"})]
    )
    parts = [*shop().parts, people(second), Nodes(COMPANY, [firm]), job]

    await write(graph, Batch(parts), WRITER)

    ids = dict(await ask(graph, "MATCH (s:SourceRecord) RETURN s.source + s.externalId, s.id"))
    assert await one(graph, "MATCH ()-[x:WORKS_AT]->() RETURN x.via") == ids["web9"]
    assert await one(graph, "MATCH ()-[x:FOR]->() RETURN x.via") == ids["crmana"]
    assert await one(graph, "MATCH ()-[x:CONTAINS {line: 1}]->() RETURN x.via IS NULL")


async def test_a_row_may_name_its_record_and_a_party_by_id_falls_back_to_its_oldest(graph: Graph):
    await write(graph, shop(), WRITER)
    party = await one(graph, "MATCH (p:Person {name: 'Ana'}) RETURN p.id")
    task, took = MODEL.by_label["Task"], MODEL.by_type["PARTICIPATED_IN"]
    tasks = Nodes(
        task, [NodeRow(("crm", n), {"at": NOW, "channel": "INTERNAL"}) for n in ("a", "b")]
    )
    rows = [
        LinkRow((party,), ("crm", "a"), {}),
        LinkRow((party,), ("crm", "b"), {}, via=("crm", "bob")),
        LinkRow((party,), ("crm", "b"), {"role": "CC"}, via=("crm", "nobody")),
    ]

    outcome = await write(graph, Batch([tasks, Links(took, PERSON, task, rows)]), WRITER)

    ids = dict(await ask(graph, "MATCH (s:SourceRecord) RETURN s.externalId, s.id"))
    via = await ask(
        graph, "MATCH ()-[x:PARTICIPATED_IN]->(t) RETURN t.externalId, x.via ORDER BY t.externalId"
    )
    assert via == [["a", ids["ana"]], ["b", ids["bob"]]]
    assert outcome.links["PARTICIPATED_IN"].missing == [((party,), ("crm", "nobody"))]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (lines(line("o1", 1, "s1"), line("o1", 2, "s1", amount="x")), "Row 2 of CONTAINS: amount"),
        (lines(line("o1", 1, "s1", recordedTo="2026")), "Row 1 of CONTAINS: recordedTo"),
        (Links(CONTAINS, PERSON, PRODUCT, []), "CONTAINS does not lead from Person to Product"),
        (Links(MODEL.by_type["RESOLVES_TO"], PERSON, PERSON, []), "RESOLVES_TO is kept by"),
        (Links(CONTAINS, MODEL.by_label["Document"], PRODUCT, []), "Document cannot be linked"),
    ],
)
async def test_links_that_break_the_model_are_refused(
    graph: Graph, export: Export, part: Links, message: str
):
    await write(graph, shop(), WRITER)
    before = await export()

    with pytest.raises(InvalidInput, match=message):
        await write(graph, Batch([Nodes(ORDER, [order("o9")]), part]), WRITER)

    assert await export() == before
