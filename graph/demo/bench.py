"""Two customers for benchmarks: one with 1,000 orders and one with 10, alike in all else."""

from datetime import timedelta

from graph.demo.accounts import of_firm
from graph.demo.calendar import ZONES
from graph.demo.documents import lines
from graph.demo.interactions import BY_MAIL, thread
from graph.demo.orders import place
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Firm, Human, World
from graph.model.parties import COMPANY, PERSON, SERVES, WORKS_AT

SIZES = (1_000, 10)
TALKS = 20


def bench(world: World, sheet: Sheet) -> None:
    """Make the companies `bench-1000-orders` and `bench-10-orders`, each with one contact.

    The contact has the external id of the company and `-contact`. Every order is for both, every
    conversation is with the contact, and the first partner serves the company.
    """
    for number, size in enumerate(SIZES):
        code = f"bench-{size}-orders"
        firm, human = _pair(world, sheet, code, world.plan.companies + 10 + number)
        sheet.link(SERVES, world.firms[0].ref, firm.ref, {"from": firm.since})
        account = of_firm(world, firm)
        account.contacts = [human]
        step = timedelta(900) / size
        first = world.calendar.now - timedelta(930)
        for order in range(size):
            at = first + step * order
            place(world, sheet, account, at, lines(world, account))
        for _ in range(TALKS):
            start = world.calendar.office(account.rng, "GB")
            topic, _ = account.rng.choice(account.topics)
            thread(world, sheet, account, human, BY_MAIL, start, topic, account.rng)


def _pair(world: World, sheet: Sheet, code: str, number: int) -> tuple[Firm, Human]:
    since = world.calendar.start
    values: Values = {
        "name": f"Bench {code}", "lifecycle": "CUSTOMER", "country": "GB", "city": "London",
        "language": "en", "timezone": ZONES["GB"], "tier": "GOLD", "currency": "GBP",
        "email": f"hello@{code}.example.org", "industry": "Benchmarks", "employees": 10,
    }  # fmt: skip
    company = sheet.node(COMPANY, ("crm", code), values)
    firm = Firm(
        company, number, values["name"], code, "GB", "GB-SOUTH", "GOLD", "CUSTOMER", None, since
    )
    said: Values = {
        "name": f"Contact {code}", "givenName": "Contact", "familyName": code,
        "email": f"contact@{code}.example.org", "country": "GB", "language": "en",
        "lifecycle": "CUSTOMER",
    }  # fmt: skip
    person = sheet.node(PERSON, ("crm", f"{code}-contact"), said)
    sheet.link(WORKS_AT, person, company, {"title": "Buyer", "primary": True, "from": since})
    human = Human(person, number, "Contact", code, None, None, "GB", "en", number, "Buyer")
    return firm, human
