"""Records that speak of somebody another record already speaks of, as real systems have them.

Nothing in the graph says so: each is a party of its own until identity is resolved. What is true
stands in a file beside the graph, one JSON object a line: `source` and `externalId` of the record,
`person`, the same for all records of one human being, and `changes`, what was made different.
"""

from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

import orjson
from anyascii import anyascii

from graph.demo.personas import FREE_MAIL, PLACES, Personas, slug
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, World
from graph.model.parties import PERSON, WORKS_AT

SHARE = 0.15
"""Planted records for every person."""

CHANGES = ("TYPO", "NICKNAME", "MOVED", "OTHER_EMAIL", "SWAPPED_NAMES", "MISSING", "NO_ACCENTS")
NICKNAMES = {
    "Alexandre": "Alex", "Alexandru": "Alex", "Alexandra": "Alexa", "Andrei": "Andy",
    "Anthony": "Tony", "Antoine": "Toine", "Benjamin": "Ben", "Catherine": "Cathy",
    "Charles": "Charlie", "Christopher": "Chris", "Constantin": "Costel", "Daniel": "Dan",
    "Elena": "Lenuța", "Elizabeth": "Liz", "Frédérique": "Fred", "Gabriel": "Gabi",
    "Gheorghe": "Gigi", "Guillaume": "Guigui", "Ioana": "Oana", "Joseph": "Joe",
    "Margaret": "Maggie", "Matthew": "Matt", "Michael": "Mike", "Mihai": "Mișu",
    "Nicholas": "Nick", "Nicolas": "Nico", "Patricia": "Pat", "Richard": "Rick",
    "Robert": "Bob", "Samuel": "Sam", "Stephen": "Steve", "Thomas": "Tom", "Valentin": "Vali",
    "Victoria": "Vicky", "William": "Bill",
}  # fmt: skip


class Truth:
    """Writes the file of truths; it appears under its name only when it is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(path.name + ".part")

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._draft.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._file.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink()

    def tell(self, human: Human, changes: list[str]) -> None:
        """Say of whom a record speaks, and what it gets wrong."""
        source, external = human.ref.key
        person = f"person-{human.number if human.twin is None else human.twin:06}"
        row = {"source": source, "externalId": external, "person": person, "changes": changes}
        self._file.write(orjson.dumps(row) + b"\n")


def chosen(world: World, total: int, people: int) -> frozenset[int]:
    """Which of the first `total` people get a second record: `SHARE` of all."""
    return frozenset(world.rng("duplicates").sample(range(total), round(people * SHARE)))


def duplicate(
    world: World, sheet: Sheet, personas: Personas, human: Human, said: Values
) -> tuple[Human, list[str]]:  # fmt: skip
    """Plant one more record of a person, and say what is different in it."""
    rng = world.rng("duplicate", human.number)
    origin = human.ref.key[0]
    others = [source for source in ("crm", "shop", "helpdesk") if source != origin]
    source = origin if rng.random() < 0.2 else rng.choice(others)
    copy: Values = said | {"tier": None, "maxContactsPerMonth": None, "jobTitle": None}
    changes = rng.sample(CHANGES, rng.choice((1, 1, 2)))
    done = [change for change in changes if _change(change, world, rng, personas, copy)]
    if not done:
        done = ["MISSING"]
        copy |= {"phone": None, "street": None, "birthDate": None}
    copy["name"] = f"{copy['givenName']} {copy['familyName']}"
    observed = world.calendar.office(rng, human.country)
    ref = sheet.node(PERSON, (source, f"D-{human.number:06}"), copy, observed)
    twin = Human(
        ref, human.number, copy["givenName"], copy["familyName"], copy["email"], copy["phone"],
        copy["country"], human.language, human.firm if source == "crm" else None, None,
        twin=human.number,
    )  # fmt: skip
    if twin.firm is not None:
        firm = world.firms[twin.firm]
        sheet.link(WORKS_AT, ref, firm.ref, {"primary": True, "title": human.title})
    world.twins.append(twin)
    return twin, done


def _change(
    change: str, world: World, rng: Random, personas: Personas, copy: Values
) -> bool:  # fmt: skip
    """Make one change; False when it would leave everything as it is."""
    before = dict(copy)
    country = copy["country"]
    if change == "TYPO":
        part = rng.choice(("givenName", "familyName"))
        copy[part] = _typo(rng, copy[part])
    elif change == "NICKNAME":
        given = copy["givenName"]
        copy["givenName"] = NICKNAMES.get(given.split("-")[0], f"{given[0]}.")
    elif change == "MOVED":
        place = rng.choice(PLACES[country])
        copy |= personas.address(country, place, rng, personas.of(country, rng))
    elif change == "OTHER_EMAIL":
        local = f"{slug(copy['givenName'])[:1]}{slug(copy['familyName'])}"
        copy["email"] = world.mailbox(local, rng.choice(FREE_MAIL))
    elif change == "SWAPPED_NAMES":
        copy["givenName"], copy["familyName"] = copy["familyName"], copy["givenName"]
    elif change == "MISSING":
        copy |= {"phone": None, "street": None, "postalCode": None, "birthDate": None}
        if rng.random() < 0.5:
            copy["email"] = None
    else:
        copy |= {name: anyascii(copy[name]) for name in ("givenName", "familyName", "city")}
    return copy != before


def _typo(rng: Random, word: str) -> str:
    """Two letters swapped, one doubled or one lost, as fingers do."""
    if len(word) < 3:
        return word + word[-1]
    place = rng.randrange(1, len(word) - 1)
    return rng.choice((
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1 :],
    ))  # fmt: skip
