"""What the clock does to papers: each step once, with its event, and nothing that is not due."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graph.commerce.timing import Passed, pass_time, renewed
from graph.statements import Kind, Statement
from tests.mutations.commerce import lines, own_id, shop
from tests.mutations.conftest import FINGERPRINT, Api, Put, uuid_of

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)
NOTHING = Passed(0, 0, 0, 0)
STATES = Statement(
    "test.states",
    Kind.READ,
    "MATCH (n) WHERE n:Quote OR n:Invoice OR n:Contract "
    "RETURN n.number, n.status, toString(n.renewsOn), toString(n.endsOn), n.version",
)


async def states(api: Api) -> dict[str, list[Any]]:
    return {number: rest for number, *rest in await api.graph.run(STATES)}


async def test_quotes_lapse_and_invoices_fall_overdue_the_day_after_their_last(
    api: Api, put: Put
) -> None:
    await put("Quote", "lapsed", status="SENT", validUntil="2026-06-14")
    await put("Quote", "lasts", status="SENT", validUntil="2026-06-15")
    await put("Quote", "draft", status="DRAFT", validUntil="2026-06-01")
    await put("Quote", "agreed", status="ACCEPTED", validUntil="2026-06-01")
    await put("Invoice", "late", status="OPEN", dueOn="2026-06-14", total=500, balance=1)
    await put("Invoice", "today", status="OPEN", dueOn="2026-06-15", total=500)
    await put("Invoice", "settled", status="OPEN", dueOn="2026-06-01", total=500, balance=0)
    await put("Invoice", "open-ended", status="OPEN", total=500)

    assert await pass_time(api.graph, NOW) == Passed(1, 1, 0, 0)

    found = {number: rest[0] for number, rest in (await states(api)).items()}
    assert found == {
        "lapsed": "EXPIRED", "lasts": "SENT", "draft": "DRAFT", "agreed": "ACCEPTED",
        "late": "OVERDUE", "today": "OPEN", "settled": "OPEN", "open-ended": "OPEN",
    }  # fmt: skip
    (_, event) = await api.events(uuid_of("Quote", "lapsed"))
    assert (event["actor"], event["op"], event["fields"]) == (
        "c360|clock", "quoteExpire", ["status"],
    )  # fmt: skip


async def test_contracts_renew_by_themselves_or_end(api: Api, put: Put) -> None:
    year = {"status": "ACTIVE", "startsOn": "2025-06-15", "endsOn": "2026-06-14"}
    await put("Contract", "renews", **year, renewsOn="2026-06-15", autoRenew=True)
    await put("Contract", "short", **year, autoRenew=True, renewalMonths=1)
    await put("Contract", "ends", **year, autoRenew=False)
    await put("Contract", "later", **{**year, "endsOn": "2026-06-15"})
    await put("Contract", "left", **{**year, "status": "TERMINATED"}, autoRenew=True)

    assert await pass_time(api.graph, NOW) == Passed(0, 0, 1, 2)

    assert await states(api) == {
        "renews": ["ACTIVE", "2027-06-15", "2027-06-14", 2],
        "short": ["ACTIVE", "2026-07-15", "2026-07-14", 2],
        "ends": ["EXPIRED", None, "2026-06-14", 2],
        "later": ["ACTIVE", None, "2026-06-15", 1],
        "left": ["TERMINATED", None, "2026-06-14", 1],
    }


async def test_each_step_is_taken_once_however_many_workers_look(api: Api, put: Put) -> None:
    for number in range(130):
        await put("Quote", f"q{number}", status="SENT", validUntil="2026-01-01")
    await put("Contract", "c", status="ACTIVE", renewsOn="2026-01-31", autoRenew=True)

    found = await asyncio.gather(*(pass_time(api.graph, NOW) for _ in range(4)))

    assert (sum(each.quotes for each in found), sum(each.renewed for each in found)) == (130, 1)
    assert {rest[3] for rest in (await states(api)).values()} == {2}
    before = await api.graph.run(FINGERPRINT)
    assert await pass_time(api.graph, NOW) == NOTHING
    assert await api.graph.run(FINGERPRINT) == before


async def test_a_quote_that_lapsed_can_be_revised(api: Api, put: Put) -> None:
    there = await shop(api, put)
    quote = await api.done(
        "quoteDraft", "quote { id }", opportunityId=there.opportunity, lines=lines((there.valve, 1))
    )
    id_ = quote["quote"]["id"]
    await api.done("quoteSend", quoteId=id_)

    assert (await pass_time(api.graph, datetime(2099, 1, 1, tzinfo=UTC))).quotes == 1

    assert await api.refused("quoteAccept", quoteId=id_) == [("NOT_ALLOWED", "quoteId")]
    revised = await api.done("quoteRevise", "quote { status revision }", quoteId=id_)
    assert revised["quote"] == {"status": "DRAFT", "revision": 2}
    ops = [each["op"] for each in await api.events(own_id(id_))]
    assert ops == ["quoteDraft", "quoteSend", "quoteExpire", "quoteRevise"]


@pytest.mark.parametrize(
    ("renews", "months", "today", "following"),
    [
        ("2026-01-31", 1, "2026-01-31", "2026-02-28"),
        ("2026-01-31", 1, "2026-03-01", "2026-03-31"),
        ("2024-02-29", 12, "2026-06-15", "2027-02-28"),
        ("2026-06-15", 12, "2026-06-15", "2027-06-15"),
        ("2020-01-01", 36, "2026-06-15", "2029-01-01"),
    ],
)
def test_a_contract_renews_on_its_day_of_the_month(
    renews: str, months: int, today: str, following: str
) -> None:
    found = renewed(date.fromisoformat(renews), months, date.fromisoformat(today))
    assert found == date.fromisoformat(following)
