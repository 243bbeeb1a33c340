"""Cases: questions, incidents and complaints, and the articles that answer them."""

from datetime import datetime
from typing import Any

from graph import model
from loaders.declare import Order, edge, node, prop
from resolvers.keeping import BUSINESS, REFERENCE
from resolvers.links import assignees, concerned, contact, customer, shared_with, touches
from resolvers.nodes import OpenItem, Sourced
from resolvers.sorting import LATEST_CHANGED, LATEST_OPENED


@node(model.cases.CASE, keep=BUSINESS)
class Case(Sourced, OpenItem):
    """Something a customer wants solved."""

    number: str = prop()
    subject: str = prop()
    description: str | None = prop()
    kind: str | None = prop()
    status: str = prop()
    priority: str | None = prop()
    channel: str | None = prop()
    opened_at: datetime = prop()
    first_due_at: datetime | None = prop()
    first_responded_at: datetime | None = prop()
    due_at: datetime | None = prop()
    waiting_since: datetime | None = prop()
    escalated_at: datetime | None = prop()
    solved_at: datetime | None = prop()
    closed_at: datetime | None = prop()
    satisfaction: int | None = prop()
    cause: str | None = prop()
    customer: Any = customer()
    contact: Any = contact()
    parties: Any = concerned()
    concerns: Any = edge(
        model.cases.CONCERNS.out,
        "Node",
        "Products and documents it is about, latest changed first.",
        order=LATEST_CHANGED,
    )
    articles: Any = edge(
        model.cases.EXPLAINS.back,
        "Article",
        "Articles that solved it, by title.",
        order=Order("NODE.title"),
    )
    interactions: Any = touches()
    assignees: Any = assignees()
    shared_with: Any = shared_with()


@node(model.cases.ARTICLE, keep=REFERENCE)
class Article(Sourced):
    """A page of the knowledge base."""

    title: str = prop()
    body: str | None = prop()
    language: str | None = prop()
    status: str | None = prop()
    audience: str | None = prop()
    published_at: datetime | None = prop()
    products: Any = edge(
        model.cases.EXPLAINS.out,
        "Product",
        "Products it explains, by name.",
        order=Order("NODE.name"),
    )
    cases: Any = edge(
        model.cases.EXPLAINS.out,
        "Case",
        "Cases it solved, latest opened first.",
        order=LATEST_OPENED,
    )
