"""Partners, their programs and funds, and requests: everything that somebody has to approve."""

from datetime import date, datetime
from typing import Any

import strawberry

from graph import model
from graph import parties as cypher
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from graph.partnering import views as partnering
from graph.partnering.states import ACTIONS
from loaders.declare import edge, edge_of, interface, node, one, prop, value, values
from loaders.registry import Money
from resolvers.keeping import BUSINESS, REFERENCE
from resolvers.links import assigned, assignees, shared, touches
from resolvers.nodes import Actor, Node, Sourced
from resolvers.parties.relationships import Account
from resolvers.sorting import BY_NAME, CURRENT, LATEST_MADE, NEWEST, any_of


@edge_of(model.programs.ENROLLED_IN, "Program")
class Enrolment:
    """A program that a partner takes part in, and its level there."""

    level: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


@edge_of(model.programs.ENROLLED_IN, "Partner")
class EnrolledPartner:
    """A partner that takes part in a program, and its level there."""

    level: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


@edge_of(model.programs.ALLOCATED_TO, "Fund")
class FundShare:
    """A fund of which a share is set aside for a partner."""

    amount: Money | None = prop(to=PARTNERS)


@edge_of(model.programs.ALLOCATED_TO, "Partner")
class FundedPartner:
    """A partner for which a share of a fund is set aside."""

    amount: Money | None = prop(to=PARTNERS)


@node(model.parties.COMPANY, role=model.parties.PARTNER, keep=BUSINESS)
class Partner(Actor):
    """A company that sells, integrates or supplies with us."""

    name: str = prop(to=PARTNERS)
    legal_name: str | None = prop(to=PARTNERS)
    partner_kind: str | None = prop(to=PARTNERS)
    partner_since: datetime | None = prop(to=PARTNERS)
    email: str | None = prop(to=PARTNERS)
    phone: str | None = prop(to=PARTNERS)
    website: str | None = prop(to=PARTNERS)
    city: str | None = prop(to=PARTNERS)
    country: str | None = prop(to=PARTNERS)
    tier: str | None = prop(to=PARTNERS)
    company: Any = one(
        cypher.AS_COMPANY, "Company", "The same company, as a customer.", to=PARTNERS
    )
    accounts: Any = edge(
        model.parties.SERVES.out,
        "Customer",
        "Parties it looks or looked after, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Account,
        to=PARTNERS,
    )
    programs: Any = edge(
        model.programs.ENROLLED_IN.out,
        "Program",
        "Programs it takes or took part in, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Enrolment,
        to=PARTNERS,
    )
    funds: Any = edge(
        model.programs.ALLOCATED_TO.back,
        "Fund",
        "Funds of which it has a share, by name.",
        order=BY_NAME,
        on=FundShare,
        to=PARTNERS,
    )
    deals: Any = edge(
        model.programs.BY.back,
        "DealRegistration",
        "Deals it registered, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
        to=PARTNERS,
    )
    requests: Any = edge(
        model.programs.BY.back,
        "Request",
        "Everything it asked for, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
        to=PARTNERS,
    )
    sold: Any = edge(
        model.orders.SOLD_BY.back,
        "Document",
        "Documents that came about through it, newest first.",
        order=NEWEST,
        to=PARTNERS,
    )
    assigned: Any = assigned()
    shared: Any = shared(to=PARTNERS)


@node(model.programs.PROGRAM, keep=REFERENCE)
class Program(Sourced):
    """A partner program with levels and benefits."""

    name: str = prop(to=PARTNERS)
    levels: list[str] = prop(to=PARTNERS)
    benefits: list[str] = prop(to=PARTNERS)
    starts_on: date | None = prop(to=PARTNERS)
    ends_on: date | None = prop(to=PARTNERS)
    partners: Any = edge(
        model.programs.ENROLLED_IN.back,
        "Partner",
        "Partners that take or took part, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=EnrolledPartner,
    )
    funds: Any = edge(
        model.programs.FUNDS.out, "Fund", "Its funds, by name.", order=BY_NAME, to=PARTNERS
    )


@node(model.programs.FUND)
class Fund(Sourced):
    """Money set aside for marketing with partners."""

    name: str = prop(to=PARTNERS)
    amount: Money | None = prop()
    remaining: Money | None = prop()
    starts_on: date | None = prop(to=PARTNERS)
    ends_on: date | None = prop(to=PARTNERS)
    program: Any = one(
        model.programs.FUNDS.back, "Program", "The program it belongs to.", to=PARTNERS
    )
    shares: Any = edge(
        model.programs.ALLOCATED_TO.out,
        "Partner",
        "Partners with a share, by name.",
        order=BY_NAME,
        on=FundedPartner,
        to=PARTNERS,
    )
    requests: Any = edge(
        model.programs.ABOUT.back,
        "Request",
        "Requests about it, newest first.",
        order=NEWEST,
        to=PARTNERS,
    )


@value
class Allowed:
    """What may be done with a request now."""

    actions: list[str] = strawberry.field(
        description=f"Steps that may be taken, of {', '.join(sorted(ACTIONS))}."
    )
    editable_fields: list[str] = strawberry.field(
        description="Names of the fields that may be changed; none without UPDATE or SUBMIT."
    )


@interface(model.programs.REQUEST)
class Request(Node):
    """Something that somebody asks for and somebody else decides."""

    version: int = prop(to=PARTNERS)
    number: str = prop(to=EVERYONE)
    state: str = prop(to=EVERYONE)
    at: datetime = prop(to=EVERYONE)
    due_at: datetime | None = prop(to=EVERYONE)
    decided_at: datetime | None = prop(to=EVERYONE)
    decision_reason: str | None = prop(to=EVERYONE)
    amount: Money | None = prop(to=EVERYONE)
    by: Any = one(
        model.programs.BY.out, "Participant", "The party or user who made it.", to=EVERYONE
    )
    about: Any = edge(
        model.programs.ABOUT.out,
        "Node",
        "Everything it is about, latest made first.",
        order=LATEST_MADE,
        to=EVERYONE,
    )
    interactions: Any = touches(to=EVERYONE)
    assignees: Any = assignees()
    allowed: Allowed = values(
        partnering.ALLOWED, "What whoever asks may do with it now.", many=False, to=PARTNERS
    )


@node(model.programs.DEAL_REGISTRATION)
class DealRegistration(Request, Sourced):
    """A partner claims a deal with an end customer."""

    deal_name: str | None = prop(to=PARTNERS)
    expected_close_on: date | None = prop(to=PARTNERS)
    protected_until: date | None = prop(to=PARTNERS)
    end_customer: str | None = prop(to=PARTNERS)
    end_customer_website: str | None = prop(to=PARTNERS)


@node(model.programs.FUND_REQUEST)
class FundRequest(Request, Sourced):
    """A partner asks for marketing money."""

    activity: str | None = prop(to=PARTNERS)
    activity_on: date | None = prop(to=PARTNERS)
    claims: Any = edge(
        partnering.CLAIMS,
        "FundClaim",
        "What was claimed of it, newest first.",
        order=NEWEST,
        to=PARTNERS,
    )


@node(model.programs.FUND_CLAIM)
class FundClaim(Request, Sourced):
    """A partner asks to be paid what an approved activity cost."""

    proof: str | None = prop(to=PARTNERS)
    paid_at: datetime | None = prop(to=PARTNERS)


@node(model.programs.LEAD_OFFER)
class LeadOffer(Request, Sourced):
    """A lead is offered to a partner."""

    expires_at: datetime | None = prop(to=PARTNERS)
    message: str | None = prop(to=PARTNERS)
    progress: str | None = prop(to=PARTNERS)
    progress_note: str | None = prop(to=PARTNERS)


@node(model.programs.SHARE_PROPOSAL)
class ShareProposal(Request, Sourced):
    """A proposal to share a party with a partner: by the partner itself, or by one of us."""

    level: str | None = prop(to=PARTNERS)
    purpose: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


@node(model.programs.PRIVACY_REQUEST)
class PrivacyRequest(Request, Sourced):
    """A person exercises a right over personal data."""

    right: str | None = prop(to=CUSTOMERS)
