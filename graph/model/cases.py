"""Cases: questions, incidents and complaints, and the articles that answer them."""

from graph.model.declare import choice, integer, moment, of, string, text
from graph.model.kinds import Node, Pii, Purpose, Relationship, Type
from graph.model.orders import DOCUMENT
from graph.model.products import PRODUCT

CASE = Node(
    "Case",
    "Something a customer wants solved.",
    (
        string("number", "Number told to the customer.", required=True, indexed=True),
        string("subject", "What it is about.", pii=Pii.CONTENT, required=True),
        text("description", "What the customer wrote.", pii=Pii.CONTENT),
        choice(
            "kind",
            {
                "QUESTION": "The customer wants to know something.",
                "INCIDENT": "Something does not work.",
                "COMPLAINT": "The customer is not content.",
                "REQUEST": "The customer wants something done.",
                "RETURN": "The customer wants to give something back.",
            },
            "What kind of case it is.",
            indexed=True,
        ),
        choice(
            "status",
            {
                "NEW": "Nobody has looked at it yet.",
                "OPEN": "Somebody works on it.",
                "PENDING": "Waits for the customer.",
                "SOLVED": "Answered; the customer may still object.",
                "CLOSED": "Finished for good.",
            },
            "Where the case stands; PENDING waits for the customer.",
            required=True,
            indexed=True,
        ),
        choice(
            "priority",
            {
                "LOW": "Can wait.",
                "NORMAL": "In its turn.",
                "HIGH": "Before others.",
                "URGENT": "At once.",
            },
            "How urgent it is.",
            indexed=True,
        ),
        choice(
            "channel",
            {
                "EMAIL": "By e-mail.",
                "PHONE": "By telephone.",
                "CHAT": "By chat.",
                "WEB": "Through the web site or portal.",
                "POST": "By letter.",
                "PARTNER": "Through a partner.",
            },
            "Where it came in.",
        ),
        moment("openedAt", "When it was opened, UTC.", required=True, indexed=True),
        moment("firstDueAt", "When somebody must have answered first, UTC."),
        moment("firstRespondedAt", "When somebody first answered, UTC."),
        moment("dueAt", "When it must be solved by the service level, UTC.", indexed=True),
        moment(
            "waitingSince",
            "Since when it waits for the customer and its clock stands still, UTC; null otherwise.",
        ),
        moment("escalatedAt", "When it was last escalated, UTC; null when never."),
        moment("solvedAt", "When it was solved, UTC."),
        moment("closedAt", "When it was closed, UTC."),
        integer("satisfaction", "The customer's rating, from 1 to 5; null when not rated."),
        string("cause", "Root cause in plain words."),
    ),
    Purpose.SERVICE,
    sourced=True,
    search=("number", "subject"),
)

ARTICLE = Node(
    "Article",
    "A page of the knowledge base.",
    (
        string("title", "Title of the page.", required=True, indexed=True),
        text("body", "The page in Markdown."),
        of(Type.LANGUAGE, "language", "Language of the page."),
        choice(
            "status",
            {
                "DRAFT": "Still being written.",
                "PUBLISHED": "Readable for its audience.",
                "RETIRED": "No longer valid.",
            },
            "Where the page stands.",
        ),
        choice(
            "audience",
            {
                "STAFF": "Only our own people.",
                "PARTNER": "Our people and partners.",
                "CUSTOMER": "Everyone, customers included.",
            },
            "Widest audience that may read it.",
        ),
        moment("publishedAt", "When it was published, UTC."),
    ),
    Purpose.SERVICE,
    sourced=True,
    search=("title", "body"),
)

CONCERNS = Relationship(
    "CONCERNS", (CASE,), (PRODUCT, DOCUMENT), "The product or document a case is about."
)
EXPLAINS = Relationship(
    "EXPLAINS", (ARTICLE,), (PRODUCT, CASE), "The article explains a product or solved a case."
)

NODES = (CASE, ARTICLE)
RELATIONSHIPS = (CONCERNS, EXPLAINS)
