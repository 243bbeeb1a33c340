"""Our own side: teams, territories, staff, services, and the rules the organisation works by."""

from random import Random
from typing import Any

import orjson

from graph.demo.calendar import ZONES
from graph.demo.personas import LANGUAGES, Personas, country_of, slug
from graph.demo.sheet import Sheet
from graph.demo.world import Colleague, Ref, World
from graph.model.access import ACCESS_RULE, GOVERNS
from graph.model.machinery import FIELD_DEF, RULE, WEBHOOK
from graph.model.organisation import (
    API_KEY,
    COVERED_BY,
    IN_TEAM,
    PART_OF,
    STANDS_FOR,
    TEAM,
    TERRITORY,
    USER,
)

ISSUER = "https://login.example.org"
"""Who vouches for every user of the demo world."""

TEAMS = (
    ("management", "Management", "MANAGEMENT", None),
    ("sales", "Sales", "SALES", "management"),
    ("sales-fr", "Sales France", "SALES", "sales"),
    ("sales-ro", "Sales Romania", "SALES", "sales"),
    ("sales-gb", "Sales United Kingdom", "SALES", "sales"),
    ("marketing", "Marketing", "MARKETING", "management"),
    ("service", "Customer service", "SERVICE", "management"),
    ("partners", "Partner management", "PARTNER_MANAGEMENT", "management"),
    ("finance", "Finance", "FINANCE", "management"),
)
TERRITORIES = (
    ("EU", "Europe", ("FR", "RO", "GB"), (), None, "sales"),
    ("FR", "France", ("FR",), (), "EU", "sales-fr"),
    ("FR-NORTH", "France, north", ("FR",), ("75", "59", "35", "67"), "FR", "sales-fr"),
    ("FR-SOUTH", "France, south", ("FR",), ("69", "13", "31", "33"), "FR", "sales-fr"),
    ("RO", "Romania", ("RO",), (), "EU", "sales-ro"),
    ("RO-SOUTH", "Romania, south", ("RO",), ("01", "90"), "RO", "sales-ro"),
    ("RO-WEST", "Romania, west", ("RO",), ("40", "30"), "RO", "sales-ro"),
    ("RO-EAST", "Romania, east", ("RO",), ("70", "72"), "RO", "sales-ro"),
    ("GB", "United Kingdom", ("GB",), (), "EU", "sales-gb"),
    ("GB-NORTH", "United Kingdom, north", ("GB",), ("M", "LS", "EH"), "GB", "sales-gb"),
    ("GB-SOUTH", "United Kingdom, south", ("GB",), ("EC", "BS", "CF"), "GB", "sales-gb"),
)
WORK = (
    ("SALES", "Account manager"), ("SERVICE", "Service agent"), ("SALES", "Sales consultant"),
    ("MARKETING", "Campaign manager"), ("SERVICE", "Service agent"),
    ("PARTNER_MANAGEMENT", "Partner manager"), ("SALES", "Account manager"),
    ("FINANCE", "Accountant"), ("SERVICE", "Service lead"), ("MANAGEMENT", "Country manager"),
)  # fmt: skip
STAFF = (
    ("helene.roche", "Hélène Roche", "Account manager", "SALES", "FR"),
    ("ioana.stan", "Ioana Stan", "Account manager", "SALES", "RO"),
    ("grace.whitfield", "Grace Whitfield", "Account manager", "SALES", "GB"),
    ("marius.dinu", "Marius Dinu", "Service lead", "SERVICE", "RO"),
    ("owen.price", "Owen Price", "Partner manager", "PARTNER_MANAGEMENT", "GB"),
    ("lea.garnier", "Léa Garnier", "Campaign manager", "MARKETING", "FR"),
)
"""Users the stories speak of: subject, name, role, function, country."""


def organisation(world: World, sheet: Sheet, personas: Personas) -> None:
    """Make teams, territories, users of our own, and the machinery that serves them."""
    rng = world.rng("organisation")
    for code, name, function, parent in TEAMS:
        values: dict[str, Any] = {"name": name, "function": function}
        world.teams[code] = sheet.node(TEAM, ("hr", f"team-{code}"), values)
        if parent:
            sheet.link(PART_OF, world.teams[code], world.teams[parent])
    for code, name, countries, prefixes, parent, team in TERRITORIES:
        values = {
            "code": code, "name": name, "countries": list(countries),
            "postalPrefixes": list(prefixes),
        }  # fmt: skip
        world.territories[code] = sheet.node(TERRITORY, ("crm", f"territory-{code}"), values)
        sheet.link(COVERED_BY, world.territories[code], world.teams[team])
        if parent:
            sheet.link(PART_OF, world.territories[code], world.territories[parent])
    _staff(world, sheet, personas, rng)
    _rule(world, sheet)
    _services(world, sheet)
    _machinery(sheet)


def _staff(world: World, sheet: Sheet, personas: Personas, rng: Random) -> None:
    people = list(STAFF)
    taken = {person[0] for person in people}
    while len(people) < world.plan.staff:
        country = country_of(rng)
        fake = personas.of(country, rng)
        given, family = fake.first_name(), fake.last_name()
        subject = f"{slug(given)}.{slug(family)}"
        function, title = WORK[len(people) % len(WORK)]
        if subject not in taken:
            taken.add(subject)
            people.append((subject, f"{given} {family}", title, function, country))
    for number, (subject, name, title, function, country) in enumerate(people):
        values = {
            "kind": "STAFF", "name": name, "email": f"{subject}@staff.example.org",
            "jobTitle": title, "language": LANGUAGES[country], "timezone": ZONES[country],
            "active": number < len(STAFF) or rng.random() > 0.05,
            "lastSeenAt": world.calendar.office(rng, country, world.calendar.day(-20)),
        }  # fmt: skip
        user = sheet.node(USER, (ISSUER, subject), values)
        world.colleagues.append(Colleague(user, name, function, country))
        sheet.link(IN_TEAM, user, world.teams[_team(function, country)], {"lead": "lead" in title})
    for code, territory in world.territories.items():
        seller = world.colleague(rng, "SALES", code[:2])
        sheet.link(COVERED_BY, territory, seller.ref)


def _rule(world: World, sheet: Sheet) -> None:
    """How the French sellers could be narrowed to what is theirs: a rule that is not in use."""
    values = {"name": "Sales in France", "parties": "TEAM", "interactions": "ALL", "active": False}
    key = world.identity(Ref(ACCESS_RULE, ("sales-fr",)))
    sheet.link(GOVERNS, sheet.node(ACCESS_RULE, (key,), values), world.teams["sales-fr"])


def _team(function: str, country: str) -> str:
    """The team in which somebody with this work and country is."""
    if function == "SALES":
        return f"sales-{country.lower()}"
    return next(code for code, _, work, _ in TEAMS if work == function)


def _services(world: World, sheet: Sheet) -> None:
    """Programs that ask, each with an API key that nobody has: no key has such a digest."""
    for subject, name in (("webshop", "Web shop"), ("telephony", "Telephone system")):
        values: dict[str, Any] = {"kind": "SERVICE", "name": name, "active": True}
        user = sheet.node(USER, (ISSUER, f"service:{subject}"), values)
        values = {
            "name": name, "audience": "STAFF", "scopes": ["read"], "digest": "none",
            "expiresAt": world.calendar.at(300),
        }  # fmt: skip
        key = world.identity(Ref(API_KEY, (subject,)))
        sheet.link(STANDS_FOR, sheet.node(API_KEY, (key,), values), user)


def _machinery(sheet: Sheet) -> None:
    """Rules, a web hook (switched off: nobody listens at example.org) and custom fields."""
    rules: tuple[tuple[str, str, dict[str, Any], dict[str, Any], float], ...] = (
        ("Welcome new customers", "order.placed", {"customer": {"isNew": True}},
         {"createTask": {"subject": "Call the new customer", "dueInDays": 3}}, 24.0),
        ("Warn of contracts that end", "contract.ending", {"contract": {"daysLeft": {"lte": 60}}},
         {"createTask": {"subject": "Prepare the renewal", "dueInDays": 7}}, 0.0),
        ("Escalate complaints", "case.opened", {"case": {"kind": {"eq": "COMPLAINT"}}},
         {"assign": {"team": "service"}}, 1.0),
    )  # fmt: skip
    for number, (name, event, condition, action, delay) in enumerate(rules, 1):
        values: dict[str, Any] = {
            "name": name, "event": event, "condition": orjson.dumps(condition).decode(),
            "action": orjson.dumps(action).decode(), "active": number != 3, "delayHours": delay,
        }  # fmt: skip
        sheet.node(RULE, ("c360", f"rule-{number}"), values)
    values = {
        "url": "https://hooks.example.org/customer360", "active": False,
        "events": ["order.placed", "case.opened"], "selection": "{ id __typename }",
    }  # fmt: skip
    sheet.node(WEBHOOK, ("c360", "webhook-1"), values)
    fields = (
        ("Company", "parkingPlaces", "Parking places", "INTEGER", "Sizing of charging points"),
        ("Person", "safetyShoeSize", "Safety shoe size", "STRING", "Equipment for site visits"),
        ("Order", "costCentre", "Cost centre", "STRING", "The customer's bookkeeping"),
    )
    for label, name, title, kind, purpose in fields:
        values = {
            "title": title,
            "type": kind,
            "purpose": purpose,
            "retention": "P3Y",
        }
        sheet.node(FIELD_DEF, (label, name), values)
