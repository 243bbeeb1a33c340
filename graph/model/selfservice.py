"""Self-service: what customers prove, prefer, are asked and ask others to."""

from graph.model.cases import CASE
from graph.model.declare import choice, integer, moment, of, string, text
from graph.model.interactions import INTERACTION, SURVEY
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention, Type
from graph.model.orders import DOCUMENT
from graph.model.organisation import USER
from graph.model.parties import PARTY, PERSON
from graph.model.products import PRODUCT

VERIFICATION = Node(
    "Verification",
    "An address or number that somebody claims to have, and has still to prove by a code.",
    (
        choice(
            "kind",
            {
                "EMAIL": "An e-mail address, in lower case.",
                "PHONE": "A telephone number in E.164.",
            },
            "What kind of identifier it is.",
            required=True,
        ),
        string("value", "Normalised value.", pii=Pii.CONTACT, required=True),
        string("display", "Value as it was written.", pii=Pii.CONTACT),
        string("label", "Use of it, such as work or home."),
        choice(
            "intent",
            {
                "FURTHER": "It is added to the others.",
                "MAIN": "It takes the place of the party's main one of its kind.",
            },
            "What becomes of it once it is proved.",
        ),
        moment("at", "When it was claimed and the code was sent, UTC.", required=True),
        moment("expiresAt", "When the code ends, UTC.", required=True),
        integer("attempts", "How many codes were tried so far."),
        moment("verifiedAt", "When it was proved, UTC; null until then."),
    ),
    Purpose.SECURITY,
    Retention.MONTH,
)
PREFERENCE = Node(
    "Preference",
    "How and how often a person wants to hear of one topic.",
    (
        choice(
            "topic",
            {
                "ORDERS": "What becomes of orders.",
                "INVOICES": "New and overdue invoices.",
                "CONTRACTS": "Contracts that renew or end.",
                "CASES": "Answers in cases.",
                "PRODUCTS": "News of products in use.",
                "EVENTS": "Events to come to.",
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
                "PORTAL": "Only in the portal.",
            },
            "On which channel.",
            required=True,
        ),
        choice(
            "frequency",
            {
                "AT_ONCE": "Each time something happens.",
                "DAILY": "Once a day at most.",
                "WEEKLY": "Once a week at most.",
                "MONTHLY": "Once a month at most.",
                "NEVER": "Not at all.",
            },
            "How often.",
            required=True,
        ),
    ),
    Purpose.SERVICE,
    Retention.TEN_YEARS,
)
FEEDBACK_REQUEST = Node(
    "FeedbackRequest",
    "A question to one person about satisfaction, until it is answered or its time is over.",
    (
        choice(
            "measure",
            {
                "NPS": "Net promoter score: would recommend, 0 to 10.",
                "CSAT": "Customer satisfaction, 1 to 5.",
                "CES": "Customer effort score: how easy it was, 1 to 7.",
            },
            "Which measure is asked for.",
            required=True,
        ),
        text("question", "The question in words; null for the measure's own."),
        moment("at", "When it was asked, UTC.", required=True, indexed=True),
        moment("expiresAt", "Until when it can be answered, UTC; null while it is asked."),
        moment("answeredAt", "When it was answered, UTC; null until then."),
    ),
    Purpose.SERVICE,
    Retention.THREE_YEARS,
    sourced=True,
)
INVITATION = Node(
    "Invitation",
    "Somebody was invited to act for a company in the portal.",
    (
        string("name", "Name of who was invited.", pii=Pii.NAME, required=True),
        of(Type.EMAIL, "email", "Where the invitation was sent.", pii=Pii.CONTACT, required=True),
        choice(
            "scope",
            {
                "OWN": "For what concerns the invited person alone.",
                "COMPANY": "For the whole company.",
                "SUBTREE": "For the company and everything below it.",
            },
            "How far the invited person may act for the company.",
            required=True,
        ),
        choice(
            "state",
            {
                "SENT": "Waits for an answer.",
                "ACCEPTED": "The invited person has an account by now.",
                "WITHDRAWN": "Taken back.",
            },
            "Where it stands; one that was SENT ends with `expiresAt`.",
            required=True,
            indexed=True,
        ),
        moment("at", "When it was sent, UTC.", required=True),
        moment("expiresAt", "Until when it can be accepted, UTC.", required=True),
    ),
    Purpose.SECURITY,
    Retention.YEAR,
)

CLAIMS = Relationship(
    "CLAIMS", (PARTY,), (VERIFICATION,), "The address or number is to become one of the party."
)
PREFERS = Relationship("PREFERS", (PERSON,), (PREFERENCE,), "A person's own wish.")
ASKS = Relationship("ASKS", (FEEDBACK_REQUEST,), (PERSON,), "Who is asked.")
EVALUATES = Relationship(
    "EVALUATES",
    (FEEDBACK_REQUEST,),
    (CASE, DOCUMENT, PRODUCT, INTERACTION),
    "What the question is about; about us as a whole without one.",
)
ANSWERS = Relationship(
    "ANSWERS", (SURVEY,), (FEEDBACK_REQUEST,), "The answer to a question about satisfaction."
)
INVITED_BY = Relationship("INVITED_BY", (INVITATION,), (USER,), "Who invited.")
INVITES_TO = Relationship(
    "INVITES_TO", (INVITATION,), (PARTY,), "For whom the invited person may act."
)
BECAME_USER = Relationship(
    "BECAME_USER", (INVITATION,), (USER,), "The account of who accepted the invitation."
)

NODES = (VERIFICATION, PREFERENCE, FEEDBACK_REQUEST, INVITATION)
RELATIONSHIPS = (
    CLAIMS, PREFERS, ASKS, EVALUATES, ANSWERS, INVITED_BY, INVITES_TO, BECAME_USER,
)  # fmt: skip
