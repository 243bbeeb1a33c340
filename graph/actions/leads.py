"""Leads that we offer to partners, and what becomes of them."""

from datetime import datetime, timedelta

from graph.audiences import PARTNERS
from graph.commerce.numbers import numbered
from graph.model.declare import choice
from graph.model.links import ASSIGNED_TO
from graph.model.opportunities import OPPORTUNITY
from graph.model.organisation import USER
from graph.model.parties import COMPANY, PARTY
from graph.model.programs import ABOUT, BY, LEAD_OFFER
from graph.partnering.standing import user_of
from graph.partnering.states import Actor
from graph.partnering.stepping import Taken, changing, plain, step
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)
from graph.write.formats import moment

DAYS = 3
"""Days after which an offer lapses unless somebody says otherwise."""

_RETURNS = (Return("offer", "request", "LeadOffer"),)
_PARTNER = Ref("partner", (COMPANY,), "To which partner.", role="Partner", lock=True)
_CUSTOMER = Ref("customer", (PARTY,), "Whom the lead is about.")
_OPPORTUNITY = Ref("opportunity", (OPPORTUNITY,), "Which opportunity it is.", required=False)
_OFFERED = Action(
    "leadOffer",
    "Offers a lead to a partner.",
    refs=(
        _PARTNER,
        Ref("customer", (PARTY,), "Whom the lead is about.", lock=True),
        _OPPORTUNITY,
        Ref("user", (USER,), "Who offers it.", required=False),
    ),
    creates=(Create("request", LEAD_OFFER),),
    links=(
        Link("request", BY, "user"),
        Link("request", ABOUT, "customer"),
        Link("request", ABOUT, "opportunity"),
        Link("request", ASSIGNED_TO, "partner"),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "This lead is with a partner already; wait for the answer, or withdraw that offer.",
            "EXISTS { MATCH (customer)<-[:ABOUT]-(other:LeadOffer) WHERE other.state = 'APPROVED' "
            "OR other.state = 'SUBMITTED' AND coalesce(other.expiresAt, '9999') > r.now }",
            ("customerId",),
        ),
        Guard(
            "NOT_ALLOWED",
            "A lead cannot be offered to itself.",
            "partner = customer",
            ("partnerId",),
        ),
        Guard(
            "NOT_ALLOWED",
            "The opportunity belongs to another party.",
            "opportunity IS NOT NULL AND NOT EXISTS { (opportunity)-[:FOR]->(customer) }",
            ("opportunityId",),
        ),
    ),
    returns=_RETURNS,
)


async def _offer(work: Work, draft: Draft) -> None:
    values = draft.props["request"]
    ends = values.get("expiresAt") or datetime.fromisoformat(draft.now) + timedelta(days=DAYS)
    if moment(ends) <= draft.now:
        draft.refuse("OUT_OF_RANGE", "expiresAt must lie in the future.", "expiresAt")
        return
    inner = work.sketch(_OFFERED, {**draft.refs, "user": await user_of(work)}, {})
    inner.props["request"] = {
        **values, "expiresAt": ends, "dueAt": ends, "number": numbered("LO", draft.now[:10]),
        "state": "SUBMITTED", "at": draft.now,
    }  # fmt: skip
    inner.link("ASSIGNED_TO")["role"] = "APPROVER"
    draft.take(await work.perform(_OFFERED, inner))


LEAD_OFFER_MAKE = Procedure(
    "leadOffer",
    f"Offers a lead to a partner, for {DAYS} days unless told otherwise. Until it accepts, the "
    "partner sees the offer, and of the party no more than it saw before.",
    refs=(_PARTNER, _CUSTOMER, _OPPORTUNITY),
    creates=(
        Create(
            "request", LEAD_OFFER, ("message", "expiresAt", "amount"),
            optional=("number", "state", "at"),
        ),
    ),
    returns=_RETURNS,
    run=_offer,
)  # fmt: skip

_OFFER = Ref("offer", (LEAD_OFFER,), "The offer.", mark="OFFERED")
_ACCEPTED, _REJECTED, _TOLD = plain("leadAccept"), plain("leadReject"), plain("leadUpdate")


async def _accept(work: Work, draft: Draft) -> None:
    def complete(taken: Taken) -> None:
        ends = taken.standing.facts["expires"]
        if ends is not None and ends <= draft.now:
            draft.refuse("EXPIRED", "The offer has lapsed; ask for a new one.", "offerId")

    await step(work, draft, "offer", _ACCEPTED, Actor.PARTNER, "ACCEPT", complete)


async def _reject(work: Work, draft: Draft) -> None:
    def complete(taken: Taken) -> None:
        taken.props["decisionReason"] = draft.props["offer"].get("decisionReason")

    await step(work, draft, "offer", _REJECTED, Actor.PARTNER, "REJECT", complete)


async def _tell(work: Work, draft: Draft) -> None:
    outcome = draft.given.get("outcome")
    wanted = {None: "UPDATE", "WON": "WIN", "LOST": "LOSE"}[outcome]
    await step(
        work, draft, "offer", _TOLD, Actor.PARTNER, wanted,
        lambda taken: changing(taken, draft.props["offer"]),
    )  # fmt: skip


LEAD_ACCEPT = Procedure(
    "leadAccept",
    "Accepts a lead that was offered; from now on the partner sees all of the party.",
    refs=(_OFFER,),
    updates=(Update("offer"),),
    returns=_RETURNS,
    run=_accept,
    audiences=PARTNERS,
)
LEAD_REJECT = Procedure(
    "leadReject",
    "Declines a lead that was offered.",
    refs=(_OFFER,),
    updates=(Update("offer", ("decisionReason",)),),
    returns=_RETURNS,
    run=_reject,
    audiences=PARTNERS,
)
LEAD_UPDATE = Procedure(
    "leadUpdate",
    "Tells how far the partner has come with a lead that it accepted, or how it ended.",
    refs=(_OFFER,),
    updates=(Update("offer", ("progress", "progressNote")),),
    given=(
        Given(
            choice(
                "outcome",
                {"WON": "They bought.", "LOST": "They did not buy."},
                "How it ended; null while it goes on.",
            )
        ),
    ),
    returns=_RETURNS,
    run=_tell,
    audiences=PARTNERS,
)

ACTIONS = (LEAD_OFFER_MAKE, LEAD_ACCEPT, LEAD_REJECT, LEAD_UPDATE)
