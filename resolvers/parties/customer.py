"""Customers: what people, companies and households have in common."""

from datetime import datetime
from typing import Any

from graph import marketing as consent_cypher
from graph import model
from graph import parties as cypher
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from loaders.declare import Order, edge, interface, prop, values
from resolvers.links import assignees, for_edge, shared_with
from resolvers.marketing import CONSENT_SCOPES, ContactRule
from resolvers.nodes import Participant
from resolvers.organisation import ActingUser
from resolvers.parties.relationships import (
    Distinction,
    Membership,
    OwnedProduct,
    OwnIdentifier,
    Ranking,
    Referral,
    Resolution,
    ServedBy,
)
from resolvers.parties.timeline import (
    CHANNELS,
    SCOPES,
    SINCE,
    TYPES,
    UNTIL,
    InteractionStats,
    OrderStats,
)
from resolvers.sorting import (
    BY_NAME,
    CURRENT,
    LATEST_OPENED,
    NEWEST,
    any_of,
)

BY_DUE = Order(
    "coalesce(NODE.dueOn, left(NODE.dueAt, 10), NODE.expectedCloseOn, NODE.validUntil, '9999')"
)


@interface(model.parties.PARTY)
class Customer(Participant):
    """Whoever the business deals with: a person, a company or a household."""

    name: str = prop(to=EVERYONE)
    lifecycle: str | None = prop(to=PARTNERS)
    email: str | None = prop(to=EVERYONE)
    phone: str | None = prop(to=EVERYONE)
    street: str | None = prop(to=EVERYONE)
    postal_code: str | None = prop(to=EVERYONE)
    city: str | None = prop(to=EVERYONE)
    region: str | None = prop(to=EVERYONE)
    country: str | None = prop(to=EVERYONE)
    language: str | None = prop(to=EVERYONE)
    timezone: str | None = prop(to=EVERYONE)
    tier: str | None = prop(to=CUSTOMERS)
    customer_since: datetime | None = prop(to=EVERYONE)
    preferred_channel: str | None = prop(to=EVERYONE)
    max_contacts_per_month: int | None = prop(to=EVERYONE)
    archived_at: datetime | None = prop()

    identifiers: Any = edge(
        model.identity.HAS_IDENTIFIER.out,
        "Identifier",
        "Addresses, numbers and devices that point to the party, by value.",
        order=Order("NODE.value"),
        where=(any_of(model.identity.IDENTIFIER, "kind", "kinds", "Only these kinds."),),
        on=OwnIdentifier,
        to=EVERYONE,
    )
    source_records: Any = edge(
        model.identity.RESOLVES_TO.back,
        "SourceRecord",
        "What each system said of the party, by system.",
        order=Order("NODE.source"),
        on=Resolution,
    )
    not_same_as: Any = edge(
        cypher.DIFFERENT,
        "Customer",
        "Parties that somebody decided are not the same, by name.",
        order=BY_NAME,
        on=Distinction,
    )
    timeline: Any = edge(
        SCOPES,
        "Activity",
        "Every interaction and document of the party, newest first.",
        order=NEWEST,
        where=(CHANNELS, TYPES, SINCE, UNTIL),
        to=EVERYONE,
    )
    interactions: Any = edge(
        cypher.INTERACTIONS,
        "Interaction",
        "Interactions the party took part in, newest first.",
        order=NEWEST,
        where=(CHANNELS,),
        to=EVERYONE,
    )
    interaction_stats: list[InteractionStats] = values(
        cypher.INTERACTION_STATS, "How often the party was in touch, by channel.", many=True
    )
    tasks: Any = edge(
        cypher.TASKS,
        "Task",
        "Tasks with the party or about its business, the most urgent first.",
        order=Order("coalesce(NODE.dueAt, '9999')"),
        where=(any_of(model.interactions.TASK, "status", "statuses", "Only in these states."),),
    )
    open_items: Any = edge(
        cypher.OPEN_ITEMS,
        "OpenItem",
        "Open opportunities, quotes awaiting an answer, unpaid invoices, open cases and open "
        "tasks, by due day.",
        order=BY_DUE,
    )
    orders: Any = edge(
        model.links.FOR.back,
        "Order",
        "Orders, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.ORDER, "status", "statuses", "Only in these states."),),
        on=for_edge("Order"),
        to=EVERYONE,
    )
    order_stats: list[OrderStats] = values(
        cypher.ORDER_STATS, "What the party ordered in all, by currency.", many=True
    )
    quotes: Any = edge(
        model.links.FOR.back,
        "Quote",
        "Quotes, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.QUOTE, "status", "statuses", "Only in these states."),),
        on=for_edge("Quote"),
        to=EVERYONE,
    )
    invoices: Any = edge(
        model.links.FOR.back,
        "Invoice",
        "Invoices, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.INVOICE, "status", "statuses", "Only in these states."),),
        on=for_edge("Invoice"),
        to=EVERYONE,
    )
    credit_notes: Any = edge(
        model.links.FOR.back,
        "CreditNote",
        "Credit notes, newest first.",
        order=NEWEST,
        on=for_edge("CreditNote"),
        to=EVERYONE,
    )
    contracts: Any = edge(
        model.links.FOR.back,
        "Contract",
        "Contracts, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.CONTRACT, "status", "statuses", "Only in these states."),),
        on=for_edge("Contract"),
        to=EVERYONE,
    )
    opportunities: Any = edge(
        model.links.FOR.back,
        "Opportunity",
        "Opportunities, latest opened first.",
        order=LATEST_OPENED,
        where=(
            any_of(model.opportunities.OPPORTUNITY, "stage", "stages", "Only in these stages."),
        ),
        on=for_edge("Opportunity"),
        to=PARTNERS,
    )
    cases: Any = edge(
        model.links.FOR.back,
        "Case",
        "Cases, latest opened first.",
        order=LATEST_OPENED,
        where=(any_of(model.cases.CASE, "status", "statuses", "Only in these states."),),
        on=for_edge("Case"),
        to=EVERYONE,
    )
    products: Any = edge(
        model.products.OWNS.out,
        "Product",
        "Products the party has or had in use, latest first.",
        order=Order("coalesce(EDGE.from, '') + ' ' + coalesce(EDGE.serial, '')", descending=True),
        where=(CURRENT,),
        on=OwnedProduct,
        to=EVERYONE,
    )
    consents: Any = edge(
        CONSENT_SCOPES,
        "Consent",
        "Decisions about being contacted, newest first; only people give any.",
        order=NEWEST,
        to=CUSTOMERS,
    )
    contact_policy: list[ContactRule] = values(
        consent_cypher.CONTACT_POLICY,
        "Whether the party may be contacted, by purpose and channel, and why.",
        many=True,
    )
    scores: Any = edge(
        model.marketing.HAS_SCORE.out,
        "Score",
        "Figures computed about the party, newest first.",
        order=NEWEST,
        where=(any_of(model.marketing.SCORE, "kind", "kinds", "Only these figures."),),
        on=Ranking,
    )
    segments: Any = edge(
        model.marketing.MEMBER_OF.out,
        "Segment",
        "Segments the party belongs or belonged to, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Membership,
    )
    campaigns: Any = edge(
        consent_cypher.CAMPAIGNS,
        "Campaign",
        "Campaigns that address the party, itself or by a segment, by name.",
        order=BY_NAME,
    )
    partners: Any = edge(
        model.parties.SERVES.back,
        "Partner",
        "Partners who look or looked after the party, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=ServedBy,
    )
    referred: Any = edge(
        model.parties.REFERRED.out,
        "Customer",
        "Parties it brought us, by name.",
        order=BY_NAME,
        on=Referral,
    )
    referred_by: Any = edge(
        model.parties.REFERRED.back,
        "Customer",
        "Parties that brought it to us, by name.",
        order=BY_NAME,
        on=Referral,
    )
    assignees: Any = assignees(to=EVERYONE)
    shared_with: Any = shared_with(to=PARTNERS)
    users: Any = edge(
        model.organisation.ACTS_FOR.back,
        "User",
        "Users who may act for the party, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=ActingUser,
        to=PARTNERS,
    )
    territories: Any = edge(
        model.organisation.IN_TERRITORY.out,
        "Territory",
        "Territories the party belongs to, by name.",
        order=BY_NAME,
    )
    requests: Any = edge(
        model.programs.ABOUT.back,
        "Request",
        "Requests about the party, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
        to=PARTNERS,
    )
    own_requests: Any = edge(
        model.programs.BY.back,
        "Request",
        "Requests the party made, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    legal_holds: Any = edge(
        model.machinery.HELD_BY.out,
        "LegalHold",
        "Reasons why its data must not be erased, latest first.",
        order=Order("coalesce(NODE.from, '')", descending=True),
    )
