"""The example mapping of people, companies, employments and interactions."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


async def test_the_example_brings_people_companies_employments_and_calls(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    summary = await importer(EXAMPLES / "contacts.csv", EXAMPLES / "contacts.yaml")

    assert summary.refused == 0
    assert await query(
        "MATCH (p:Person)-[w:WORKS_AT]->(c:Company)"
        " RETURN p.name, p.email, w.title, w.from, c.name, c.taxId ORDER BY p.name"
    ) == [
        ["Ana Ionescu", "ana.ionescu@example.org", "Buyer", "2019-04-01", "Example Optics",
         "RO12345674"],
        ["Luc Moreau", "luc.moreau@example.org", "Director", "2015-09-01", "Example Foundry", None],
        ["Mary Hill", "mary.hill@example.org", "Engineer", "2021-01-15", "Example Optics",
         "RO12345674"],
    ]  # fmt: skip
    assert await query(
        "MATCH (p:Person)-[r:PARTICIPATED_IN]->(c:Call)"
        " RETURN p.givenName, r.role, c.at, c.durationSeconds ORDER BY c.at"
    ) == [
        ["Ana", "TO", "2026-03-02T09:15:00.000Z", 12],
        ["Mary", "TO", "2026-03-03T08:30:00.000Z", 5],
    ]
    assert await query(
        "MATCH (:Person)-[:HAS_IDENTIFIER]->(i:Identifier {kind: 'LOYALTY_CARD'})"
        " RETURN DISTINCT i.value ORDER BY i.value"
    ) == [["L-100"], ["L-101"]]


async def test_the_same_contacts_again_change_nothing_and_one_changed_cell_changes_one_person(
    importer: Callable[..., Any], tmp_path: Path
):
    contacts = (EXAMPLES / "contacts.csv").read_text()
    await importer(contacts, EXAMPLES / "contacts.yaml")

    again = await importer(contacts, EXAMPLES / "contacts.yaml")
    corrected = contacts.replace("Luc,Moreau", "Luc,Morel")
    changed = await importer(corrected, EXAMPLES / "contacts.yaml", name="corrected.csv")

    assert again.changes == 0
    assert changed.changes == changed.nodes["Person"].changed == 1
    assert not list((tmp_path / "work").glob("*.staging*"))


async def test_a_dry_run_counts_what_the_import_then_does_and_changes_nothing(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    files = (EXAMPLES / "contacts.csv", EXAMPLES / "contacts.yaml")
    before = await query("MATCH (n) RETURN count(n)")

    dry = await importer(*files, dry_run=True)
    after = await query("MATCH (n) RETURN count(n)")
    wet = await importer(*files)

    assert before == after
    assert (dry.nodes, dry.links) == (wet.nodes, wet.links)
    assert wet.changes > 0


async def test_another_source_name_makes_records_of_another_system(
    importer: Callable[..., Any], query: Callable[..., Awaitable[list[Any]]]
):
    await importer(EXAMPLES / "contacts.csv", EXAMPLES / "contacts.yaml", source="other-crm")

    assert await query("MATCH (s:SourceRecord) RETURN DISTINCT s.source") == [["other-crm"]]
