"""Partners, their programs and funds, and requests: everything that somebody has to approve."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph import parties as cypher
from loaders.declare import edge, edge_of, interface, node, one, prop
from loaders.registry import Money
from resolvers.keeping import BUSINESS, REFERENCE
from resolvers.links import assigned, assignees, shared, touches
from resolvers.nodes import Actor, Node, Sourced
from resolvers.parties.relationships import Account
from resolvers.sorting import BY_NAME, CURRENT, LATEST_CHANGED, NEWEST, any_of


@edge_of(model.programs.ENROLLED_IN, "Program")
class Enrolment:
    """A program that a partner takes part in, and its level there."""

    level: str | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.programs.ENROLLED_IN, "Partner")
class EnrolledPartner:
    """A partner that takes part in a program, and its level there."""

    level: str | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.programs.ALLOCATED_TO, "Fund")
class FundShare:
    """A fund of which a share is set aside for a partner."""

    amount: Money | None = prop()


@edge_of(model.programs.ALLOCATED_TO, "Partner")
class FundedPartner:
    """A partner for which a share of a fund is set aside."""

    amount: Money | None = prop()


@node(model.parties.COMPANY, role=model.parties.PARTNER, keep=BUSINESS)
class Partner(Actor):
    """A company that sells, integrates or supplies with us."""

    name: str = prop()
    legal_name: str | None = prop()
    partner_kind: str | None = prop()
    partner_since: datetime | None = prop()
    email: str | None = prop()
    phone: str | None = prop()
    website: str | None = prop()
    city: str | None = prop()
    country: str | None = prop()
    tier: str | None = prop()
    company: Any = one(cypher.AS_COMPANY, "Company", "The same company, as a customer.")
    accounts: Any = edge(
        model.parties.SERVES.out,
        "Customer",
        "Parties it looks or looked after, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Account,
    )
    programs: Any = edge(
        model.programs.ENROLLED_IN.out,
        "Program",
        "Programs it takes or took part in, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Enrolment,
    )
    funds: Any = edge(
        model.programs.ALLOCATED_TO.back,
        "Fund",
        "Funds of which it has a share, by name.",
        order=BY_NAME,
        on=FundShare,
    )
    deals: Any = edge(
        model.programs.BY.back,
        "DealRegistration",
        "Deals it registered, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
    )
    requests: Any = edge(
        model.programs.BY.back,
        "Request",
        "Everything it asked for, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
    )
    sold: Any = edge(
        model.orders.SOLD_BY.back,
        "Document",
        "Documents that came about through it, newest first.",
        order=NEWEST,
    )
    assigned: Any = assigned()
    shared: Any = shared()


@node(model.programs.PROGRAM, keep=REFERENCE)
class Program(Sourced):
    """A partner program with levels and benefits."""

    name: str = prop()
    levels: list[str] = prop()
    benefits: list[str] = prop()
    starts_on: date | None = prop()
    ends_on: date | None = prop()
    partners: Any = edge(
        model.programs.ENROLLED_IN.back,
        "Partner",
        "Partners that take or took part, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=EnrolledPartner,
    )
    funds: Any = edge(model.programs.FUNDS.out, "Fund", "Its funds, by name.", order=BY_NAME)


@node(model.programs.FUND)
class Fund(Sourced):
    """Money set aside for marketing with partners."""

    name: str = prop()
    amount: Money | None = prop()
    remaining: Money | None = prop()
    starts_on: date | None = prop()
    ends_on: date | None = prop()
    program: Any = one(model.programs.FUNDS.back, "Program", "The program it belongs to.")
    shares: Any = edge(
        model.programs.ALLOCATED_TO.out,
        "Partner",
        "Partners with a share, by name.",
        order=BY_NAME,
        on=FundedPartner,
    )
    requests: Any = edge(
        model.programs.ABOUT.back, "Request", "Requests about it, newest first.", order=NEWEST
    )


@interface(model.programs.REQUEST)
class Request(Node):
    """Something that somebody asks for and somebody else decides."""

    number: str = prop()
    state: str = prop()
    at: datetime = prop()
    due_at: datetime | None = prop()
    decided_at: datetime | None = prop()
    decision_reason: str | None = prop()
    amount: Money | None = prop()
    by: Any = one(model.programs.BY.out, "Participant", "The party or user who made it.")
    about: Any = edge(
        model.programs.ABOUT.out,
        "Node",
        "Everything it is about, latest changed first.",
        order=LATEST_CHANGED,
    )
    interactions: Any = touches()
    assignees: Any = assignees()


@node(model.programs.DEAL_REGISTRATION)
class DealRegistration(Request, Sourced):
    """A partner claims a deal with an end customer."""

    deal_name: str | None = prop()
    expected_close_on: date | None = prop()
    protected_until: date | None = prop()


@node(model.programs.FUND_REQUEST)
class FundRequest(Request, Sourced):
    """A partner asks for marketing money."""

    activity: str | None = prop()


@node(model.programs.FUND_CLAIM)
class FundClaim(Request, Sourced):
    """A partner asks to be paid what an approved activity cost."""

    proof: str | None = prop()


@node(model.programs.LEAD_OFFER)
class LeadOffer(Request, Sourced):
    """A lead is offered to a partner."""

    expires_at: datetime | None = prop()


@node(model.programs.PRIVACY_REQUEST)
class PrivacyRequest(Request, Sourced):
    """A person exercises a right over personal data."""

    right: str | None = prop()
