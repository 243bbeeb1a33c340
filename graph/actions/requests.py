"""Deciding on requests, and taking them back."""

from typing import Any

from graph.actions.deals import next_in_line
from graph.audiences import PARTNERS
from graph.model.declare import choice, day
from graph.model.parties import PARTY
from graph.model.programs import REQUEST
from graph.partnering.standing import Standing, user_of
from graph.partnering.states import ACTIONS as STEPS
from graph.partnering.states import DECISIONS, Actor, Course
from graph.partnering.stepping import Taken, granting, nothing, plain, share, sharing, step
from graph.partnering.waiting import protection
from graph.write import formats
from graph.write.actions import Action, Draft, Given, Named, Procedure, Ref, Return, Update, Work

_REQUEST = Ref("request", (REQUEST,), "The request.")
_RETURNS = (Return("request", "request", "Request"),)
_DECIDED, _GRANTED = plain("requestDecide"), granting("requestDecide")
_SHARED, _WITHDRAWN = sharing("requestDecide"), plain("requestWithdraw")
_WITH_REASON = frozenset({"REJECT", "RETURN", "REVOKE"})
_ENDS = frozenset({"LOSE", "REVOKE"})


async def _decide(work: Work, draft: Draft) -> None:
    decision = str(draft.given["decision"])
    user = await user_of(work)
    reason = str(draft.props["request"].get("decisionReason") or "").strip()
    if decision in _WITH_REASON and not reason:
        draft.refuse("REQUIRED", "Say why; whoever asked will read it.", "decisionReason")
        return
    if decision != "APPROVE" and (draft.given.get("protectedUntil") or draft.one("customer")):
        draft.refuse("NOT_ALLOWED", "Only an approval takes these.", "decision")
        return

    def complete(taken: Taken) -> None:
        if reason:
            taken.props["decisionReason"] = reason
        if decision == "APPROVE":
            _grant(taken, user)
        elif taken.standing.course is Course.FUND_REQUEST and decision in {"REVOKE", "COMPLETE"}:
            _give_back(taken)

    def choose(course: Course) -> Action:
        if course is Course.FUND_REQUEST or (course is Course.DEAL and decision == "APPROVE"):
            return _GRANTED
        return _SHARED if course is Course.SHARE_ASKED and decision == "APPROVE" else _DECIDED

    before = await step(work, draft, "request", choose, Actor.STAFF, decision, complete)
    if before is not None and before.course is Course.DEAL and decision in _ENDS:
        await next_in_line(work)


def _grant(taken: Taken, user: Named | None) -> None:
    match taken.standing.course:
        case Course.DEAL:
            _protect(taken)
        case Course.FUND_REQUEST:
            _reserve(taken)
        case Course.SHARE_ASKED:
            share(taken, user.id if user else None)
        case _:
            pass


def _protect(taken: Taken) -> None:
    """Approve a deal, or have it wait behind the one that is approved."""
    draft, standing = taken.draft, taken.standing
    customer = draft.one("customer")
    if not standing.parties and customer is None:
        message = "Say which party the end customer is; the partner only wrote its name."
        draft.refuse("REQUIRED", message, "customerId")
        return
    if standing.parties and customer is not None and customer not in standing.parties:
        draft.refuse("NOT_ALLOWED", "The deal is about another party already.", "customerId")
        return
    last = draft.given.get("protectedUntil")
    until = protection(draft.now) if last is None else formats.day(last)
    if until < draft.now[:10]:
        draft.refuse("OUT_OF_RANGE", "protectedUntil must not have passed.", "protectedUntil")
        return
    inner, rival = taken.inner, bool(standing.facts["rival"])
    inner.refs["customer"] = customer
    inner.refs["parties"] = standing.parties or ([customer] if customer else [])
    inner.values["rival"] = rival
    taken.props.update(
        {"state": "WAITLISTED"} if rival else {"state": "APPROVED", "protectedUntil": until}
    )


def _reserve(taken: Taken) -> None:
    """Take what is approved from the fund, and from the partner's share of it."""
    facts, draft = taken.standing.facts, taken.draft
    fund, granted, amount = facts["fund"], facts["granted"], facts["amount"]
    if fund is None or granted is None:
        draft.refuse("NOT_ALLOWED", "The request names no fund any more.", "requestId")
        return
    if fund["currency"] != facts["currency"]:
        draft.refuse("CURRENCY_MISMATCH", f"The fund is in {fund['currency']}.", "requestId")
    elif amount > fund["left"]:
        draft.refuse("FUND_EXHAUSTED", "The fund has less left than this.", "requestId")
    elif amount + granted["committed"] > granted["share"]:
        message = "The partner's share of the fund has less left than this."
        draft.refuse("FUND_EXHAUSTED", message, "requestId")
    _leave(taken, fund, fund["left"] - amount)


def _give_back(taken: Taken) -> None:
    """Return to the fund what was approved and not claimed."""
    facts = taken.standing.facts
    if facts["fund"] is not None:
        left = facts["fund"]["left"] + facts["amount"] - facts["claimed"]
        _leave(taken, facts["fund"], left)


def _leave(taken: Taken, fund: dict[str, Any], left: int) -> None:
    taken.inner.refs["fund"] = Named(fund["id"], "Fund")
    taken.inner.props["fund"] = {"remaining": left}
    taken.inner.values["left"] = fund["left"]


REQUEST_DECIDE = Procedure(
    "requestDecide",
    "Decides on a request. A deal that is approved while another one for the same end customer "
    "and product stands is put on the waiting list instead.",
    refs=(
        _REQUEST,
        Ref(
            "customer",
            (PARTY,),
            "Which party the end customer of a deal is, if the partner only wrote its name.",
            required=False,
        ),
    ),
    updates=(Update("request", ("decisionReason",)),),
    given=(
        Given(
            choice("decision", {name: STEPS[name] for name in DECISIONS}, "What is decided."),
            required=True,
        ),
        Given(day("protectedUntil", "Last day of protection of a deal; default in 180 days.")),
    ),
    returns=_RETURNS,
    run=_decide,
)


async def _withdraw(work: Work, draft: Draft) -> None:
    before: Standing | None = await step(
        work, draft, "request", _WITHDRAWN, Actor.PARTNER, "WITHDRAW", nothing
    )
    if before is not None and before.course is Course.DEAL and before.state == "APPROVED":
        await next_in_line(work)


REQUEST_WITHDRAW = Procedure(
    "requestWithdraw",
    "Takes back what a partner asked for: a deal, money, a claim or a share.",
    refs=(Ref("request", (REQUEST,), "The request.", mark="OWN_REQUEST"),),
    updates=(Update("request"),),
    returns=_RETURNS,
    run=_withdraw,
    audiences=PARTNERS,
)

ACTIONS = (REQUEST_DECIDE, REQUEST_WITHDRAW)
