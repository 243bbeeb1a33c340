"""The commercial chain: quotes, orders, invoices, credit notes and contracts."""

from graph.model.declare import (
    choice,
    currency,
    day,
    flag,
    integer,
    moment,
    money,
    number,
    string,
    text,
)  # fmt: skip
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention
from graph.model.parties import PARTY
from graph.model.products import PRODUCT

DOCUMENT = Node(
    "Document",
    "A commercial paper: a quote, an order, an invoice, a credit note or a contract.",
    (
        string("number", "Number printed on it.", required=True, indexed=True),
        moment(
            "at",
            "When it was drawn up, placed, issued or signed, UTC.",
            required=True,
            indexed=True,
        ),
        currency("Currency of every amount of the document."),
        money("net", "Amount before tax."),
        money("tax", "Value added or sales tax contained in the total."),
        money("total", "Amount to pay, tax included."),
        string("customerReference", "The customer's own reference.", pii=Pii.CONTENT),
        text("note", "Remark printed on it.", pii=Pii.CONTENT),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    abstract=True,
)

QUOTE = Node(
    "Quote",
    "An offer with prices.",
    (
        choice(
            "status",
            {
                "DRAFT": "Still being written.",
                "SENT": "Waits for the customer's answer.",
                "ACCEPTED": "The customer said yes.",
                "DECLINED": "The customer said no.",
                "EXPIRED": "Its last day passed without an answer.",
                "REVISED": "A later revision took its place.",
            },
            "Where the quote stands.",
            indexed=True,
        ),
        integer("revision", "Number of the revision, from 1."),
        day("validUntil", "Last day on which it can be accepted."),
        moment("sentAt", "When it was sent, UTC."),
        moment("decidedAt", "When it was accepted or declined, UTC."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(DOCUMENT,),
    sourced=True,
)
ORDER = Node(
    "Order",
    "A confirmed purchase.",
    (
        choice(
            "status",
            {
                "PLACED": "The customer ordered; nobody confirmed it yet.",
                "CONFIRMED": "We accepted the order.",
                "PARTLY_SHIPPED": "Some of the goods have left.",
                "SHIPPED": "The goods have left.",
                "DELIVERED": "The goods have arrived.",
                "CANCELLED": "Called off before delivery.",
                "RETURNED": "The goods came back.",
            },
            "Where the order stands.",
            indexed=True,
        ),
        choice(
            "channel",
            {
                "WEB": "In the web shop.",
                "SALES": "With our sales staff.",
                "PARTNER": "With a partner.",
                "PHONE": "By telephone.",
                "SHOP": "In a shop.",
            },
            "Where it was placed.",
        ),
        moment("shippedAt", "When it left, UTC."),
        moment("deliveredAt", "When it arrived, UTC."),
        moment("cancelledAt", "When it was cancelled, UTC."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(DOCUMENT,),
    sourced=True,
)
INVOICE = Node(
    "Invoice",
    "A demand for payment.",
    (
        choice(
            "status",
            {
                "OPEN": "To be paid, not yet due.",
                "PAID": "Paid in full.",
                "OVERDUE": "Not paid in full when it was due.",
                "VOID": "Taken back; nothing is to be paid.",
            },
            "Where it stands.",
            indexed=True,
        ),
        day("dueOn", "Last day to pay."),
        moment("paidAt", "When it was paid in full, UTC."),
        money("balance", "What is still to pay."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(DOCUMENT,),
    sourced=True,
)
CREDIT_NOTE = Node(
    "CreditNote",
    "Money given back for a return or a cancellation; its amounts are positive.",
    (
        choice(
            "reason",
            {
                "RETURN": "Goods came back.",
                "CANCELLATION": "The purchase was called off.",
                "DISCOUNT": "A discount was granted afterwards.",
                "CORRECTION": "The invoice was wrong.",
                "COMPLAINT": "The customer complained with reason.",
            },
            "Why it was given.",
        ),
        moment("refundedAt", "When the money was paid back, UTC."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(DOCUMENT,),
    sourced=True,
)
CONTRACT = Node(
    "Contract",
    "A lasting agreement, such as a subscription or a maintenance contract.",
    (
        choice(
            "status",
            {
                "DRAFT": "Not signed yet.",
                "ACTIVE": "In force.",
                "TERMINATED": "Ended by one of the parties.",
                "EXPIRED": "Ended on its last day.",
            },
            "Where it stands.",
            indexed=True,
        ),
        day("startsOn", "First day."),
        day("endsOn", "Last day; null when open-ended.", indexed=True),
        day("renewsOn", "Day on which it renews unless terminated."),
        flag("autoRenew", "True when it renews by itself."),
        integer("renewalMonths", "For how many months it renews; null means twelve."),
        integer("noticeDays", "Period of notice, in days."),
        money("annualValue", "What it is worth in a year, before tax."),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(DOCUMENT,),
    sourced=True,
)

CONTAINS = Relationship(
    "CONTAINS",
    (DOCUMENT,),
    (PRODUCT,),
    "One line of a document.",
    (
        integer("line", "Position of the line, from 1.", required=True),
        number("quantity", "How many units.", required=True),
        money("unitPrice", "Price of one unit before tax and discount.", required=True),
        currency("Currency of the line."),
        number("discount", "Discount in percent of the unit price; null means none."),
        money("amount", "Amount of the line before tax, discount taken off.", required=True),
        string("description", "What the line says, when it differs from the product's name."),
        number("shipped", "How many units of an order's line have left; null means none."),
        number("returned", "How many of them came back; null means none."),
    ),
    key=("line",),
)
BECAME = Relationship(
    "BECAME",
    (DOCUMENT,),
    (DOCUMENT,),
    "A document led to the next: quote to order, order to invoice or contract.",
)
CORRECTS = Relationship(
    "CORRECTS",
    (CREDIT_NOTE,),
    (INVOICE, ORDER),
    "The invoice or order that a credit note takes back, wholly or in part.",
)
SOLD_BY = Relationship(
    "SOLD_BY", (DOCUMENT,), (PARTY,), "The partner through which the document came about."
)

NODES = (DOCUMENT, QUOTE, ORDER, INVOICE, CREDIT_NOTE, CONTRACT)
RELATIONSHIPS = (CONTAINS, BECAME, CORRECTS, SOLD_BY)
