"""Requests as one state machine, kept as data: in which state who may do what, and what follows.

A request is one of six courses. `MOVES` lists every step of every course; what is not listed is
not possible. Portals draw their buttons from it (`allowed`), mutations ask it before they write,
and the statement that writes refuses when the request was changed in between.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from typing import LiteralString

from graph.engagement.clock import Calendar
from graph.write.formats import moment


class Actor(Enum):
    """Who takes a step."""

    PARTNER = "PARTNER"
    STAFF = "STAFF"
    CLOCK = "CLOCK"


class Course(Enum):
    """What kind of request it is, and so which steps there are."""

    DEAL = "DEAL"
    FUND_REQUEST = "FUND_REQUEST"
    FUND_CLAIM = "FUND_CLAIM"
    LEAD = "LEAD"
    SHARE_ASKED = "SHARE_ASKED"
    SHARE_OFFERED = "SHARE_OFFERED"
    PRIVACY = "PRIVACY"


COURSES: dict[Course, LiteralString] = {
    Course.DEAL: "THIS:DealRegistration",
    Course.FUND_REQUEST: "THIS:FundRequest",
    Course.FUND_CLAIM: "THIS:FundClaim",
    Course.LEAD: "THIS:LeadOffer",
    Course.SHARE_ASKED: "THIS:ShareProposal AND EXISTS { (THIS)-[:BY]->(:Company) }",
    Course.SHARE_OFFERED: "THIS:ShareProposal",
    Course.PRIVACY: "THIS:PrivacyRequest",
}
"""How a request tells its course, as Cypher over THIS; the first that holds counts."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step.

    Attributes:
        course: Of which requests.
        state: In which state it may be taken.
        actor: By whom.
        action: What it is called.
        target: The state that follows.
        fields: Properties that may be given another value on the way.
    """

    course: Course
    state: LiteralString
    actor: Actor
    action: LiteralString
    target: LiteralString
    fields: tuple[LiteralString, ...] = ()


_DEAL: tuple[LiteralString, ...] = (
    "dealName", "amount", "expectedCloseOn", "endCustomer", "endCustomerWebsite",
)  # fmt: skip
_LEAD: tuple[LiteralString, ...] = ("progress", "progressNote")
_P, _S, _C = Actor.PARTNER, Actor.STAFF, Actor.CLOCK


_Row = tuple[LiteralString, Actor, LiteralString, LiteralString]


def _moves(course: Course, *rows: _Row) -> tuple[Move, ...]:
    return tuple(Move(course, *row) for row in rows)


MOVES: tuple[Move, ...] = (
    Move(Course.DEAL, "DRAFT", _P, "UPDATE", "DRAFT", _DEAL),
    Move(Course.DEAL, "SUBMITTED", _P, "UPDATE", "SUBMITTED", _DEAL),
    Move(Course.DEAL, "RETURNED", _P, "UPDATE", "RETURNED", _DEAL),
    Move(Course.DEAL, "APPROVED", _P, "UPDATE", "APPROVED", ("expectedCloseOn",)),
    Move(Course.DEAL, "DRAFT", _P, "SUBMIT", "SUBMITTED", _DEAL),
    Move(Course.DEAL, "RETURNED", _P, "SUBMIT", "IN_REVIEW", _DEAL),
    *_moves(
        Course.DEAL,
        ("DRAFT", _P, "WITHDRAW", "WITHDRAWN"),
        ("SUBMITTED", _P, "WITHDRAW", "WITHDRAWN"),
        ("IN_REVIEW", _P, "WITHDRAW", "WITHDRAWN"),
        ("RETURNED", _P, "WITHDRAW", "WITHDRAWN"),
        ("WAITLISTED", _P, "WITHDRAW", "WITHDRAWN"),
        ("APPROVED", _P, "WITHDRAW", "WITHDRAWN"),
        ("SUBMITTED", _S, "REVIEW", "IN_REVIEW"),
        ("SUBMITTED", _S, "RETURN", "RETURNED"),
        ("SUBMITTED", _S, "APPROVE", "APPROVED"),
        ("SUBMITTED", _S, "REJECT", "REJECTED"),
        ("IN_REVIEW", _S, "RETURN", "RETURNED"),
        ("IN_REVIEW", _S, "APPROVE", "APPROVED"),
        ("IN_REVIEW", _S, "REJECT", "REJECTED"),
        ("RETURNED", _S, "REJECT", "REJECTED"),
        ("WAITLISTED", _S, "REJECT", "REJECTED"),
        ("WAITLISTED", _C, "PROMOTE", "APPROVED"),
        ("APPROVED", _S, "WIN", "WON"),
        ("APPROVED", _S, "LOSE", "LOST"),
        ("APPROVED", _S, "REVOKE", "REVOKED"),
        ("APPROVED", _C, "EXPIRE", "EXPIRED"),
    ),
    *_moves(
        Course.FUND_REQUEST,
        ("SUBMITTED", _P, "WITHDRAW", "WITHDRAWN"),
        ("IN_REVIEW", _P, "WITHDRAW", "WITHDRAWN"),
        ("APPROVED", _P, "CLAIM", "APPROVED"),
        ("SUBMITTED", _S, "REVIEW", "IN_REVIEW"),
        ("SUBMITTED", _S, "APPROVE", "APPROVED"),
        ("SUBMITTED", _S, "REJECT", "REJECTED"),
        ("IN_REVIEW", _S, "APPROVE", "APPROVED"),
        ("IN_REVIEW", _S, "REJECT", "REJECTED"),
        ("APPROVED", _S, "REVOKE", "REVOKED"),
        ("APPROVED", _S, "COMPLETE", "DONE"),
    ),
    *_moves(
        Course.FUND_CLAIM,
        ("SUBMITTED", _P, "WITHDRAW", "WITHDRAWN"),
        ("IN_REVIEW", _P, "WITHDRAW", "WITHDRAWN"),
        ("SUBMITTED", _S, "REVIEW", "IN_REVIEW"),
        ("SUBMITTED", _S, "APPROVE", "APPROVED"),
        ("SUBMITTED", _S, "REJECT", "REJECTED"),
        ("IN_REVIEW", _S, "APPROVE", "APPROVED"),
        ("IN_REVIEW", _S, "REJECT", "REJECTED"),
        ("APPROVED", _S, "COMPLETE", "DONE"),
    ),
    Move(Course.LEAD, "APPROVED", _P, "UPDATE", "APPROVED", _LEAD),
    Move(Course.LEAD, "APPROVED", _P, "WIN", "WON", _LEAD),
    Move(Course.LEAD, "APPROVED", _P, "LOSE", "LOST", _LEAD),
    *_moves(
        Course.LEAD,
        ("SUBMITTED", _P, "ACCEPT", "APPROVED"),
        ("SUBMITTED", _P, "REJECT", "REJECTED"),
        ("SUBMITTED", _S, "WITHDRAW", "WITHDRAWN"),
        ("SUBMITTED", _C, "EXPIRE", "EXPIRED"),
        ("APPROVED", _S, "REVOKE", "REVOKED"),
    ),
    *_moves(
        Course.SHARE_ASKED,
        ("SUBMITTED", _P, "WITHDRAW", "WITHDRAWN"),
        ("SUBMITTED", _S, "REVIEW", "IN_REVIEW"),
        ("SUBMITTED", _S, "APPROVE", "APPROVED"),
        ("SUBMITTED", _S, "REJECT", "REJECTED"),
        ("IN_REVIEW", _P, "WITHDRAW", "WITHDRAWN"),
        ("IN_REVIEW", _S, "APPROVE", "APPROVED"),
        ("IN_REVIEW", _S, "REJECT", "REJECTED"),
    ),
    *_moves(
        Course.SHARE_OFFERED,
        ("SUBMITTED", _P, "ACCEPT", "APPROVED"),
        ("SUBMITTED", _P, "REJECT", "REJECTED"),
        ("SUBMITTED", _S, "WITHDRAW", "WITHDRAWN"),
    ),
    *_moves(
        Course.PRIVACY,
        ("SUBMITTED", _S, "REVIEW", "IN_REVIEW"),
        ("SUBMITTED", _S, "REJECT", "REJECTED"),
        ("IN_REVIEW", _S, "COMPLETE", "DONE"),
        ("IN_REVIEW", _S, "REJECT", "REJECTED"),
    ),
)
"""Every step that there is. A deal that is approved while another one stands waits instead."""

ACTIONS: dict[LiteralString, str] = {
    "UPDATE": "Change what it says; `editableFields` names what may be changed.",
    "SUBMIT": "Hand it in.",
    "WITHDRAW": "Take it back.",
    "ACCEPT": "Accept what is offered.",
    "CLAIM": "Claim what the activity cost.",
    "REVIEW": "Begin to decide.",
    "RETURN": "Send it back for more information.",
    "APPROVE": "Grant it.",
    "REJECT": "Refuse it.",
    "WIN": "Say that the deal was won.",
    "LOSE": "Say that the deal was lost.",
    "REVOKE": "Take back what was granted.",
    "COMPLETE": "Say that it was carried out or paid.",
}
"""What people may do with requests; what the clock does is not among them."""

DECISIONS: tuple[LiteralString, ...] = (
    "REVIEW", "RETURN", "APPROVE", "REJECT", "WIN", "LOSE", "REVOKE", "COMPLETE", "WITHDRAW",
)  # fmt: skip
"""What staff may do with requests."""

_BY_PLACE: dict[tuple[Course, str, Actor, str], Move] = {
    (each.course, each.state, each.actor, each.action): each for each in MOVES
}


def move_of(course: Course, state: str, actor: Actor, action: str) -> Move | None:
    """The step, or None when this actor may not take it in this state."""
    return _BY_PLACE.get((course, state, actor, action))


def moves_of(course: Course, state: str, actor: Actor) -> list[Move]:
    """Every step that an actor may take in a state, in the order of the table."""
    return [
        each
        for each in MOVES
        if each.course is course and each.state == state and each.actor is actor
    ]


_HOURS = tuple((time(9), time(17)) for _ in range(5))
OFFICE = Calendar(UTC, (*_HOURS, None, None))
"""When requests are worked on: Monday to Friday, 9 to 17 UTC."""

TERMS: dict[Course, timedelta] = {
    Course.DEAL: timedelta(hours=5 * 8),
    Course.FUND_REQUEST: timedelta(hours=10 * 8),
    Course.FUND_CLAIM: timedelta(hours=10 * 8),
    Course.SHARE_ASKED: timedelta(hours=5 * 8),
}
"""Working time in which we decide. An offer has its own end instead; privacy has the law's."""


def due(course: Course, now: str) -> str | None:
    """When a request that waits for us from now on must be decided; None where no term runs."""
    term = TERMS.get(course)
    return None if term is None else moment(OFFICE.after(datetime.fromisoformat(now), term))


WAITING_FOR_US = frozenset({"SUBMITTED", "IN_REVIEW"})
"""States in which the clock runs; it stands while the partner has to answer, and ends then."""
