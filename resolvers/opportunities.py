"""Opportunities: the sales pipeline."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph.audiences import PARTNERS
from loaders.declare import Order, edge, edge_of, node, one, prop
from loaders.registry import Money
from resolvers.keeping import BUSINESS
from resolvers.links import assignees, concerned, contact, customer, shared_with, touches
from resolvers.nodes import OpenItem, Sourced
from resolvers.parties.relationships import Ranking
from resolvers.sorting import BY_NAME, NEWEST


@edge_of(model.opportunities.ROLE_IN, "Opportunity", enums="Committee")
class OpportunityRole:
    """An opportunity, and a person's part in it."""

    role: str | None = prop()
    influence: int | None = prop()


@edge_of(model.opportunities.ROLE_IN, "Person", enums="Committee")
class CommitteeMember:
    """A person in the buying committee."""

    role: str | None = prop()
    influence: int | None = prop()


@edge_of(model.opportunities.INTERESTED_IN, "Product")
class WantedProduct:
    """A product an opportunity is about."""

    quantity: float | None = prop(to=PARTNERS)


@node(model.opportunities.OPPORTUNITY, keep=BUSINESS)
class Opportunity(Sourced, OpenItem):
    """A possible sale; a lead is an opportunity in stage LEAD."""

    name: str = prop(to=PARTNERS)
    stage: str = prop(to=PARTNERS)
    kind: str | None = prop(to=PARTNERS)
    opened_at: datetime = prop(to=PARTNERS)
    stage_since: datetime | None = prop()
    closed_at: datetime | None = prop(to=PARTNERS)
    expected_close_on: date | None = prop(to=PARTNERS)
    amount: Money | None = prop(to=PARTNERS)
    probability: float | None = prop()
    lead_score: int | None = prop()
    origin: str | None = prop()
    loss_reason: str | None = prop()
    win_reason: str | None = prop()
    competitor: str | None = prop()
    next_step: str | None = prop(to=PARTNERS)
    customer: Any = customer(to=PARTNERS)
    contact: Any = contact(to=PARTNERS)
    parties: Any = concerned(to=PARTNERS)
    committee: Any = edge(
        model.opportunities.ROLE_IN.back,
        "Person",
        "The buying committee, the most influential first.",
        order=Order(
            "toString(coalesce(EDGE.influence, 0)) + ' ' + coalesce(EDGE.role, '')",
            descending=True,
        ),
        on=CommitteeMember,
    )
    products: Any = edge(
        model.opportunities.INTERESTED_IN.out,
        "Product",
        "Products it is about, by name.",
        order=BY_NAME,
        on=WantedProduct,
        to=PARTNERS,
    )
    quotes: Any = edge(
        model.opportunities.QUOTED_AS.out,
        "Quote",
        "Quotes made for it, newest first.",
        order=NEWEST,
        to=PARTNERS,
    )
    campaign: Any = one(
        model.marketing.OF_CAMPAIGN.out,
        "Campaign",
        "The campaign it came from; null when from none.",
    )
    scores: Any = edge(
        model.marketing.HAS_SCORE.out,
        "Score",
        "Figures computed about it, newest first.",
        order=NEWEST,
        on=Ranking,
    )
    requests: Any = edge(
        model.programs.ABOUT.back,
        "Request",
        "Requests about it, newest first.",
        order=NEWEST,
        to=PARTNERS,
    )
    interactions: Any = touches(to=PARTNERS)
    assignees: Any = assignees(to=PARTNERS)
    shared_with: Any = shared_with(to=PARTNERS)
