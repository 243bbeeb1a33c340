"""Our own side: users (staff, or of a partner or customer), API keys, teams and territories."""

from graph.model.declare import choice, day, flag, moment, of, string, strings
from graph.model.kinds import Node, Pii, Purpose, Relationship, Type
from graph.model.parties import PARTY, PERSON

USER = Node(
    "User",
    "A principal: staff, a partner's or a customer's user, or a service.",
    (
        string("issuer", "Who vouches for the subject (the token's iss).", required=True),
        string("subject", "Name of the principal at its issuer (the token's sub).", required=True),
        choice(
            "kind",
            {
                "STAFF": "Works for us.",
                "PARTNER": "Works for a partner.",
                "CUSTOMER": "Is a customer or works for one.",
                "SERVICE": "Is a program, not a human being.",
            },
            "Which audience the user belongs to.",
            required=True,
        ),
        string("name", "Name as it is shown.", pii=Pii.NAME, required=True, indexed=True),
        of(Type.EMAIL, "email", "Work address.", pii=Pii.CONTACT),
        string("jobTitle", "Role in plain words, such as Account manager."),
        of(Type.LANGUAGE, "language", "Language of the user's screens."),
        string("timezone", "IANA name of the user's time zone."),
        flag("active", "False when the user may no longer sign in."),
        moment("lastSeenAt", "When the user last signed in, UTC.", pii=Pii.BEHAVIOUR),
        moment(
            "sessionsRevokedAt",
            "Tokens issued up to this moment are refused, UTC; null when none were revoked.",
        ),
    ),
    Purpose.SECURITY,
    keys=(("issuer", "subject"),),
    search=("name", "email"),
)

API_KEY = Node(
    "ApiKey",
    "A service's means to ask without a token of the issuer; only a keyed digest of it is kept.",
    (
        string("name", "What it is used for, such as Nightly export.", required=True, indexed=True),
        choice(
            "audience",
            {
                "STAFF": "Sees what staff sees.",
                "PARTNER": "Sees what the partner of its user sees.",
                "CUSTOMER": "Sees what the customer of its user sees.",
            },
            "For whom the API answers.",
            required=True,
        ),
        strings("scopes", "What it may be used for: read, write, or names of root fields."),
        moment("expiresAt", "When it ends, UTC.", required=True),
        moment("lastUsedAt", "The hour in which it was last used, UTC; null before its first use."),
        moment("rotatedAt", "When its secret was last replaced, UTC; null while it is the first."),
        moment("formerUntil", "Until when the secret before that is accepted, too, UTC."),
        moment("revokedAt", "When it was revoked, UTC; null while it may be used."),
        string("digest", "Keyed digest of the key.", pii=Pii.CREDENTIAL, required=True),
        string("formerDigest", "Keyed digest of the key before.", pii=Pii.CREDENTIAL),
    ),
    Purpose.SECURITY,
)

TEAM = Node(
    "Team",
    "A group of users who share work.",
    (
        string("name", "Name of the team.", required=True, indexed=True),
        choice(
            "function",
            {
                "SALES": "Wins and keeps customers.",
                "MARKETING": "Runs campaigns.",
                "SERVICE": "Solves cases.",
                "PARTNER_MANAGEMENT": "Looks after partners.",
                "FINANCE": "Invoices and collects.",
                "MANAGEMENT": "Leads the business.",
            },
            "What the team does.",
        ),
    ),
    Purpose.OPERATION,
    sourced=True,
)

TERRITORY = Node(
    "Territory",
    "A part of the market, by countries and postal codes.",
    (
        string("code", "Short code, such as FR-SOUTH.", required=True, indexed=True),
        string("name", "Name of the territory.", required=True),
        strings("countries", "ISO 3166-1 alpha-2 codes of its countries."),
        strings("postalPrefixes", "Beginnings of its postal codes; empty means all."),
    ),
    Purpose.SALES,
    sourced=True,
)

IN_TEAM = Relationship(
    "IN_TEAM", (USER,), (TEAM,), "A user works in a team.", (flag("lead", "True for its head."),)
)
PART_OF = Relationship(
    "PART_OF", (TEAM, TERRITORY), (TEAM, TERRITORY), "A team or territory belongs to a larger one."
)
COVERED_BY = Relationship(
    "COVERED_BY", (TERRITORY,), (TEAM, USER), "Who is responsible for a territory."
)
IN_TERRITORY = Relationship(
    "IN_TERRITORY", (PARTY,), (TERRITORY,), "The territory a party belongs to."
)
ACTS_FOR = Relationship(
    "ACTS_FOR",
    (USER,),
    (PARTY,),
    "A user may act for a party.",
    (
        choice(
            "scope",
            {
                "OWN": "For the party alone.",
                "COMPANY": "For the whole company.",
                "SUBTREE": "For the company and everything below it.",
            },
            "How far: the party alone, its company, or the company with its subsidiaries.",
        ),
        day("from", "First day of the permission."),
        day("to", "Last day of the permission; null while it lasts."),
    ),
)
IS_PERSON = Relationship("IS_PERSON", (USER,), (PERSON,), "The person behind a user account.")

STANDS_FOR = Relationship(
    "STANDS_FOR", (API_KEY,), (USER,), "An API key asks in the name of a user."
)

NODES = (USER, API_KEY, TEAM, TERRITORY)
RELATIONSHIPS = (IN_TEAM, PART_OF, COVERED_BY, IN_TERRITORY, ACTS_FOR, IS_PERSON, STANDS_FOR)
