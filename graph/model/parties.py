"""Parties: the people, companies and households a business deals with, and how they relate."""

from graph.model.declare import choice, currency, day, flag, integer, moment, money, of, string
from graph.model.kinds import Node, Pii, Purpose, Relationship, Retention, Type

ADDRESS = (
    string("street", "Street and house number.", pii=Pii.CONTACT),
    string("postalCode", "Postal code as written in the country.", pii=Pii.CONTACT),
    string("city", "Town or city.", pii=Pii.CONTACT, indexed=True),
    string("region", "State, county or region.", pii=Pii.CONTACT),
    of(Type.COUNTRY, "country", "Country of residence or seat.", pii=Pii.DEMOGRAPHIC, indexed=True),
)

PARTY = Node(
    "Party",
    "Whoever the business deals with: a person, a company or a household.",
    (
        string("name", "Full name as it is shown.", pii=Pii.NAME, required=True, indexed=True),
        choice(
            "lifecycle",
            {
                "PROSPECT": "Has not bought yet.",
                "CUSTOMER": "Buys from us now.",
                "FORMER": "Bought once and no longer does.",
            },
            "Where the party stands with us: not yet, now or no longer a customer.",
            indexed=True,
        ),
        of(Type.EMAIL, "email", "Preferred e-mail address.", pii=Pii.CONTACT),
        of(Type.PHONE, "phone", "Preferred telephone number.", pii=Pii.CONTACT),
        *ADDRESS,
        of(Type.LANGUAGE, "language", "Preferred language.", pii=Pii.DEMOGRAPHIC),
        string("timezone", "IANA name of the party's time zone.", pii=Pii.DEMOGRAPHIC),
        string("tier", "Price and service tier, such as GOLD.", indexed=True),
        moment("customerSince", "When the party first bought.", pii=Pii.BEHAVIOUR),
        choice(
            "preferredChannel",
            {
                "EMAIL": "By e-mail.",
                "PHONE": "By telephone.",
                "SMS": "By text message.",
                "POST": "By letter.",
                "CHAT": "By chat.",
                "IN_PERSON": "Face to face.",
                "NONE": "Not at all: do not contact.",
            },
            "Channel the party asked to be contacted on; NONE means do not contact.",
            purpose=Purpose.SERVICE,
        ),
        integer(
            "maxContactsPerMonth",
            "How often the party accepts marketing in a month; null when not stated.",
            purpose=Purpose.MARKETING,
        ),
        moment("archivedAt", "When the party was archived; null while in use.", indexed=True),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    abstract=True,
    search=("name", "email", "phone", "city"),
)

CUSTOMER = Node(
    "Customer",
    "A party that bought: kept on every party with an order, invoice or contract.",
    (),
    Purpose.CONTRACT,
    abstract=True,
)

PARTNER = Node(
    "Partner",
    "A company that sells, integrates or supplies with us: kept on every company in that role.",
    (),
    Purpose.PARTNERSHIP,
    abstract=True,
)

PERSON = Node(
    "Person",
    "A human being.",
    (
        string("givenName", "Given names.", pii=Pii.NAME),
        string("familyName", "Family names.", pii=Pii.NAME),
        string("honorific", "Form of address, such as Dr.", pii=Pii.NAME),
        day("birthDate", "Day of birth.", pii=Pii.DEMOGRAPHIC, purpose=Purpose.MARKETING),
        string("jobTitle", "Current main job title.", pii=Pii.DEMOGRAPHIC),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(PARTY,),
)

COMPANY = Node(
    "Company",
    "An organisation: a firm, an authority, an association.",
    (
        string("legalName", "Name in the commercial register."),
        string("industry", "Line of business in plain words.", indexed=True),
        string("taxId", "VAT or tax identification number."),
        of(Type.URL, "website", "Home page."),
        integer("employees", "Number of employees."),
        money("annualRevenue", "Revenue of the last business year."),
        currency("Currency of the annual revenue."),
        choice(
            "partnerKind",
            {
                "RESELLER": "Sells our products to end customers.",
                "DISTRIBUTOR": "Sells our products to resellers.",
                "INTEGRATOR": "Builds our products into solutions.",
                "SUPPLIER": "Delivers goods or services to us.",
                "REFERRER": "Brings us customers and sells nothing itself.",
            },
            "What kind of partner the company is; null when it is none.",
            purpose=Purpose.PARTNERSHIP,
        ),
        moment("partnerSince", "When the partnership began.", purpose=Purpose.PARTNERSHIP),
    ),
    Purpose.CONTRACT,
    Retention.TEN_YEARS,
    extends=(PARTY,),
)

HOUSEHOLD = Node(
    "Household",
    "People who live at one address and decide together.",
    (integer("members", "Number of people known to live there.", pii=Pii.DEMOGRAPHIC),),
    Purpose.MARKETING,
    Retention.TEN_YEARS,
    extends=(PARTY,),
)

PERIOD = (
    day("from", "First day it was true; null when unknown."),
    day("to", "Last day it was true; null while it lasts."),
)

WORKS_AT = Relationship(
    "WORKS_AT",
    (PERSON,),
    (COMPANY,),
    "A person works, or worked, for a company.",
    (
        string("title", "Job title in this company.", pii=Pii.DEMOGRAPHIC),
        string("department", "Department in this company."),
        flag("primary", "True for the person's main employment."),
        *PERIOD,
    ),
)
REPORTS_TO = Relationship("REPORTS_TO", (PERSON,), (PERSON,), "A person's manager.", PERIOD)
SUBSIDIARY_OF = Relationship(
    "SUBSIDIARY_OF",
    (COMPANY,),
    (COMPANY,),
    "A company belongs to a parent company.",
    (integer("share", "Share held by the parent, in percent."), *PERIOD),
)
LIVES_IN = Relationship(
    "LIVES_IN", (PERSON,), (HOUSEHOLD,), "A person is a member of a household.", PERIOD
)
PARTNERS_WITH = Relationship(
    "PARTNERS_WITH",
    (COMPANY,),
    (COMPANY,),
    "Two companies work together.",
    (string("type", "How they work together, such as RESELLS or SUPPLIES."), *PERIOD),
    key=("type",),
)
SERVES = Relationship(
    "SERVES",
    (COMPANY,),
    (PARTY,),
    "A partner looks after a party.",
    (
        string("territory", "Code of the territory in which it does."),
        string("productLine", "Category of products for which it does; null means all."),
        *PERIOD,
    ),
)
REFERRED = Relationship(
    "REFERRED",
    (PARTY,),
    (PARTY,),
    "A party brought us another.",
    (day("on", "Day of the referral."), string("note", "How it came about.", pii=Pii.CONTENT)),
)
KNOWS = Relationship(
    "KNOWS",
    (PERSON,),
    (PERSON,),
    "Two people met in interactions.",
    (
        integer("strength", "Number of interactions they shared."),
        moment("lastAt", "When they last did."),
    ),
    derived=True,
)

NODES = (PARTY, CUSTOMER, PARTNER, PERSON, COMPANY, HOUSEHOLD)
RELATIONSHIPS = (
    WORKS_AT, REPORTS_TO, SUBSIDIARY_OF, LIVES_IN, PARTNERS_WITH, SERVES, REFERRED, KNOWS,
)  # fmt: skip
