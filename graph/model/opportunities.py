"""Opportunities: the sales pipeline, from the first lead to won or lost."""

from graph.model.declare import choice, currency, day, integer, moment, money, number, string, text
from graph.model.kinds import Node, Pii, Purpose, Relationship
from graph.model.orders import QUOTE
from graph.model.parties import PERSON
from graph.model.products import PRODUCT

OPPORTUNITY = Node(
    "Opportunity",
    "A possible sale; a lead is an opportunity in stage LEAD.",
    (
        string("name", "What it is about.", required=True, indexed=True),
        choice(
            "stage",
            ("LEAD", "QUALIFIED", "DISCOVERY", "PROPOSAL", "NEGOTIATION", "WON", "LOST"),
            "How far it has come.",
            required=True,
            indexed=True,
        ),
        choice("kind", ("NEW", "EXPANSION", "RENEWAL"), "New business, more of it, or a renewal."),
        moment("openedAt", "When it was opened, UTC.", required=True, indexed=True),
        moment("stageSince", "When it reached its stage, UTC."),
        moment("closedAt", "When it was won or lost, UTC; null while open."),
        day("expectedCloseOn", "Day on which a decision is expected.", indexed=True),
        money("amount", "Expected value before tax."),
        currency("Currency of the amount."),
        number("probability", "Chance of winning, from 0 to 1."),
        integer("leadScore", "Score of the lead, from 0 to 100."),
        string("origin", "Where the lead came from, such as TRADE_FAIR."),
        string("lossReason", "Why it was lost."),
        string("competitor", "Who else is bidding."),
        text("nextStep", "What is to be done next.", pii=Pii.CONTENT),
    ),
    Purpose.SALES,
    sourced=True,
    search=("name",),
)

ROLE_IN = Relationship(
    "ROLE_IN",
    (PERSON,),
    (OPPORTUNITY,),
    "A person's part in the buying committee.",
    (
        choice(
            "role",
            ("CHAMPION", "DECISION_MAKER", "ECONOMIC_BUYER", "INFLUENCER", "USER", "BLOCKER"),
            "The part.",
        ),
        integer("influence", "Weight of the person's word, from 1 to 5."),
    ),
    key=("role",),
)
QUOTED_AS = Relationship("QUOTED_AS", (OPPORTUNITY,), (QUOTE,), "A quote made for an opportunity.")
INTERESTED_IN = Relationship(
    "INTERESTED_IN",
    (OPPORTUNITY,),
    (PRODUCT,),
    "A product the opportunity is about.",
    (number("quantity", "How many units are expected."),),
)

NODES = (OPPORTUNITY,)
RELATIONSHIPS = (ROLE_IN, QUOTED_AS, INTERESTED_IN)
