"""Campaigns and segments over GraphQL."""

import asyncio
from typing import Any

import pytest

from graph.engagement.statuses import CAMPAIGN as MOVES
from graph.model.marketing import CAMPAIGN
from graph.statements import Kind, Statement
from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = "campaign { id name status startsOn endsOn budget { amount currency } }"
SEGMENT = "segment { id name members { totalCount } }"
TARGETS = Statement(
    "test.targets",
    Kind.READ,
    """MATCH (:Campaign)-[x:TARGETS|TARGETS_WAS]->(t)
RETURN type(x), t.name ORDER BY type(x), t.name""",
)


async def make(api: Api, **given: Any) -> dict[str, Any]:
    return (await api.done("campaignCreate", SHOWN, **{"name": "Spring", **given}))["campaign"]


def test_every_status_of_the_model_has_its_moves() -> None:
    assert set(MOVES) == set(CAMPAIGN.properties["status"].values)


async def test_a_campaign_is_planned_run_paused_and_ended(api: Api, put: Put) -> None:
    segment = await put("Segment", "s", name="Pumps")
    made = await make(
        api,
        targets=[segment],
        startsOn="2026-01-01",
        budget={"amount": "100", "currency": "EUR"},
    )
    assert (made["status"], made["budget"]["amount"]) == ("PLANNED", "100.00")
    for status in ("RUNNING", "PAUSED", "RUNNING"):
        changed = await api.done("campaignUpdate", SHOWN, campaignId=made["id"], status=status)
        assert changed["campaign"]["status"] == status
    ended = await api.done("campaignEnd", SHOWN, campaignId=made["id"], endsOn="2026-02-01")
    assert (ended["campaign"]["status"], ended["campaign"]["endsOn"]) == ("ENDED", "2026-02-01")
    for name, more in (("campaignEnd", {}), ("campaignUpdate", {"name": "x"})):
        refused = await api.refused(name, campaignId=made["id"], **more)
        assert refused == [("NOT_ALLOWED", "campaignId")]


async def test_wrong_campaigns_are_refused(api: Api) -> None:
    made = await make(api, startsOn="2030-01-01", endsOn="2030-02-01")
    period = {"startsOn": "2026-02-01", "endsOn": "2026-01-01"}
    assert await api.refused("campaignCreate", name="x", **period) == [
        ("ENDS_BEFORE_START", "endsOn")
    ]
    less = {"amount": "-1", "currency": "EUR"}
    assert await api.refused("campaignCreate", name="x", budget=less) == [
        ("OUT_OF_RANGE", "budget")
    ]
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"status": "PAUSED"}, ("NOT_ALLOWED", "status")),
        ({"status": "ENDED"}, ("NOT_ALLOWED", "status")),
        ({"endsOn": "2029-01-01"}, ("ENDS_BEFORE_START", "endsOn")),
        ({"startsOn": "2031-01-01"}, ("ENDS_BEFORE_START", "endsOn")),
        ({"name": None}, ("REQUIRED", "name")),
    ]
    for wrong, expected in cases:
        assert await api.refused("campaignUpdate", campaignId=made["id"], **wrong) == [expected]
    assert await api.refused("campaignEnd", campaignId=made["id"]) == [
        ("ENDS_BEFORE_START", "endsOn")
    ]


async def test_targets_come_and_go_and_stay_in_the_history(api: Api, put: Put) -> None:
    ana, segment = await put("Person", "ana", name="Ana"), await put("Segment", "s", name="Pumps")
    made = await make(api, targets=[segment])
    asked = {"campaignId": made["id"], "targets": [ana], "formerTargets": [segment]}
    await api.done("campaignTarget", **asked)
    await api.done("campaignTarget", **asked)
    assert await api.graph.run(TARGETS) == [["TARGETS", "Ana"], ["TARGETS_WAS", "Pumps"]]
    assert len(await api.events(decode_id(made["id"]).id)) == 2
    assert await api.refused("campaignTarget", campaignId=made["id"]) == [("REQUIRED", "targets")]


async def test_members_of_a_segment_come_and_go(api: Api, put: Put) -> None:
    ana, acme = await put("Person", "ana", name="Ana"), await put("Company", "acme", name="Acme")
    made = (await api.done("segmentCreate", SEGMENT, name="Pumps", members=[ana]))["segment"]
    both = {"segmentId": made["id"], "members": [ana, acme]}
    assert (await api.done("segmentAdd", SEGMENT, **both))["segment"]["members"]["totalCount"] == 2
    await api.done("segmentAdd", **both)
    assert len(await api.events(decode_id(made["id"]).id)) == 2
    left = await api.done("segmentRemove", SEGMENT, segmentId=made["id"], members=[ana])
    assert left["segment"]["members"]["totalCount"] == 1
    named = await api.done("segmentUpdate", SEGMENT, segmentId=made["id"], name="Big pumps")
    assert named["segment"]["name"] == "Big pumps"


async def test_members_of_a_dynamic_segment_cannot_be_set(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    segment = await put("Segment", "s", name="Pumps", dynamic=True)
    for name in ("segmentAdd", "segmentRemove"):
        refused = await api.refused(name, segmentId=segment, members=[ana])
        assert refused == [("NOT_ALLOWED", "segmentId")]
    assert await api.refused("segmentAdd", segmentId=segment, members=[]) == [
        ("REQUIRED", "members")
    ]


async def test_concurrent_additions_make_one_membership_each(api: Api, put: Put) -> None:
    members = [await put("Person", f"p{n}", name=f"P{n}") for n in range(4)]
    made = (await api.done("segmentCreate", SEGMENT, name="Pumps"))["segment"]
    asked = {"segmentId": made["id"], "members": members}
    found = await asyncio.gather(
        *(api.done("segmentAdd", SEGMENT, **asked, clientMutationId=str(n)) for n in range(12))
    )
    assert {each["segment"]["members"]["totalCount"] for each in found} == {4}
    assert len(await api.events(decode_id(made["id"]).id)) == 2
