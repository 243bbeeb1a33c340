"""Links between domains: whom something is for, who is in charge, who may see it."""

from graph.model.cases import CASE
from graph.model.declare import choice, day, string
from graph.model.interactions import INTERACTION
from graph.model.kinds import Relationship
from graph.model.marketing import CAMPAIGN
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.organisation import TEAM, TERRITORY, USER
from graph.model.parties import PARTNER, PARTY
from graph.model.products import PRODUCT
from graph.model.programs import REQUEST

FOR = Relationship(
    "FOR",
    (OPPORTUNITY, DOCUMENT, CASE),
    (PARTY,),
    "The party an opportunity, document or case belongs to.",
    (
        choice(
            "role",
            {
                "CUSTOMER": "It belongs to this party.",
                "CONTACT": "The person to talk to about it.",
                "PAYER": "Pays for it.",
                "RECIPIENT": "Receives the goods.",
            },
            "The party's part; null means CUSTOMER.",
        ),
    ),
)
REGARDING = Relationship(
    "REGARDING",
    (INTERACTION,),
    (OPPORTUNITY, DOCUMENT, CASE, PRODUCT, CAMPAIGN, REQUEST),
    "What an interaction was about.",
)
ASSIGNED_TO = Relationship(
    "ASSIGNED_TO",
    (PARTY, OPPORTUNITY, DOCUMENT, CASE, INTERACTION, REQUEST, CAMPAIGN),
    (USER, TEAM, PARTNER),
    "Who is in charge.",
    (
        string("role", "In which role, such as OWNER or ACCOUNT_MANAGER."),
        string("topic", "For which topic; null means all."),
    ),
    key=("role",),
)
SHARED_WITH = Relationship(
    "SHARED_WITH",
    (PARTY, OPPORTUNITY, DOCUMENT, CASE, INTERACTION),
    (PARTNER, TEAM, USER),
    "Somebody else may see it.",
    (
        choice(
            "level",
            {
                "COUNT": "Only that it exists.",
                "PROFILE": "Name and main data.",
                "FULL": "Everything about it.",
            },
            "How much may be seen.",
            required=True,
        ),
        string("by", "Id of the user who shared it."),
        string("purpose", "What for."),
        day("from", "First day."),
        day("to", "Last day; null while it lasts."),
    ),
)
CAN_SEE = Relationship(
    "CAN_SEE",
    (PARTNER,),
    (PARTY,),
    "A partner may see a party; follows from SERVES, SHARED_WITH and approved deals.",
    (
        choice(
            "level",
            {
                "COUNT": "Only that it exists.",
                "PROFILE": "Name and main data.",
                "FULL": "Everything about it.",
            },
            "How much may be seen.",
        ),
        day("until", "Last day; null when it is open."),
    ),
    derived=True,
)
APPLIES_IN = Relationship(
    "APPLIES_IN", (CAMPAIGN,), (TERRITORY,), "The territory a campaign runs in."
)

RELATIONSHIPS = (FOR, REGARDING, ASSIGNED_TO, SHARED_WITH, CAN_SEE, APPLIES_IN)
