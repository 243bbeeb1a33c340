"""Erasing a person: everything that is exported goes, or is kept for a stated reason."""

import json
from random import Random
from typing import Any

import pytest

from graph.database import Graph
from graph.errors import InvalidInput
from graph.privacy import (
    NotFound,
    PlanChanged,
    Reason,
    erase,
    erasure_plan,
    personal_data,
    verify_erasure,
)
from graph.statements import Kind, Statement
from graph.write import Batch, write
from tests.privacy.worlds import (
    CANARY,
    EVERYTHING,
    TIES,
    WRITER,
    full_world,
    id_of,
    random_batches,
    rows,
)

pytestmark = pytest.mark.anyio


async def places(graph: Graph, word: str) -> set[tuple[str, str]]:
    """Every property of every node and relationship that holds a word, whatever its case."""
    found: set[tuple[str, str]] = set()
    for labels, values in await graph.run(EVERYTHING):
        found |= {(labels[0], name) for name, each in values.items() if word in str(each).lower()}
    for kind, _, _, values in await graph.run(TIES):
        found |= {(kind, name) for name, each in values.items() if word in str(each).lower()}
    return found


def exported(data: dict[str, Any]) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for group in data["groups"]:
        for entry in group["entries"]:
            for each in (entry, *entry["versions"]):
                found |= {(group["label"], each["id"], name) for name in each["properties"]}
    for each in data["relationships"]:
        found |= {(each["type"], each["id"], name) for name in each["properties"]}
    for each in data["events"]:
        found |= {("ChangeEvent", each["id"], name) for name in each["properties"]}
    for each in data["other"]:
        found |= {(each["kind"], each["id"], name) for name in each["properties"]}
    return found


async def test_nothing_of_an_erased_person_is_left_but_what_is_shared_or_kept_by_law(graph: Graph):
    person = await full_world(graph)
    plan = await erasure_plan(graph, person)

    receipt = await erase(graph, person, plan.plan_hash, "officer", "asked for by post")

    assert await places(graph, CANARY) == set()
    assert (await verify_erasure(graph, receipt.id, [CANARY])).clean
    assert {(each.kind, each.reason) for each in plan.retained if each.kind != "ChangeEvent"} >= {
        ("Invoice", Reason.RETENTION_BY_LAW),
        ("Email", Reason.SHARED),
    }


async def test_what_is_shared_stays_with_the_others_without_the_words_of_the_erased(graph: Graph):
    person = await full_world(graph)

    await erase(graph, person, (await erasure_plan(graph, person)).plan_hash, "officer")

    mails = Statement("test.mails", Kind.READ, "MATCH (m:Email) RETURN m.externalId, m.body")
    found = dict(await graph.run(mails))
    assert found == {"mail": "Hello [erased], hi Bob", "own": None}
    who = "MATCH (p:Person)-[:PARTICIPATED_IN]->(:Email) RETURN DISTINCT p.name"
    assert await graph.run(Statement("test.who", Kind.READ, who)) == [["Bob Keeps"]]


async def test_invoices_are_kept_for_ten_years_and_older_ones_are_not(graph: Graph):
    person = await full_world(graph)
    plan = await erasure_plan(graph, person)

    await erase(graph, person, plan.plan_hash, "officer")

    left = "MATCH (i:Invoice) RETURN i.number, i.note"
    assert await graph.run(Statement("test.left", Kind.READ, left)) == [["i-new", "For [erased]"]]
    until = {each.until for each in plan.retained if each.kind == "Invoice"}
    assert until == {"2036-12-31T23:59:59.999Z"}


@pytest.mark.parametrize("seed", range(4))
async def test_erased_and_retained_together_are_exactly_what_is_exported(graph: Graph, seed: int):
    await check_symmetry(graph, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 200))
async def test_symmetry_holds_in_many_random_worlds(graph: Graph, seed: int):
    await check_symmetry(graph, seed)


async def check_symmetry(graph: Graph, seed: int) -> None:
    for batch in random_batches(Random(seed)):
        await write(graph, batch, WRITER)
    person = await id_of(graph, "ana")
    data = await personal_data(graph, person)
    plan = await erasure_plan(graph, person)
    before = {values["id"]: values for _, values in await graph.run(EVERYTHING) if "id" in values}

    receipt = await erase(graph, person, plan.plan_hash, "officer")

    after = {values["id"]: values for _, values in await graph.run(EVERYTHING) if "id" in values}
    nodes = {
        item
        for item in exported(data)
        if "id" in before.get(item[1], {}) or item[0] == "ChangeEvent"
    }
    kept = {(each.kind, each.id, name) for each in plan.retained for name in each.properties}
    really = {item for item in nodes if after.get(item[1], {}).get(item[2]) is not None}
    same = {item for item in really if before[item[1]].get(item[2]) == after[item[1]].get(item[2])}
    assert kept & nodes == same
    assert kept <= exported(data)
    assert sum(map(sum, (each.values() for each in plan.erased.values()))) == len(
        exported(data) - kept
    )
    told = {receipt.id}
    untouched = {id_ for id_ in before if id_ not in {item[1] for item in nodes}}
    assert {id_ for id_ in untouched if before[id_] != after.get(id_)} == set()
    assert after.keys() - before.keys() == told


async def test_a_plan_that_is_out_of_date_is_refused_and_nothing_is_changed(graph: Graph):
    person = await full_world(graph)
    plan = await erasure_plan(graph, person)
    await write(graph, Batch([rows("Person", ("ana", {"city": "Elsewhere"}))]), WRITER)
    before = await graph.run(EVERYTHING)

    with pytest.raises(PlanChanged):
        await erase(graph, person, plan.plan_hash, "officer")

    assert [row for row in await graph.run(EVERYTHING) if "Secret" not in row[0]] == [
        row for row in before if "Secret" not in row[0]
    ]


async def test_a_reason_that_names_the_person_is_refused(graph: Graph):
    person = await full_world(graph)
    plan = await erasure_plan(graph, person)

    with pytest.raises(InvalidInput, match="must not name the person"):
        await erase(graph, person, plan.plan_hash, "officer", f"because Ana Maria {CANARY} asked")


async def test_whoever_is_not_there_cannot_be_erased(graph: Graph):
    with pytest.raises(NotFound):
        await erasure_plan(graph, "00000000-0000-7000-8000-000000000000")


async def test_the_digests_of_the_chain_stay_when_values_and_salts_go(graph: Graph):
    person = await full_world(graph)
    events = Statement(
        "test.events",
        Kind.READ,
        "MATCH (e:ChangeEvent) "
        "RETURN e.id, e.digest, e.prev, e.entity, e.op, e.at, e.patch, e.salt",
    )
    before = {row[0]: row[1:6] for row in await graph.run(events)}

    receipt = await erase(graph, person, (await erasure_plan(graph, person)).plan_hash, "officer")

    after = {row[0]: row[1:6] for row in await graph.run(events)}
    assert {id_: row for id_, row in after.items() if id_ != receipt.id} == before
    blank = {row[0] for row in await graph.run(events) if row[6] is None}
    assert blank
    assert blank == {row[0] for row in await graph.run(events) if row[7] is None}


async def test_the_export_is_json_and_names_everything(graph: Graph):
    data = await personal_data(graph, await full_world(graph))

    text = json.dumps(data)

    labels = {group["label"] for group in data["groups"]}
    assert labels >= {
        "Person", "SourceRecord", "Identifier", "Household", "Consent", "Score", "Call", "Email",
        "Note", "Invoice", "Case", "User",
    }  # fmt: skip
    assert "Head of " + CANARY in text
    assert f"Ana {CANARY}" in text
    assert "Bob Keeps" not in text
