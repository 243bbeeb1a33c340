"""Marketing: campaigns, segments, consents and scores."""

from graph.model.declare import (
    choice,
    currency,
    day,
    flag,
    integer,
    moment,
    money,
    number,
    of,
    string,
    strings,
    text,
)  # fmt: skip
from graph.model.identity import IDENTIFIER
from graph.model.interactions import INTERACTION
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention, Type
from graph.model.opportunities import OPPORTUNITY
from graph.model.parties import PARTY, PERSON

CAMPAIGN = Node(
    "Campaign",
    "A planned series of messages or events.",
    (
        string("name", "Name of the campaign.", required=True, indexed=True),
        choice(
            "channel",
            {
                "EMAIL": "Messages by e-mail.",
                "PHONE": "Calls by telephone.",
                "SMS": "Text message.",
                "POST": "Letter post.",
                "WEB": "Web site or portal.",
                "SOCIAL": "Social network.",
                "EVENT": "An event people come to.",
            },
            "Main channel.",
        ),
        choice(
            "status",
            {
                "PLANNED": "Has not begun.",
                "RUNNING": "Is under way.",
                "PAUSED": "Is interrupted.",
                "ENDED": "Is over.",
            },
            "Where the campaign stands.",
            indexed=True,
        ),
        day("startsOn", "First day.", indexed=True),
        day("endsOn", "Last day."),
        money("budget", "What it may cost."),
        currency("Currency of the budget."),
        text("goal", "What it is to achieve."),
    ),
    Purpose.MARKETING,
    sourced=True,
    search=("name",),
)
SEGMENT = Node(
    "Segment",
    "A set of parties with something in common.",
    (
        string("name", "Name of the segment.", required=True, indexed=True),
        text("description", "Who belongs to it, in words."),
        of(Type.JSON, "definition", "Filter that chooses the members; null for a fixed list."),
        flag("dynamic", "True when membership follows the definition."),
    ),
    Purpose.MARKETING,
    sourced=True,
)
CONSENT = Node(
    "Consent",
    "One decision of a person about being contacted; never changed, only followed by the next.",
    (
        choice(
            "purpose",
            {
                "MARKETING": "Offers and advertising.",
                "NEWSLETTER": "The regular newsletter.",
                "SURVEY": "Questions about satisfaction.",
                "PROFILING": "Drawing conclusions from behaviour.",
                "SHARING": "Passing data on to partners.",
            },
            "What it is about.",
            required=True,
        ),
        choice(
            "channel",
            {
                "EMAIL": "By e-mail.",
                "PHONE": "By telephone.",
                "SMS": "By text message.",
                "POST": "By letter.",
                "CHAT": "By chat.",
                "ANY": "On whatever channel.",
            },
            "Channel it is about.",
            required=True,
        ),
        choice(
            "status",
            {
                "GRANTED": "The person agreed.",
                "WITHDRAWN": "The person refused or took the agreement back.",
            },
            "What was decided.",
            required=True,
        ),
        moment("at", "When it was decided, UTC.", required=True, indexed=True),
        string("method", "How, such as DOUBLE_OPT_IN."),
        text("evidence", "What proves it.", pii=Pii.CONTENT),
        moment("expiresAt", "When it must be asked again, UTC; null when it does not expire."),
    ),
    Purpose.LEGAL,
    Retention.TEN_YEARS,
    sourced=True,
)
SCORE = Node(
    "Score",
    "A figure computed about a party or an opportunity.",
    (
        choice(
            "kind",
            {
                "LEAD": "How promising a lead is, from 0 to 100.",
                "ENGAGEMENT": "How actively the party deals with us, from 0 to 100.",
                "HEALTH": "How well the customer fares with us, from 0 to 100.",
                "CHURN": "Probability of losing the customer, from 0 to 1.",
                "VALUE": "Expected value of the customer in the main currency.",
                "NPS": "Last answer to the net promoter question, from 0 to 10.",
            },
            "What it measures.",
            required=True,
        ),
        number("value", "The figure; its range depends on the kind.", required=True),
        moment("at", "When it was computed, UTC.", required=True),
        string("model", "Name and version of the model."),
        strings("reasons", "What moved it most, the strongest first."),
    ),
    Purpose.ANALYTICS,
    Retention.THREE_YEARS,
    sourced=True,
)

OF_CAMPAIGN = Relationship(
    "OF_CAMPAIGN", (INTERACTION, OPPORTUNITY), (CAMPAIGN,), "It came from a campaign."
)
TARGETS = Relationship("TARGETS", (CAMPAIGN,), (SEGMENT, PARTY), "Whom a campaign addresses.")
MEMBER_OF = Relationship(
    "MEMBER_OF",
    (PARTY,),
    (SEGMENT,),
    "A party belongs to a segment.",
    (
        moment("from", "Since when, UTC."),
        moment("to", "Until when, UTC; null while it lasts."),
        string("reason", "Why it belongs."),
    ),
)
GAVE = Relationship("GAVE", (PERSON,), (CONSENT,), "A person decided about being contacted.")
COVERS = Relationship(
    "COVERS", (CONSENT,), (IDENTIFIER,), "The address or number a consent speaks of."
)
HAS_SCORE = Relationship(
    "HAS_SCORE",
    (PARTY, OPPORTUNITY),
    (SCORE,),
    "A figure computed about it.",
    (integer("rank", "Place among all parties by this figure; null when not ranked."),),
)

NODES = (CAMPAIGN, SEGMENT, CONSENT, SCORE)
RELATIONSHIPS = (OF_CAMPAIGN, TARGETS, MEMBER_OF, GAVE, COVERS, HAS_SCORE)
