"""Ingest: e-mail, calls, chats and web visits of other systems, many at once."""

import re
from collections.abc import Sequence
from typing import Any

from graph.engagement.ingesting import Known, Plan
from graph.engagement.rows import FIELDS, KINDS, touch_of
from graph.engagement.threads import conversations
from graph.engagement.touches import Malformed, Touch
from graph.model.declare import choice, flag, string, strings, text
from graph.model.interactions import EMAIL
from graph.model.kinds import Property
from graph.statements import Kind, Statement
from graph.write.actions import Draft, Given, Named, Procedure, Return, Work

MOST = 1_000
"""Rows of one request."""

MOST_REFUSALS = 100
"""Refused rows that one answer names."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}")

PARTIES = Statement(
    "ingest.parties",
    Kind.READ,
    """UNWIND $p.identifiers AS one
MATCH (i:Identifier {kind: one[0], value: one[1]})<-[:HAS_IDENTIFIER]-(p:Party)
WHERE coalesce(i.shared, false) = false
WITH one, collect(DISTINCT p)[..2] AS found WHERE size(found) = 1
RETURN one[0], one[1], found[0].id, labels(found[0])""",
)
"""The party of each identifier that points to exactly one."""

USERS = Statement(
    "ingest.users",
    Kind.READ,
    """MATCH (u:User) WHERE toLower(u.email) IN $p.emails
RETURN toLower(u.email), u.id ORDER BY u.id""",
)
"""Our own people by address; there are few enough of them to look at all."""

MESSAGES = Statement(
    "ingest.messages",
    Kind.READ,
    """UNWIND $p.messages AS message
MATCH (e:Email {messageId: message}) WHERE e.id IS NOT NULL
RETURN message, e.id, e.thread ORDER BY e.id DESC""",
)
"""E-mails by Message-ID; of several the one that was kept first comes last."""

ANSWERS = Statement(
    "ingest.answers",
    Kind.READ,
    """UNWIND $p.messages AS message
MATCH (e:Email {inReplyTo: message}) WHERE e.id IS NOT NULL
  AND NOT EXISTS { (:Email)-[:NEXT_IN_THREAD]->(e) }
RETURN message, e.id""",
)
"""E-mails that answer one of these and wait for it."""


def _named(name: str) -> Property:
    """A property of the model that a row may give, under the model's own name."""
    for node in (EMAIL, *(each for each, _ in KINDS.values())):
        if name in node.properties:
            return node.properties[name]
    raise LookupError(name)


_ROWS = Given(
    string("rows", "One row for each e-mail, call, chat or visit."),
    required=True,
    many=True,
    fields=(
        Given(
            choice(
                "kind",
                {
                    "EMAIL": "An e-mail, as text in `message`.",
                    "CALL": "A telephone call.",
                    "CHAT": "A chat conversation.",
                    "VISIT": "A visit to a web page or portal.",
                },
                "What kind of row it is.",
            ),
            required=True,
        ),
        Given(text("message", "The whole e-mail as RFC 5322 text, headers first.")),
        Given(
            string(
                "externalId",
                "What its system calls it: the same again is the same interaction. An e-mail has "
                "its Message-ID.",
            )
        ),
        Given(string("from", "E-mail address or telephone number of who wrote, called or came.")),
        Given(strings("to", "E-mail addresses or telephone numbers of who was reached.")),
        *(Given(_named(name)) for name in FIELDS),
    ),
)


def _touches(draft: Draft) -> list[Touch]:
    """The rows that can be read; the others are refused, each by its place."""
    touches: list[Touch] = []
    rows: Sequence[dict[str, Any]] = draft.given["rows"]
    for i, row in enumerate(rows):
        try:
            touches.append(touch_of(row))
        except Malformed as error:
            if len(draft.refusals) < MOST_REFUSALS:
                draft.refuse(error.code, error.message, "rows", str(i), error.field)
    return touches


async def _known(work: Work, touches: Sequence[Touch], own: frozenset[str]) -> Known:
    """What the graph knows of everybody and everything that the touches name."""
    identifiers = sorted({one.identifier for touch in touches for one in touch.addresses})
    emails = [value for kind, value in identifiers if kind == "EMAIL"]
    known = Known(own=own)
    for kind, value, id_, labels in await work.read(
        PARTIES, p={"identifiers": [list(each) for each in identifiers]}
    ):
        label = next(each for each in ("Person", "Company", "Household") if each in labels)
        known.parties[kind, value] = (label, id_)
    for email, id_ in await work.read(USERS, p={"emails": emails}):
        known.users.setdefault(email, id_)
    mails = [each for each in touches if each.message_id is not None]
    if not mails:
        return known
    named = {name for each in mails for name in (each.message_id, each.parent, *each.references)}
    for message, id_, thread in await work.read(
        MESSAGES, p={"messages": sorted(each for each in named if each is not None)}
    ):
        known.messages[message] = (id_, thread)
    arrived = sorted(str(each.message_id) for each in mails)
    for message, id_ in await work.read(ANSWERS, p={"messages": arrived}):
        known.waiting.setdefault(message, []).append(id_)
    return known


async def _ingest(work: Work, draft: Draft) -> None:
    rows: list[Any] = draft.given["rows"]
    source = str(draft.given.get("source") or "ingest")
    if not rows:
        draft.refuse("REQUIRED", "Give at least one row.", "rows")
    if len(rows) > MOST:
        draft.refuse("TOO_LONG", f"rows must have at most {MOST:,} items.", "rows")
    if not _SOURCE.fullmatch(source) or source == "c360":
        message = "source must have 1 to 50 letters in lower case, digits, dots, _ or -; not c360."
        draft.refuse("INVALID", message, "source")
    if draft.refusals:
        return
    touches = _touches(draft)
    if not touches or (draft.refusals and not draft.given.get("skipRefused")):
        return
    own = frozenset(str(each).strip().casefold() for each in draft.given.get("ownDomains") or ())
    known = await _known(work, touches, own)
    mails = [each for each in touches if each.message_id is not None]
    threads = conversations(
        mails, {name: thread for name, (_, thread) in known.messages.items() if thread}
    )
    plan = Plan(source, known, create=draft.given.get("unknown") == "CREATE")
    for touch in touches:
        plan.add(touch, threads.get(touch.message_id or ""))
    plan.chain(mails)
    # With rows refused, a repetition has more to answer than that it was done: no key is kept.
    outcome = await work.write(plan.batch(), draft.mutation.name, keep=not draft.refusals)
    draft.returned |= {name: Named(*each) for name, each in outcome.named.items()}


INTERACTIONS_INGEST = Procedure(
    "interactionsIngest",
    "Takes in up to 1,000 e-mails, calls, chats and web visits of another system, together or not "
    "at all. Who took part is found by address; e-mails find their conversation. The same row "
    "again changes nothing.",
    given=(
        _ROWS,
        Given(string("source", "Name of the system they come from; `ingest` unless given.")),
        Given(
            choice(
                "unknown",
                {
                    "KEEP": "They are kept as addresses of the interaction.",
                    "CREATE": "Each becomes a person, with a source record.",
                },
                "What becomes of addresses that belong to nobody we know; KEEP unless given.",
            )
        ),
        Given(strings("ownDomains", "Domains of ours: their addresses never become people.")),
        Given(
            flag(
                "skipRefused",
                "True takes in the rows that can be read even if others are refused; those are "
                "named in `userErrors`.",
            )
        ),
    ),
    returns=(Return("interactions", "interaction", "Interaction", per="rows"),),
    run=_ingest,
)

ACTIONS = (INTERACTIONS_INGEST,)
