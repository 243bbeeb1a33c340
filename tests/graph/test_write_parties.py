"""Parties: records, golden values, identifiers and the labels that follow from roles."""

from dataclasses import replace

import pytest

from graph.database import Graph
from graph.errors import Conflict, InvalidInput
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, write
from tests.graph.asking import (
    COMPANY,
    LATER,
    PERSON,
    ask,
    one,
    orders_of,
    people,
    person,
    shop,
)
from tests.graph.conftest import WRITER, Export

pytestmark = pytest.mark.anyio
NOW = "2026-11-22T10:00:00.000Z"
GOLDEN = "MATCH (p:Person) RETURN p{.name, .email, .phone, .city, .version}"
WIPE = Statement("test.wipe", Kind.WRITE, "MATCH (n) DETACH DELETE n")
IDENTIFIERS = """
MATCH (o)-[x:HAS_IDENTIFIER]->(i) RETURN labels(o)[-1], i.kind, i.value, x.primary
ORDER BY labels(o)[-1], i.kind, i.value
"""


async def test_what_a_source_says_becomes_a_record_and_a_party_of_its_own(graph: Graph):
    row = NodeRow(("crm", "1"), {"name": "Ana", "city": "Lyon"}, observed_at="2026-01-01T00:00:00Z")

    await write(graph, Batch([people(row)]), WRITER)

    record, link, party, labels = (
        await ask(
            graph,
            "MATCH (s:SourceRecord)-[x:RESOLVES_TO]->(p) "
            "RETURN properties(s), properties(x), properties(p), labels(p)",
        )
    )[0]
    assert (record["source"], record["externalId"]) == ("crm", "1")
    assert (record["kind"], record["name"], record["version"]) == ("PERSON", "Ana", 1)
    assert record["observedAt"] == "2026-01-01T00:00:00.000Z"
    assert link == {
        "rule": "NEW",
        "decidedBy": "tester",
        "from": NOW,
        "via": record["id"],
        "recordedFrom": NOW,
        "recordedTo": "9999",
    }
    assert (party["name"], party["city"], party["version"]) == ("Ana", "Lyon", 1)
    assert set(labels) == {"Party", "Person"}


async def test_the_seed_decides_ids_and_everything_follows_from_them(graph: Graph):
    given = "5e8b1f0e-3f67-5d1c-9a5e-0d5f2a3b4c5d"
    row = NodeRow(("crm", "1"), {"name": "Ana"}, id=given)
    await write(graph, Batch([people(row)]), WRITER)
    record = await one(graph, "MATCH (s:SourceRecord) RETURN s.id")
    await graph.run(WIPE)

    await write(graph, Batch([people(row)]), WRITER)

    assert await one(graph, "MATCH (p:Person) RETURN p.id") == given
    assert await one(graph, "MATCH (s:SourceRecord) RETURN s.id") == record


async def test_a_record_that_changes_changes_the_party_and_both_keep_versions(graph: Graph):
    await write(graph, Batch([people(person("ana", city="Lyon"))]), WRITER)

    later = replace(WRITER, now=LATER)
    outcome = await write(graph, Batch([people(person("ana", city="Nice"))]), later)

    assert outcome.nodes["Person"].changed == 1
    assert await one(graph, "MATCH (p:Person) RETURN [p.city, p.version, p.changedAt]") == [
        "Nice", 2, LATER,
    ]  # fmt: skip
    assert await ask(
        graph,
        "MATCH (n)-[:WAS]->(v) RETURN v.label, v.city, v.validFrom, v.validTo ORDER BY v.label",
    ) == [["Person", "Lyon", NOW, LATER], ["SourceRecord", "Lyon", NOW, LATER]]


async def test_a_second_record_adds_what_it_knows_and_blanks_nothing(graph: Graph):
    first = person("ana", city="Lyon", email="ana@example.org")
    second = NodeRow(("shop", "9"), {"city": "Nice"}, of_party=("crm", "ana"))

    outcome = await write(graph, Batch([people(second, first)]), WRITER)

    assert outcome.nodes["Person"].created == 2
    golden = await one(graph, GOLDEN)
    assert (golden["name"], golden["email"]) == ("Ana", "ana@example.org")
    assert await one(
        graph, "MATCH (:SourceRecord)-[x:RESOLVES_TO {rule: 'STATED'}]->() RETURN x.via"
    )


@pytest.mark.parametrize(
    ("crm", "web", "city"),
    [("2026-01-02", "2026-01-01", "Lyon"), ("2026-01-01", "2026-01-02", "Nice")],
)
async def test_the_value_observed_last_wins(graph: Graph, crm: str, web: str, city: str):
    first = NodeRow(("crm", "1"), {"name": "Ana", "city": "Lyon"}, observed_at=crm + "T00:00:00Z")
    second = NodeRow(
        ("web", "1"), {"city": "Nice"}, observed_at=web + "T00:00:00Z", of_party=("crm", "1")
    )

    await write(graph, Batch([people(first)]), WRITER)
    await write(graph, Batch([people(second)]), WRITER)

    assert (await one(graph, GOLDEN))["city"] == city


async def test_a_value_that_one_record_withdraws_stays_while_another_states_it(graph: Graph):
    second = NodeRow(
        ("web", "1"), {"city": "Nice", "phone": "+33123456789"}, of_party=("crm", "ana")
    )
    await write(graph, Batch([people(person("ana", city="Lyon"), second)]), WRITER)

    await write(
        graph, Batch([people(NodeRow(("web", "1"), {"city": None, "phone": None}))]), WRITER
    )

    golden = await one(graph, GOLDEN)
    assert (golden["city"], golden["phone"]) == ("Lyon", None)


async def test_a_record_of_a_party_nobody_knows_is_missing_and_leaves_nothing(
    graph: Graph, export: Export
):
    lost = NodeRow(("web", "1"), {"name": "Ana"}, of_party=("crm", "nobody"))
    circle = [
        NodeRow(("a", "1"), {"name": "A"}, of_party=("a", "2")),
        NodeRow(("a", "2"), {"name": "B"}, of_party=("a", "1")),
    ]
    before = await export()

    outcome = await write(graph, Batch([people(lost, *circle)]), WRITER)

    assert outcome.nodes["Person"].created == 0
    assert (("web", "1"), ("crm", "nobody")) in outcome.nodes["Person"].missing
    assert len(outcome.nodes["Person"].missing) == 3
    assert await export() == before


async def test_what_is_said_here_of_a_party_is_a_record_of_our_own(graph: Graph):
    await write(graph, Batch([people(person("ana", city="Lyon"))]), WRITER)
    party = await one(graph, "MATCH (p:Person) RETURN p.id")
    edit = NodeRow((party,), {"city": "Nice"}, observed_at=LATER)

    await write(graph, Batch([people(edit)]), WRITER)
    again = await write(graph, Batch([people(edit)]), WRITER)

    assert again.nodes["Person"].unchanged == 1
    assert await one(graph, "MATCH (p:Person) RETURN [p.city, p.name]") == ["Nice", "Ana"]
    assert await ask(graph, "MATCH (s:SourceRecord) RETURN s.source ORDER BY s.source") == [
        ["c360"], ["crm"],
    ]  # fmt: skip


async def test_a_person_is_not_turned_into_a_company(graph: Graph, export: Export):
    await write(graph, Batch([people(person("ana"))]), WRITER)
    before = await export()

    with pytest.raises(Conflict, match="known as a person"):
        await write(graph, Batch([Nodes(COMPANY, [person("ana")])]), WRITER)

    assert await export() == before


async def test_the_last_name_of_a_party_cannot_be_taken_away(graph: Graph):
    with pytest.raises(InvalidInput, match="A new Person lacks name"):
        await write(graph, Batch([people(NodeRow(("crm", "1"), {"city": "Lyon"}))]), WRITER)


async def test_identifiers_follow_from_the_values_in_their_normal_form(graph: Graph):
    firm = NodeRow(
        ("crm", "f"),
        {"name": "Acme", "taxId": "fr 12-345", "website": "https://www.Acme.example.org/home"},
    )
    ana = person("ana", email="Ana@Example.org", phone="+33 1 23 45 67 89")

    await write(graph, Batch([people(ana), Nodes(COMPANY, [firm])]), WRITER)

    rows = await ask(graph, IDENTIFIERS)
    owned = [row for row in rows if row[0] != "SourceRecord"]
    assert owned == [
        ["Company", "DOMAIN", "acme.example.org", True],
        ["Company", "TAX_ID", "FR12345", True],
        ["Person", "EMAIL", "ana@example.org", True],
        ["Person", "PHONE", "+33123456789", True],
    ]
    assert sorted(row[1:] for row in rows if row[0] == "SourceRecord") == sorted(
        row[1:] for row in owned
    )


async def test_an_identifier_that_changes_is_retracted_and_remembered(graph: Graph):
    await write(graph, Batch([people(person("ana", email="old@example.org"))]), WRITER)

    later = replace(WRITER, now=LATER)
    await write(graph, Batch([people(person("ana", email="new@example.org"))]), later)

    rows = await ask(graph, IDENTIFIERS)
    assert [row[2] for row in rows] == ["new@example.org", "new@example.org"]
    was = await ask(
        graph,
        "MATCH (o)-[x:HAS_IDENTIFIER_WAS]->(i) "
        "RETURN labels(o)[-1], i.value, x.recordedFrom, x.recordedTo ORDER BY labels(o)[-1]",
    )
    assert was == [
        ["Person", "old@example.org", NOW, LATER],
        ["SourceRecord", "old@example.org", NOW, LATER],
    ]


async def test_an_identifier_that_another_record_still_states_stays_with_the_party(graph: Graph):
    shared = "ana@example.org"
    second = NodeRow(("web", "1"), {"email": shared}, of_party=("crm", "ana"))
    await write(graph, Batch([people(person("ana", email=shared), second)]), WRITER)

    await write(graph, Batch([people(person("ana", email=None))]), WRITER)

    via = await one(graph, "MATCH (:Person)-[x:HAS_IDENTIFIER]->() RETURN x.via")
    assert via == await one(graph, "MATCH (s:SourceRecord {source: 'web'}) RETURN s.id")


async def test_an_identifier_linked_by_hand_survives_a_change_of_the_record(graph: Graph):
    identifier, owns = MODEL.by_label["Identifier"], MODEL.by_type["HAS_IDENTIFIER"]
    key = ("EMAIL", "second@example.org")
    by_hand = [
        Nodes(identifier, [NodeRow(key, {})]),
        Links(owns, PERSON, identifier, [LinkRow(("crm", "ana"), key, {"label": "home"})]),
    ]
    await write(graph, Batch([people(person("ana", email="a@example.org")), *by_hand]), WRITER)

    await write(graph, Batch([people(person("ana", email="b@example.org"))]), WRITER)

    rows = await ask(
        graph, "MATCH (:Person)-[:HAS_IDENTIFIER]->(i) RETURN i.value ORDER BY i.value"
    )
    assert rows == [["b@example.org"], ["second@example.org"]]


async def test_a_party_with_an_order_is_a_customer_until_the_order_is_somebody_elses(graph: Graph):
    await write(graph, shop(), WRITER)
    assert await one(graph, "MATCH (p:Customer) RETURN p.name") == "Ana"

    part = orders_of(("o1", ("crm", "bob")))
    part.complete = True
    await write(graph, Batch([part]), WRITER)

    assert await one(graph, "MATCH (p:Customer) RETURN p.name") == "Bob"


async def test_a_company_that_serves_or_partners_or_enrols_is_a_partner(graph: Graph):
    firms = [NodeRow(("crm", name), {"name": name}) for name in ("a", "b", "c", "d")]
    program = MODEL.by_label["Program"]
    serves, partners, enrolled = (
        MODEL.by_type[name] for name in ("SERVES", "PARTNERS_WITH", "ENROLLED_IN")
    )
    batch = Batch(
        [
            Nodes(COMPANY, firms),
            Nodes(program, [NodeRow(("crm", "p"), {"name": "Gold"})]),
            Links(serves, COMPANY, COMPANY, [LinkRow(("crm", "a"), ("crm", "d"), {})]),
            Links(partners, COMPANY, COMPANY, [LinkRow(("crm", "b"), ("crm", "d"), {})]),
            Links(enrolled, COMPANY, program, [LinkRow(("crm", "c"), ("crm", "p"), {})]),
        ]
    )

    await write(graph, batch, WRITER)

    rows = await ask(graph, "MATCH (p:Partner) RETURN p.name ORDER BY p.name")
    assert rows == [["a"], ["b"], ["c"]]
