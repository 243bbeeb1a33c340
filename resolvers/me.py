"""Self-service: what a customer sees of the own side, and the things that exist for it."""

import time
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from graph import model
from graph.audiences import CUSTOMERS, EVERYONE
from graph.exports import Token
from graph.exports.files import DOCUMENT
from graph.selfservice import views
from graph.selfservice.copies import finished
from loaders.audiences import directives_of
from loaders.declare import (
    Choice,
    Order,
    Where,
    edge,
    edge_of,
    node,
    one,
    prop,
    value,
    values,
    view,
)
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id
from resolvers.context import Info
from resolvers.exports import DOWNLOAD_SECONDS, SealedAddress, address_of
from resolvers.marketing import ConsentScope
from resolvers.nodes import Node, Sourced
from resolvers.parties.relationships import OwnedProduct, OwnIdentifier
from resolvers.parties.timeline import CHANNELS, SINCE, TYPES, UNTIL
from resolvers.sorting import BY_NAME, LATEST_OPENED, NEWEST, any_of

OPEN = Where(
    "open",
    bool | None,
    "True for what can still be answered, false for the rest; both when not given.",
    "(NODE.answeredAt IS NULL AND coalesce(NODE.expiresAt > toString(datetime()), true)) = VALUE",
)
DECISIONS = Choice(
    "scope",
    "Which decisions; default the latest for each purpose and channel.",
    {
        ConsentScope.CURRENT: views.CURRENT_CONSENTS,
        ConsentScope.HISTORY: views.CONSENTS,
    },
)


@edge_of(model.organisation.ACTS_FOR, "Company", enums="Acting")
class OwnCompany:
    """A company that the account acts for, and how far."""

    scope: str | None = prop(to=CUSTOMERS)
    from_: date | None = prop("from", to=CUSTOMERS)
    to: date | None = prop(to=CUSTOMERS)


@node(model.selfservice.VERIFICATION)
class Verification(Node):
    """An address or number that somebody claims to have, and has still to prove by a code."""

    version: int = prop(to=CUSTOMERS)
    kind: str = prop(to=CUSTOMERS)
    value: str = prop(to=CUSTOMERS)
    display: str | None = prop(to=CUSTOMERS)
    label: str | None = prop(to=CUSTOMERS)
    intent: str | None = prop(to=CUSTOMERS)
    at: datetime = prop(to=CUSTOMERS)
    expires_at: datetime = prop(to=CUSTOMERS)
    attempts: int | None = prop(to=CUSTOMERS)
    verified_at: datetime | None = prop(to=CUSTOMERS)
    party: Any = one(
        model.selfservice.CLAIMS.back, "Customer", "Whose it is to become.", to=CUSTOMERS
    )


@node(model.selfservice.PREFERENCE)
class Preference(Node):
    """How and how often a person wants to hear of one topic."""

    version: int = prop(to=CUSTOMERS)
    topic: str = prop(to=CUSTOMERS)
    channel: str = prop(to=CUSTOMERS)
    frequency: str = prop(to=CUSTOMERS)
    person: Any = one(model.selfservice.PREFERS.back, "Person", "Whose wish it is.", to=CUSTOMERS)


@node(model.selfservice.FEEDBACK_REQUEST)
class FeedbackRequest(Sourced):
    """A question to one person about satisfaction, until it is answered or its time is over."""

    version: int = prop(to=CUSTOMERS)
    measure: str = prop(to=CUSTOMERS)
    question: str | None = prop(to=CUSTOMERS)
    at: datetime = prop(to=CUSTOMERS)
    expires_at: datetime | None = prop(to=CUSTOMERS)
    answered_at: datetime | None = prop(to=CUSTOMERS)
    person: Any = one(model.selfservice.ASKS.out, "Person", "Who is asked.", to=CUSTOMERS)
    about: Any = one(
        model.selfservice.EVALUATES.out,
        "Node",
        "What it is about; null when it is about us as a whole.",
        to=CUSTOMERS,
    )
    answer: Any = one(
        model.selfservice.ANSWERS.back,
        "Survey",
        "The answer; null until there is one.",
        to=CUSTOMERS,
    )


@node(model.selfservice.INVITATION)
class Invitation(Node):
    """Somebody was invited to act for a company in the portal."""

    version: int = prop(to=EVERYONE)
    name: str = prop(to=EVERYONE)
    email: str = prop(to=EVERYONE)
    scope: str = prop(to=EVERYONE)
    state: str = prop(to=EVERYONE)
    at: datetime = prop(to=EVERYONE)
    expires_at: datetime = prop(to=EVERYONE)
    company: Any = one(
        model.selfservice.INVITES_TO.out, "Customer", "For whom to act.", to=EVERYONE
    )
    invited_by: Any = one(model.selfservice.INVITED_BY.out, "User", "Who invited.", to=EVERYONE)
    user: Any = one(
        model.selfservice.BECAME_USER.out, "User", "The account; null until it was accepted."
    )


@value
class ResponsibleContact:
    """Who of us looks after the person or a company of theirs."""

    name: str = strawberry.field(description="Name as it is shown.")
    email: str | None = strawberry.field(description="Work address; null when none is known.")
    job_title: str | None = strawberry.field(description="Role in plain words.")
    topic: str | None = strawberry.field(description="For which topic; null for all.")
    company: str | None = strawberry.field(
        description="The company that is looked after; null when it is the person."
    )


def _papers(pattern: Any, target: str, statuses: tuple[Where, ...] = ()) -> Any:
    return edge(
        pattern,
        target,
        f"{target}s of the person and of the companies the account acts for, newest first.",
        order=NEWEST,
        where=statuses,
        to=CUSTOMERS,
    )


def _statuses(node: Any) -> tuple[Where, ...]:
    return (any_of(node, "status", "statuses", "Only in these states."),)


@view(model.organisation.USER)
class Me:
    """The customer who asks: the account, the person behind it, and what is theirs."""

    name: str = prop(to=CUSTOMERS)
    email: str | None = prop(to=CUSTOMERS)
    language: str | None = prop(to=CUSTOMERS)
    timezone: str | None = prop(to=CUSTOMERS)
    last_seen_at: datetime | None = prop(to=CUSTOMERS)
    profile: Any = one(
        views.PROFILE,
        "Person",
        "The person behind the account; null when nobody is known.",
        to=CUSTOMERS,
    )
    identifiers: Any = edge(
        views.IDENTIFIERS,
        "Identifier",
        "The person's addresses and numbers, by value; see `verifiedAt` on the edge.",
        order=Order("NODE.value"),
        on=OwnIdentifier,
        to=CUSTOMERS,
    )
    verifications: Any = edge(
        views.VERIFICATIONS,
        "Verification",
        "Addresses and numbers that wait for their code, latest first.",
        order=NEWEST,
        to=CUSTOMERS,
    )
    companies: Any = edge(
        views.COMPANIES,
        "Company",
        "Companies that the account acts for today, by name.",
        order=BY_NAME,
        on=OwnCompany,
        to=CUSTOMERS,
    )
    consents: Any = edge(
        DECISIONS,
        "Consent",
        "Own decisions about being contacted, newest first.",
        order=NEWEST,
        to=CUSTOMERS,
    )
    preferences: Any = edge(
        views.PREFERENCES,
        "Preference",
        "How and how often the person wants to hear of what, by topic.",
        order=Order("NODE.topic"),
        to=CUSTOMERS,
    )
    timeline: Any = edge(
        views.TIMELINE,
        "Activity",
        "Interactions and documents of the person and of the companies the account acts for, "
        "newest first.",
        order=NEWEST,
        where=(CHANNELS, TYPES, SINCE, UNTIL),
        to=CUSTOMERS,
    )
    orders: Any = _papers(views.ORDERS, "Order", _statuses(model.orders.ORDER))
    quotes: Any = _papers(views.QUOTES, "Quote", _statuses(model.orders.QUOTE))
    invoices: Any = _papers(views.INVOICES, "Invoice", _statuses(model.orders.INVOICE))
    contracts: Any = _papers(views.CONTRACTS, "Contract", _statuses(model.orders.CONTRACT))
    cases: Any = edge(
        views.CASES,
        "Case",
        "Cases of the person and of the companies the account acts for, latest opened first.",
        order=LATEST_OPENED,
        where=_statuses(model.cases.CASE),
        to=CUSTOMERS,
    )
    owns: Any = edge(
        views.OWNS,
        "Product",
        "Products that the person and the companies the account acts for have or had in use, "
        "latest first.",
        order=Order("coalesce(EDGE.from, '') + ' ' + coalesce(EDGE.serial, '')", descending=True),
        on=OwnedProduct,
        to=CUSTOMERS,
    )
    articles: Any = edge(
        views.ARTICLES,
        "Article",
        "Articles about products in use and about own cases, by title.",
        order=Order("NODE.title"),
        to=CUSTOMERS,
    )
    responsible_contact: ResponsibleContact | None = values(
        views.RESPONSIBLE,
        "Who of us looks after the person, else after a company; null when nobody is named.",
        many=False,
        to=CUSTOMERS,
    )
    who_saw_my_data: Any = edge(
        views.DATA_ACCESS,
        "DataAccess",
        "Who read personal data of the person, the latest first: one row for a reader, an "
        "operation and a second.",
        order=NEWEST,
        to=CUSTOMERS,
    )
    feedback_requests: Any = edge(
        views.FEEDBACK_REQUESTS,
        "FeedbackRequest",
        "Questions to the person about satisfaction, newest first.",
        order=NEWEST,
        where=(OPEN,),
        to=CUSTOMERS,
    )
    privacy_requests: Any = edge(
        views.PRIVACY_REQUESTS,
        "PrivacyRequest",
        "What the person asked for about personal data, newest first.",
        order=NEWEST,
        to=CUSTOMERS,
    )
    invitations: Any = edge(
        views.INVITATIONS,
        "Invitation",
        "Invitations that the account sent, newest first.",
        order=NEWEST,
        to=CUSTOMERS,
    )


async def personal_data_download(
    info: Info,
    request: Annotated[
        strawberry.ID, strawberry.argument(description="Opaque id of the PrivacyRequest.")
    ],
) -> SealedAddress | None:
    """Where the copy of the viewer's own data is fetched."""
    backing, viewer = info.context.backing, info.context.viewer
    if backing is None:
        raise BadRequest(Code.FORBIDDEN, "Copies cannot be fetched here.")
    asked = decode_id(request)
    job = await finished(backing.graph, viewer.issuer, viewer.subject, asked.id)
    if job is None:
        return None
    token = Token("export", job, int(time.time()) + DOWNLOAD_SECONDS, DOCUMENT)
    return await address_of(backing, f"/exports/{job}?token={{token}}", token)


@strawberry.type
class MeQuery:
    """Root fields for customers that are no plain reads."""

    personal_data_download: SealedAddress | None = strawberry.field(
        resolver=personal_data_download,
        description="Where the copy is fetched that personalDataExport had written; null while it "
        "is not finished, and after a day. The address ends after 15 minutes.",
        directives=directives_of(CUSTOMERS, staff=False),
    )
