"""People of the demo world: contacts of companies, and consumers with their households."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from graph.demo.calendar import ZONES
from graph.demo.personas import (
    DEPARTMENTS,
    FREE_MAIL,
    LANGUAGES,
    PLACES,
    TITLES,
    Personas,
    Phones,
    country_of,
    slug,
)
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Firm, Human, Ref, World
from graph.model.identity import HAS_IDENTIFIER, IDENTIFIER, NOT_SAME_AS
from graph.model.organisation import IN_TERRITORY
from graph.model.parties import HOUSEHOLD, LIVES_IN, PERSON, REFERRED, REPORTS_TO, WORKS_AT


class People:
    """Makes people one after the other, so that the caller may write them in portions."""

    def __init__(self, world: World, personas: Personas, phones: Phones) -> None:
        self._world = world
        self._personas = personas
        self._phones = phones
        rng = world.rng("firms")
        # A few companies are known by many people, most by one or two.
        self._weights = [min(rng.paretovariate(1.2), 40.0) for _ in world.firms]

    def make(self, sheet: Sheet, total: int) -> Iterator[tuple[Human, Values]]:
        """Make people up to `total` and yield each with what its record says."""
        number = 0
        while number < total:
            rng = self._world.rng("person", number)
            if number < len(self._world.firms):
                yield self._contact(sheet, rng, number, self._world.firms[number])
            elif rng.random() < 0.66:
                firm = rng.choices(self._world.firms, self._weights)[0]
                yield self._contact(sheet, rng, number, firm)
            else:
                size = min(rng.choices((1, 2, 3, 4), (60, 22, 10, 8))[0], total - number)
                yield from self._home(sheet, rng, number, size)
                number += size - 1
            number += 1

    def _contact(self, sheet: Sheet, rng: Random, number: int, firm: Firm) -> tuple[Human, Values]:
        world = self._world
        role = rng.randrange(len(DEPARTMENTS)) if firm.staff else 0
        title = TITLES[firm.country][role]
        place = next(p for p in PLACES[firm.country] if p.territory == firm.territory)
        said = self._said(rng, number, firm.country, f"{firm.slug}.example.org")
        fake = self._personas.of(firm.country, rng)
        said |= self._personas.address(firm.country, place, rng, fake)
        said["lifecycle"] = "PROSPECT" if firm.role == "PROSPECT" else "CUSTOMER"
        said["jobTitle"] = title
        human = self._human(sheet, rng, number, "crm", said, firm.number)
        began = firm.since + timedelta(rng.randrange(60))
        job: Values = {
            "title": title, "department": DEPARTMENTS[role], "primary": True, "from": began,
        }  # fmt: skip
        sheet.link(WORKS_AT, human.ref, firm.ref, job)
        if firm.staff:
            boss = world.humans[rng.choice(firm.staff[:3])]
            sheet.link(REPORTS_TO, human.ref, boss.ref, {"from": began})
        firm.staff.append(human.number)
        self._other_jobs(sheet, rng, human, firm, began)
        self._acquaintances(sheet, rng, human)
        return human, said

    def _other_jobs(self, sheet: Sheet, rng: Random, human: Human, firm: Firm, began: date) -> None:
        """A former employer for some, a second one beside the first for a few."""
        other = rng.choice(self._world.firms)
        if other is firm:
            return
        luck = rng.random()
        if luck < 0.18:
            values = {
                "title": rng.choice(TITLES[other.country]), "primary": False,
                "from": began - timedelta(rng.randint(500, 2_000)),
                "to": began - timedelta(rng.randint(1, 90)),
            }  # fmt: skip
            sheet.link(WORKS_AT, human.ref, other.ref, values)
        elif luck < 0.25:
            values = {"title": "Adviser", "primary": False, "from": began + timedelta(30)}
            sheet.link(WORKS_AT, human.ref, other.ref, values)
            other.staff.append(human.number)

    def _acquaintances(self, sheet: Sheet, rng: Random, human: Human) -> None:
        """Referrals, and now and then a namesake that somebody has told apart."""
        humans = self._world.humans
        if human.number and (rng.random() < 0.05 or human.number % 50 == 7):
            by = rng.choice(humans[:-1])
            values = {
                "on": self._world.calendar.office(rng, human.country).date(),
                "note": "Told at a trade fair.",
            }
            sheet.link(REFERRED, by.ref, human.ref, values)
        if human.number % 97 == 5:
            earlier = humans[human.number - 5]
            values = {"decidedBy": "marius.dinu", "reason": "Two people, spoken to both."}
            sheet.link(NOT_SAME_AS, earlier.ref, human.ref, values)

    def _home(
        self, sheet: Sheet, rng: Random, number: int, size: int
    ) -> Iterator[tuple[Human, Values]]:
        """A consumer alone, or a household of several with one address."""
        country = country_of(rng)
        place = rng.choice(PLACES[country])
        address = self._personas.address(country, place, rng, self._personas.of(country, rng))
        home: Ref | None = None
        family: str | None = None
        for member in range(number, number + size):
            own = self._world.rng("consumer", member)
            said = self._said(own, member, country, own.choice(FREE_MAIL), family) | address
            said["lifecycle"] = "CUSTOMER"
            family = said["familyName"]
            human = self._human(sheet, own, member, "shop", said, None)
            sheet.link(IN_TERRITORY, human.ref, self._world.territories[place.territory])
            if size > 1:
                home = home or self._household(sheet, number, family, size, address)
                sheet.link(LIVES_IN, human.ref, home, {"from": self._world.calendar.start})
            self._card(sheet, own, human)
            yield human, said

    def _household(
        self, sheet: Sheet, number: int, family: str | None, size: int, address: Values
    ) -> Ref:
        values = {"name": f"Household {family}", "members": size, "lifecycle": "CUSTOMER"}
        return sheet.node(HOUSEHOLD, ("shop", f"H-{number:06}"), values | address)

    def _card(self, sheet: Sheet, rng: Random, human: Human) -> None:
        """Loyalty cards, devices and handles of consumers."""
        for kind, chance in (("LOYALTY_CARD", 0.4), ("DEVICE", 0.2), ("SOCIAL", 0.1)):
            if rng.random() < chance:
                value = f"{kind[:2].lower()}-{rng.getrandbits(40):010x}"
                said = {"display": value.upper(), "shared": False}
                card = sheet.node(IDENTIFIER, (kind, value), said)
                sheet.link(HAS_IDENTIFIER, human.ref, card, {"primary": True})

    def _said(
        self, rng: Random, number: int, country: str, domain: str, family: str | None = None
    ) -> Values:
        """What a record says of a person, the address excepted."""
        fake = self._personas.of(country, rng)
        woman = rng.random() < 0.5
        given = fake.first_name_female() if woman else fake.first_name_male()
        family = family or fake.last_name()
        if number % 97 == 5 and number >= 5:
            earlier = self._world.humans[number - 5]
            given, family = earlier.given, earlier.family
        born = date(1950, 1, 1) + timedelta(rng.randrange(20_000))
        since = self._world.calendar.office(rng, country)
        return {
            "name": f"{given} {family}", "givenName": given, "familyName": family,
            "honorific": "Dr." if rng.random() < 0.03 else None,
            "birthDate": born if rng.random() < 0.6 else None,
            "email": self._world.mailbox(f"{slug(given)}.{slug(family)}", domain),
            "phone": self._phones.take(country) if rng.random() < 0.8 else None,
            "language": LANGUAGES[country], "timezone": ZONES[country],
            "tier": rng.choices((None, "SILVER", "GOLD"), (85, 10, 5))[0],
            "customerSince": since,
            "preferredChannel": rng.choice(("EMAIL", "EMAIL", "PHONE", "SMS", "POST", "CHAT")),
            "maxContactsPerMonth": rng.choice((None, None, 1, 2, 4)),
        }  # fmt: skip

    def _human(
        self, sheet: Sheet, rng: Random, number: int, source: str, said: dict[str, Any],
        firm: int | None,
    ) -> Human:  # fmt: skip
        if said["lifecycle"] == "PROSPECT":
            said["customerSince"] = None
        observed = self._world.calendar.office(rng, said["country"])
        ref = sheet.node(PERSON, (source, f"P-{number:06}"), said, observed)
        human = Human(
            ref, number, said["givenName"], said["familyName"], said["email"], said["phone"],
            said["country"], said["language"], firm, said.get("jobTitle"),
        )  # fmt: skip
        self._world.humans.append(human)
        return human
