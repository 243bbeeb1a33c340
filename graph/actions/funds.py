"""Marketing money for partners: set aside, asked for, claimed; never more than there is."""

from typing import Any

from graph.actions.deals import PARTNER
from graph.audiences import PARTNERS
from graph.commerce.numbers import numbered
from graph.errors import NOT_THERE
from graph.model.parties import COMPANY
from graph.model.programs import ABOUT, ALLOCATED_TO, BY, FUND, FUND_CLAIM, FUND_REQUEST
from graph.partnering.standing import CLAIMED, COMMITTED, partner_of, standing_of
from graph.partnering.states import Course, due
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

EXHAUSTED = "FUND_EXHAUSTED"


def _set_aside(draft: Draft) -> None:
    amount: Any = draft.link("ALLOCATED_TO").get("amount")
    if amount is None:
        draft.refuse("REQUIRED", "Say how much.", "amount")


FUND_ALLOCATE = Action(
    "fundAllocate",
    "Sets a share of a fund aside for a partner, or changes it; all shares together are no more "
    "than the fund.",
    refs=(
        Ref("fund", (FUND,), "The fund."),
        Ref("partner", (COMPANY,), "The partner.", role="Partner"),
    ),
    updates=(Update("fund"),),
    links=(Link("fund", ALLOCATED_TO, "partner", ("amount",)),),
    guards=(
        Guard(
            "CURRENCY_MISMATCH",
            "The fund is in {}.",
            "r.links.l0.currency <> fund.currency",
            ("amount",),
            detail="fund.currency",
        ),
        Guard("OUT_OF_RANGE", "The amount must not be negative.", "r.links.l0.amount < 0",
              ("amount",)),
        Guard(
            EXHAUSTED,
            "All shares together would be more than the fund; set aside less.",
            "reduce(sum = 0, each IN COLLECT { MATCH (fund)-[x:ALLOCATED_TO]->(p) "
            "WHERE p <> partner RETURN coalesce(x.amount, 0) } | sum + each) "
            "+ r.links.l0.amount > coalesce(fund.amount, 0)",
            ("amount",),
        ),
        Guard(
            "NOT_ALLOWED",
            "More than this has been promised to the partner already.",
            COMMITTED + " > r.links.l0.amount",
            ("amount",),
        ),
    ),
    prepare=_set_aside,
    returns=(Return("fund", "fund", "Fund"), Return("partner", "partner", "Partner")),
)  # fmt: skip

_FUND = Ref("fund", (FUND,), "The fund.")
_REQUESTED = Action(
    "fundRequest",
    "Asks for money of a fund.",
    refs=(
        Ref("partner", (COMPANY,), "The partner.", role="Partner", lock=True),
        Ref("fund", (FUND,), "The fund.", lock=True),
    ),
    creates=(Create("request", FUND_REQUEST),),
    links=(Link("request", BY, "partner"), Link("request", ABOUT, "fund")),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "No share of this fund is set aside for the partner.",
            "NOT EXISTS { (fund)-[:ALLOCATED_TO]->(partner) }",
            ("fundId",),
        ),
        Guard(
            "NOT_ALLOWED",
            "The fund cannot be used today.",
            "coalesce(fund.startsOn, '') > left(r.now, 10) "
            "OR coalesce(fund.endsOn, '9999') < left(r.now, 10)",
            ("fundId",),
        ),
        Guard(
            "CURRENCY_MISMATCH",
            "The fund is in {}.",
            "r.creates.request.currency <> fund.currency",
            ("amount",),
            detail="fund.currency",
        ),
        Guard(
            EXHAUSTED,
            "The partner's share has less left than this; ask for less.",
            "r.creates.request.amount + " + COMMITTED + " > head([(fund)-[x:ALLOCATED_TO]->(p) "
            "WHERE p = partner | coalesce(x.amount, 0)])",
            ("amount",),
        ),
    ),
    returns=(Return("request", "request", "FundRequest"),),
)


def _positive(draft: Draft, name: str) -> None:
    amount: Any = draft.props[name].get("amount")
    if amount is None:
        draft.refuse("REQUIRED", "Say how much.", "amount")
    elif float(amount["amount"]) <= 0:
        draft.refuse("OUT_OF_RANGE", "The amount must be more than nothing.", "amount")


async def _ask(work: Work, draft: Draft) -> None:
    _positive(draft, "request")
    partner = await partner_of(work, draft)
    if partner is None or draft.refusals:
        return
    inside = work.trusted()
    inner = inside.sketch(_REQUESTED, {**draft.refs, "partner": partner}, {})
    inner.props["request"] = {
        **draft.props["request"], "number": numbered("FR", draft.now[:10]), "state": "SUBMITTED",
        "at": draft.now, "dueAt": due(Course.FUND_REQUEST, draft.now),
    }  # fmt: skip
    draft.take(await inside.perform(_REQUESTED, inner))


FUND_REQUEST_MAKE = Procedure(
    "fundRequest",
    "Asks for money of a fund of which a share is set aside for the partner.",
    refs=(PARTNER, _FUND),
    creates=(
        Create(
            "request", FUND_REQUEST, ("activity", "activityOn", "amount"),
            optional=("number", "state", "at"),
        ),
    ),
    returns=(Return("request", "request", "FundRequest"),),
    run=_ask,
    audiences=PARTNERS,
)  # fmt: skip

_CLAIMED = Action(
    "fundClaim",
    "Claims what an activity cost.",
    refs=(
        Ref("partner", (COMPANY,), "The partner."),
        Ref("request", (FUND_REQUEST,), "What was approved.", lock=True),
    ),
    creates=(Create("claim", FUND_CLAIM),),
    links=(Link("claim", BY, "partner"), Link("claim", ABOUT, "request")),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "Money can be claimed of an approved request; it is {}.",
            "request.state <> 'APPROVED'",
            ("requestId",),
            detail="request.state",
        ),
        Guard(
            "CURRENCY_MISMATCH",
            "The request is in {}.",
            "r.creates.claim.currency <> request.currency",
            ("amount",),
            detail="request.currency",
        ),
        Guard(
            EXHAUSTED,
            "Less than this is left of what was approved; claim less.",
            "r.creates.claim.amount + " + CLAIMED + " > coalesce(request.amount, 0)",
            ("amount",),
        ),
    ),
    returns=(Return("claim", "claim", "FundClaim"),),
)


async def _claim(work: Work, draft: Draft) -> None:
    _positive(draft, "claim")
    asked = draft.one("request")
    standing = await standing_of(work, asked.id) if asked else None
    if standing is None or standing.partner is None:
        draft.refuse("NOT_FOUND", NOT_THERE, "requestId")
    if standing is None or draft.refusals:
        return
    inside = work.trusted()
    refs = {"request": asked, "partner": standing.partner}
    inner = inside.sketch(_CLAIMED, dict(refs), {})
    inner.props["claim"] = {
        **draft.props["claim"], "number": numbered("FC", draft.now[:10]), "state": "SUBMITTED",
        "at": draft.now, "dueAt": due(Course.FUND_CLAIM, draft.now),
    }  # fmt: skip
    draft.take(await inside.perform(_CLAIMED, inner))


FUND_CLAIM_MAKE = Procedure(
    "fundClaim",
    "Claims what an approved activity cost, all at once or in parts, up to what was approved.",
    refs=(Ref("request", (FUND_REQUEST,), "What was approved.", mark="OWN_REQUEST"),),
    creates=(
        Create("claim", FUND_CLAIM, ("amount", "proof"), optional=("number", "state", "at")),
    ),
    returns=(Return("claim", "claim", "FundClaim"),),
    run=_claim,
    audiences=PARTNERS,
)  # fmt: skip

ACTIONS = (FUND_ALLOCATE, FUND_REQUEST_MAKE, FUND_CLAIM_MAKE)
