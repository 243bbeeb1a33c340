"""Cases as customers open, answer and rate them, and partners open them for their customers.

When they are due and who solves them is ours.
"""

from dataclasses import replace
from typing import Any

from graph.access.partners import PARTNER
from graph.actions.cases import OPENED, open_case
from graph.actions.checking import once, within
from graph.actions.replies import CASE_REPLY as BY_STAFF
from graph.actions.replies import reply
from graph.actions.selfservice.profile import IF_VERSION
from graph.actions.standing import AS_READ, CASE_REF, RETURNS, Standing, change_case
from graph.audiences import CUSTOMERS, EVERYONE, Audience
from graph.errors import NOT_THERE
from graph.model.cases import CASE
from graph.model.declare import text
from graph.model.interactions import CHAT, PARTICIPATED_IN, SURVEY
from graph.model.links import REGARDING
from graph.model.organisation import USER
from graph.model.parties import PERSON
from graph.selfservice.standing import acting_for, as_customer, principal
from graph.statements import CYPHER_25, Kind, Statement
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Update,
    Work,
    sketch,
)

CONCERNED = as_customer(
    "concerned",
    """RETURN COLLECT { MATCH (p:Product) WHERE p.id IN $asked RETURN p.id }
  + COLLECT { MATCH (d:Document) WHERE d.id IN $asked AND coalesce(d.status, '') <> 'DRAFT'
      AND EXISTS { (d)-[:FOR]->(whose) WHERE whose IN whole } RETURN d.id }""",
)
"""Which of some products and documents the customer sees."""

OWN_CASE = as_customer(
    "own_case",
    """MATCH (case:Case {id: $case})
WHERE EXISTS { (case)-[:FOR]->(whose) WHERE whose IN whole }
RETURN me.id, self.id""",
)
"""Who asks, if the customer sees the case."""

CALLER = Statement(
    "partnering.caller",
    Kind.READ,
    CYPHER_25
    + PARTNER.begin("$ISSUER", "$SUBJECT")
    + " RETURN head([(me)-[:IS_PERSON]->(own:Person) WHERE own IN us | own.id])",
)
"""The person behind a partner's account, if it is one of the partner's people."""

_SPEAKERS = (
    Ref("person", (PERSON,), "Who speaks.", required=False),
    Ref("account", (USER,), "Who speaks, without a person.", required=False),
)


async def _open(work: Work, draft: Draft) -> None:
    match draft.viewer.audience:
        case Audience.STAFF:
            await open_case(work, draft)
        case Audience.PARTNER:
            rows = await work.read(CALLER, **principal(work))
            person = rows[0][0] if rows else None
            contact = Named(person, PERSON.name) if person else None
            await _outside(work, draft, draft.one("customer"), contact, draft.many("concerns"))
        case Audience.CUSTOMER:
            await _own(work, draft)


async def _own(work: Work, draft: Draft) -> None:
    once(draft, "concerns")
    found = await acting_for(work, draft, "customer")
    if found is None:
        return
    me, customer = found
    asked = draft.many("concerns")
    rows = await work.read(CONCERNED, **principal(work), asked=[each.id for each in asked])
    for i, each in enumerate(asked):
        if each.id not in rows[0][0]:
            draft.refuse("NOT_FOUND", NOT_THERE, "concerns", str(i))
    if not draft.refusals:
        await _outside(work, draft, customer, me.person, asked)


async def _outside(
    work: Work,
    draft: Draft,
    customer: Named | None,
    contact: Named | None,
    concerns: list[Named],
) -> None:
    """Open a case for somebody who may, though no staff; who takes it is not his to see."""
    inside = work.trusted()
    refs: dict[str, Any] = {
        "customer": customer, "contact": contact, "assignee": None, "concerns": concerns,
    }  # fmt: skip
    said = {name: draft.given.get(name) for name in ("subject", "description", "kind")}
    inner = sketch(draft.mutation, inside.caller, refs, {**said, "channel": "WEB"})
    await open_case(inside, inner)
    draft.refusals += inner.refusals
    draft.returned |= inner.returned


CASE_OPEN = Procedure(
    "caseOpen",
    "Opens a case: it gets its number, the times by which it must be answered and solved, and, "
    "unless somebody is named, a team that is in charge. A customer who opens one is its contact; "
    "a partner opens one for a party of which it sees all.",
    refs=OPENED.refs,
    creates=OPENED.creates,
    returns=RETURNS,
    run=_open,
    audiences=EVERYONE,
    staff_fields=("contactId", "assigneeId", "number", "priority", "channel", "custom"),
)

_REPLY = Action(
    "caseReply",
    "Answers in a case.",
    refs=(CASE_REF, *_SPEAKERS),
    creates=(Create("reply", CHAT),),
    updates=(Update("case"),),
    links=(
        Link("person", PARTICIPATED_IN, "reply", ("role",)),
        Link("account", PARTICIPATED_IN, "reply", ("role",)),
        Link("reply", REGARDING, "case"),
    ),
    guards=(AS_READ,),
    returns=BY_STAFF.returns,
)


async def _speaker(work: Work, draft: Draft) -> dict[str, Named | None] | None:
    """Who speaks in a case that the customer sees: the person, else the account."""
    case = draft.one("case")
    rows = await work.read(OWN_CASE, **principal(work), case=case.id if case else "")
    if not rows:
        draft.refuse("NOT_FOUND", NOT_THERE, "caseId")
        return None
    account, person = rows[0]
    if person is not None:
        return {"person": Named(person, "Person"), "account": None}
    return {"person": None, "account": Named(account, "User")}


def _from(inner: Draft) -> None:
    for link, values in zip(inner.mutation.links, inner.links, strict=True):
        if link.relationship is PARTICIPATED_IN:
            values["role"] = "FROM"


def _answer(draft: Draft, inner: Draft, case: Standing) -> None:
    if not str(draft.given.get("body") or "").strip():
        draft.refuse("REQUIRED", "Say in body what you answer.", "body")
    if case.status == "CLOSED":
        draft.refuse("NOT_ALLOWED", "The case is CLOSED; open a new one.", "caseId")
    inner.props["reply"] = {
        "at": draft.now, "channel": "WEB", "direction": "INBOUND", "platform": "PORTAL",
        "subject": draft.given.get("subject"), "body": draft.given.get("body"),
    }  # fmt: skip
    _from(inner)
    again = {"solvedAt": None} if case.status == "SOLVED" else {}
    inner.props["case"] |= case.moving("OPEN", draft.now) | again


async def _reply(work: Work, draft: Draft) -> None:
    if draft.viewer.audience is not Audience.CUSTOMER:
        if draft.given.get("kind") is None:
            draft.refuse("REQUIRED", "Say in kind how it was answered.", "kind")
            return
        await reply(work, draft)
        return
    speaker = await _speaker(work, draft)
    if speaker is not None:
        draft.refs |= speaker
        await change_case(work.trusted(), draft, _REPLY, _answer)


CASE_REPLY = Procedure(
    "caseReply",
    "Records an answer in a case: ours, which with status PENDING waits for the customer and stops "
    "the clock, or the customer's, which starts it and opens again what was solved.",
    refs=BY_STAFF.refs,
    creates=tuple(replace(each, optional=(*each.optional, "kind")) for each in BY_STAFF.creates),
    updates=BY_STAFF.updates,
    returns=BY_STAFF.returns,
    run=_reply,
    audiences=CUSTOMERS,
    staff_fields=(
        "kind",
        "channel",
        "direction",
        "language",
        "sentiment",
        "durationSeconds",
        "status",
        "custom",
    ),
)

_RATED = Action(
    "caseRate",
    "Rates how a case was solved.",
    refs=(CASE_REF, *_SPEAKERS),
    creates=(Create("rating", SURVEY),),
    updates=(Update("case", ("satisfaction",)),),
    links=(
        Link("person", PARTICIPATED_IN, "rating", ("role",)),
        Link("account", PARTICIPATED_IN, "rating", ("role",)),
        Link("rating", REGARDING, "case"),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The case is {}; it can be rated once it is solved.",
            "NOT coalesce(case.status, 'NEW') IN ['SOLVED', 'CLOSED']",
            ("caseId",),
            detail="coalesce(case.status, 'NEW')",
        ),
    ),
    returns=RETURNS,
)


async def _rate(work: Work, draft: Draft) -> None:
    score = draft.given["satisfaction"]
    within(draft, draft.given, "satisfaction", 1, 5)
    speaker = None if draft.refusals else await _speaker(work, draft)
    if speaker is None:
        return
    inside, version = work.trusted(), draft.given.get("ifVersion")
    said = {"satisfaction": score} | ({} if version is None else {"ifVersion": version})
    inner = inside.sketch(_RATED, {"case": draft.one("case"), **speaker}, said)
    inner.props["rating"] = {
        "at": draft.now, "channel": "WEB", "direction": "INBOUND", "measure": "CSAT",
        "score": score, "body": draft.given.get("comment"), "subject": "How a case was solved",
    }  # fmt: skip
    _from(inner)
    draft.take(await inside.perform(_RATED, inner))


CASE_RATE = Procedure(
    "caseRate",
    "Rates how a case was solved, from 1 to 5; the last rating counts.",
    refs=(CASE_REF,),
    given=(
        Given(CASE.properties["satisfaction"], required=True),
        Given(text("comment", "Why, in words.")),
        IF_VERSION,
    ),
    returns=(*RETURNS,),
    run=_rate,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (CASE_OPEN, CASE_REPLY, CASE_RATE)
