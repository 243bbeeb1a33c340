"""Which partner sees which party follows from the facts, whoever writes them, and when."""

import time
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from graph.model.kinds import Node, Relationship
from graph.model.links import ASSIGNED_TO, SHARED_WITH
from graph.model.parties import COMPANY, PARTY, SERVES
from graph.model.programs import ABOUT, BY, DEAL_REGISTRATION, LEAD_OFFER
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from graph.write.sight import sweep
from loaders.ids import encode_id
from tests.mutations.conftest import STAFF, Api, Put, required_of, uuid_of
from tests.partnering.conftest import TODAY, Portal, due, kept

pytestmark = pytest.mark.anyio

WRITER = Writer("tester", "crm")
PARTNERS = ("p1", "p2", "p3")
CUSTOMERS = ("c1", "c2", "c3", "c4")
LEVELS = ("COUNT", "PROFILE", "FULL")
STATES = ("SUBMITTED", "APPROVED", "REJECTED", "WON", "LOST", "EXPIRED")
AGE = Statement(
    "test.age",
    Kind.WRITE,
    "MATCH ()-[x:SERVES]->() SET x.from = CASE WHEN x.from > $day THEN $day ELSE x.from END, "
    "x.to = CASE WHEN x.to IS NULL THEN null ELSE $before END",
)


def staff(api: Api) -> Portal:
    return Portal(api, STAFF)


def day(days: int) -> str:
    return (date.fromisoformat(TODAY) + timedelta(days)).isoformat()


async def linked(
    api: Api, kind: Relationship, start: tuple[Node, str], end: tuple[Node, str],
    complete: bool = False, **values: Any,
) -> None:  # fmt: skip
    row = LinkRow((uuid_of(start[0].name, start[1]),), (uuid_of(end[0].name, end[1]),), values)
    part = Links(kind, start[0], end[0], [row], complete=complete)
    outcome = await write(api.graph, Batch([part]), WRITER)
    assert not outcome.links[kind.name].missing


async def request(api: Api, node: Node, key: str, **values: Any) -> None:
    rows = [NodeRow(("crm", key), values, id=uuid_of(node.name, key))]
    await write(api.graph, Batch([Nodes(node, rows)]), WRITER)


async def world(api: Api, put: Put) -> None:
    for name in (*PARTNERS, *CUSTOMERS):
        await put("Company", name, name=name)
    for name in PARTNERS:
        await put("DealRegistration", name, state="SUBMITTED", number=name)
        await put("LeadOffer", name, state="SUBMITTED", number=name)
        await linked(api, BY, (DEAL_REGISTRATION, name), (COMPANY, name))
        await linked(api, ASSIGNED_TO, (LEAD_OFFER, name), (COMPANY, name), role="APPROVER")
    program = await put("Program", "gold", name="Gold")
    for name in PARTNERS:
        company = encode_id("Company", uuid_of("Company", name))
        await staff(api).done("partnerEnroll", companyId=company, programId=program)


def from_(first: str) -> dict[str, Any]:
    return {"from": first}


def some_period(rng: Random) -> dict[str, Any]:
    first, last = rng.choice([None, -9, 0, 3]), rng.choice([None, -2, 0, 5, 9])
    if first is not None and last is not None and last < first:
        last = None
    found = {"from": first, "to": last}
    return {name: day(days) for name, days in found.items() if days is not None}


async def some_batch(api: Api, rng: Random, partner: str, customer: str) -> None:
    """One fact, written as an import would."""
    one, other = (COMPANY, partner), (COMPANY, customer)
    match rng.randrange(6):
        case 0:
            await linked(api, SERVES, one, other, rng.random() < 0.3, **some_period(rng))
        case 1:
            level = rng.choice(LEVELS)
            await linked(api, SHARED_WITH, other, one, level=level, **some_period(rng))
        case 2:
            await linked(api, ASSIGNED_TO, other, one, role=rng.choice(["A", "B"]))
        case 3:
            node = rng.choice([DEAL_REGISTRATION, LEAD_OFFER])
            await linked(api, ABOUT, (node, partner), other)
        case 4:
            values = {"state": rng.choice(STATES), "protectedUntil": rng.choice([None, day(4)])}
            await request(api, DEAL_REGISTRATION, partner, **values)
        case _:
            await request(api, LEAD_OFFER, partner, state=rng.choice(STATES))


async def some_action(api: Api, rng: Random, partner: str, customer: str) -> None:
    """One fact, changed by a mutation; one that is refused changes nothing."""
    one = encode_id("Company", uuid_of("Company", partner))
    other = encode_id("Company", uuid_of("Company", customer))
    period = {name: value for name, value in some_period(rng).items() if name == "to"}
    match rng.randrange(9):
        case 0:
            await staff(api).do("partnerServe", partnerId=one, customerId=other, **period)
        case 1:
            await staff(api).do("partnerRelease", partnerId=one, customerId=other, **period)
        case 2:
            level = rng.choice(LEVELS)
            await staff(api).do("shareGrant", subjectId=other, readerId=one, level=level, **period)
        case 3:
            await staff(api).do("shareRevoke", subjectId=other, readerId=one)
        case 4:
            name = rng.choice(["assignmentAdd", "assignmentSet"])
            await staff(api).do(name, subjectId=other, assigneeId=one, role="A")
        case 5:
            await staff(api).do("assignmentRemove", subjectId=other, assigneeId=one)
        case 6 | 7:
            which = rng.choice([one, other])
            await staff(api).do("partyArchive", partyId=which)
            assert await kept(api.graph) == await due(api.graph)
            await staff(api).do("partyRestore", partyId=which)
        case _:
            deal = encode_id("DealRegistration", uuid_of("DealRegistration", partner))
            await staff(api).do("entityArchive", entityId=deal)
            assert await kept(api.graph) == await due(api.graph)
            await staff(api).do("entityRestore", entityId=deal)


@pytest.mark.parametrize("seed", range(2))
async def test_sight_is_what_the_facts_say_after_any_sequence_of_changes(
    api: Api, put: Put, seed: int
):
    await world(api, put)
    rng, before, seen = Random(seed), {}, 0

    for _ in range(16):
        partner, customer = rng.choice(PARTNERS), rng.choice((*CUSTOMERS, *PARTNERS))
        change = rng.choice([some_batch, some_action])
        if partner != customer:
            await change(api, rng, partner, customer)
        found = await kept(api.graph)
        assert found == await due(api.graph), change.__name__
        seen += found != before
        before = found

    assert seen >= 2
    assert await sweep(api.graph) > 0
    assert await kept(api.graph) == before


async def test_a_sweep_finds_what_began_or_ended_by_its_date(api: Api, put: Put):
    await world(api, put)
    await linked(api, SERVES, (COMPANY, "p1"), (COMPANY, "c1"), **from_(day(3)))
    await linked(api, SERVES, (COMPANY, "p1"), (COMPANY, "c2"), to=day(5))
    await linked(api, SHARED_WITH, (COMPANY, "c2"), (COMPANY, "p1"), level="PROFILE")
    first, second = (uuid_of("Company", name) for name in ("c1", "c2"))
    partner = uuid_of("Company", "p1")
    assert await kept(api.graph) == {(partner, second): ("FULL", day(5))}

    await api.graph.run(AGE, {"day": TODAY, "before": day(-1)})
    await sweep(api.graph)

    assert await kept(api.graph) == {
        (partner, first): ("FULL", None),
        (partner, second): ("PROFILE", None),
    }


async def test_five_thousand_parties_are_given_and_taken_in_seconds(api: Api, put: Put):
    await put("Company", "p1", name="p1")
    some = [(f"c{i}", uuid_of("Company", f"c{i}")) for i in range(5_000)]
    for start in range(0, 5_000, 1_000):
        rows = [
            NodeRow(("crm", key), required_of(PARTY, key), id=id_)
            for key, id_ in some[start : start + 1_000]
        ]
        await write(api.graph, Batch([Nodes(COMPANY, rows)]), WRITER)
    rows = [LinkRow((uuid_of("Company", "p1"),), (id_,), {}) for _, id_ in some]
    links = Links(SERVES, COMPANY, COMPANY, rows)

    before = time.perf_counter()
    await write(api.graph, Batch([links]), WRITER)
    given = time.perf_counter() - before
    assert len(await kept(api.graph)) == 5_000
    links = Links(SERVES, COMPANY, COMPANY, rows[:1], complete=True)
    before = time.perf_counter()
    await write(api.graph, Batch([links]), WRITER)
    taken = time.perf_counter() - before

    assert len(await kept(api.graph)) == 1
    assert max(given, taken) < 20, "Each takes less than a second on a machine with nothing else."
