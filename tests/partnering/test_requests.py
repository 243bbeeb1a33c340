"""Requests: who may take which step in which state, and what portals are told of it."""

from typing import Any

import pytest

from graph.partnering.states import DECISIONS, MOVES, Actor, Course, moves_of
from graph.statements import Kind, Statement
from tests.mutations.conftest import Put, link, uuid_of
from tests.partnering.conftest import Portal, World, gid

pytestmark = pytest.mark.anyio

LABELS = {
    Course.DEAL: "DealRegistration",
    Course.FUND_REQUEST: "FundRequest",
    Course.FUND_CLAIM: "FundClaim",
    Course.LEAD: "LeadOffer",
    Course.SHARE_ASKED: "ShareProposal",
    Course.SHARE_OFFERED: "ShareProposal",
    Course.PRIVACY: "PrivacyRequest",
}
STATES = sorted({each.state for each in MOVES} | {each.target for each in MOVES} | {"WAITLISTED"})
WITHDRAW: tuple[str, str, dict[str, Any]] = ("requestWithdraw", "requestId", {})
PARTNERS_STEPS: dict[Course, dict[str, tuple[str, str, dict[str, Any]]]] = {
    Course.DEAL: {
        "UPDATE": ("dealUpdate", "dealId", {"expectedCloseOn": "2027-01-01"}),
        "SUBMIT": ("dealUpdate", "dealId", {"submit": True}),
        "WITHDRAW": ("dealWithdraw", "dealId", {}),
    },
    Course.FUND_REQUEST: {
        "WITHDRAW": WITHDRAW,
        "CLAIM": ("fundClaim", "requestId", {"amount": {"amount": "0.01", "currency": "EUR"}}),
    },
    Course.FUND_CLAIM: {"WITHDRAW": WITHDRAW},
    Course.LEAD: {
        "ACCEPT": ("leadAccept", "offerId", {}),
        "REJECT": ("leadReject", "offerId", {}),
        "UPDATE": ("leadUpdate", "offerId", {"progress": "CONTACTED"}),
        "WIN": ("leadUpdate", "offerId", {"outcome": "WON"}),
        "LOSE": ("leadUpdate", "offerId", {"outcome": "LOST"}),
    },
    Course.SHARE_ASKED: {"WITHDRAW": WITHDRAW},
    Course.SHARE_OFFERED: {
        "ACCEPT": ("shareAccept", "proposalId", {}),
        "REJECT": ("shareReject", "proposalId", {}),
    },
    Course.PRIVACY: {},
}
PUT_BACK = Statement(
    "test.put_back",
    Kind.WRITE,
    "MATCH (n:Request {id: $id}) SET n.state = $state, n.decisionReason = null "
    "WITH n OPTIONAL MATCH (n)<-[:ABOUT]-(c:FundClaim) DETACH DELETE c",
)
STATE = Statement("test.state", Kind.READ, "MATCH (n:Request {id: $id}) RETURN n.state")
ALLOWED = """query ($id: ID!) { node(id: $id) {
  ... on Request { state allowed { actions editableFields } } } }"""


async def made(world: World, put: Put, course: Course) -> str:
    """A request of one course; its own id."""
    label, graph = LABELS[course], world.api.graph
    values: dict[str, Any] = {"state": "SUBMITTED", "number": "1"}
    if course in {Course.FUND_REQUEST, Course.FUND_CLAIM}:
        values |= {"amount": 1_000, "currency": "EUR"}
    if label == "ShareProposal":
        values["level"] = "FULL"
    await put(label, "one", **values)
    one = f"{label}/one"
    match course:
        case Course.LEAD | Course.SHARE_OFFERED:
            await link(graph, one, "ASSIGNED_TO", "Company/acme", role="APPROVER")
        case Course.PRIVACY:
            pass
        case _:
            await link(graph, one, "BY", "Company/acme")
    if course in {Course.DEAL, Course.LEAD} or label == "ShareProposal":
        await link(graph, one, "ABOUT", "Company/alba")
    if course is Course.FUND_REQUEST:
        await link(graph, one, "ABOUT", "Fund/fund")
        await link(graph, "Fund/fund", "ALLOCATED_TO", "Company/acme", amount=50_000)
    return uuid_of(label, "one")


Step = tuple[Actor, str, Portal, str, str, dict[str, Any]]


def steps(world: World, course: Course) -> list[Step]:
    """Everything that somebody may try with a request: whose step it is, and the mutation."""
    found: list[Step] = []
    for action, (name, field, given) in PARTNERS_STEPS[course].items():
        found.append((Actor.PARTNER, action, world.partner, name, field, given))
    for decision in DECISIONS:
        given = {"decision": decision, "decisionReason": "It is so."}
        found.append((Actor.STAFF, decision, world.staff, "requestDecide", "requestId", given))
    return found


@pytest.mark.parametrize("course", Course)
async def test_every_step_is_possible_exactly_where_the_table_lists_it(
    world: World, put: Put, course: Course
):
    id_, graph = await made(world, put, course), world.api.graph
    global_id, taken = gid(LABELS[course], "one"), 0

    for state in STATES:
        for actor, action, portal, name, field, given in steps(world, course):
            await graph.run(PUT_BACK, {"id": id_, "state": state})
            move = next(
                (
                    each
                    for each in moves_of(course, state, actor)
                    if each.action == action
                ),
                None,
            )  # fmt: skip
            payload = await portal.do(name, **{field: global_id}, **given)
            after = (await graph.run(STATE, {"id": id_}))[0][0]
            where = (course, state, actor, action, payload["userErrors"])
            if move is None:
                assert [each["code"] for each in payload["userErrors"]] == ["NOT_ALLOWED"], where
                assert after == state, where
            else:
                assert payload["userErrors"] == [], where
                assert after == move.target, where
                taken += 1

    assert taken == sum(each.course is course and each.actor is not Actor.CLOCK for each in MOVES)


@pytest.mark.parametrize("course", [each for each in Course if each is not Course.PRIVACY])
async def test_what_is_allowed_is_what_the_table_lists(world: World, put: Put, course: Course):
    id_ = await made(world, put, course)

    for state in STATES:
        await world.api.graph.run(PUT_BACK, {"id": id_, "state": state})
        for portal, actor in ((world.staff, Actor.STAFF), (world.partner, Actor.PARTNER)):
            found = (await portal.ask(ALLOWED, id=gid(LABELS[course], "one")))["node"]["allowed"]
            moves = moves_of(course, state, actor)
            assert found["actions"] == [each.action for each in moves]
            assert set(found["editableFields"]) == {name for each in moves for name in each.fields}


async def test_a_request_of_another_partner_is_as_unknown(world: World, put: Put):
    await made(world, put, Course.DEAL)
    ids = {"dealId": gid("DealRegistration", "one")}
    unknown = {"dealId": gid("DealRegistration", "none")}

    for name in ("dealUpdate", "dealWithdraw"):
        refused = await world.rival.do(name, **ids)
        assert refused == await world.rival.do(name, **unknown)
        assert [each["code"] for each in refused["userErrors"]] == ["NOT_FOUND"]
    assert await world.rival.ask(ALLOWED, id=ids["dealId"]) == {"node": None}
    assert (await world.partner.done("dealWithdraw", "deal { state }", **ids))["deal"] == {
        "state": "WITHDRAWN"
    }


async def test_a_changed_request_is_not_overwritten(world: World, put: Put):
    await made(world, put, Course.DEAL)
    deal = gid("DealRegistration", "one")
    given = {"dealId": deal, "ifVersion": 1}

    await world.partner.done("dealUpdate", dealName="Roof", **given)

    assert await world.partner.refused("dealUpdate", dealName="Wall", **given) == [
        ("CONFLICT", "ifVersion")
    ]
