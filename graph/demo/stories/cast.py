"""Who plays in the stories: companies and people with fixed names, and how a scene is written."""

from dataclasses import dataclass, field
from datetime import UTC as UTC_ZONE
from datetime import datetime, time, timedelta

from graph.demo.accounts import Account
from graph.demo.calendar import ZONES
from graph.demo.organisation import ISSUER
from graph.demo.personas import CURRENCIES, LANGUAGES, PLACES, Phones
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Colleague, Firm, Human, Item, Ref, World
from graph.model.interactions import NEXT_IN_THREAD, PARTICIPATED_IN
from graph.model.kinds import Node
from graph.model.links import ASSIGNED_TO, REGARDING
from graph.model.organisation import IN_TERRITORY
from graph.model.parties import COMPANY, PERSON, WORKS_AT


@dataclass(frozen=True, slots=True)
class Company:
    """A company of a story; `code` is its external id in the source `crm`."""

    code: str
    name: str
    place: int
    country: str
    industry: str
    employees: int
    tier: str = "GOLD"
    partner_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a story; `code` is the external id in the source `crm`."""

    code: str
    given: str
    family: str
    title: str
    department: str
    firm: str


COMPANIES = (
    Company("story-ateliers-vauban", "Ateliers Vauban", 1, "FR", "Mechanical engineering", 420),
    Company("story-norda-systems", "Norda Systems", 4, "FR", "Systems integration", 260),
    Company("story-crama-dealu-vechi", "Crama Dealu Vechi", 5, "RO", "Food production", 180),
    Company("story-thornbury-council", "Thornbury Council", 1, "GB", "Public administration", 2100),
    Company(
        "story-kestrel", "Kestrel Integrations", 1, "GB", "Systems integration", 75,
        "PARTNER", "INTEGRATOR",
    ),
    Company(
        "story-bluefell", "Bluefell Resellers", 3, "GB", "Electrical wholesale", 40,
        "PARTNER", "RESELLER",
    ),
)  # fmt: skip
PEOPLE = (
    Person("story-claire-fontaine", "Claire", "Fontaine", "Directrice des opérations",
           "Management", "story-ateliers-vauban"),
    Person("story-luc-marchal", "Luc", "Marchal", "Responsable achats",
           "Procurement", "story-ateliers-vauban"),
    Person("story-ana-dumitrescu", "Ana", "Dumitrescu", "Director general",
           "Management", "story-crama-dealu-vechi"),
    Person("story-radu-enache", "Radu", "Enache", "Director IT",
           "IT", "story-crama-dealu-vechi"),
    Person("story-priya-nair", "Priya", "Nair", "Head of facilities",
           "Management", "story-thornbury-council"),
    Person("story-tom-ashworth", "Tom", "Ashworth", "Account executive",
           "Sales", "story-kestrel"),
    Person("story-megan-rhys", "Megan", "Rhys", "Account executive",
           "Sales", "story-bluefell"),
)  # fmt: skip


@dataclass(slots=True)
class Stage:
    """What a story needs to write its scenes."""

    world: World
    sheet: Sheet
    firms: dict[str, Firm] = field(default_factory=dict[str, Firm])
    people: dict[str, Human] = field(default_factory=dict[str, Human])

    def moment(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """A time told from today, UTC."""
        clock = time(hour, minute)
        return datetime.combine(self.world.calendar.day(days), clock, UTC_ZONE)

    def colleague(self, subject: str) -> Colleague:
        """One of ours, by subject."""
        return next(c for c in self.world.colleagues if c.ref.key == (ISSUER, subject))

    def item(self, name: str) -> Item:
        """A product by name."""
        return next(item for item in self.world.items if item.name == name)

    def account(self, code: str, firm: str, owner: str, agent: str) -> Account:
        """The account of a story's customer; `code` is part of its document numbers."""
        made = self.firms[firm]
        contacts = [human for human in self.people.values() if human.firm == made.number]
        return Account(
            code, made.ref, self.world.rng("story", code), made.country, CURRENCIES[made.country],
            made.tier, made.since, contacts, made, None, self.colleague(owner),
            self.colleague(agent),
        )  # fmt: skip

    def scene(
        self, kind: Node, key: str, values: Values, who: list[tuple[Ref, str]],
        about: list[Ref], after: Ref | None = None,
    ) -> Ref:  # fmt: skip
        """One interaction, who took part in which role, what it is about and what it follows."""
        values = {"visibility": "ALL"} | values
        made = self.sheet.node(kind, ("crm", f"story-{key}"), values)
        for ref, role in who:
            self.sheet.link(PARTICIPATED_IN, ref, made, {"role": role})
        for topic in about:
            self.sheet.link(REGARDING, made, topic)
        if after:
            self.sheet.link(NEXT_IN_THREAD, after, made)
        return made


def enter(world: World, sheet: Sheet, phones: Phones) -> Stage:
    """Make the companies and people of all stories; they count among the world's people."""
    stage = Stage(world, sheet)
    for number, company in enumerate(COMPANIES):
        stage.firms[company.code] = _company(stage, company, phones, -1 - number)
    for number, person in enumerate(PEOPLE):
        stage.people[person.code] = _person(
            stage, person, phones, world.plan.people - len(PEOPLE) + number
        )
    return stage


def _company(stage: Stage, company: Company, phones: Phones, number: int) -> Firm:
    world, country = stage.world, company.country
    place = PLACES[country][company.place]
    slug = company.name.lower().replace(" ", "-")
    partner = company.partner_kind is not None
    since = world.calendar.day(-820)
    outside = company.code in {"story-norda-systems", "story-thornbury-council"}
    values: Values = {
        "name": company.name, "legalName": f"{company.name} (invented)", "tier": company.tier,
        "lifecycle": "PROSPECT" if outside else "CUSTOMER", "industry": company.industry,
        "employees": company.employees, "email": f"hello@{slug}.example.org",
        "website": f"https://{slug}.example.org", "phone": phones.take(country),
        "street": "1 Story Street", "postalCode": f"{place.postal}00"[:6], "city": place.city,
        "region": place.region, "country": country, "language": LANGUAGES[country],
        "timezone": ZONES[country], "currency": CURRENCIES[country],
        "annualRevenue": company.employees * 12_000_000, "partnerKind": company.partner_kind,
        "partnerSince": stage.moment(-800) if partner else None,
        "customerSince": None if outside else stage.moment(-820),
    }  # fmt: skip
    ref = stage.sheet.node(COMPANY, ("crm", company.code), values, stage.moment(-30))
    stage.sheet.link(IN_TERRITORY, ref, world.territories[place.territory])
    owner = {"FR": "helene.roche", "RO": "ioana.stan", "GB": "grace.whitfield"}[country]
    manager, role = (
        ("owen.price", "PARTNER_MANAGER") if partner else (owner, "ACCOUNT_MANAGER")
    )  # fmt: skip
    stage.sheet.link(ASSIGNED_TO, ref, stage.colleague(manager).ref, {"role": role})
    return Firm(
        ref, number, company.name, slug, country, place.territory, company.tier, "CUSTOMER",
        company.partner_kind, since,
    )  # fmt: skip


def _person(stage: Stage, person: Person, phones: Phones, number: int) -> Human:
    firm = stage.firms[person.firm]
    local = f"{person.given}.{person.family}".lower()
    values: Values = {
        "name": f"{person.given} {person.family}", "givenName": person.given,
        "familyName": person.family, "email": f"{local}@{firm.slug}.example.org",
        "phone": phones.take(firm.country), "country": firm.country,
        "language": LANGUAGES[firm.country], "timezone": ZONES[firm.country],
        "jobTitle": person.title, "lifecycle": "CUSTOMER", "preferredChannel": "EMAIL",
        "customerSince": stage.moment(-800),
    }  # fmt: skip
    ref = stage.sheet.node(PERSON, ("crm", person.code), values, stage.moment(-30))
    left = person.code == "story-claire-fontaine"
    job: Values = {
        "title": person.title, "department": person.department, "primary": not left,
        "from": firm.since - timedelta(700),
        "to": stage.world.calendar.day(-93) if left else None,
    }  # fmt: skip
    stage.sheet.link(WORKS_AT, ref, firm.ref, job)
    return Human(
        ref, number, person.given, person.family, values["email"], values["phone"],
        firm.country, LANGUAGES[firm.country], firm.number, person.title,
    )  # fmt: skip
