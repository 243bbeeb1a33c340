"""Answers in a case: ours and the customer's, and what they do to its clock."""

from typing import Any

from graph.actions.interactions import said
from graph.actions.standing import AS_READ, CASE_REF, RETURNS, Standing, change_case
from graph.model.interactions import (
    CALL,
    CHAT,
    EMAIL,
    INTERACTION,
    LETTER,
    MEETING,
    NOTE,
    PARTICIPATED_IN,
    POST,
)
from graph.model.links import REGARDING
from graph.model.organisation import USER
from graph.model.parties import PARTY
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Link,
    Named,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

_KINDS = (EMAIL, CALL, MEETING, CHAT, LETTER, POST, NOTE)
_CHANNELS = {"EMAIL": "EMAIL", "CALL": "PHONE", "MEETING": "MEETING", "CHAT": "CHAT",
             "LETTER": "POST", "POST": "SOCIAL", "NOTE": "INTERNAL"}  # fmt: skip
_REPLY = Action(
    "caseReply",
    "Answers in a case.",
    refs=(
        CASE_REF,
        Ref(
            "participants", (PARTY, USER), "Who took part.", required=False, many=True,
            row="participantId", properties=(PARTICIPATED_IN.properties["role"],),
        ),
    ),
    creates=(
        Create(
            "reply",
            INTERACTION,
            ("subject", "body", "channel", "direction", "language", "sentiment", "durationSeconds"),
            kinds=_KINDS,
            optional=("channel",),
        ),
    ),
    updates=(Update("case"),),
    links=(
        Link("participants", PARTICIPATED_IN, "reply"),
        Link("reply", REGARDING, "case"),
    ),
    guards=(AS_READ,),
    returns=(*RETURNS, Return("interaction", "reply", "Interaction")),
)  # fmt: skip


def _answer(draft: Draft, inner: Draft, case: Standing) -> None:
    values = inner.props["reply"]
    said(draft, values)
    direction = values.get("direction") or "OUTBOUND"
    values |= {"at": draft.now, "direction": direction}
    values["channel"] = values.get("channel") or _CHANNELS[str(draft.given["kind"])]
    if not str(values.get("body") or "").strip():
        draft.refuse("REQUIRED", "Say in body what was answered.", "body")
    if draft.given.get("status") not in {None, "OPEN", "PENDING"}:
        message = "Use caseResolve or caseClose for this status."
        draft.refuse("NOT_ALLOWED", message, "status")
    if case.status == "CLOSED":
        draft.refuse("NOT_ALLOWED", "The case is CLOSED; reopen it first.", "caseId")
    inner.refs["participants"] = [
        Named(each.id, each.label, {"role": role})
        for each, role in zip((case.speaker, case.user), _roles(direction), strict=True)
        if each is not None and role is not None
    ]
    inner.props["case"] |= _answered(direction, draft, case)


def _roles(direction: str) -> tuple[str | None, str]:
    """The parts of the customer and of the user who asks."""
    if direction == "INTERNAL":
        return None, "FROM"
    return ("FROM", "TO") if direction == "INBOUND" else ("TO", "FROM")


def _answered(direction: str, draft: Draft, case: Standing) -> dict[str, Any]:
    """What an answer changes: ours may ask back and stop the clock, theirs starts it again."""
    if direction == "INTERNAL":
        return {}
    if direction == "INBOUND":
        again = {"solvedAt": None} if case.status == "SOLVED" else {}
        return case.moving("OPEN", draft.now) | again
    stays = "PENDING" if case.status == "PENDING" else "OPEN"
    wanted = draft.given.get("status") or stays
    changes = case.moving(wanted, draft.now) if case.status != "SOLVED" else {}
    if case.first_responded_at is None:
        changes["firstRespondedAt"] = draft.now
    return changes


async def reply(work: Work, draft: Draft) -> None:
    """Record an answer that a member of staff gives or was given."""
    await change_case(work, draft, _REPLY, _answer)


CASE_REPLY = Procedure(
    "caseReply",
    "Records an answer in a case: ours, which with status PENDING waits for the customer and stops "
    "the clock, or the customer's, which starts it and opens again what was solved.",
    refs=(CASE_REF,),
    creates=_REPLY.creates,
    updates=(Update("case", ("status",)),),
    returns=_REPLY.returns,
    run=reply,
)
