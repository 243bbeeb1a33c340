"""Interactions over GraphQL: what is logged, corrected and moved."""

import asyncio
from typing import Any

import pytest

from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = """interaction { __typename id at channel subject
participants { edges { role node { __typename } } }
regarding { edges { node { __typename } } } campaign { name } }"""
GONE = "UGVyc29uOm5vYm9keQ"


def touch(party: str, kind: str = "CALL", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "participants": [{"participantId": party, "role": "FROM"}], **more}


def roles(interaction: dict[str, Any]) -> list[tuple[str, str]]:
    edges = interaction["participants"]["edges"]
    return sorted((edge["node"]["__typename"], edge["role"]) for edge in edges)


@pytest.mark.parametrize(
    ("kind", "channel", "more"),
    [
        ("CALL", "PHONE", {"outcome": "REACHED", "durationSeconds": 60}),
        ("MEETING", "MEETING", {"at": "2030-01-01T10:00:00Z", "endsAt": "2030-01-01T11:00:00Z"}),
        ("VISIT", "WEB", {"url": "https://example.org/", "pages": 3}),
        ("LETTER", "POST", {"trackingNumber": "T1"}),
        ("SURVEY", "WEB", {"measure": "CSAT", "score": 5}),
        ("EMAIL", "EMAIL", {"subject": "Hello", "direction": "OUTBOUND"}),
    ],
)
async def test_every_kind_is_logged_with_what_it_has(
    api: Api, put: Put, kind: str, channel: str, more: dict[str, Any]
) -> None:
    ana = await put("Person", "ana", name="Ana")
    campaign = await put("Campaign", "fair", name="Fair")
    about = [await put("Case", "c", subject="Broken"), campaign]
    asked = touch(ana, kind, regarding=about, campaignId=campaign, **more)
    made = (await api.done("interactionLog", SHOWN, **asked))["interaction"]
    assert (made["__typename"].upper(), made["channel"]) == (kind, channel)
    assert roles(made) == [("Person", "FROM")]
    regarded = {edge["node"]["__typename"] for edge in made["regarding"]["edges"]}
    assert regarded == {"Case", "Campaign"}
    assert made["campaign"] == {"name": "Fair"}


async def test_what_no_interaction_can_be_is_refused(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    twice = [{"participantId": ana, "role": "TO"}] * 2
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (touch(ana, sentiment=1.5), ("OUT_OF_RANGE", "sentiment")),
        (touch(ana, durationSeconds=-1), ("OUT_OF_RANGE", "durationSeconds")),
        (touch(ana, at="2999-01-01T00:00:00Z"), ("OUT_OF_RANGE", "at")),
        (touch(ana, "SURVEY", measure="CES", score=9), ("OUT_OF_RANGE", "score")),
        (touch(ana, outcome="REACHED", platform="x"), ("UNKNOWN_PROPERTY", "platform")),
        (
            touch(ana, "MEETING", at="2026-01-02T00:00:00Z", endsAt="2026-01-01T00:00:00Z"),
            ("ENDS_BEFORE_START", "endsAt"),
        ),
        ({"kind": "CALL", "participants": twice}, ("DUPLICATE", "participants.1")),
        (touch(ana, regarding=[ana]), ("NOT_FOUND", "regarding.0")),
        (touch(ana, campaignId=GONE), ("NOT_FOUND", "campaignId")),
    ]
    for wrong, expected in cases:
        assert await api.refused("interactionLog", **wrong) == [expected]


async def test_a_correction_keeps_what_was_said_before(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    asked = touch(ana, "MEETING", subject="Plan", at="2026-01-01T10:00:00Z")
    made = (await api.done("interactionLog", SHOWN, **asked))["interaction"]
    changed = await api.done(
        "interactionUpdate", SHOWN, interactionId=made["id"], subject="Plans", location="Lyon"
    )
    assert changed["interaction"]["subject"] == "Plans"
    events = await api.events(decode_id(made["id"]).id)
    assert [event["op"] for event in events] == ["interactionLog", "interactionUpdate"]
    assert sorted(events[1]["fields"]) == ["location", "subject"]
    early = {"interactionId": made["id"], "endsAt": "2026-01-01T09:00:00Z"}
    assert await api.refused("interactionUpdate", **early) == [("ENDS_BEFORE_START", "endsAt")]
    nowhere = {"interactionId": made["id"], "at": None}
    assert await api.refused("interactionUpdate", **nowhere) == [("NOT_A_TIME", "at")]


async def test_a_moved_interaction_leaves_the_former_participant(api: Api, put: Put) -> None:
    ana, bob = await put("Person", "ana", name="Ana"), await put("Person", "bob", name="Bob")
    case, deal = await put("Case", "c"), await put("Opportunity", "o")
    made = (await api.done("interactionLog", SHOWN, **touch(ana, regarding=[case])))["interaction"]
    moved = await api.done(
        "interactionRelink",
        SHOWN,
        interactionId=made["id"],
        formerParticipants=[ana],
        participants=[{"participantId": bob, "role": "TO"}],
        formerRegarding=[case],
        regarding=[deal],
        clientMutationId="once",
    )
    assert roles(moved["interaction"]) == [("Person", "TO")]
    about = [edge["node"]["__typename"] for edge in moved["interaction"]["regarding"]["edges"]]
    assert about == ["Opportunity"]
    counts = "query ($id: ID!) { node(id: $id) { ... on Person { timeline { totalCount } } } }"
    found = [
        (await api.ask(counts, id=id_))["node"]["timeline"]["totalCount"] for id_ in (ana, bob)
    ]
    assert found == [0, 1]
    event = (await api.events(decode_id(made["id"]).id))[-1]
    assert sorted(event["fields"]) == ["PARTICIPATED_IN", "REGARDING"]


async def test_a_move_that_names_nothing_or_nobody_is_refused(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    id_ = (await api.done("interactionLog", SHOWN, **touch(ana)))["interaction"]["id"]
    assert await api.refused("interactionRelink", interactionId=id_) == [
        ("REQUIRED", "participants")
    ]
    gone = {"interactionId": id_, "formerParticipants": [GONE]}
    assert await api.refused("interactionRelink", **gone) == [("NOT_FOUND", "formerParticipants.0")]
    other = {"interactionId": ana, "formerParticipants": [ana]}
    assert await api.refused("interactionRelink", **other) == [("NOT_FOUND", "interactionId")]


async def test_concurrent_moves_to_one_party_make_one_participation(api: Api, put: Put) -> None:
    ana, bob = await put("Person", "ana", name="Ana"), await put("Person", "bob", name="Bob")
    made = (await api.done("interactionLog", SHOWN, **touch(ana)))["interaction"]
    found = await asyncio.gather(
        *(
            api.done(
                "interactionRelink",
                SHOWN,
                interactionId=made["id"],
                formerParticipants=[ana],
                participants=[{"participantId": bob, "role": "TO"}],
            )
            for _ in range(12)
        )
    )
    assert roles(found[-1]["interaction"]) == [("Person", "TO")]
    assert len(await api.events(decode_id(made["id"]).id)) == 2
