"""Cases: questions, incidents and complaints, and the articles that answer them."""

from datetime import datetime
from typing import Any

from graph import model
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from loaders.declare import Order, edge, node, prop
from resolvers.keeping import BUSINESS, REFERENCE
from resolvers.links import assignees, concerned, contact, customer, shared_with, touches
from resolvers.nodes import OpenItem, Sourced
from resolvers.sorting import LATEST_MADE, LATEST_OPENED


@node(model.cases.CASE, keep=BUSINESS)
class Case(Sourced, OpenItem):
    """Something a customer wants solved."""

    version: int = prop(to=CUSTOMERS)
    number: str = prop(to=EVERYONE)
    subject: str = prop(to=EVERYONE)
    description: str | None = prop(to=EVERYONE)
    kind: str | None = prop(to=EVERYONE)
    status: str = prop(to=EVERYONE)
    priority: str | None = prop(to=EVERYONE)
    channel: str | None = prop(to=EVERYONE)
    opened_at: datetime = prop(to=EVERYONE)
    first_due_at: datetime | None = prop()
    first_responded_at: datetime | None = prop()
    due_at: datetime | None = prop(to=EVERYONE)
    waiting_since: datetime | None = prop()
    escalated_at: datetime | None = prop()
    solved_at: datetime | None = prop(to=EVERYONE)
    closed_at: datetime | None = prop(to=EVERYONE)
    satisfaction: int | None = prop(to=EVERYONE)
    cause: str | None = prop()
    customer: Any = customer(to=EVERYONE)
    contact: Any = contact(to=EVERYONE)
    parties: Any = concerned(to=EVERYONE)
    concerns: Any = edge(
        model.cases.CONCERNS.out,
        "Node",
        "Products and documents it is about, latest made first.",
        order=LATEST_MADE,
        to=EVERYONE,
    )
    articles: Any = edge(
        model.cases.EXPLAINS.back,
        "Article",
        "Articles that solved it, by title.",
        order=Order("NODE.title"),
        to=EVERYONE,
    )
    interactions: Any = touches(to=EVERYONE)
    assignees: Any = assignees(to=EVERYONE)
    shared_with: Any = shared_with(to=PARTNERS)


@node(model.cases.ARTICLE, keep=REFERENCE)
class Article(Sourced):
    """A page of the knowledge base."""

    title: str = prop(to=EVERYONE)
    body: str | None = prop(to=EVERYONE)
    language: str | None = prop(to=EVERYONE)
    status: str | None = prop()
    audience: str | None = prop()
    published_at: datetime | None = prop(to=EVERYONE)
    products: Any = edge(
        model.cases.EXPLAINS.out,
        "Product",
        "Products it explains, by name.",
        order=Order("NODE.name"),
        to=EVERYONE,
    )
    cases: Any = edge(
        model.cases.EXPLAINS.out,
        "Case",
        "Cases it solved, latest opened first.",
        order=LATEST_OPENED,
    )
