"""Names, places and numbers of invented people in France, Romania and Great Britain.

Names and streets are Faker's, cities are real, addresses end in example.org or example.com, and
telephone numbers come from ranges that regulators keep for fiction: the French ones of ARCEP
(01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49) and the British ones of Ofcom (such as
020 7946 0xxx). Romania keeps none, so Romanian personas have French fiction numbers.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from anyascii import anyascii
from faker import Faker

LOCALES = {"FR": "fr_FR", "RO": "ro_RO", "GB": "en_GB"}
LANGUAGES = {"FR": "fr", "RO": "ro", "GB": "en"}
CURRENCIES = {"FR": "EUR", "RO": "RON", "GB": "GBP"}
SHARES = {"FR": 45, "RO": 30, "GB": 25}
FREE_MAIL = ("mail.example.org", "post.example.com", "webmail.example.org")


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its region, the beginning of its postal codes, and the territory it lies in."""

    city: str
    region: str
    postal: str
    territory: str


PLACES = {
    "FR": (
        Place("Paris", "Île-de-France", "750", "FR-NORTH"),
        Place("Lille", "Hauts-de-France", "590", "FR-NORTH"),
        Place("Rennes", "Bretagne", "350", "FR-NORTH"),
        Place("Strasbourg", "Grand Est", "670", "FR-NORTH"),
        Place("Lyon", "Auvergne-Rhône-Alpes", "690", "FR-SOUTH"),
        Place("Marseille", "Provence-Alpes-Côte d'Azur", "130", "FR-SOUTH"),
        Place("Toulouse", "Occitanie", "310", "FR-SOUTH"),
        Place("Bordeaux", "Nouvelle-Aquitaine", "330", "FR-SOUTH"),
    ),
    "RO": (
        Place("București", "București", "0101", "RO-SOUTH"),
        Place("Constanța", "Constanța", "9001", "RO-SOUTH"),
        Place("Cluj-Napoca", "Cluj", "4001", "RO-WEST"),
        Place("Timișoara", "Timiș", "3001", "RO-WEST"),
        Place("Iași", "Iași", "7001", "RO-EAST"),
        Place("Suceava", "Suceava", "7201", "RO-EAST"),
    ),
    "GB": (
        Place("London", "Greater London", "EC1", "GB-SOUTH"),
        Place("Bristol", "Bristol", "BS1", "GB-SOUTH"),
        Place("Cardiff", "South Glamorgan", "CF10", "GB-SOUTH"),
        Place("Manchester", "Greater Manchester", "M1", "GB-NORTH"),
        Place("Leeds", "West Yorkshire", "LS1", "GB-NORTH"),
        Place("Edinburgh", "Midlothian", "EH1", "GB-NORTH"),
    ),
}
TITLES = {
    "FR": (
        "Directrice générale", "Directeur informatique", "Responsable achats", "Chef de projet",
        "Responsable logistique", "Contrôleuse de gestion", "Assistante de direction",
        "Ingénieur production", "Responsable qualité", "Chargée de clientèle",
    ),
    "RO": (
        "Director general", "Director IT", "Responsabil achiziții", "Manager de proiect",
        "Șef logistică", "Contabil-șef", "Asistent manager", "Inginer de producție",
        "Responsabil calitate", "Specialist relații clienți",
    ),
    "GB": (
        "Managing director", "IT director", "Head of procurement", "Project manager",
        "Logistics manager", "Financial controller", "Office manager", "Production engineer",
        "Quality manager", "Account executive",
    ),
}  # fmt: skip
DEPARTMENTS = (
    "Management", "IT", "Procurement", "Projects", "Logistics", "Finance", "Office",
    "Production", "Quality", "Sales",
)  # fmt: skip

_FRENCH = ("+3319900", "+3326191", "+3335301", "+3346571", "+3353649")
_BRITISH = (
    "+441134960", "+441144960", "+441164960", "+441174960", "+441184960", "+441214960",
    "+441314960", "+441414960", "+441514960", "+441614960", "+442079460", "+441914980",
    "+442920180", "+442896496",
)  # fmt: skip


class Phones:
    """Hands out fiction numbers, each once; when a country has no more, nobody gets one."""

    def __init__(self, rng: Random) -> None:
        french = [f"{start}{end:04}" for start in _FRENCH for end in range(10_000)]
        british = [f"{start}{end:03}" for start in _BRITISH for end in range(1_000)]
        rng.shuffle(french)
        rng.shuffle(british)
        self._left = {"FR": french, "RO": french, "GB": british}

    def take(self, country: str) -> str | None:
        """The next number of a country in E.164; None when it has no more."""
        left = self._left[country]
        return left.pop() if left else None


def slug(text: str) -> str:
    """A text as part of an address: lower-case ASCII letters and digits, joined by hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in anyascii(text).lower())
    return "-".join(words.split())


class Personas:
    """Faker in three locales, seeded anew for everybody."""

    def __init__(self) -> None:
        self._fakers = {country: Faker(locale) for country, locale in LOCALES.items()}

    def of(self, country: str, rng: Random) -> Faker:
        """The locale's Faker, seeded from `rng`."""
        fake = self._fakers[country]
        fake.seed_instance(rng.getrandbits(64))
        return fake

    def address(self, country: str, place: Place, rng: Random, fake: Faker) -> dict[str, Any]:
        """Street, postal code, city, region, country, language and time zone of a place."""
        return {
            "street": _street(country, fake, rng.randint(1, 180)),
            "postalCode": _postal(country, place, rng),
            "city": place.city,
            "region": place.region,
            "country": country,
        }


def country_of(rng: Random) -> str:
    """A country, by its share of the world's people."""
    return rng.choices(tuple(SHARES), tuple(SHARES.values()))[0]


def _street(country: str, fake: Faker, number: int) -> str:
    street = fake.street_name()
    return f"{street} nr. {number}" if country == "RO" else f"{number} {street}"


def _postal(country: str, place: Place, rng: Random) -> str:
    if country == "GB":
        return (
            f"{place.postal} {rng.randint(1, 9)}{rng.choice('ABDEFGHJLN')}{rng.choice('PQRSTUW')}"
        )
    return f"{place.postal}{rng.randint(1, 19):02}"
