"""interactionsIngest: e-mail as it travels, and rows of other systems."""

import asyncio
from itertools import permutations
from typing import Any

import pytest

from graph.engagement.mail import read
from graph.engagement.markup import plain
from graph.engagement.threads import conversations, thread_of
from graph.engagement.touches import Malformed
from graph.statements import Kind, Statement
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

EMAILS = Statement(
    "test.emails",
    Kind.READ,
    """MATCH (e:Email)
RETURN e.messageId, e.subject, e.direction, e.addresses, e.thread,
  COLLECT { MATCH (p)-[x:PARTICIPATED_IN]->(e)
    RETURN x.role + ' ' + p.name ORDER BY x.role, p.name },
  COLLECT { MATCH (e)-[:NEXT_IN_THREAD]->(f) RETURN f.messageId ORDER BY f.messageId }
ORDER BY e.messageId""",
)
COUNTS = Statement(
    "test.ingested",
    Kind.READ,
    "RETURN COUNT { (:Interaction) }, COUNT { (:Person) }, COUNT { (:ChangeEvent) }",
)
FROM_ANA = "Ana Souza <Ana@Example.org>"


def mail(id_: str, *, answers: str = "", **headers: str) -> str:
    lines = {
        "From": FROM_ANA,
        "To": "Support <support@ours.example>",
        "Date": "Mon, 05 Jan 2026 10:00:00 +0100",
        "Subject": "Pump",
        "Message-ID": f"<{id_}>",
        **({"In-Reply-To": f"<{answers}>", "References": f"<{answers}>"} if answers else {}),
        **headers,
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items()) + "\n\nIt leaks.\n"


def rows(*mails: str) -> list[dict[str, Any]]:
    return [{"kind": "EMAIL", "message": each} for each in mails]


def test_a_message_is_read_with_its_encodings() -> None:
    raw = (
        "From: =?utf-8?q?Ana_Pe=C3=B1a?= <ana@Example.ORG>\r\nTo: a@example.org, b@example.org\r\n"
        "Cc: undisclosed-recipients:;\r\nDate: Mon, 05 Jan 2026 10:00:00 -0000\r\n"
        "Subject: =?iso-8859-1?q?Caf=E9?=\r\n\tau lait\r\nMessage-ID: <m@x>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: quoted-printable"
        "\r\n\r\nd=E9j=E0 vu\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b--\r\n"
    )
    touch = read(raw)
    assert touch.values["body"] == "déjà vu"
    assert touch.values["subject"] == "Café au lait"
    assert touch.values["at"] == "2026-01-05T10:00:00.000Z"
    assert [(one.role, one.value, one.name) for one in touch.addresses] == [
        ("FROM", "ana@example.org", "Ana Peña"),
        ("TO", "a@example.org", ""),
        ("TO", "b@example.org", ""),
    ]


def test_html_becomes_the_text_that_is_seen() -> None:
    html = (
        "<html><head><title>t</title><style>p {}</style></head><body><p>Dear&nbsp;Ana,</p>"
        "<div>one\n two<br>three</div><script>alert('x')</script><ul><li>a<li>b</ul></body></html>"
    )
    assert plain(html) == "Dear Ana,\n\none two\nthree\n\na\nb"
    assert plain("<p>never <b>closed") == "never closed"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "MALFORMED"),
        ("no headers at all", "MALFORMED"),
        (mail("a", Date="yesterday"), "MALFORMED"),
        (mail("a", From="nobody"), "MALFORMED"),
        (mail("a") + "x" * 1_000_000, "TOO_LONG"),
        (mail("a") + "x" * 100_000, "TOO_LONG"),
        (mail("a", To=", ".join(f"u{n}@example.org" for n in range(101))), "TOO_LONG"),
    ],
)
def test_what_is_no_message_is_refused_without_its_words(raw: str, code: str) -> None:
    with pytest.raises(Malformed) as raised:
        read(raw)
    assert raised.value.code == code
    assert "nobody" not in raised.value.message


def test_a_conversation_is_the_same_in_whatever_order_it_is_read() -> None:
    chain = [read(mail("a")), read(mail("b", answers="a")), read(mail("c", answers="b"))]
    for order in permutations(chain):
        assert conversations(order, {}) == dict.fromkeys(("a", "b", "c"), thread_of("a"))
    assert conversations([chain[2]], {"b": "known"}) == {"c": "known"}


async def test_mail_finds_people_conversation_and_direction(api: Api, put: Put) -> None:
    await put("Person", "ana", name="Ana", email="ana@example.org")
    await put("User", "ben", issuer="i", subject="s", kind="STAFF", name="Ben",
              email="Ben@ours.example")  # fmt: skip
    sent = mail("2", answers="1", From="Ben@ours.example", To="ana@example.org, new@other.example")
    await api.done("interactionsIngest", rows=rows(mail("1"), sent))
    first, second = await api.graph.run(EMAILS)
    assert first[:4] == ["1", "Pump", "INBOUND", ["TO support@ours.example"]]
    assert (first[5], first[6]) == (["FROM Ana"], ["2"])
    assert second[2:4] == ["OUTBOUND", ["TO new@other.example"]]
    assert second[5] == ["FROM Ben", "TO Ana"]
    assert first[4] == second[4]


async def test_the_same_mail_again_changes_nothing(api: Api, put: Put) -> None:
    await put("Person", "ana", name="Ana", email="ana@example.org")
    asked = {"rows": rows(mail("1"), mail("2", answers="1")), "unknown": "CREATE"}
    await api.done("interactionsIngest", **asked)
    before = await api.graph.run(COUNTS)
    await api.done("interactionsIngest", **asked)
    assert await api.graph.run(COUNTS) == before
    assert before[0][:2] == [2, 2]


async def test_an_answer_that_came_first_joins_what_it_answers(api: Api) -> None:
    for each in (mail("c", answers="b"), mail("b", answers="a"), mail("a")):
        await api.done("interactionsIngest", rows=rows(each))
    found = await api.graph.run(EMAILS)
    assert [(row[0], row[6]) for row in found] == [("a", ["b"]), ("b", ["c"]), ("c", [])]


async def test_unknown_senders_become_people_only_if_that_is_wanted(api: Api) -> None:
    await api.done("interactionsIngest", rows=rows(mail("1")))
    assert (await api.graph.run(COUNTS))[0][:2] == [1, 0]
    await api.done(
        "interactionsIngest",
        rows=rows(mail("1")),
        unknown="CREATE",
        ownDomains=["ours.example"],
        source="imap",
    )
    people = (
        "{ people { edges { node { name email sourceRecords { edges { node { source } } } } } } }"
    )
    (edge,) = (await api.ask(people))["people"]["edges"]
    assert (edge["node"]["name"], edge["node"]["email"]) == ("Ana Souza", "Ana@example.org")
    records = edge["node"]["sourceRecords"]["edges"]
    assert [each["node"]["source"] for each in records] == ["imap"]


async def test_a_shared_address_is_nobody(api: Api, put: Put) -> None:
    for name in ("ana", "bob"):
        await put("Person", name, name=name, email="ana@example.org")
    await api.done("interactionsIngest", rows=rows(mail("1")), unknown="KEEP")
    ((_, _, _, addresses, _, participants, _),) = await api.graph.run(EMAILS)
    assert (addresses, participants) == (
        ["FROM Ana@example.org", "TO support@ours.example"],
        [],
    )


async def test_calls_chats_and_visits_come_as_rows(api: Api, put: Put) -> None:
    await put("Person", "ana", name="Ana", email="ana@example.org", phone="+33123456789")
    at = "2026-01-05T10:00:00Z"
    await api.done(
        "interactionsIngest",
        source="pbx",
        rows=[
            {"kind": "CALL", "externalId": "1", "at": at, "from": "+33 1 23 45 67 89",
             "durationSeconds": 30, "outcome": "REACHED"},
            {"kind": "CHAT", "externalId": "2", "at": at, "to": ["ana@example.org"],
             "platform": "Web", "body": "Hello"},
            {"kind": "VISIT", "externalId": "3", "at": at, "from": "ana@example.org",
             "url": "https://example.org/pumps", "pages": 2},
        ],
    )  # fmt: skip
    query = "{ people { edges { node { timeline { edges { node { __typename } } } } } } }"
    (edge,) = (await api.ask(query))["people"]["edges"]
    kinds = {each["node"]["__typename"] for each in edge["node"]["timeline"]["edges"]}
    assert kinds == {"Call", "Chat", "Visit"}


async def test_refused_rows_are_named_and_none_is_kept(api: Api) -> None:
    at = "2026-01-05T10:00:00Z"
    call = {"kind": "CALL", "externalId": "1", "at": at, "from": "+33123456789"}
    wrong = [
        *rows(mail("1"), "no mail"),
        {**call, "from": "nobody"},
        {**call, "externalId": None},
        {**call, "at": None},
        {**call, "durationSeconds": -1},
        {**call, "platform": "Web"},
        {**call, "from": None},
    ]
    assert await api.refused("interactionsIngest", rows=wrong) == [
        ("MALFORMED", "rows.1.message"),
        ("NOT_AN_ADDRESS", "rows.2.from"),
        ("REQUIRED", "rows.3.externalId"),
        ("REQUIRED", "rows.4.at"),
        ("OUT_OF_RANGE", "rows.5.durationSeconds"),
        ("UNKNOWN_PROPERTY", "rows.6.platform"),
        ("REQUIRED", "rows.7.from"),
    ]


async def test_rows_that_can_be_read_are_kept_when_that_is_wanted(api: Api) -> None:
    payload = await api.do("interactionsIngest", rows=rows("no mail", mail("1")), skipRefused=True)
    assert [each["field"] for each in payload["userErrors"]] == [["rows", "0", "message"]]
    assert (await api.graph.run(COUNTS))[0][0] == 1


async def test_too_many_or_no_rows_and_wrong_sources_are_refused(api: Api) -> None:
    assert await api.refused("interactionsIngest", rows=[]) == [("REQUIRED", "rows")]
    many = rows("x") * 1_001
    assert await api.refused("interactionsIngest", rows=many) == [("TOO_LONG", "rows")]
    for source in ("c360", "My CRM", "x" * 51):
        asked = {"rows": rows(mail("1")), "source": source}
        assert await api.refused("interactionsIngest", **asked) == [("INVALID", "source")]


async def test_the_same_mail_from_many_at_once_is_kept_once(api: Api) -> None:
    asked = {"rows": rows(mail("1"), mail("2", answers="1")), "unknown": "CREATE"}
    await asyncio.gather(*(api.done("interactionsIngest", **asked) for _ in range(8)))
    assert (await api.graph.run(COUNTS))[0][:2] == [2, 2]


async def test_a_key_makes_one_request_of_many_repetitions(api: Api) -> None:
    asked = {"rows": rows(mail("1")), "clientMutationId": "k"}
    first, *others = await asyncio.gather(
        *(api.done("interactionsIngest", **asked) for _ in range(6))
    )
    assert all(each == first for each in others)
    assert (await api.graph.run(COUNTS))[0] == [1, 0, 1]
    other = {**asked, "rows": rows(mail("2"))}
    assert await api.refused("interactionsIngest", **other) == [("CONFLICT", "clientMutationId")]


@pytest.mark.full
async def test_a_thousand_mails_are_one_request(api: Api) -> None:
    many = [mail(str(n), answers=str(n - 1) if n % 10 else "") for n in range(1_000)]
    await api.done("interactionsIngest", rows=rows(*many))
    found = await api.graph.run(EMAILS)
    assert len(found) == 1_000
    assert len({row[4] for row in found}) == 100


TAKEN = "interactions { __typename id ... on Email { messageId } ... on Call { subject } }"


async def test_the_payload_holds_what_became_of_each_row_in_their_order(api: Api) -> None:
    call = {"kind": "CALL", "externalId": "c", "at": "2026-01-05T10:00:00Z", "subject": "Pump"}
    call["from"] = "ana@example.org"
    given: dict[str, Any] = {"rows": [*rows(mail("b"), mail("a")), call], "clientMutationId": "k"}

    first = (await api.done("interactionsIngest", TAKEN, **given))["interactions"]
    again = (await api.done("interactionsIngest", TAKEN, **given))["interactions"]
    ids = (await api.done("interactionsIngest", "interactions { id }", **given))["interactions"]

    told = [(each["__typename"], each.get("messageId") or each.get("subject")) for each in first]
    assert told == [("Email", "b"), ("Email", "a"), ("Call", "Pump")]
    assert again == first
    assert ids == [{"id": each["id"]} for each in first]


async def test_the_payload_leaves_out_rows_that_are_refused(api: Api) -> None:
    given = {"rows": rows(mail("a"), mail("b", Date="yesterday"), mail("c"))}

    none = await api.do("interactionsIngest", TAKEN, **given)
    some = await api.do("interactionsIngest", TAKEN, **given, skipRefused=True)

    assert none["interactions"] == []
    assert [each["messageId"] for each in some["interactions"]] == ["a", "c"]
    assert [each["field"] for each in some["userErrors"]] == [["rows", "1", "message"]]
