"""Invented records of invented people by the million, and which of them speak of one person.

Rows are features already (`graph.matching.features`). Names and streets are as unevenly spread as
real ones: a few are everywhere, most are rare.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from anyascii import anyascii
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.fr_FR import Provider as French
from faker.providers.person.ro_RO import Provider as Romanian

Row = list[str | None]
GIVEN, SURNAME, BORN, EMAIL, PHONE, TAX_ID, STREET, POSTCODE, CITY = range(9)
DAYS = 365 * 70


@dataclass
class Records:
    """Records and whom each speaks of, by a number."""

    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    people: list[int] = field(default_factory=list)


def _words(values: object) -> list[str]:
    return sorted({anyascii(each).casefold().replace("-", " ") for each in list(values)})  # type: ignore[call-overload]


_NAMES = [
    (_words(each.first_names), _words(each.last_names)) for each in (French, Romanian, British)
]


def maker_of_words(rng: Random) -> Callable[[int], str]:
    """A function that invents words of some syllables."""

    def word(syllables: int) -> str:
        return "".join(rng.choice("bcdflmnprstv") + rng.choice("aeiou") for _ in range(syllables))

    return word


class _Maker:
    def __init__(self, seed: int, people: int) -> None:
        self.rng = Random(seed)
        self._word = maker_of_words(self.rng)
        self.names = [(self._shuffled(given), self._shuffled(last)) for given, last in _NAMES]
        towns = max(20, people // 2_000)
        self.towns = [(f"{self._word(3)}", f"{10_000 + 7 * place}") for place in range(towns)]
        self.streets = [self._word(4) for _ in range(max(200, people // 50))]

    def _shuffled(self, words: Sequence[str]) -> list[str]:
        found = [*words]
        self.rng.shuffle(found)
        return found

    def _often(self, words: Sequence[str]) -> str:
        """One of them, the first ones more often."""
        return words[int(len(words) * self.rng.random() ** 2)]

    def _address(self) -> tuple[str, str, str]:
        town, code = self.towns[int(len(self.towns) * self.rng.random() ** 2)]
        return f"{self.rng.randrange(1, 150)} {self._often(self.streets)}", code, town

    def _mailbox(self, given: str, last: str) -> str:
        end = self.rng.randrange(100_000)
        host = self.rng.choice(("mail.example.org", "post.example.com", "web.example.org"))
        return f"{given[:4]}.{last}{end}@{host}".replace(" ", "")

    def person(self) -> Row:
        rng = self.rng
        givens, lasts = rng.choice(self.names)
        given, last = self._often(givens), self._often(lasts)
        day = rng.randrange(DAYS)
        row: Row = [None] * 9
        row[GIVEN], row[SURNAME] = given, last
        if rng.random() < 0.7:
            row[BORN] = f"{1940 + day // 365}-{day % 365 // 31 + 1:02}-{day % 28 + 1:02}"
        if rng.random() < 0.85:
            row[EMAIL] = self._mailbox(given, last)
        if rng.random() < 0.7:
            row[PHONE] = f"+336{rng.randrange(10**8):08}"
        if rng.random() < 0.2:
            row[TAX_ID] = f"{rng.randrange(10**12):012}"
        row[STREET], row[POSTCODE], row[CITY] = self._address()
        return row

    def another(self, row: Row) -> Row:
        """One more record of the same person, with one to three things different."""
        copy = [*row]
        for change in self.rng.sample(
            (
                self._typo,
                self._short,
                self._swapped,
                self._moved,
                self._mail,
                self._less,
                self._digit,
            ),
            self.rng.choice((1, 1, 2, 3)),
        ):
            change(copy)
        return copy

    def _typo(self, row: Row) -> None:
        for place in self.rng.sample((GIVEN, SURNAME, STREET, CITY, EMAIL), 2):
            word = row[place]
            if word is not None and len(word) > 3:
                at = self.rng.randrange(1, len(word) - 2)
                row[place] = self.rng.choice((
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                ))  # fmt: skip

    def _digit(self, row: Row) -> None:
        for place in self.rng.sample((BORN, PHONE, TAX_ID, POSTCODE), 2):
            word = row[place]
            if word is not None:
                for _ in range(self.rng.choice((1, 1, 2))):
                    at = self.rng.randrange(len(word) - 4, len(word))
                    word = word[:at] + self.rng.choice("0123456789") + word[at + 1 :]
                row[place] = word

    def _short(self, row: Row) -> None:
        row[GIVEN] = (row[GIVEN] or "")[: self.rng.choice((1, 3, 4))]

    def _swapped(self, row: Row) -> None:
        row[GIVEN], row[SURNAME] = row[SURNAME], row[GIVEN]

    def _moved(self, row: Row) -> None:
        row[STREET], row[POSTCODE], row[CITY] = self._address()

    def _mail(self, row: Row) -> None:
        row[EMAIL] = self._mailbox(row[GIVEN] or "x", row[SURNAME] or "x")

    def _less(self, row: Row) -> None:
        for place in self.rng.sample((BORN, EMAIL, PHONE, TAX_ID, STREET), 3):
            row[place] = None


def drawn(
    count: int, rng: Random, first: Callable[[Row], Row], another: Callable[[Row], Row]
) -> Records:
    """This many records, every fourth of a party of which there is one before.

    Args:
        count: How many.
        rng: What decides.
        first: Makes the first record of a party, given the last party's; empty for none.
        another: Makes one more of the same party.
    """
    made = Records()
    last: Row = []
    while len(made.rows) < count:
        again = bool(last) and rng.random() < 0.25
        if not again:
            last = first(last)
        made.rows.append(tuple(another(last) if again else last))
        made.people.append(made.people[-1] if again else len(made.rows))
    return made


def records(count: int, seed: int) -> Records:
    """This many records of people."""
    maker = _Maker(seed, count)
    return drawn(count, maker.rng, lambda _: maker.person(), maker.another)
