"""The commercial chain: quotes, orders, invoices, credit notes and contracts."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph import orders as cypher
from graph.audiences import CUSTOMERS, EVERYONE, PARTNERS
from loaders.declare import Order as Sort
from loaders.declare import computed, edge, edge_of, interface, node, one, prop
from loaders.registry import Money
from resolvers.keeping import BUSINESS
from resolvers.links import assignees, concerned, contact, customer, shared_with, touches
from resolvers.nodes import Activity, OpenItem, Sourced
from resolvers.sorting import LATEST_OPENED, NEWEST


@edge_of(model.orders.CONTAINS, "Product")
class DocumentLine:
    """One line of a document."""

    line: int = prop(to=EVERYONE)
    quantity: float = prop(to=EVERYONE)
    unit_price: Money = prop(to=EVERYONE)
    discount: float | None = prop(to=EVERYONE)
    amount: Money = prop(to=EVERYONE)
    description: str | None = prop(to=EVERYONE)
    shipped: float | None = prop(to=EVERYONE)
    returned: float | None = prop(to=EVERYONE)


@interface(model.orders.DOCUMENT)
class Document(Activity):
    """A commercial paper: a quote, an order, an invoice, a credit note or a contract."""

    version: int = prop(to=CUSTOMERS)
    number: str = prop(to=EVERYONE)
    at: datetime = prop(to=EVERYONE)
    net: Money | None = prop(to=EVERYONE)
    tax: Money | None = prop(to=EVERYONE)
    total: Money | None = prop(to=EVERYONE)
    customer_reference: str | None = prop(to=EVERYONE)
    note: str | None = prop(to=EVERYONE)
    customer: Any = customer(to=EVERYONE)
    contact: Any = contact(to=EVERYONE)
    parties: Any = concerned(to=EVERYONE)
    lines: Any = edge(
        model.orders.CONTAINS.out,
        "Product",
        "Products in the order of the lines; quantity and price are on the edge.",
        order=Sort("EDGE.line", kind=int),
        on=DocumentLine,
        to=EVERYONE,
    )
    sold_by: Any = one(
        model.orders.SOLD_BY.out,
        "Customer",
        "The partner through which it came about; null when direct.",
        to=EVERYONE,
    )
    came_from: Any = edge(
        model.orders.BECAME.back,
        "Document",
        "Documents that led to it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    led_to: Any = edge(
        model.orders.BECAME.out,
        "Document",
        "Documents it led to, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    cases: Any = edge(
        model.cases.CONCERNS.back,
        "Case",
        "Cases about it, latest opened first.",
        order=LATEST_OPENED,
        to=EVERYONE,
    )
    interactions: Any = touches(to=EVERYONE)
    assignees: Any = assignees(to=EVERYONE)
    shared_with: Any = shared_with(to=PARTNERS)


@node(model.orders.QUOTE, keep=BUSINESS)
class Quote(Document, Sourced, OpenItem):
    """An offer with prices."""

    status: str | None = prop(to=EVERYONE)
    revision: int | None = prop(to=EVERYONE)
    valid_until: date | None = prop(to=EVERYONE)
    sent_at: datetime | None = prop(to=EVERYONE)
    decided_at: datetime | None = prop(to=EVERYONE)
    opportunities: Any = edge(
        model.opportunities.QUOTED_AS.back,
        "Opportunity",
        "Opportunities it was made for, latest opened first.",
        order=LATEST_OPENED,
        to=PARTNERS,
    )
    orders: Any = edge(
        model.orders.BECAME.out,
        "Order",
        "Orders that came from it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )


@node(model.orders.ORDER, keep=BUSINESS)
class Order(Document, Sourced):
    """A confirmed purchase."""

    status: str | None = prop(to=EVERYONE)
    channel: str | None = prop(to=EVERYONE)
    shipped_at: datetime | None = prop(to=EVERYONE)
    delivered_at: datetime | None = prop(to=EVERYONE)
    cancelled_at: datetime | None = prop(to=EVERYONE)
    quotes: Any = edge(
        model.orders.BECAME.back,
        "Quote",
        "Quotes it came from, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    invoices: Any = edge(
        model.orders.BECAME.out,
        "Invoice",
        "Invoices for it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    contracts: Any = edge(
        model.orders.BECAME.out,
        "Contract",
        "Contracts that came from it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    credit_notes: Any = edge(
        model.orders.CORRECTS.back,
        "CreditNote",
        "Credit notes against it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )


@node(model.orders.INVOICE, keep=BUSINESS)
class Invoice(Document, Sourced, OpenItem):
    """A demand for payment."""

    status: str | None = prop(to=EVERYONE)
    due_on: date | None = prop(to=EVERYONE)
    paid_at: datetime | None = prop(to=EVERYONE)
    balance: Money | None = prop(to=EVERYONE)
    is_overdue: bool | None = computed(
        cypher.IS_OVERDUE,
        "True when it is open and its last day to pay has passed, UTC.",
        to=EVERYONE,
    )
    orders: Any = edge(
        model.orders.BECAME.back,
        "Order",
        "Orders it is for, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )
    credit_notes: Any = edge(
        model.orders.CORRECTS.back,
        "CreditNote",
        "Credit notes against it, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )


@node(model.orders.CREDIT_NOTE, keep=BUSINESS)
class CreditNote(Document, Sourced):
    """Money given back for a return or a cancellation; its amounts are positive."""

    reason: str | None = prop(to=EVERYONE)
    refunded_at: datetime | None = prop(to=EVERYONE)
    corrects: Any = edge(
        model.orders.CORRECTS.out,
        "Document",
        "Invoices and orders that it takes back, newest first.",
        order=NEWEST,
        to=EVERYONE,
    )


@node(model.orders.CONTRACT, keep=BUSINESS)
class Contract(Document, Sourced):
    """A lasting agreement, such as a subscription or a maintenance contract."""

    status: str | None = prop(to=EVERYONE)
    starts_on: date | None = prop(to=EVERYONE)
    ends_on: date | None = prop(to=EVERYONE)
    renews_on: date | None = prop(to=EVERYONE)
    auto_renew: bool | None = prop(to=EVERYONE)
    renewal_months: int | None = prop(to=EVERYONE)
    notice_days: int | None = prop(to=EVERYONE)
    annual_value: Money | None = prop(to=EVERYONE)
