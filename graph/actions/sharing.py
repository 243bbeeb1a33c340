"""Shares that are proposed first: by a partner to us, or by us to a partner."""

from graph.actions.deals import PARTNER
from graph.audiences import PARTNERS, Audience
from graph.commerce.numbers import numbered
from graph.model.links import ASSIGNED_TO
from graph.model.organisation import USER
from graph.model.parties import COMPANY, PARTY
from graph.model.programs import ABOUT, BY, SHARE_PROPOSAL
from graph.partnering.standing import partner_of, user_of
from graph.partnering.states import Actor, Course, due
from graph.partnering.stepping import nothing, plain, share, sharing, step
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
    Return,
    Update,
    Work,
)

_RETURNS = (Return("proposal", "request", "ShareProposal"),)
_CUSTOMER = Ref("customer", (PARTY,), "Whom to share.")
_PROPOSED = Action(
    "sharePropose",
    "Proposes to share a party.",
    refs=(
        _CUSTOMER,
        Ref("asker", (COMPANY,), "The partner that asks.", required=False, role="Partner"),
        Ref("reader", (COMPANY,), "The partner it is offered to.", required=False, role="Partner"),
        Ref("user", (USER,), "Who offers it.", required=False),
    ),
    creates=(Create("request", SHARE_PROPOSAL),),
    links=(
        Link("request", ABOUT, "customer"),
        Link("request", BY, "asker"),
        Link("request", BY, "user"),
        Link("request", ASSIGNED_TO, "reader"),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "A partner sees itself without a share.",
            "customer = asker OR customer = reader",
            ("customerId",),
        ),
        Guard(
            "NOT_ALLOWED",
            "There is such a proposal already; wait for the answer, or take it back.",
            "EXISTS { MATCH (customer)<-[:ABOUT]-(other:ShareProposal)-[:BY|ASSIGNED_TO]->(p) "
            "WHERE other.state IN ['SUBMITTED', 'IN_REVIEW'] AND (p = asker OR p = reader) }",
            ("customerId",),
        ),
    ),
    returns=_RETURNS,
)


def _check(draft: Draft) -> None:
    values = draft.props["request"]
    if values.get("level") is None:
        draft.refuse("REQUIRED", "Say how much shall be seen.", "level")
    first, last = (
        formats.day(values[name]) if values.get(name) is not None else None
        for name in ("from", "to")
    )
    if last is not None and last < (first or draft.now[:10]):
        draft.refuse("ENDS_BEFORE_START", "to must not lie before from, nor before today.", "to")


async def _propose(work: Work, draft: Draft) -> None:
    _check(draft)
    partner = await partner_of(work, draft)
    if partner is None or draft.refusals:
        return
    ours = work.caller.audience is Audience.STAFF
    inside = work.trusted()
    refs: dict[str, Named | list[Named] | None] = {"customer": draft.one("customer")}
    if ours:
        refs |= {"reader": partner, "user": await user_of(work)}
    else:
        refs["asker"] = partner
    inner = inside.sketch(_PROPOSED, refs, {})
    course = Course.SHARE_OFFERED if ours else Course.SHARE_ASKED
    inner.props["request"] = {
        **draft.props["request"], "number": numbered("SP", draft.now[:10]), "state": "SUBMITTED",
        "at": draft.now, "dueAt": due(course, draft.now),
    }  # fmt: skip
    inner.link("ASSIGNED_TO")["role"] = "APPROVER"
    draft.take(await inside.perform(_PROPOSED, inner))


SHARE_PROPOSE = Procedure(
    "sharePropose",
    "Proposes to share a party with a partner. A partner asks us, for a party that it sees in "
    "part; we offer it to a partner, which accepts it or not.",
    refs=(PARTNER, _CUSTOMER),
    creates=(
        Create(
            "request", SHARE_PROPOSAL, ("level", "purpose", "from", "to"),
            optional=("number", "state", "at"),
        ),
    ),
    returns=_RETURNS,
    run=_propose,
    audiences=PARTNERS,
)  # fmt: skip

_PROPOSAL = Ref("proposal", (SHARE_PROPOSAL,), "The proposal.", mark="OFFERED")
_ACCEPTED, _REJECTED = sharing("shareAccept"), plain("shareReject")


async def _accept(work: Work, draft: Draft) -> None:
    await step(
        work, draft, "proposal", _ACCEPTED, Actor.PARTNER, "ACCEPT",
        lambda taken: share(taken, None),
    )  # fmt: skip


async def _reject(work: Work, draft: Draft) -> None:
    await step(work, draft, "proposal", _REJECTED, Actor.PARTNER, "REJECT", nothing)


SHARE_ACCEPT = Procedure(
    "shareAccept",
    "Accepts that a party is shared with the partner; it holds from now on.",
    refs=(_PROPOSAL,),
    updates=(Update("proposal"),),
    returns=_RETURNS,
    run=_accept,
    audiences=PARTNERS,
)
SHARE_REJECT = Procedure(
    "shareReject",
    "Declines that a party is shared with the partner.",
    refs=(_PROPOSAL,),
    updates=(Update("proposal"),),
    returns=_RETURNS,
    run=_reject,
    audiences=PARTNERS,
)

ACTIONS = (SHARE_PROPOSE, SHARE_ACCEPT, SHARE_REJECT)
