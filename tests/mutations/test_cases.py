"""Cases over GraphQL: the clock of the service level, routing, answers and the end."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from graph.engagement import levels, statuses
from graph.engagement.clock import ALWAYS, Calendar
from graph.engagement.routing import Route, Team, route
from graph.model.cases import CASE
from loaders.ids import decode_id
from tests.mutations.conftest import STAFF, Api, Put, link

pytestmark = pytest.mark.anyio

SHOWN = """case { id number status priority kind openedAt firstDueAt dueAt waitingSince
firstRespondedAt solvedAt closedAt escalatedAt cause satisfaction version
customer { name } contact { name }
assignees { edges { role node { ... on User { name } ... on Team { name } } } } }"""
REPLY = SHOWN + " interaction { __typename direction participants { edges { role } } }"
MONDAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OFFICE = Calendar(
    ZoneInfo("Europe/Paris"),
    (*((time(9), time(17)),) * 5, None, None),
    frozenset({"2026-01-06"}),
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def opened(api: Api, put: Put, **given: Any) -> dict[str, Any]:
    acme = await put("Company", "acme", name="Acme", tier=given.pop("tier", None))
    asked = {"customerId": acme, "subject": "It leaks", **given}
    return (await api.done("caseOpen", SHOWN, **asked))["case"]


async def do(api: Api, name: str, case: dict[str, Any], **given: Any) -> dict[str, Any]:
    return (await api.done(name, SHOWN, caseId=case["id"], **given))["case"]


def hours(case: dict[str, Any], since: str = "openedAt", until: str = "dueAt") -> float:
    return (moment(case[until]) - moment(case[since])) / timedelta(hours=1)


def test_the_clock_runs_round_the_clock_unless_told_otherwise() -> None:
    later = ALWAYS.after(MONDAY, timedelta(hours=30))
    assert later == MONDAY + timedelta(hours=30)
    assert ALWAYS.between(MONDAY, later) == timedelta(hours=30)
    assert ALWAYS.between(later, MONDAY) == timedelta()


def test_the_clock_of_an_office_stands_still_at_night_and_on_holidays() -> None:
    # Opens at 9 in Paris, which is 8 UTC; Tuesday is off.
    assert OFFICE.after(MONDAY, timedelta(hours=8)) == datetime(2026, 1, 5, 16, tzinfo=UTC)
    assert OFFICE.after(MONDAY, timedelta(hours=9)) == datetime(2026, 1, 7, 9, tzinfo=UTC)
    saturday = datetime(2026, 1, 10, 12, tzinfo=UTC)
    assert OFFICE.after(saturday, timedelta(hours=1)) == datetime(2026, 1, 12, 9, tzinfo=UTC)
    assert OFFICE.between(MONDAY, saturday) == timedelta(hours=32)


def test_what_the_office_clock_adds_it_also_counts() -> None:
    for minutes in range(1, 4_000, 97):
        worked = timedelta(minutes=minutes)
        assert OFFICE.between(MONDAY, OFFICE.after(MONDAY, worked)) == worked


def test_levels_depend_on_priority_tier_and_kind() -> None:
    assert levels.level("QUESTION", "NORMAL", None).solution == timedelta(days=3)
    assert levels.level("QUESTION", "NORMAL", "gold").solution == timedelta(days=3) * 0.75
    assert levels.level("COMPLAINT", "LOW", None) == levels.LEVELS["HIGH"]
    assert levels.level("COMPLAINT", "URGENT", None) == levels.LEVELS["URGENT"]
    assert [levels.raised(each) for each in (None, "HIGH", "URGENT")] == [
        "HIGH",
        "URGENT",
        "URGENT",
    ]
    assert set(levels.LEVELS) == set(CASE.properties["priority"].values)
    assert set(statuses.CASE) == set(CASE.properties["status"].values)


def test_teams_near_the_customer_come_first_and_equals_share_evenly() -> None:
    teams = [Team(f"t{n}", "SERVICE", near=n > 1) for n in range(4)]
    cases = [f"00000000-0000-0000-0000-{n:012x}" for n in range(100)]
    chosen = [route("QUESTION", None, None, teams, case) for case in cases]
    ids = [team.id for team in chosen if team is not None]
    assert (ids.count("t2"), ids.count("t3")) == (50, 50)
    strict = [Route("FINANCE", frozenset({"RETURN"})), Route("SERVICE")]
    assert (
        route("QUESTION", None, None, [Team("f", "FINANCE", near=True)], cases[0], strict) is None
    )


async def test_a_case_gets_its_times_and_a_team(api: Api, put: Put) -> None:
    await put("Team", "service", name="Service", function="SERVICE")
    await put("Team", "sales", name="Sales", function="SALES")
    ana, product = await put("Person", "ana", name="Ana"), await put("Product", "p", name="Pump")
    case = await opened(api, put, contactId=ana, concerns=[product], priority="URGENT", tier="GOLD")
    assert (case["status"], hours(case), hours(case, until="firstDueAt")) == ("NEW", 3.0, 0.375)
    assert case["assignees"]["edges"] == [{"role": "OWNER", "node": {"name": "Service"}}]
    assert (case["customer"]["name"], case["contact"]["name"]) == ("Acme", "Ana")
    assert case["number"].startswith("C-")
    (event,) = await api.events(decode_id(case["id"]).id)
    assert event["op"] == "caseOpen"


async def test_a_team_of_the_territory_is_preferred(api: Api, put: Put) -> None:
    for name in ("north", "south"):
        await put("Team", name, name=name, function="SERVICE")
    await put("Company", "acme", name="Acme")
    await put("Territory", "t", name="T")
    await link(api.graph, "Company/acme", "IN_TERRITORY", "Territory/t")
    await link(api.graph, "Territory/t", "COVERED_BY", "Team/south")
    for _ in range(4):
        case = await opened(api, put)
        assert case["assignees"]["edges"][0]["node"]["name"] == "south"


async def test_a_repeated_opening_opens_one_case(api: Api, put: Put) -> None:
    acme = await put("Company", "acme", name="Acme")
    asked = {"customerId": acme, "subject": "It leaks", "clientMutationId": "k"}
    found = await asyncio.gather(*(api.done("caseOpen", SHOWN, **asked) for _ in range(12)))
    assert len({each["case"]["id"] for each in found}) == 1
    other = {**asked, "subject": "Another"}
    assert await api.refused("caseOpen", **other) == [("CONFLICT", "clientMutationId")]


async def test_wrong_cases_are_refused(api: Api, put: Put) -> None:
    acme, product = await put("Company", "acme", name="Acme"), await put("Product", "p", name="P")
    good = {"customerId": acme, "subject": "x"}
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({**good, "customerId": product}, ("NOT_FOUND", "customerId")),
        ({**good, "subject": ""}, ("REQUIRED", "subject")),
        ({**good, "description": "x" * 100_001}, ("TOO_LONG", "description")),
        ({**good, "concerns": [product, product]}, ("DUPLICATE", "concerns.1")),
        ({**good, "assigneeId": acme}, ("NOT_FOUND", "assigneeId")),
    ]
    for wrong, expected in cases:
        assert await api.refused("caseOpen", **wrong) == [expected]


async def test_the_clock_stands_still_while_the_customer_is_asked(api: Api, put: Put) -> None:
    await put("User", "ann", issuer=STAFF.issuer, subject=STAFF.subject, kind="STAFF", name="Ann")
    case = await opened(api, put)
    payload = await api.done(
        "caseReply", REPLY, caseId=case["id"], kind="EMAIL", body="Which model?", status="PENDING"
    )
    asked, sent = payload["case"], payload["interaction"]
    assert asked["status"] == "PENDING"
    assert asked["waitingSince"] == asked["firstRespondedAt"]
    assert (sent["__typename"], sent["direction"]) == ("Email", "OUTBOUND")
    assert sorted(edge["role"] for edge in sent["participants"]["edges"]) == ["FROM", "TO"]
    again = await do(api, "caseReply", case, kind="EMAIL", body="Did you find it?")
    assert (again["status"], again["waitingSince"]) == ("PENDING", asked["waitingSince"])
    await asyncio.sleep(0.3)
    payload = await api.done(
        "caseReply", REPLY, caseId=case["id"], kind="EMAIL", body="Mark 2", direction="INBOUND"
    )
    again = payload["case"]
    assert (again["status"], again["waitingSince"]) == ("OPEN", None)
    longer = moment(again["dueAt"]) - moment(case["dueAt"])
    assert timedelta(seconds=0.3) <= longer < timedelta(seconds=30)
    assert again["firstRespondedAt"] == asked["firstRespondedAt"]


async def test_another_priority_is_due_at_another_time(api: Api, put: Put) -> None:
    case = await opened(api, put)
    assert hours(case) == 72
    assert hours(await do(api, "caseUpdate", case, priority="URGENT")) == 4
    assert hours(await do(api, "caseUpdate", case, priority="LOW")) == 168
    assert hours(await do(api, "caseUpdate", case, kind="COMPLAINT")) == 24
    waiting = await do(api, "caseUpdate", case, status="PENDING")
    assert waiting["waitingSince"] is not None
    assert (await do(api, "caseUpdate", case, status="OPEN"))["waitingSince"] is None


async def test_a_case_is_solved_closed_and_opened_again(api: Api, put: Put) -> None:
    case = await opened(api, put, kind="COMPLAINT")
    id_ = {"caseId": case["id"]}
    assert await api.refused("caseClose", **id_) == [("NOT_ALLOWED", "caseId")]
    assert await api.refused("caseResolve", **id_) == [("REQUIRED", "cause")]
    assert await api.refused("caseReopen", **id_) == [("NOT_ALLOWED", "caseId")]
    solved = await do(api, "caseResolve", case, cause="A worn seal")
    assert (solved["status"], solved["cause"]) == ("SOLVED", "A worn seal")
    assert await api.refused("caseResolve", **id_, cause="x") == [("NOT_ALLOWED", "caseId")]
    closed = await do(api, "caseClose", case, satisfaction=4)
    assert (closed["status"], closed["satisfaction"]) == ("CLOSED", 4)
    reply = {"kind": "NOTE", "body": "x"}
    assert await api.refused("caseReply", **id_, **reply) == [("NOT_ALLOWED", "caseId")]
    assert await api.refused("caseUpdate", **id_, subject="x") == [("NOT_ALLOWED", "caseId")]
    again = await do(api, "caseReopen", case)
    assert (again["status"], again["solvedAt"], again["closedAt"]) == ("OPEN", None, None)
    assert moment(again["dueAt"]) > moment(case["dueAt"])


async def test_what_was_closed_long_ago_stays_closed(api: Api, put: Put) -> None:
    case = await put("Case", "c", status="CLOSED", closedAt="2020-01-01T00:00:00.000Z")
    assert await api.refused("caseReopen", caseId=case) == [("EXPIRED", "caseId")]


async def test_a_customer_who_answers_opens_what_was_solved(api: Api, put: Put) -> None:
    case = await opened(api, put)
    await do(api, "caseResolve", case)
    again = await do(api, "caseReply", case, kind="CALL", body="No", direction="INBOUND")
    assert (again["status"], again["solvedAt"]) == ("OPEN", None)


async def test_an_escalated_case_is_more_urgent_and_has_somebody_besides(
    api: Api, put: Put
) -> None:
    boss = await put("User", "boss", issuer="i", subject="s", kind="STAFF", name="Boss")
    case = await opened(api, put, assigneeId=boss)
    id_ = {"caseId": case["id"]}
    assert await api.refused("caseEscalate", **id_) == [("REQUIRED", "reason")]
    low = {"priority": "LOW", "reason": "x"}
    assert await api.refused("caseEscalate", **id_, **low) == [("NOT_ALLOWED", "priority")]
    raised = await do(api, "caseEscalate", case, reason="Angry", assigneeId=boss)
    assert (raised["priority"], hours(raised)) == ("HIGH", 24)
    assert raised["escalatedAt"] is not None
    assert {edge["role"] for edge in raised["assignees"]["edges"]} == {"OWNER", "ESCALATION"}
    event = (await api.events(decode_id(case["id"]).id))[-1]
    assert (event["op"], event["reason"]) == ("caseEscalate", "Angry")


async def test_changes_that_are_not_allowed_are_refused(api: Api, put: Put) -> None:
    case = await opened(api, put)
    gone = "Q2FzZTpub2JvZHk"
    changes: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"status": "SOLVED"}, ("NOT_ALLOWED", "status")),
        ({"satisfaction": 6}, ("OUT_OF_RANGE", "satisfaction")),
        ({"subject": "x", "ifVersion": 7}, ("CONFLICT", "ifVersion")),
    ]
    for wrong, expected in changes:
        assert await api.refused("caseUpdate", caseId=case["id"], **wrong) == [expected]
    for name in ("caseUpdate", "caseReopen"):
        assert await api.refused(name, caseId=gone) == [("NOT_FOUND", "caseId")]
    empty = {"caseId": case["id"], "kind": "EMAIL", "body": ""}
    assert await api.refused("caseReply", **empty) == [("REQUIRED", "body")]
    done = {"caseId": case["id"], "kind": "EMAIL", "body": "x", "status": "SOLVED"}
    assert await api.refused("caseReply", **done) == [("NOT_ALLOWED", "status")]


async def test_whoever_gets_a_case_takes_the_place_of_the_former(api: Api, put: Put) -> None:
    team = await put("Team", "service", name="Service", function="SERVICE")
    boss = await put("User", "boss", issuer="i", subject="s", kind="STAFF", name="Boss")
    case = await opened(api, put, assigneeId=team)
    given = await do(api, "caseAssign", case, assigneeId=boss)
    assert given["assignees"]["edges"] == [{"role": "OWNER", "node": {"name": "Boss"}}]


async def test_concurrent_changes_of_one_case_lose_nothing(api: Api, put: Put) -> None:
    case = await opened(api, put)
    replies = [
        api.done("caseReply", caseId=case["id"], kind="NOTE", body="x", direction="INTERNAL")
        for _ in range(8)
    ]
    moves = [do(api, "caseUpdate", case, priority=each) for each in ("LOW", "HIGH", "URGENT")]
    await asyncio.gather(*replies, *moves)
    query = """query ($id: ID!) { node(id: $id) { ... on Case {
    priority dueAt openedAt interactions { totalCount } } } }"""
    found = (await api.ask(query, id=case["id"]))["node"]
    assert found["interactions"]["totalCount"] == 8
    promised = levels.LEVELS[found["priority"]].solution
    assert moment(found["dueAt"]) - moment(found["openedAt"]) == promised
    versions = [event["version"] for event in await api.events(decode_id(case["id"]).id)]
    assert sorted(set(versions)) == list(range(1, max(versions) + 1))
