"""The root fields of the read API."""

from typing import Any

import strawberry

from graph import cases as case_cypher
from graph import model
from graph import opportunities as opportunity_cypher
from graph import orders as order_cypher
from graph import organisation as organisation_cypher
from graph import parties as party_cypher
from graph import products as product_cypher
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from graph.partnering import views as partner_views
from graph.selfservice import views
from loaders.audiences import directives_of
from loaders.consents import consent
from loaders.declare import Order, Way, find, find_many, listing, viewing
from loaders.exploring import neighborhood, path
from loaders.history import diff, history
from loaders.metrics import metrics
from loaders.searching import search
from resolvers.access import AccessQuery
from resolvers.changes import ChangeConnection, changes_page
from resolvers.duplicates import DuplicateQuery
from resolvers.exploring import EXPLORABLE, MEASURED
from resolvers.exports import ExportQuery
from resolvers.identities import IdentityQuery
from resolvers.me import MeQuery
from resolvers.naming import CustomerBy, NumberedBy, ProductBy, SourcedBy, UserBy
from resolvers.parties.timeline import CHANNELS, SINCE, UNTIL
from resolvers.previews import PreviewQuery
from resolvers.pricing import EffectivePrice, effective_price
from resolvers.privacy import PrivacyQuery
from resolvers.sorting import BY_NAME, LATEST_OPENED, NEWEST, any_of
from resolvers.viewer import Viewer, viewer

_LIFECYCLES = any_of(
    model.parties.PARTY, "lifecycle", "lifecycles", "Only in these stages of life."
)


@strawberry.type(description="Everything that can be asked.")
class Query(
    AccessQuery, IdentityQuery, PreviewQuery, DuplicateQuery, PrivacyQuery, ExportQuery, MeQuery
):
    """Everything that can be asked."""

    viewer: Viewer = strawberry.field(
        resolver=viewer, description="Who asks.", directives=directives_of(EVERYONE)
    )
    me: Any = viewing(
        "Me",
        views.ME,
        "The customer who asks; null for an account that is not known here.",
        to=CUSTOMERS,
    )
    partnership: Any = viewing(
        "Partnership",
        partner_views.PARTNERSHIP,
        "The partner that asks; null for an account that acts for none.",
        to=PARTNERS,
    )
    node: Any = find("Node", "Any entity by its id; null when there is none.", to=EVERYONE)
    nodes: Any = find_many("Node", "Several entities by id, null where there is none.", to=EVERYONE)

    search: Any = search("Finds by words, the best first.", to=PARTNERS)
    path: Any = path("The shortest ways from one node to another.", EXPLORABLE)
    neighborhood: Any = neighborhood(
        "A node and what is around it, to draw a graph; null when there is none.", EXPLORABLE
    )

    history: Any = history(
        "The changes of a node, the latest first: what changed, who did it and why; relationships "
        "are compared by `diff`."
    )
    diff: Any = diff(
        "What differs in a node between two moments; null when there is no such node.", EXPLORABLE
    )

    metrics: Any = metrics(
        "Counts, sums and other measures of groups of nodes: reports and statistics.", MEASURED
    )

    customer: Any = find(
        "Customer",
        "One customer, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "record"), party_cypher.BY_RECORD),
            Way(("by", "email"), party_cypher.BY_EMAIL),
            Way(("by", "phone"), party_cypher.BY_PHONE),
            Way(("by", "taxId"), party_cypher.BY_TAX_ID),
        ),
        by=CustomerBy,
        by_description="Another way to name the customer.",
    )
    customers: Any = listing(
        "Customer", "All customers, by name.", order=BY_NAME, where=(_LIFECYCLES,), to=PARTNERS
    )
    people: Any = listing(
        "Person", "All people, by name.", order=BY_NAME, where=(_LIFECYCLES,), to=PARTNERS
    )
    companies: Any = listing(
        "Company", "All companies, by name.", order=BY_NAME, where=(_LIFECYCLES,), to=PARTNERS
    )
    households: Any = listing("Household", "All households, by name.", order=BY_NAME)
    partner: Any = find("Partner", "One partner by its id; null when there is none.")
    partners: Any = listing(
        "Partner",
        "All partners, by name.",
        order=BY_NAME,
        where=(any_of(model.parties.COMPANY, "partnerKind", "kinds", "Only these kinds."),),
    )

    consent: Any = consent(
        "The decision of a person that counts for a purpose over a channel, the latest; null when "
        "there is none. See `expiresAt`: an agreement that has run out is none."
    )

    product: Any = find(
        "Product",
        "One product, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "sku"), product_cypher.BY_SKU),
            Way(("by", "record"), product_cypher.BY_RECORD),
        ),
        by=ProductBy,
        by_description="Another way to name the product.",
        to=EVERYONE,
    )
    products: Any = listing(
        "Product",
        "All products, by name.",
        order=BY_NAME,
        where=(any_of(model.products.PRODUCT, "kind", "kinds", "Only these kinds."),),
        to=EVERYONE,
    )
    price_lists: Any = listing("PriceList", "All price lists, by name.", order=BY_NAME)

    effective_price: EffectivePrice | None = strawberry.field(
        resolver=effective_price,
        description="What a product costs a customer and why; null when no price holds. A partner "
        "learns its own prices, and those through it of customers that it sees.",
        directives=directives_of(PARTNERS),
    )

    documents: Any = listing(
        "Document",
        "All commercial documents, newest first.",
        order=NEWEST,
        where=(SINCE, UNTIL),
        to=PARTNERS,
    )
    quotes: Any = listing(
        "Quote",
        "All quotes, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.QUOTE, "status", "statuses", "Only in these states."),),
        to=PARTNERS,
    )
    order: Any = find(
        "Order",
        "One order, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "number"), order_cypher.BY_NUMBER),
            Way(("by", "record"), order_cypher.BY_RECORD),
        ),
        by=NumberedBy,
        by_description="Another way to name the order.",
        to=PARTNERS,
    )
    orders: Any = listing(
        "Order",
        "All orders, newest first.",
        order=NEWEST,
        where=(
            any_of(model.orders.ORDER, "status", "statuses", "Only in these states."),
            any_of(model.orders.ORDER, "channel", "channels", "Only placed over these channels."),
            SINCE,
            UNTIL,
        ),
        to=PARTNERS,
    )
    invoice: Any = find(
        "Invoice",
        "One invoice, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "number"), order_cypher.INVOICE_BY_NUMBER),
            Way(("by", "record"), order_cypher.INVOICE_BY_RECORD),
        ),
        by=NumberedBy,
        by_description="Another way to name the invoice.",
        to=PARTNERS,
    )
    invoices: Any = listing(
        "Invoice",
        "All invoices, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.INVOICE, "status", "statuses", "Only in these states."),),
        to=PARTNERS,
    )
    credit_notes: Any = listing(
        "CreditNote", "All credit notes, newest first.", order=NEWEST, to=PARTNERS
    )
    contracts: Any = listing(
        "Contract",
        "All contracts, newest first.",
        order=NEWEST,
        where=(any_of(model.orders.CONTRACT, "status", "statuses", "Only in these states."),),
        to=PARTNERS,
    )

    opportunity: Any = find(
        "Opportunity",
        "One opportunity, by id or by its record; null when there is none.",
        ways=(Way(("by", "record"), opportunity_cypher.BY_RECORD),),
        by=SourcedBy,
        by_description="Another way to name the opportunity.",
        to=PARTNERS,
    )
    opportunities: Any = listing(
        "Opportunity",
        "All opportunities, latest opened first.",
        order=LATEST_OPENED,
        where=(
            any_of(model.opportunities.OPPORTUNITY, "stage", "stages", "Only in these stages."),
            any_of(model.opportunities.OPPORTUNITY, "kind", "kinds", "Only these kinds."),
        ),
        to=PARTNERS,
    )
    case: Any = find(
        "Case",
        "One case, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "number"), case_cypher.BY_NUMBER),
            Way(("by", "record"), case_cypher.BY_RECORD),
        ),
        by=NumberedBy,
        by_description="Another way to name the case.",
        to=PARTNERS,
    )
    cases: Any = listing(
        "Case",
        "All cases, latest opened first.",
        order=LATEST_OPENED,
        where=(
            any_of(model.cases.CASE, "status", "statuses", "Only in these states."),
            any_of(model.cases.CASE, "priority", "priorities", "Only of this urgency."),
            any_of(model.cases.CASE, "kind", "kinds", "Only these kinds."),
        ),
        to=PARTNERS,
    )
    articles: Any = listing(
        "Article",
        "All articles of the knowledge base, by title.",
        order=Order("NODE.title"),
        to=EVERYONE,
    )

    interactions: Any = listing(
        "Interaction",
        "All interactions, newest first.",
        order=NEWEST,
        where=(CHANNELS, SINCE, UNTIL),
        to=PARTNERS,
    )
    tasks: Any = listing(
        "Task",
        "All tasks, newest first.",
        order=NEWEST,
        where=(any_of(model.interactions.TASK, "status", "statuses", "Only in these states."),),
        to=PARTNERS,
    )
    campaigns: Any = listing(
        "Campaign",
        "All campaigns, by name.",
        order=BY_NAME,
        where=(any_of(model.marketing.CAMPAIGN, "status", "statuses", "Only in these states."),),
    )
    segments: Any = listing("Segment", "All segments, by name.", order=BY_NAME)

    programs: Any = listing("Program", "All partner programs, by name.", order=BY_NAME, to=PARTNERS)
    funds: Any = listing("Fund", "All funds, by name.", order=BY_NAME, to=PARTNERS)
    requests: Any = listing(
        "Request",
        "All requests, newest first.",
        order=NEWEST,
        where=(any_of(model.programs.REQUEST, "state", "states", "Only in these states."),),
        to=PARTNERS,
    )

    user: Any = find(
        "User",
        "One user, by id or by its token; null when there is none.",
        ways=(Way(("by", "subject"), organisation_cypher.BY_SUBJECT),),
        by=UserBy,
        by_description="Another way to name the user.",
    )
    users: Any = listing(
        "User",
        "All users, by name.",
        order=BY_NAME,
        where=(any_of(model.organisation.USER, "kind", "kinds", "Only of these audiences."),),
    )
    api_keys: Any = listing("ApiKey", "All API keys, by name.", order=BY_NAME)
    teams: Any = listing("Team", "All teams, by name.", order=BY_NAME)
    access_rules: Any = listing(
        "AccessRule", "All rules of what staff see, by name.", order=BY_NAME
    )
    territories: Any = listing("Territory", "All territories, by code.", order=Order("NODE.code"))

    data_accesses: Any = listing(
        "DataAccess", "Who read personal data of whom, the latest first.", order=NEWEST
    )

    rules: Any = listing("Rule", "All rules, by name.", order=BY_NAME)
    webhooks: Any = listing("Webhook", "All webhooks, by address.", order=Order("NODE.url"))
    field_defs: Any = listing("FieldDef", "All custom fields, by name.", order=BY_NAME)
    job: Any = find("Job", "One job by its id, with how far it has come; null when there is none.")
    jobs: Any = listing("Job", "All jobs, by kind.", order=Order("NODE.kind"))

    changes: ChangeConnection = strawberry.field(
        resolver=changes_page, description="What changed, in the order of the audit trail."
    )
