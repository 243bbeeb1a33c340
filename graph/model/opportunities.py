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
            {
                "LEAD": "Somebody may be interested.",
                "QUALIFIED": "Need, money and decision maker are known.",
                "DISCOVERY": "The need is being worked out.",
                "PROPOSAL": "An offer lies before the customer.",
                "NEGOTIATION": "Terms are being settled.",
                "WON": "The customer bought.",
                "LOST": "The customer did not buy.",
            },
            "How far it has come.",
            required=True,
            indexed=True,
        ),
        choice(
            "kind",
            {
                "NEW": "Business with a new customer.",
                "EXPANSION": "More business with a customer.",
                "RENEWAL": "Business that continues.",
            },
            "New business, more of it, or a renewal.",
        ),
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
        string("winReason", "Why it was won."),
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
            {
                "CHAMPION": "Wants us to win and says so inside.",
                "DECISION_MAKER": "Has the last word.",
                "ECONOMIC_BUYER": "Holds the budget.",
                "INFLUENCER": "Is listened to.",
                "USER": "Will work with what is bought.",
                "BLOCKER": "Wants us to lose.",
            },
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
