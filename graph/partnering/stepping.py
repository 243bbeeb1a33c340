"""Taking a step of a request: read where it stands, ask the table, write what follows.

The write refuses when the request, the fund or a rival deal was changed in between; then all is
read again, at most three times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString

from graph.errors import NOT_THERE
from graph.model.links import SHARED_WITH
from graph.model.parties import COMPANY, PARTY
from graph.model.programs import ABOUT, FUND, REQUEST
from graph.partnering.standing import RIVAL, Standing, standing_of
from graph.partnering.states import WAITING_FOR_US, Actor, Course, Move, due, move_of, moves_of
from graph.write.actions import Action, Draft, Guard, Link, Ref, Return, Update, Work
from graph.write.actions.spec import Values

ATTEMPTS = 3
_RACED = "Somebody else changes the request right now; try again."

_REQUEST = Ref("request", (REQUEST,), "The request.")
_SAME = Guard("CONFLICT", _RACED, "request.version <> r.values.version", ("requestId",))
_RETURNS = (Return("request", "request", "Request"),)


def plain(name: LiteralString) -> Action:
    """A step that changes nothing but the request; `name` is told as what happened."""
    return Action(
        name,
        "Takes a step of a request.",
        refs=(_REQUEST,),
        updates=(Update("request"),),
        guards=(_SAME,),
        returns=_RETURNS,
    )


def granting(name: LiteralString) -> Action:
    """A step that may grant a deal among rivals, or money of a fund, or give it back."""
    return Action(
        name,
        "Takes a step of a request that may grant something.",
        refs=(
            _REQUEST,
            Ref("parties", (PARTY,), "Whom it is about.", required=False, many=True, lock=True),
            Ref("customer", (PARTY,), "The end customer.", required=False, lock=True),
            Ref("fund", (FUND,), "The fund it is paid from.", required=False),
        ),
        updates=(Update("request"), Update("fund")),
        links=(Link("request", ABOUT, "customer"),),
        guards=(
            _SAME,
            Guard(
                "CONFLICT",
                _RACED,
                "r.values.rival IS NOT NULL AND r.values.rival <> " + RIVAL,
                ("requestId",),
            ),
            Guard(
                "CONFLICT",
                _RACED,
                "r.values.left <> coalesce(fund.remaining, fund.amount, 0)",
                ("requestId",),
            ),
        ),
        returns=_RETURNS,
    )


def sharing(name: LiteralString) -> Action:
    """A step that shares a party with a partner."""
    return Action(
        name,
        "Takes a step of a request that shares a party.",
        refs=(
            _REQUEST,
            Ref("subject", (PARTY,), "What is shared."),
            Ref("reader", (COMPANY,), "With whom.", role="Partner"),
        ),
        updates=(Update("request"), Update("subject")),
        links=(Link("subject", SHARED_WITH, "reader"),),
        guards=(_SAME,),
        returns=_RETURNS,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """A step on its way.

    Attributes:
        draft: What was asked for; to be refused.
        inner: The write, to be completed.
        standing: Where the request stands.
        move: The step.
    """

    draft: Draft
    inner: Draft
    standing: Standing
    move: Move

    @property
    def props(self) -> dict[str, Any]:
        """What is to be changed of the request."""
        return self.inner.props["request"]


Choose = Callable[[Course], Action]
"""The write of a step that differs by course."""

Complete = Callable[[Taken], None]
"""Completes the write; refuses by the draft of the taken step."""


async def step(
    work: Work,
    draft: Draft,
    ref: str,
    choice: Action | Choose,
    actor: Actor,
    wanted: str,
    complete: Complete,
) -> Standing | None:
    """Take a step of the request that a ref names; where it stood before, None when refused."""
    named = draft.one(ref)
    if named is None:
        return None
    inside, customer = work.trusted(), draft.one("customer")
    for attempt in range(ATTEMPTS):
        standing = await standing_of(work, named.id, customer.id if customer else None)
        if standing is None:
            draft.refuse("NOT_FOUND", NOT_THERE, ref + "Id")
            return None
        move = move_of(standing.course, standing.state, actor, wanted)
        if move is None:
            draft.refuse("NOT_ALLOWED", sentence(standing, actor), ref + "Id")
            return None
        action = choice if isinstance(choice, Action) else choice(standing.course)
        inner = inside.sketch(action, {"request": named}, _kept(draft))
        inner.refusals.clear()  # what it needs besides is named by `complete`
        inner.values["version"] = standing.version
        taken = Taken(draft, inner, standing, move)
        _change(taken)
        complete(taken)
        if draft.refusals:
            return None
        outcome = await inside.perform(action, inner)
        raced = any(each.path == ("requestId",) and each.code == "CONFLICT"
                    for each in outcome.refusals)  # fmt: skip
        if not raced or attempt == ATTEMPTS - 1:
            draft.take(outcome)
            return None if outcome.refusals else standing
    return None


def sentence(standing: Standing, actor: Actor) -> str:
    """Why a step is not possible, and which are."""
    possible = ", ".join(
        each.action for each in moves_of(standing.course, standing.state, actor)
    )  # fmt: skip
    if not possible:
        return f"It is {standing.state}; nothing can be done with it any more."
    return f"It is {standing.state}; what can be done is {possible}."


def _kept(draft: Draft) -> dict[str, Any]:
    wanted = draft.given.get("ifVersion")
    return {} if wanted is None else {"ifVersion": wanted}


def _change(taken: Taken) -> None:
    """What every step changes: the state, and when it must be decided, or was."""
    move, now = taken.move, taken.draft.now
    if move.target == move.state:
        return
    props = taken.props
    props["state"] = move.target
    if move.target in WAITING_FOR_US and move.state not in WAITING_FOR_US:
        props["dueAt"] = due(move.course, now)
    elif move.target not in WAITING_FOR_US:
        props["dueAt"] = None
    if move.target in {"APPROVED", "REJECTED", "WAITLISTED", "DONE", "REVOKED"}:
        props["decidedAt"] = now
    if move.course is Course.FUND_CLAIM and move.target == "DONE":
        props["paidAt"] = now


def nothing(taken: Taken) -> None:
    """Complete a step that changes nothing but the state."""


def changing(taken: Taken, values: Values) -> None:
    """Change what the step lets be changed; refuses what it does not."""
    for name in values:
        if name not in taken.move.fields:
            allowed = ", ".join(taken.move.fields) or "nothing"
            message = f"While it is {taken.move.state}, {allowed} can be changed."
            taken.draft.refuse("NOT_ALLOWED", message, name)
    taken.inner.props["request"] |= values


def share(taken: Taken, by: str | None) -> None:
    """Make the share that a proposal asks for, from today unless it says so."""
    said, partner = taken.standing.facts["share"], taken.standing.partner
    parties = taken.standing.parties
    if not parties or partner is None:
        taken.draft.refuse("NOT_ALLOWED", "The proposal names no party any more.")
        return
    today = taken.draft.now[:10]
    if said["to"] is not None and said["to"] < today:
        taken.draft.refuse("EXPIRED", "The time for which it was proposed is over.")
        return
    taken.inner.refs["subject"], taken.inner.refs["reader"] = parties[0], partner
    values = taken.inner.link("SHARED_WITH")
    values |= {**said, "from": said["from"] or today, "by": by}
