"""What is past its time ends, what is protected stays, and the report tells of both."""

from datetime import UTC, datetime

import pytest

from graph.database import Graph
from graph.privacy.minimising import Finding, limit, minimisation_report
from graph.privacy.retention import ENDING, run_retention
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from tests.privacy.worlds import NODE, people, rows, ties

pytestmark = pytest.mark.anyio

OLD = Writer("tester", "crm", "2015-01-01T00:00:00Z")
NEW = Writer("tester", "crm", "2026-01-01T00:00:00Z")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CALLS = Statement("test.calls", Kind.READ, "MATCH (c:Call) RETURN c.externalId ORDER BY c.id")


async def calls(graph: Graph) -> None:
    """Write an old and a new call of Ana."""
    await write(graph, Batch(people()), NEW)
    for writer, key, at in ((OLD, "old", "2015-01-01"), (NEW, "new", "2026-01-01")):
        call = {"at": f"{at}T00:00:00Z", "channel": "PHONE", "body": "Hello"}
        part = ties("PARTICIPATED_IN", "Person", "Call", ("ana", key, {"role": "FROM"}))
        await write(graph, Batch([rows("Call", (key, call)), part]), writer)


async def test_interactions_end_three_years_after_their_last_change(graph: Graph):
    await calls(graph)

    counted = await run_retention(graph, NOW, "retention", dry_run=True)
    still = await graph.run(CALLS)
    done = await run_retention(graph, NOW, "retention")

    assert counted == done == {"Call": 1}
    assert still == [["old"], ["new"]]
    assert await graph.run(CALLS) == [["new"]]
    assert await run_retention(graph, NOW, "retention") == {}


async def test_the_event_of_what_ended_says_so_and_the_values_of_earlier_ones_are_gone(
    graph: Graph,
):
    await calls(graph)

    await run_retention(graph, NOW, "retention")

    asked = "MATCH (e:ChangeEvent {label: 'Call'}) RETURN e.op, e.patch ORDER BY e.at, e.id"
    told = await graph.run(Statement("test.told", Kind.READ, asked))
    ended = [each for each in told if each[0] == "retentionEnd"]
    assert [each[1] for each in ended] == ["{}"]
    assert len([each for each in told if each[1] is None]) == 1


async def test_a_legal_hold_stops_the_end(graph: Graph):
    await calls(graph)
    hold = (
        "MATCH (:SourceRecord {externalId: 'ana'})-[:RESOLVES_TO]->(p) "
        "CREATE (p)-[:HELD_BY]->(:LegalHold {id: 'hold', reason: 'claim'})"
    )
    await graph.run(Statement("test.hold", Kind.WRITE, hold))

    assert await run_retention(graph, NOW, "retention") == {}


async def test_people_of_whom_nothing_was_heard_for_ten_years_are_erased(graph: Graph):
    await write(graph, Batch(people()), OLD)

    done = await run_retention(graph, NOW, "retention")

    assert done["Person"] == 3
    left = Statement("test.left", Kind.READ, "MATCH (p:Person) RETURN count(p)")
    assert await graph.run(left) == [[0]]


async def test_a_custom_field_ends_when_its_definition_says_so(graph: Graph):
    await write(graph, Batch(people()), OLD)
    define = (
        "CREATE (:FieldDef {id: 'f', name: 'shoe', label: 'Company', type: 'STRING', "
        "retention: 'P1Y'}) WITH 1 AS one MATCH (c:Company) SET c.x_shoe = '42'"
    )
    await graph.run(Statement("test.define", Kind.WRITE, define))
    report = await minimisation_report(graph, NOW)
    found = {(each.label, each.property): each for each in report}

    done = await run_retention(graph, NOW, "retention")

    assert found["Company", "x_shoe"].findings == (Finding.NO_PURPOSE, Finding.PAST_RETENTION)
    assert done["Company.x_shoe"] == 1


async def test_the_report_counts_what_is_filled_and_what_is_past(graph: Graph):
    await calls(graph)

    found = {(each.label, each.property): each for each in await minimisation_report(graph, NOW)}

    body = found["Call", "body"]
    assert (body.filled, body.nodes, body.past, body.findings) == (
        2, 2, 1, (Finding.PAST_RETENTION,),
    )  # fmt: skip
    assert found["Person", "honorific"].findings == (Finding.NEVER_FILLED,)
    assert all(each.purpose for each in found.values())


def test_a_retention_ends_on_the_same_day_years_later():
    leap = datetime(2024, 2, 29, tzinfo=UTC)

    assert limit("P3Y", leap) == "2021-02-28T00:00:00.000Z"
    assert limit("P30D", leap) == "2024-01-30T00:00:00.000Z"
    assert limit("RECORD", leap) is None
    assert NODE["Person"] not in ENDING
