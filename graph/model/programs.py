"""Partner programs, their funds, and requests: everything that somebody has to approve."""

from typing import LiteralString

from graph.model.declare import choice, currency, day, moment, money, string, strings, text
from graph.model.kinds import Node, Pii, Property, Purpose, Relationship
from graph.model.opportunities import OPPORTUNITY
from graph.model.organisation import USER
from graph.model.parties import COMPANY, PARTY
from graph.model.products import PRODUCT

PROGRAM = Node(
    "Program",
    "A partner program with levels and benefits.",
    (
        string("name", "Name of the program.", required=True, indexed=True),
        strings("levels", "Its levels, the lowest first."),
        strings("benefits", "What partners get."),
        day("startsOn", "First day."),
        day("endsOn", "Last day; null when open-ended."),
    ),
    Purpose.PARTNERSHIP,
    sourced=True,
)
FUND = Node(
    "Fund",
    "Money set aside for marketing with partners.",
    (
        string("name", "Name of the fund.", required=True, indexed=True),
        money("amount", "What was set aside."),
        money("remaining", "What is left."),
        currency("Currency of the fund."),
        day("startsOn", "First day it may be used."),
        day("endsOn", "Last day it may be used."),
    ),
    Purpose.PARTNERSHIP,
    sourced=True,
)
REQUEST = Node(
    "Request",
    "Something that somebody asks for and somebody else decides.",
    (
        string("number", "Number told to whoever asked.", required=True, indexed=True),
        choice(
            "state",
            {
                "DRAFT": "Still being written.",
                "SUBMITTED": "Handed in; nobody has looked at it yet.",
                "IN_REVIEW": "Somebody is deciding.",
                "RETURNED": "Sent back for more information.",
                "APPROVED": "Granted as asked for.",
                "REJECTED": "Refused for the stated reason.",
                "WAITLISTED": "Waits behind an earlier one for the same deal.",
                "WON": "Granted, and the deal was won.",
                "LOST": "Granted, and the deal was lost.",
                "EXPIRED": "Its time ran out.",
                "WITHDRAWN": "Taken back by whoever asked.",
                "REVOKED": "Granted, and taken away again.",
                "DONE": "Carried out.",
            },
            "Where the request stands.",
            required=True,
            indexed=True,
        ),
        moment("at", "When it was submitted, UTC.", required=True, indexed=True),
        moment("dueAt", "When it must be decided, UTC."),
        moment("decidedAt", "When it was decided, UTC."),
        text("decisionReason", "Why it was decided so.", pii=Pii.CONTENT),
        currency("Currency of the amount."),
        money("amount", "Amount asked for or expected."),
    ),
    Purpose.PARTNERSHIP,
    abstract=True,
)


def _request(name: LiteralString, description: str, *own: Property) -> Node:
    """A concrete kind of request."""
    return Node(name, description, own, Purpose.PARTNERSHIP, extends=(REQUEST,), sourced=True)


DEAL_REGISTRATION = _request(
    "DealRegistration",
    "A partner claims a deal with an end customer.",
    string("dealName", "What the deal is about."),
    string(
        "endCustomer",
        "Name of the end customer as the partner wrote it; null when it named one that it sees.",
        pii=Pii.NAME,
    ),
    string("endCustomerWebsite", "Website of that end customer, to tell it from others."),
    day("expectedCloseOn", "Day on which a decision is expected."),
    day("protectedUntil", "Last day of protection once approved."),
)
FUND_REQUEST = _request(
    "FundRequest",
    "A partner asks for marketing money.",
    text("activity", "What it is for."),
    day("activityOn", "Day on which it takes place."),
)
FUND_CLAIM = _request(
    "FundClaim",
    "A partner asks to be paid what an approved activity cost.",
    text("proof", "What proves the cost."),
    moment("paidAt", "When it was paid, UTC; null until then."),
)
LEAD_OFFER = _request(
    "LeadOffer",
    "A lead is offered to a partner.",
    moment("expiresAt", "When the offer lapses, UTC."),
    text("message", "What the partner should know of it.", pii=Pii.CONTENT),
    choice(
        "progress",
        {
            "CONTACTED": "The partner has talked to them.",
            "QUALIFIED": "There is a real interest.",
            "PROPOSED": "An offer was made.",
            "STALLED": "Nothing moves.",
        },
        "How far the partner has come; null before its first word.",
    ),
    text("progressNote", "What the partner says about that.", pii=Pii.CONTENT),
)
SHARE_PROPOSAL = _request(
    "ShareProposal",
    "Somebody proposes that a party be shared with a partner: the partner itself, or one of us.",
    choice(
        "level",
        {
            "COUNT": "Only that it exists.",
            "PROFILE": "Name and main data.",
            "FULL": "Everything about it.",
        },
        "How much would be seen.",
    ),
    text("purpose", "What for."),
    day("from", "First day; null for the day on which it is accepted."),
    day("to", "Last day; null while it lasts."),
)
PRIVACY_REQUEST = _request(
    "PrivacyRequest",
    "A person exercises a right over personal data.",
    choice(
        "right",
        {
            "ACCESS": "To know what is stored (article 15).",
            "RECTIFICATION": "To have it corrected (article 16).",
            "ERASURE": "To have it deleted (article 17).",
            "RESTRICTION": "To have its use limited (article 18).",
            "PORTABILITY": "To take it elsewhere (article 20).",
            "OBJECTION": "To object to its use (article 21).",
        },
        "Which right (GDPR articles 15 to 21).",
    ),
)

ENROLLED_IN = Relationship(
    "ENROLLED_IN",
    (COMPANY,),
    (PROGRAM,),
    "A partner takes part in a program.",
    (
        string("level", "Level reached."),
        day("from", "First day."),
        day("to", "Last day; null while it lasts."),
    ),
)
FUNDS = Relationship("FUNDS", (PROGRAM,), (FUND,), "A fund belongs to a program.")
ALLOCATED_TO = Relationship(
    "ALLOCATED_TO",
    (FUND,),
    (COMPANY,),
    "A share of a fund is set aside for a partner.",
    (money("amount", "The share."), currency("Currency of the share.")),
)
BY = Relationship("BY", (REQUEST,), (PARTY, USER), "Who made the request.")
ABOUT = Relationship(
    "ABOUT",
    (REQUEST,),
    (PARTY, OPPORTUNITY, PRODUCT, FUND, FUND_REQUEST),
    "What the request is about.",
)

NODES = (
    PROGRAM, FUND, REQUEST, DEAL_REGISTRATION, FUND_REQUEST, FUND_CLAIM, LEAD_OFFER,
    SHARE_PROPOSAL, PRIVACY_REQUEST,
)  # fmt: skip
RELATIONSHIPS = (ENROLLED_IN, FUNDS, ALLOCATED_TO, BY, ABOUT)
