"""Partners: what a partner sees of its own side."""

from datetime import date
from typing import Any

import strawberry

from graph import model
from graph.audiences import PARTNERS
from graph.partnering import views
from loaders.declare import Order, computed, edge, edge_of, one, prop, value, values, view
from loaders.registry import Money
from resolvers.links import Shared
from resolvers.organisation import ActingUser
from resolvers.programs import FundShare
from resolvers.sorting import BY_NAME, LATEST_OPENED, NEWEST, any_of

_STATES = any_of(model.programs.REQUEST, "state", "states", "Only in these states.")


@edge_of(model.links.CAN_SEE, "Customer", enums="Sharing")
class VisibleAccount:
    """A party that the partner sees, how much of it, and how long."""

    level: str | None = prop(to=PARTNERS)
    until: date | None = prop(to=PARTNERS)


@value
class FundAllocation:
    """A partner's share of a fund, and what is left of it."""

    fund: str = strawberry.field(description="Name of the fund.")
    share: Money = strawberry.field(description="What is set aside for the partner.")
    committed: Money = strawberry.field(
        description="What of it was approved or, of what is done, claimed."
    )
    left: Money = strawberry.field(description="What can still be asked for.")


@value
class AccountCounts:
    """How many parties a partner sees, by how much of them."""

    full: int = strawberry.field(description="Parties of which it sees everything.")
    profile: int = strawberry.field(description="Parties of which it sees name and main data.")
    count_only: int = strawberry.field(
        description="Parties of which it knows only that they exist, in whole groups of "
        f"{views.GROUP}: fewer than that are told as 0, so that no single one is betrayed."
    )


@view(model.parties.COMPANY)
class Partnership:
    """The partner that asks: its program, its accounts, and its dealings with us."""

    company: Any = one(views.COMPANY_OF, "Company", "The partner itself.", to=PARTNERS)
    program: Any = one(
        views.PROGRAM_OF,
        "Program",
        "The program it takes part in today, of several the first by name; null when in none.",
        order=BY_NAME,
        to=PARTNERS,
    )
    level: str | None = computed(
        views.LEVEL, "Its level in that program; null when in none.", to=PARTNERS
    )
    benefits: list[str] = computed(
        views.BENEFITS, "What it gets from its programs, by name.", to=PARTNERS
    )
    funds: Any = edge(
        model.programs.ALLOCATED_TO.back,
        "Fund",
        "Funds of which it has a share, by name.",
        order=BY_NAME,
        on=FundShare,
        to=PARTNERS,
    )
    allocations: list[FundAllocation] = values(
        views.ALLOCATIONS, "Its shares of funds, by name of the fund.", many=True, to=PARTNERS
    )
    counts: AccountCounts = values(
        views.COUNTS, "How many parties it sees.", many=False, to=PARTNERS
    )
    accounts: Any = edge(
        model.links.CAN_SEE.out,
        "Customer",
        "Parties that it serves, registered, or was given, by name.",
        order=BY_NAME,
        on=VisibleAccount,
        to=PARTNERS,
    )
    opportunities: Any = edge(
        views.OPPORTUNITIES,
        "Opportunity",
        "Opportunities that it works on, by name.",
        order=BY_NAME,
        to=PARTNERS,
    )
    leads: Any = edge(
        views.LEADS,
        "LeadOffer",
        "Leads that were offered to it, newest first.",
        order=NEWEST,
        where=(_STATES,),
        to=PARTNERS,
    )
    deals: Any = edge(
        model.programs.BY.back,
        "DealRegistration",
        "Deals that it registered, newest first.",
        order=NEWEST,
        where=(_STATES,),
        to=PARTNERS,
    )
    cases: Any = edge(
        views.CASES,
        "Case",
        "Cases of its own and of its accounts, latest opened first.",
        order=LATEST_OPENED,
        to=PARTNERS,
    )
    requests: Any = edge(
        views.REQUESTS,
        "Request",
        "Everything that it asked for or is asked, newest first.",
        order=NEWEST,
        where=(_STATES,),
        to=PARTNERS,
    )
    shares: Any = edge(
        model.links.SHARED_WITH.back,
        "Node",
        "Everything that is shared with it, latest made first.",
        order=Order("NODE.id", descending=True),
        on=Shared,
        to=PARTNERS,
    )
    colleagues: Any = edge(
        views.COLLEAGUES,
        "User",
        "Users who act for it today, by name.",
        order=BY_NAME,
        on=ActingUser,
        to=PARTNERS,
    )
