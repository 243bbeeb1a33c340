"""What the events of engagement tell is what the graph recorded, at every moment."""

from typing import Any

import pytest

from graph.database import Graph
from tests.graph.replaying import events, recorded, replayed
from tests.mutations.conftest import STAFF, Api, Put

pytestmark = pytest.mark.anyio

MAIL = (
    "From: Ana <ana@example.org>\nTo: support@ours.example\nDate: Mon, 05 Jan 2026 10:00:00 +0100\n"
    "Message-ID: <{0}>\nIn-Reply-To: <{1}>\n\nIt leaks.\n"
)


async def retold(graph: Graph) -> None:
    told = await events(graph)
    for at in sorted({event["at"] for event in told}):
        assert replayed(told, at, exact=False) == await recorded(graph, at)


async def world(put: Put) -> dict[str, str]:
    return {
        "ana": await put("Person", "ana", name="Ana", email="ana@example.org"),
        "bob": await put("Person", "bob", name="Bob"),
        "acme": await put("Company", "acme", name="Acme"),
        "ann": await put("User", "ann", issuer=STAFF.issuer, subject="ann", kind="STAFF"),
        "team": await put("Team", "t", name="T", function="SERVICE"),
        "product": await put("Product", "p", name="P"),
    }


async def test_events_of_the_dialogue_tell_what_was_recorded(api: Api, put: Put) -> None:
    on = await world(put)

    async def do(action: str, thing: str, **given: Any) -> str:
        payload = await api.done(action, f"{thing} {{ id }}", **given)
        return payload[thing]["id"]

    case = await do("caseOpen", "case", customerId=on["acme"], contactId=on["ana"], subject="x")
    await do("caseReply", "case", caseId=case, kind="EMAIL", body="?", status="PENDING")
    await do("caseReply", "case", caseId=case, kind="CALL", body="!", direction="INBOUND")
    await do("caseEscalate", "case", caseId=case, reason="Angry", assigneeId=on["ann"])
    await do("caseAssign", "case", caseId=case, assigneeId=on["ann"])
    await do("caseResolve", "case", caseId=case, cause="Seal")
    await do("caseClose", "case", caseId=case)
    await do("caseReopen", "case", caseId=case)
    who = [{"participantId": on["ana"], "role": "FROM"}]
    call = await do(
        "interactionLog", "interaction", kind="CALL", participants=who, regarding=[case]
    )
    await do(
        "interactionRelink",
        "interaction",
        interactionId=call,
        formerParticipants=[on["ana"]],
        participants=[{"participantId": on["ana"], "role": "TO"}],
        formerRegarding=[case],
        regarding=[on["product"]],
    )
    await do("noteAdd", "note", parties=[on["ana"]], body=f"See @{on['ann']}")
    task = await do("taskCreate", "task", subject="x", assigneeId=on["ann"], parties=[on["acme"]])
    await do("taskAssign", "task", taskId=task, assigneeId=on["team"])
    await do("taskComplete", "task", taskId=task)
    mails = [MAIL.format("2", "1"), MAIL.format("1", "0")]
    for each in mails:
        await api.done("interactionsIngest", rows=[{"kind": "EMAIL", "message": each}])
    await retold(api.graph)


async def test_events_of_selling_tell_what_was_recorded(api: Api, put: Put) -> None:
    on = await world(put)

    async def do(action: str, thing: str, **given: Any) -> str:
        payload = await api.done(action, f"{thing} {{ id }}", **given)
        return payload[thing]["id"]

    deal = await do(
        "opportunityCreate",
        "opportunity",
        customerId=on["acme"],
        name="x",
        ownerId=on["ann"],
        products=[{"productId": on["product"], "quantity": 2}],
        amount={"amount": "10", "currency": "EUR"},
    )
    both = {"opportunityId": deal, "personId": on["ana"]}
    await do("opportunityRoleSet", "opportunity", **both, role="CHAMPION", influence=2)
    await do("opportunityRoleSet", "opportunity", **both, role="CHAMPION", influence=4)
    await do("opportunityRoleSet", "opportunity", **both, role="USER")
    await do("opportunityRoleUnset", "opportunity", **both)
    await do("opportunityAssign", "opportunity", opportunityId=deal, ownerId=on["team"])
    await do("opportunityMove", "opportunity", opportunityId=deal, stage="PROPOSAL")
    await do("opportunityMove", "opportunity", opportunityId=deal, stage="LOST", lossReason="x")
    segment = await do("segmentCreate", "segment", name="x", members=[on["ana"]])
    await do("segmentAdd", "segment", segmentId=segment, members=[on["ana"], on["bob"]])
    await do("segmentRemove", "segment", segmentId=segment, members=[on["ana"]])
    campaign = await do("campaignCreate", "campaign", name="x", targets=[segment])
    await do("campaignUpdate", "campaign", campaignId=campaign, status="RUNNING")
    given = {"campaignId": campaign, "targets": [on["bob"]], "formerTargets": [segment]}
    await do("campaignTarget", "campaign", **given)
    await do("campaignEnd", "campaign", campaignId=campaign)
    await retold(api.graph)
