"""The commercial chain: quotes, orders, invoices, credit notes and contracts."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph import orders as cypher
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

    line: int = prop()
    quantity: float = prop()
    unit_price: Money = prop()
    discount: float | None = prop()
    amount: Money = prop()
    description: str | None = prop()
    shipped: float | None = prop()
    returned: float | None = prop()


@interface(model.orders.DOCUMENT)
class Document(Activity):
    """A commercial paper: a quote, an order, an invoice, a credit note or a contract."""

    number: str = prop()
    at: datetime = prop()
    net: Money | None = prop()
    tax: Money | None = prop()
    total: Money | None = prop()
    customer_reference: str | None = prop()
    note: str | None = prop()
    customer: Any = customer()
    contact: Any = contact()
    parties: Any = concerned()
    lines: Any = edge(
        model.orders.CONTAINS.out,
        "Product",
        "Products in the order of the lines; quantity and price are on the edge.",
        order=Sort("EDGE.line", kind=int),
        on=DocumentLine,
    )
    sold_by: Any = one(
        model.orders.SOLD_BY.out,
        "Customer",
        "The partner through which it came about; null when direct.",
    )
    came_from: Any = edge(
        model.orders.BECAME.back,
        "Document",
        "Documents that led to it, newest first.",
        order=NEWEST,
    )
    led_to: Any = edge(
        model.orders.BECAME.out, "Document", "Documents it led to, newest first.", order=NEWEST
    )
    cases: Any = edge(
        model.cases.CONCERNS.back,
        "Case",
        "Cases about it, latest opened first.",
        order=LATEST_OPENED,
    )
    interactions: Any = touches()
    assignees: Any = assignees()
    shared_with: Any = shared_with()


@node(model.orders.QUOTE, keep=BUSINESS)
class Quote(Document, Sourced, OpenItem):
    """An offer with prices."""

    status: str | None = prop()
    revision: int | None = prop()
    valid_until: date | None = prop()
    sent_at: datetime | None = prop()
    decided_at: datetime | None = prop()
    opportunities: Any = edge(
        model.opportunities.QUOTED_AS.back,
        "Opportunity",
        "Opportunities it was made for, latest opened first.",
        order=LATEST_OPENED,
    )
    orders: Any = edge(
        model.orders.BECAME.out, "Order", "Orders that came from it, newest first.", order=NEWEST
    )


@node(model.orders.ORDER, keep=BUSINESS)
class Order(Document, Sourced):
    """A confirmed purchase."""

    status: str | None = prop()
    channel: str | None = prop()
    shipped_at: datetime | None = prop()
    delivered_at: datetime | None = prop()
    cancelled_at: datetime | None = prop()
    quotes: Any = edge(
        model.orders.BECAME.back, "Quote", "Quotes it came from, newest first.", order=NEWEST
    )
    invoices: Any = edge(
        model.orders.BECAME.out, "Invoice", "Invoices for it, newest first.", order=NEWEST
    )
    contracts: Any = edge(
        model.orders.BECAME.out,
        "Contract",
        "Contracts that came from it, newest first.",
        order=NEWEST,
    )
    credit_notes: Any = edge(
        model.orders.CORRECTS.back,
        "CreditNote",
        "Credit notes against it, newest first.",
        order=NEWEST,
    )


@node(model.orders.INVOICE, keep=BUSINESS)
class Invoice(Document, Sourced, OpenItem):
    """A demand for payment."""

    status: str | None = prop()
    due_on: date | None = prop()
    paid_at: datetime | None = prop()
    balance: Money | None = prop()
    is_overdue: bool | None = computed(
        cypher.IS_OVERDUE, "True when it is open and its last day to pay has passed, UTC."
    )
    orders: Any = edge(
        model.orders.BECAME.back, "Order", "Orders it is for, newest first.", order=NEWEST
    )
    credit_notes: Any = edge(
        model.orders.CORRECTS.back,
        "CreditNote",
        "Credit notes against it, newest first.",
        order=NEWEST,
    )


@node(model.orders.CREDIT_NOTE, keep=BUSINESS)
class CreditNote(Document, Sourced):
    """Money given back for a return or a cancellation; its amounts are positive."""

    reason: str | None = prop()
    refunded_at: datetime | None = prop()
    corrects: Any = edge(
        model.orders.CORRECTS.out,
        "Document",
        "Invoices and orders that it takes back, newest first.",
        order=NEWEST,
    )


@node(model.orders.CONTRACT, keep=BUSINESS)
class Contract(Document, Sourced):
    """A lasting agreement, such as a subscription or a maintenance contract."""

    status: str | None = prop()
    starts_on: date | None = prop()
    ends_on: date | None = prop()
    renews_on: date | None = prop()
    auto_renew: bool | None = prop()
    notice_days: int | None = prop()
    annual_value: Money | None = prop()
