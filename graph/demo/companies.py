"""Companies of the demo world: customers, prospects, groups of three levels, and partners."""

from datetime import date, timedelta
from random import Random
from typing import Any

from graph.demo.calendar import ZONES
from graph.demo.personas import CURRENCIES, LANGUAGES, PLACES, Personas, Phones, country_of, slug
from graph.demo.sheet import Sheet
from graph.demo.world import Firm, World
from graph.model.identity import IDENTIFIER
from graph.model.links import ASSIGNED_TO, SHARED_WITH
from graph.model.organisation import IN_TERRITORY
from graph.model.parties import COMPANY, PARTNERS_WITH, SERVES, SUBSIDIARY_OF

KINDS = ("RESELLER", "INTEGRATOR", "DISTRIBUTOR", "SUPPLIER", "REFERRER")
SELLING = frozenset({"RESELLER", "INTEGRATOR", "DISTRIBUTOR"})
INDUSTRIES = (
    "Hotels", "Schools", "Property management", "Food production", "Retail", "Logistics",
    "Health care", "Public administration", "Mechanical engineering", "Offices",
)  # fmt: skip
_TRADE = {
    "RESELLER": "Electrical wholesale", "INTEGRATOR": "Systems integration",
    "DISTRIBUTOR": "Wholesale", "SUPPLIER": "Electronics manufacturing", "REFERRER": "Consulting",
}  # fmt: skip
# Registers give out no such numbers: they lie outside every range in use.
_TAX = {"FR": "FR00000{:06}", "RO": "RO99000{:05}", "GB": "GB000{:06}"}


def companies(world: World, sheet: Sheet, personas: Personas, phones: Phones) -> None:
    """Make every company but those of the stories, and how they relate to each other and to us."""
    names: set[str] = set()
    for number in range(world.plan.companies):
        rng = world.rng("company", number)
        firm = _company(world, sheet, rng, personas, phones, number, names)
        world.firms.append(firm)
    _groups(world, sheet)
    _partnerships(world, sheet)
    for firm in world.firms:
        _care(world, sheet, firm)


def _company(
    world: World, sheet: Sheet, rng: Random, personas: Personas, phones: Phones, number: int,
    names: set[str],
) -> Firm:  # fmt: skip
    country = country_of(rng)
    fake = personas.of(country, rng)
    name = fake.company()
    while slug(name) in names:
        name = f"{name.split(' ')[0]} {fake.last_name()}"
    names.add(slug(name))
    partner = number < world.plan.partners
    kind = KINDS[number % len(KINDS)] if partner else None
    role = "PARTNER" if partner else rng.choices(("CUSTOMER", "PROSPECT"), (7, 3))[0]
    place = rng.choice(PLACES[country])
    since = world.calendar.start + timedelta(int(rng.triangular(0, 1_000, 100)))
    tier = "PARTNER" if partner else rng.choices(("STANDARD", "SILVER", "GOLD"), (6, 3, 1))[0]
    domain = f"{slug(name)}.example.org"
    values: dict[str, Any] = {
        "name": name, "lifecycle": "PROSPECT" if role == "PROSPECT" else "CUSTOMER",
        "email": world.mailbox("info", domain), "phone": phones.take(country),
        **personas.address(country, place, rng, fake),
        "language": LANGUAGES[country], "timezone": ZONES[country], "tier": tier,
        "preferredChannel": rng.choice(("EMAIL", "PHONE", "IN_PERSON")),
        "maxContactsPerMonth": rng.choice((None, 2, 4)), "legalName": f"{name} (invented)",
        "customerSince": None if role == "PROSPECT" else f"{since}T09:00:00.000Z",
        "industry": _TRADE[kind] if kind else rng.choice(INDUSTRIES),
        "taxId": _TAX[country].format(number + 1), "website": f"https://{domain}",
        "employees": int(rng.paretovariate(0.9) * 12) % 9_000 + 3,
        "currency": CURRENCIES[country], "partnerKind": kind,
        "partnerSince": f"{since}T09:00:00.000Z" if partner else None,
    }  # fmt: skip
    values["annualRevenue"] = values["employees"] * rng.randint(60, 240) * 100_000
    observed = world.calendar.office(rng, country, since)
    ref = sheet.node(COMPANY, ("crm", f"C-{number:05}"), values, observed)
    _shared(sheet, values["email"])
    return Firm(
        ref, number, name, slug(name), country, place.territory, tier, role, kind, since
    )  # fmt: skip


def _shared(sheet: Sheet, mailbox: str) -> None:
    """The info@ address, which many people answer: it must never make two parties one."""
    sheet.node(IDENTIFIER, ("EMAIL", mailbox), {"display": mailbox, "shared": True})


def _groups(world: World, sheet: Sheet) -> None:
    """Of every twelve companies that are no partners, five form a group of three levels."""
    others = world.firms[world.plan.partners :]
    for start in range(0, len(others) - 4, 12):
        root, left, right, below_left, below_right = others[start : start + 5]
        for child, parent in (
            (left, root), (right, root), (below_left, left), (below_right, right),
        ):  # fmt: skip
            rng = world.rng("group", child.number)
            values = {"share": rng.choice((51, 75, 100)), "from": child.since}
            sheet.link(SUBSIDIARY_OF, child.ref, parent.ref, values)


def _partnerships(world: World, sheet: Sheet) -> None:
    """Suppliers supply distributors, those the resellers, and integrators work with resellers."""
    by_kind = {kind: [firm for firm in world.firms if firm.partner_kind == kind] for kind in KINDS}
    for giver, taker, how in (
        ("SUPPLIER", "DISTRIBUTOR", "SUPPLIES"),
        ("DISTRIBUTOR", "RESELLER", "SUPPLIES"),
        ("INTEGRATOR", "RESELLER", "INTEGRATES"),
        ("REFERRER", "INTEGRATOR", "REFERS"),
    ):
        for firm in by_kind[giver]:
            rng = world.rng("partnership", firm.number)
            for other in rng.sample(by_kind[taker], min(2, len(by_kind[taker]))):
                over = rng.random() < 0.1
                values = {
                    "type": how, "from": firm.since,
                    "to": world.calendar.day(-rng.randint(20, 60)) if over else None,
                }  # fmt: skip
                sheet.link(PARTNERS_WITH, firm.ref, other.ref, values)


def _care(world: World, sheet: Sheet, firm: Firm) -> None:
    """Territory, account manager, the partner that serves the company, and who else may see it."""
    rng = world.rng("care", firm.number)
    sheet.link(IN_TERRITORY, firm.ref, world.territories[firm.territory])
    function = "PARTNER_MANAGEMENT" if firm.partner_kind else "SALES"
    owner = world.colleague(rng, function, firm.country)
    role = "PARTNER_MANAGER" if firm.partner_kind else "ACCOUNT_MANAGER"
    sheet.link(ASSIGNED_TO, firm.ref, owner.ref, {"role": role})
    if firm.partner_kind:
        return
    if rng.random() < 0.4 and not firm.wanted:
        firm.partner = _serve(world, sheet, rng, firm)
    if rng.random() < 0.05:
        values = {
            "level": "PROFILE", "by": owner.ref.key[1], "purpose": "Joint planning",
            "from": world.calendar.day(-rng.randint(30, 200)),
        }  # fmt: skip
        sheet.link(SHARED_WITH, firm.ref, world.teams["partners"], values)


def _serve(world: World, sheet: Sheet, rng: Random, firm: Firm) -> int:
    """Let a partner serve the company, from its own country if there is one; say which."""
    able = [each for each in world.firms[: world.plan.partners] if each.partner_kind in SELLING]
    near = [each for each in able if each.country == firm.country] or able
    partner = rng.choice(near)
    line = rng.choice((None, "Heating", "Access", "Energy"))
    began: date = max(firm.since, partner.since)
    values = {"territory": firm.territory, "productLine": line, "from": began}
    sheet.link(SERVES, partner.ref, firm.ref, values)
    former = rng.choice(able)
    if former is not partner and rng.random() < 0.15:
        values = {"territory": firm.territory, "from": firm.since, "to": began}
        sheet.link(SERVES, former.ref, firm.ref, values)
    return partner.number
