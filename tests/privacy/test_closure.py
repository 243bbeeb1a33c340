"""What belongs to a person: the rules cover the model, and odd places are not forgotten."""

import pytest

from graph.database import Graph
from graph.model import MODEL
from graph.model.parties import PARTY
from graph.privacy import Held, Reason, erase, erasure_plan, personal_data, verify_erasure
from graph.privacy.rules import BELONGINGS
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, write
from tests.privacy.worlds import CANARY, EVERYTHING, NODE, WRITER, full_world, id_of, rows, ties

pytestmark = pytest.mark.anyio

ELSEWHERE = {
    "REPORTS_TO", "WORKS_AT", "ROLE_IN", "SERVES", "REFERRED", "KNOWS", "NOT_SAME_AS",
    "IN_TERRITORY",
    "ACTS_FOR", "OWNS", "SOLD_BY", "ABOUT", "TARGETS", "MEMBER_OF", "ASSIGNED_TO", "SHARED_WITH",
    "CAN_SEE", "SUBSIDIARY_OF", "PARTNERS_WITH", "ENROLLED_IN", "ALLOCATED_TO", "WAS",
    "INVITES_TO", "POSSIBLE_DUPLICATE",
}  # fmt: skip
"""Types whose far end is somebody else's: only the relationship belongs to the person."""


def change(text: str) -> Statement:
    return Statement("test.change", Kind.WRITE, text)


def test_every_relationship_of_a_party_is_decided_on():
    touching = {
        each.name
        for each in MODEL.relationships
        if any(node.is_a(PARTY) or node.name == "Partner" for node in (*each.starts, *each.ends))
    }

    decided = {each.walk.relationship.name for each in BELONGINGS}

    assert touching - decided == ELSEWHERE
    assert decided & ELSEWHERE == set()


async def test_a_hold_forbids_the_erasure_and_keeps_everything(graph: Graph):
    person = await full_world(graph)
    hold = Nodes(NODE["LegalHold"], [NodeRow(("hold-1",), {"reason": "A claim"})])
    await write(graph, Batch([hold]), WRITER)
    await graph.run(
        change(
            "MATCH (p:Person {id: $p}), (h:LegalHold) "
            "CREATE (p)-[:HELD_BY {recordedFrom: '2026', recordedTo: '9999'}]->(h)"
        ),
        {"p": person},
    )
    plan = await erasure_plan(graph, person)
    before = await graph.run(EVERYTHING)

    with pytest.raises(Held):
        await erase(graph, person, plan.plan_hash, "officer")

    assert plan.erased == {}
    assert plan.holds == ("hold-1",)
    assert {each.reason for each in plan.retained} == {Reason.LEGAL_HOLD}
    after = await graph.run(EVERYTHING)
    assert [row for row in after if "Secret" not in row[0]] == before


async def test_custom_fields_aliases_and_kept_answers_go_too(graph: Graph):
    person = await full_world(graph)
    await graph.run(
        change("MATCH (p:Person {id: $p}) SET p.x_shoe = $c"), {"p": person, "c": CANARY}
    )
    await graph.run(change("CREATE (:Alias {id: 'former', target: $p})"), {"p": person})
    await graph.run(
        change("CREATE (:IdempotencyKey {key: $c, result: '{\"person\": \"' + $p + '\"}'})"),
        {"p": person, "c": f"key of {CANARY}"},
    )
    data = await personal_data(graph, "former")

    receipt = await erase(graph, "former", (await erasure_plan(graph, person)).plan_hash, "officer")

    assert data["person"] == person
    assert {each["kind"] for each in data["other"]} == {"Alias", "IdempotencyKey"}
    assert (await verify_erasure(graph, receipt.id, [CANARY])).clean


async def test_what_a_job_was_asked_no_longer_names_the_person(graph: Graph):
    person = await full_world(graph)
    asked = '{"filter": {"name": {"eq": "Ana Maria ' + CANARY + '"}}}'
    await graph.run(
        change("CREATE (:Job {id: 'j', kind: 'EXPORT', state: 'DONE', parameters: $asked})"),
        {"asked": asked},
    )

    await erase(graph, person, (await erasure_plan(graph, person)).plan_hash, "officer")

    left = Statement("test.job", Kind.READ, "MATCH (j:Job) RETURN j.parameters")
    assert await graph.run(left) == [['{"filter": {"name": {"eq": "[erased]"}}}']]


async def test_a_person_who_was_put_away_can_be_erased(graph: Graph):
    person = await full_world(graph)
    await graph.run(
        change(
            "MATCH (p:Person {id: $p}) SET p.archivedLabels = ['Party', 'Person'], p:Archived "
            "REMOVE p:Party, p:Person"
        ),
        {"p": person},
    )

    receipt = await erase(graph, person, (await erasure_plan(graph, person)).plan_hash, "officer")

    assert (await verify_erasure(graph, receipt.id, [CANARY])).clean


async def test_relationships_that_were_retracted_belong_to_the_person_too(graph: Graph):
    person = await full_world(graph)
    moved = ties("WORKS_AT", "Person", "Company", ("ana", "acme", {"title": "Guest"}))
    await write(graph, Batch([moved]), WRITER)

    data = await personal_data(graph, person)

    titles = {
        (each["type"], each["properties"]["title"])
        for each in data["relationships"]
        if "title" in each["properties"]
    }
    assert titles == {("WORKS_AT", "Guest"), ("WORKS_AT_WAS", f"Head of {CANARY}")}


async def test_a_household_of_several_is_not_the_persons(graph: Graph):
    person = await full_world(graph)
    await write(graph, Batch([ties("LIVES_IN", "Person", "Household", ("bob", "home"))]), WRITER)

    plan = await erasure_plan(graph, person)
    await erase(graph, person, plan.plan_hash, "officer")

    homes = Statement("test.homes", Kind.READ, "MATCH (h:Household)<-[:LIVES_IN]-(p) RETURN p.name")
    assert await graph.run(homes) == [["Bob Keeps"]]
    assert ("Household", Reason.SHARED) in {(each.kind, each.reason) for each in plan.retained}


async def test_an_address_of_several_people_stays_theirs(graph: Graph):
    await full_world(graph)
    both = {"email": "info@acme.example"}
    await write(graph, Batch([rows("Person", ("cem", both))]), WRITER)
    cem = await id_of(graph, "cem")

    await erase(graph, cem, (await erasure_plan(graph, cem)).plan_hash, "officer")

    left = (
        "MATCH (:Identifier {value: 'info@acme.example'})<-[:HAS_IDENTIFIER]-(p:Person) "
        "RETURN p.name"
    )
    assert await graph.run(Statement("test.left", Kind.READ, left)) == [["Bob Keeps"]]
    again = await write(graph, Batch([rows("Person", ("bob", {**both, "name": "Bob"}))]), WRITER)
    assert again.nodes["Person"].changed == 1


async def test_verifying_tells_where_something_was_left(graph: Graph):
    person = await full_world(graph)
    receipt = await erase(graph, person, (await erasure_plan(graph, person)).plan_hash, "officer")
    await graph.run(change("MATCH (p:Product|Company) SET p.legalName = $c"), {"c": f"of {CANARY}"})

    found = await verify_erasure(graph, receipt.id, [CANARY])

    assert not found.clean
    assert {(each.where, each.property) for each in found.left} == {("Party", "legalName")}
