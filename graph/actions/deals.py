"""Deals that partners register: with one of them for each end customer and product protected."""

from contextlib import suppress

from graph.audiences import PARTNERS
from graph.commerce.numbers import numbered
from graph.errors import Timeout, Unavailable
from graph.model.declare import flag
from graph.model.opportunities import OPPORTUNITY
from graph.model.parties import COMPANY, PARTY
from graph.model.products import PRODUCT
from graph.model.programs import ABOUT, BY, DEAL_REGISTRATION
from graph.partnering.standing import partner_of
from graph.partnering.states import Actor, Course, due
from graph.partnering.stepping import Taken, changing, nothing, plain, step
from graph.partnering.waiting import promote
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

PARTNER = Ref(
    "partner",
    (COMPANY,),
    "The partner; its own users need not name it.",
    required=False,
    role="Partner",
)
"""For whom a request is made; staff must name it."""

_FIELDS = ("dealName", "amount", "expectedCloseOn", "endCustomer", "endCustomerWebsite")
_RETURNS = (Return("deal", "request", "DealRegistration"),)
_CUSTOMER = Ref("customer", (PARTY,), "The end customer, if the partner sees it.", required=False)
_OPPORTUNITY = Ref("opportunity", (OPPORTUNITY,), "Which opportunity it is.", required=False)
_PRODUCTS = Ref(
    "products", (PRODUCT,), "What is to be sold; none for everything.", required=False, many=True
)
_REGISTERED = Action(
    "dealRegister",
    "Registers a deal.",
    refs=(
        Ref("partner", (COMPANY,), "The partner.", role="Partner", lock=True),
        _CUSTOMER,
        _OPPORTUNITY,
        _PRODUCTS,
    ),
    creates=(Create("request", DEAL_REGISTRATION),),
    links=(
        Link("request", BY, "partner"),
        Link("request", ABOUT, "customer"),
        Link("request", ABOUT, "opportunity"),
        Link("request", ABOUT, "products"),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "This deal is registered already; change that registration.",
            "customer IS NOT NULL AND EXISTS { "
            "MATCH (partner)<-[:BY]-(other:DealRegistration)-[:ABOUT]->(customer) WHERE "
            "other.state IN ['DRAFT', 'SUBMITTED', 'IN_REVIEW', 'RETURNED', 'WAITLISTED', "
            "'APPROVED'] AND (size(products) = 0 AND NOT EXISTS { (other)-[:ABOUT]->(:Product) } "
            "OR any(each IN products WHERE EXISTS { (other)-[:ABOUT]->(each) })) }",
            ("customerId",),
        ),
    ),
    returns=_RETURNS,
)


async def _register(work: Work, draft: Draft) -> None:
    partner = await partner_of(work, draft)
    values = draft.props["request"]
    if draft.one("customer") is None and not str(values.get("endCustomer") or "").strip():
        message = "Name the end customer: by customerId if you see it, else by endCustomer."
        draft.refuse("REQUIRED", message, "endCustomer")
    if partner is None or draft.refusals:
        return
    inside = work.trusted()
    inner = inside.sketch(_REGISTERED, {**draft.refs, "partner": partner}, {})
    submitted = draft.given.get("submit") is not False
    inner.props["request"] = {
        **values,
        "number": numbered("DR", draft.now[:10]),
        "state": "SUBMITTED" if submitted else "DRAFT",
        "at": draft.now,
        "dueAt": due(Course.DEAL, draft.now) if submitted else None,
    }
    draft.take(await inside.perform(_REGISTERED, inner))


_SUBMIT = Given(flag("submit", "False to go on writing it; true, also when absent, hands it in."))
DEAL_REGISTER = Procedure(
    "dealRegister",
    "Registers a deal with an end customer. Of several for one end customer and product one is "
    "approved; the others wait in order of arrival.",
    refs=(PARTNER, _CUSTOMER, _OPPORTUNITY, _PRODUCTS),
    creates=(
        Create("request", DEAL_REGISTRATION, _FIELDS, optional=("number", "state", "at")),
    ),
    given=(_SUBMIT,),
    returns=_RETURNS,
    run=_register,
    audiences=PARTNERS,
)  # fmt: skip

_DEAL = Ref("deal", (DEAL_REGISTRATION,), "The deal registration.", mark="OWN_REQUEST")
_UPDATED, _WITHDRAWN = plain("dealUpdate"), plain("dealWithdraw")


async def _update(work: Work, draft: Draft) -> None:
    def complete(taken: Taken) -> None:
        changing(taken, draft.props["deal"])
        if taken.move.state == "DRAFT" and taken.move.target == "SUBMITTED":
            taken.props["at"] = draft.now

    wanted = "SUBMIT" if draft.given.get("submit") is True else "UPDATE"
    await step(work, draft, "deal", _UPDATED, Actor.PARTNER, wanted, complete)


async def _withdraw(work: Work, draft: Draft) -> None:
    before = await step(work, draft, "deal", _WITHDRAWN, Actor.PARTNER, "WITHDRAW", nothing)
    if before is not None and before.state == "APPROVED":
        await next_in_line(work)


async def next_in_line(work: Work) -> None:
    """Promote deals that wait no longer; should the database be away, the next sweep does it."""
    with suppress(Unavailable, Timeout):
        work.touched |= await promote(work.graph)


DEAL_UPDATE = Procedure(
    "dealUpdate",
    "Changes a deal registration as far as its state lets it be changed, or hands it in.",
    refs=(_DEAL,),
    updates=(Update("deal", _FIELDS),),
    given=(Given(flag("submit", "True to hand in what was still being written or came back.")),),
    returns=_RETURNS,
    run=_update,
    audiences=PARTNERS,
)
DEAL_WITHDRAW = Procedure(
    "dealWithdraw",
    "Takes a deal registration back; whoever waited behind it moves up.",
    refs=(_DEAL,),
    updates=(Update("deal"),),
    returns=_RETURNS,
    run=_withdraw,
    audiences=PARTNERS,
)

ACTIONS = (DEAL_REGISTER, DEAL_UPDATE, DEAL_WITHDRAW)
