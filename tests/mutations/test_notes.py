"""Notes over GraphQL, and whom they mention."""

import asyncio

import pytest

from graph.engagement.mentions import mentioned
from loaders.ids import decode_id, encode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = """note { id body pinned channel
participants { edges { role node { __typename ... on User { name } } } } }"""


async def user(put: Put, name: str) -> str:
    return await put("User", name, issuer="i", subject=name, kind="STAFF", name=name)


def test_only_ids_of_users_after_an_at_are_mentions() -> None:
    ana, person = encode_id("User", "0190-ana"), encode_id("Person", "0190-bob-long")
    text = f"@{ana}, see @{ana} and @{person}; mail x@{ana} or @somebody-who-is-no-id"
    assert mentioned(text) == ["0190-ana"]


async def test_a_note_reaches_whom_it_names(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    ben, eva = await user(put, "ben"), await user(put, "eva")
    payload = await api.done(
        "noteAdd", SHOWN, parties=[ana], mentions=[ben], body=f"Please call, @{eva} and @{ben}!"
    )
    note = payload["note"]
    people = sorted((e["role"], e["node"].get("name")) for e in note["participants"]["edges"])
    assert people == [("MENTIONED", "ben"), ("MENTIONED", "eva"), ("SUBJECT", None)]
    for each in (ben, eva):
        made, told = await api.events(decode_id(each).id)
        assert (told["op"], told["prev"], told["patch"]) == ("noteMention", made["digest"], "{}")
        assert told["version"] == made["version"]
    (event,) = await api.events(decode_id(note["id"]).id)
    assert event["op"] == "noteAdd"
    assert event["parties"] == [decode_id(ana).id]


async def test_wrong_notes_are_refused(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    gone = encode_id("User", "00000000-0000-0000-0000-000000000000")
    assert await api.refused("noteAdd", parties=[ana], body=" ") == [("REQUIRED", "body")]
    assert await api.refused("noteAdd", body="x") == [("REQUIRED", "parties")]
    assert await api.refused("noteAdd", parties=[ana], body=f"@{gone}") == [
        ("NOT_FOUND", "mentions.0")
    ]
    assert await api.refused("noteAdd", parties=[ana], body="x", mentions=[ana]) == [
        ("NOT_FOUND", "mentions.0")
    ]
    many = [encode_id("User", f"00000000-0000-0000-0000-{n:012}") for n in range(51)]
    assert await api.refused("noteAdd", parties=[ana], body="x", mentions=many) == [
        ("TOO_LONG", "mentions")
    ]


async def test_a_note_of_ten_megabytes_is_refused_before_anybody_reads_it(
    api: Api, put: Put
) -> None:
    ana = await put("Person", "ana", name="Ana")
    loop = asyncio.get_running_loop()
    start = loop.time()
    payload = await api.do("noteAdd", parties=[ana], body="@" * 10_000_000)
    assert [(e["code"], e["field"]) for e in payload["userErrors"]] == [("TOO_LONG", ["body"])]
    assert loop.time() - start < 2


async def test_a_changed_note_keeps_its_former_text(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    note = (await api.done("noteAdd", SHOWN, parties=[ana], body="One"))["note"]
    changed = await api.done("noteUpdate", SHOWN, noteId=note["id"], body="Two", pinned=True)
    assert (changed["note"]["body"], changed["note"]["pinned"]) == ("Two", True)
    events = await api.events(decode_id(note["id"]).id)
    assert [event["version"] for event in events] == [1, 2]
    assert await api.refused("noteUpdate", noteId=note["id"], body=None) == [("REQUIRED", "body")]


async def test_concurrent_notes_chain_the_events_of_whom_they_name(api: Api, put: Put) -> None:
    ana, ben = await put("Person", "ana", name="Ana"), await user(put, "ben")
    asked = {"parties": [ana], "mentions": [ben], "body": "x"}
    await asyncio.gather(
        *(api.done("noteAdd", **asked, clientMutationId=str(n % 8)) for n in range(16))
    )
    events = await api.events(decode_id(ben).id)
    assert len(events) == 9
    digests = {event["digest"] for event in events}
    prevs = [event["prev"] for event in events if "prev" in event]
    assert len(set(prevs)) == 8
    assert set(prevs) < digests
