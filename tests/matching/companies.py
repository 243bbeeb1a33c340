"""Invented records of invented companies, and which of them speak of one.

Rows are features already (`graph.matching.features`). A quarter of the companies belong to a group:
subsidiaries share the first word of the name, often the website, sometimes the switchboard and the
address, and are companies of their own all the same.
"""

from random import Random

from tests.matching.people import Records, drawn, maker_of_words

Row = list[str | None]
NAME, DOMAIN, TAX_ID, EMAIL, PHONE, STREET, POSTCODE, CITY = range(8)
TRADES = (
    "metal", "transport", "consult", "print", "agro", "pharma", "logistic", "energy", "bau",
    "textile", "foods", "travel", "software", "services", "clean", "electric", "media", "garden",
)  # fmt: skip
BOXES = ("info", "office", "contact", "sales")


class _Maker:
    def __init__(self, seed: int, companies: int) -> None:
        self.rng = Random(seed)
        word = maker_of_words(self.rng)
        self.stems = [word(self.rng.choice((2, 2, 3))) for _ in range(max(300, companies // 3))]
        self.towns = [(word(3), f"{10_000 + 7 * n}") for n in range(max(20, companies // 500))]
        self.streets = [word(4) for _ in range(max(200, companies // 20))]

    def _address(self, row: Row) -> None:
        rng = self.rng
        town, code = self.towns[int(len(self.towns) * rng.random() ** 2)]
        street = self.streets[int(len(self.streets) * rng.random() ** 2)]
        row[STREET], row[POSTCODE], row[CITY] = f"{rng.randrange(1, 150)} {street}", code, town

    def company(self, group: Row | None) -> Row:
        """A company of its own, or one more of a group."""
        rng = self.rng
        stem = self.stems[int(len(self.stems) * rng.random() ** 1.5)]
        if group is not None:
            stem = str(group[NAME]).split()[0]
        trades = rng.sample(TRADES, rng.choice((0, 1, 1, 2)) if group is None else 1)
        row: Row = [None] * 8
        row[NAME] = " ".join((stem, *trades))
        host = f"{''.join((stem, *trades))}{rng.randrange(100)}.example.org"
        if group is not None and group[DOMAIN] and rng.random() < 0.5:
            host = str(group[DOMAIN])
        if rng.random() < 0.8:
            row[DOMAIN] = host
        if rng.random() < 0.7:
            row[TAX_ID] = f"RO{rng.randrange(10**8):08}"
        if rng.random() < 0.7:
            row[EMAIL] = f"{rng.choice(BOXES)}@{host}"
        if rng.random() < 0.8:
            row[PHONE] = f"+4021{rng.randrange(10**7):07}"
        self._address(row)
        if group is not None and rng.random() < 0.3:
            row[PHONE] = group[PHONE]
        if group is not None and rng.random() < 0.3:
            row[STREET], row[POSTCODE], row[CITY] = group[STREET:]
        return row

    def another(self, row: Row) -> Row:
        """One more record of the same company, with one to three things different."""
        copy = [*row]
        changes = (self._typo, self._shorter, self._moved, self._box, self._less, self._digit)
        for change in self.rng.sample(changes, self.rng.choice((1, 1, 2, 3))):
            change(copy)
        return copy

    def _typo(self, row: Row) -> None:
        for place in self.rng.sample((NAME, STREET, CITY), 2):
            word = row[place]
            if word is not None and len(word) > 3:
                at = self.rng.randrange(1, len(word) - 2)
                row[place] = self.rng.choice((
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                    word[:at] + word[at + 1 :],
                ))  # fmt: skip

    def _shorter(self, row: Row) -> None:
        words = str(row[NAME]).split()
        row[NAME] = " ".join(words[:-1]) if len(words) > 1 else f"{words[0]} group"

    def _moved(self, row: Row) -> None:
        self._address(row)

    def _box(self, row: Row) -> None:
        host = row[DOMAIN] or "mail.example.org"
        row[EMAIL] = f"{self.rng.choice(BOXES)}@{host}"
        if self.rng.random() < 0.5:
            row[PHONE] = f"+4021{self.rng.randrange(10**7):07}"

    def _less(self, row: Row) -> None:
        for place in self.rng.sample((DOMAIN, TAX_ID, EMAIL, PHONE, STREET), 3):
            row[place] = None

    def _digit(self, row: Row) -> None:
        for place in (TAX_ID, PHONE):
            word = row[place]
            if word is not None and self.rng.random() < 0.5:
                at = self.rng.randrange(len(word) - 4, len(word))
                row[place] = word[:at] + self.rng.choice("0123456789") + word[at + 1 :]


def records(count: int, seed: int) -> Records:
    """This many records of companies."""
    maker = _Maker(seed, count)

    def first(last: Row) -> Row:
        return maker.company(last if last and maker.rng.random() < 0.25 else None)

    return drawn(count, maker.rng, first, maker.another)
