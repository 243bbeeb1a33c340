"""Cases: opened, routed, answered, escalated, solved and closed, by the clock of the service level.

What depends on the customer's tier or on where the case stands is read first; the write then holds
only if that is still so, and is tried anew if it is not. caseOpen and caseReply, which customers
use, too, stand in `graph.actions.selfservice.caring`.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from graph.actions.checking import once, within
from graph.actions.standing import AS_READ, CASE_REF, RETURNS, Standing, change_case
from graph.audiences import CUSTOMERS
from graph.engagement import levels, statuses
from graph.engagement.routing import Team, route
from graph.model.cases import CASE, CONCERNS
from graph.model.links import ASSIGNED_TO, FOR
from graph.model.orders import DOCUMENT
from graph.model.organisation import TEAM, USER
from graph.model.parties import PARTY, PERSON
from graph.model.products import PRODUCT
from graph.statements import Kind, Statement
from graph.write import formats
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Update,
    Work,
)

_SAID = ("subject", "description", "kind", "priority", "channel")

OPENING = Statement(
    "cases.opening",
    Kind.READ,
    """OPTIONAL MATCH (p:Party {id: $customer})
RETURN p.tier, COLLECT {
  MATCH (team:Team)
  RETURN [team.id, team.function, EXISTS { (p)-[:IN_TERRITORY]->()-[:COVERED_BY]->(team) }]
}""",
)
"""The tier of a customer, and all teams with whether they look after the customer's territory."""


def _number(id_: str) -> str:
    """A number to tell the customer: short, and of random digits of the id that no other has."""
    digits, left = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", UUID(id_).int & (1 << 50) - 1
    written = ""
    for _ in range(10):
        left, digit = divmod(left, 32)
        written = digits[digit] + written
    return f"C-{written[:5]}-{written[5:]}"


_REFS = (
    Ref("customer", (PARTY,), "Whose case it is.", mark="ALL_OF_PARTY"),
    Ref("contact", (PERSON,), "The person to talk to.", required=False),
    Ref("assignee", (USER, TEAM), "Who is in charge; unless given, rules decide.", required=False),
    Ref("concerns", (PRODUCT, DOCUMENT), "What it is about.", required=False, many=True),
)
OPENED = Action(
    "caseOpen",
    "Opens a case.",
    refs=_REFS,
    creates=(Create("case", CASE, (*_SAID, "number"), optional=("number",)),),
    links=(
        Link("case", FOR, "customer"),
        Link("case", FOR, "contact"),
        Link("case", ASSIGNED_TO, "assignee"),
        Link("case", CONCERNS, "concerns"),
    ),
    returns=RETURNS,
)


async def open_case(work: Work, draft: Draft) -> None:
    """Open a case: number, times and, unless somebody is named, a team follow from it."""
    once(draft, "concerns")
    customer, contact = draft.one("customer"), draft.one("contact")
    if draft.refusals or customer is None:
        return
    tier, teams = (await work.read(OPENING, customer=customer.id))[0]
    refs = dict(draft.refs)
    if contact is not None and contact.id == customer.id:
        refs["contact"] = None
    inner = work.sketch(OPENED, refs, draft.given)
    values = inner.props["case"]
    values["kind"] = values.get("kind") or "QUESTION"
    values["priority"] = values.get("priority") or "NORMAL"
    promised = levels.due(levels.level(values["kind"], values["priority"], tier), draft.now)
    values["number"] = values.get("number") or _number(inner.ids["case"])
    values |= {"status": "NEW", "openedAt": draft.now, "firstDueAt": promised.answer}
    values["dueAt"] = promised.solution
    inner.link("FOR", "contact")["role"] = "CONTACT"
    inner.link("ASSIGNED_TO")["role"] = "OWNER"
    if draft.one("assignee") is None:
        found = [Team(*each) for each in teams]
        team = route(values["kind"], values["priority"], tier, found, inner.ids["case"])
        inner.refs["assignee"] = Named(team.id, TEAM.name) if team else None
    draft.take(await work.perform(OPENED, inner))


_CHANGED = (*_SAID, "satisfaction", "cause", "status")
_UPDATE = Action(
    "caseUpdate",
    "Changes a case.",
    refs=(CASE_REF,),
    updates=(Update("case", _CHANGED),),
    guards=(AS_READ,),
    returns=RETURNS,
)


def _changing(draft: Draft, inner: Draft, case: Standing) -> None:
    values = inner.props["case"]
    within(draft, values, "satisfaction", 1, 5)
    if case.status == "CLOSED" and set(values) - {"satisfaction"}:
        draft.refuse("NOT_ALLOWED", "The case is CLOSED; reopen it first.", "caseId")
    status = values.get("status")
    if status is not None and status != case.status:
        if status not in {"OPEN", "PENDING"}:
            message = "Use caseResolve, caseClose or caseOpen for this status."
            draft.refuse("NOT_ALLOWED", message, "status")
        elif case.status not in statuses.leading_to(statuses.CASE, status):
            message = f"From {case.status} it may not go to {status}."
            draft.refuse("NOT_ALLOWED", message, "status")
        else:
            values |= case.moving(status, draft.now)
            if case.status == "SOLVED":
                values["solvedAt"] = None
    _promised(values, case)


def _promised(values: dict[str, Any], case: Standing) -> None:
    """When the case falls due by what it will be: the time that it waited stays counted."""
    after = case.level(values.get("kind"), values.get("priority"))
    due_at = values.get("dueAt") or case.due_at
    if due_at is not None and after != case.level():
        values["dueAt"] = levels.changed(due_at, case.opened_at, case.level(), after)


async def _case_update(work: Work, draft: Draft) -> None:
    await change_case(work, draft, _UPDATE, _changing)


CASE_UPDATE = Procedure(
    "caseUpdate",
    "Changes a case. With another priority or kind it falls due at another time; while its status "
    "is PENDING it waits for the customer and its clock stands still.",
    refs=(CASE_REF,),
    updates=_UPDATE.updates,
    returns=RETURNS,
    run=_case_update,
)


def _resolve(draft: Draft) -> None:
    draft.props["case"] |= {"status": "SOLVED", "solvedAt": draft.now, "waitingSince": None}


CASE_RESOLVE = Action(
    "caseResolve",
    "Records that a case was solved. A complaint needs a cause.",
    refs=(CASE_REF,),
    updates=(Update("case", ("cause",)),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The case is {} already.",
            "case.status IN ['SOLVED', 'CLOSED']",
            ("caseId",),
            detail="case.status",
        ),
        Guard(
            "REQUIRED",
            "Say in cause what led to the complaint.",
            "case.kind = 'COMPLAINT' AND coalesce(r.updates.case.cause, case.cause) IS NULL",
            ("cause",),
        ),
    ),
    prepare=_resolve,
    returns=RETURNS,
)


def _close(draft: Draft) -> None:
    within(draft, draft.props["case"], "satisfaction", 1, 5)
    draft.props["case"] |= {"status": "CLOSED", "closedAt": draft.now}


CASE_CLOSE = Action(
    "caseClose",
    "Closes a case that was solved.",
    refs=(CASE_REF,),
    updates=(Update("case", ("satisfaction",)),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The case is {}; only one that is SOLVED can be closed.",
            "coalesce(case.status, 'NEW') <> 'SOLVED'",
            ("caseId",),
            detail="coalesce(case.status, 'NEW')",
        ),
    ),
    prepare=_close,
    returns=RETURNS,
    audiences=CUSTOMERS,
)

_REOPEN = Action(
    "caseReopen",
    "Opens a case again.",
    refs=(CASE_REF,),
    updates=(Update("case"),),
    guards=(AS_READ,),
    returns=RETURNS,
)


def _reopening(draft: Draft, inner: Draft, case: Standing) -> None:
    if case.status not in {"SOLVED", "CLOSED"}:
        draft.refuse("NOT_ALLOWED", f"The case is {case.status}, not solved or closed.", "caseId")
    longest = timedelta(days=statuses.REOPEN_DAYS)
    latest = formats.moment(datetime.fromisoformat(draft.now) - longest)
    if case.closed_at is not None and case.closed_at < latest:
        message = f"It was closed more than {statuses.REOPEN_DAYS} days ago; open a new case."
        draft.refuse("EXPIRED", message, "caseId")
    inner.props["case"] |= {
        "status": "OPEN", "solvedAt": None, "closedAt": None, "waitingSince": None,
        "dueAt": levels.due(case.level(), draft.now).solution,
    }  # fmt: skip


async def _case_reopen(work: Work, draft: Draft) -> None:
    await change_case(work, draft, _REOPEN, _reopening)


CASE_REOPEN = Procedure(
    "caseReopen",
    "Opens a case again that was solved, or closed within 30 days; its time begins anew.",
    refs=(CASE_REF,),
    updates=(Update("case"),),
    returns=RETURNS,
    run=_case_reopen,
)

_ESCALATE = Action(
    "caseEscalate",
    "Escalates a case.",
    refs=(CASE_REF, Ref("assignee", (USER, TEAM), "Who sees to it.", required=False)),
    updates=(Update("case", ("priority",)),),
    links=(Link("case", ASSIGNED_TO, "assignee", ("role",), only=True),),
    guards=(AS_READ,),
    returns=RETURNS,
)


def _escalating(draft: Draft, inner: Draft, case: Standing) -> None:
    if case.status in {"SOLVED", "CLOSED"}:
        draft.refuse("NOT_ALLOWED", f"The case is {case.status}; reopen it first.", "caseId")
    if not (draft.caller.reason or "").strip():
        draft.refuse("REQUIRED", "Say in reason why it is escalated.", "reason")
    values = inner.props["case"]
    if values.get("priority") is None:
        values["priority"] = levels.raised(case.priority)
    elif _rank(values["priority"]) < _rank(case.priority):
        draft.refuse("NOT_ALLOWED", f"priority must be at least {case.priority}.", "priority")
    values["escalatedAt"] = draft.now
    inner.link("ASSIGNED_TO")["role"] = "ESCALATION"
    _promised(values, case)


def _rank(priority: str | None) -> int:
    return levels.PRIORITIES.index(priority or "NORMAL")


async def _case_escalate(work: Work, draft: Draft) -> None:
    await change_case(work, draft, _ESCALATE, _escalating)


CASE_ESCALATE = Procedure(
    "caseEscalate",
    "Escalates a case: to the next higher priority unless one is given, to whoever is named beside "
    "its owner, with the reason.",
    refs=_ESCALATE.refs,
    updates=_ESCALATE.updates,
    returns=RETURNS,
    run=_case_escalate,
)


def _assign(draft: Draft) -> None:
    draft.link("ASSIGNED_TO")["role"] = "OWNER"


CASE_ASSIGN = Action(
    "caseAssign",
    "Puts a user or a team in charge of a case, in the place of whoever was.",
    refs=(CASE_REF, Ref("assignee", (USER, TEAM), "Who is in charge.")),
    updates=(Update("case"),),
    links=(Link("case", ASSIGNED_TO, "assignee", ("role",), only=True),),
    prepare=_assign,
    returns=RETURNS,
)

ACTIONS = (
    CASE_UPDATE, CASE_ASSIGN, CASE_ESCALATE, CASE_RESOLVE, CASE_CLOSE,
    CASE_REOPEN,
)  # fmt: skip
