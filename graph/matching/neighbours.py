"""Name and address: records of one household, or one company, and no model is needed.

A street, a number and a town are one house, and a house may hold many flats and firms: so the name
has to agree, too. A company with a tax id is found by that: two of one name may share an address.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from graph.matching.features import FEATURES, Row, Values
from graph.matching.pairs import Pair
from graph.matching.reading import Read
from graph.matching.resolving.scoring import Judgement
from graph.model.parties import COMPANY, HOUSEHOLD

RULE = "SAME_ADDRESS_AND_NAME"
SURE = 1.0
_PLACES: Mapping[str, tuple[int, ...]] = {
    label: tuple(
        FEATURES[label].columns.index(name) for name in ("name", "street", "postcode", "city")
    )
    for label in (COMPANY.name, HOUSEHOLD.name)
}
_TAX_ID = FEATURES[COMPANY.name].columns.index("tax_id")


def home(label: str, row: Row) -> str | None:
    """What the records of one party have in common; None where something is not known."""
    name, street, postcode, city = (row[place] for place in _PLACES[label])
    town = postcode or city
    return f"home {name} {street} {town}" if name and street and town else None


def registered(label: str, row: Row) -> bool:
    """Whether a tax id tells which company it is, so that name and address need not."""
    return label == COMPANY.name and row[_TAX_ID] is not None


def agree(label: str, one: Row, other: Row) -> bool:
    """Whether two records are of one party by name and address."""
    found = home(label, one)
    told = registered(label, one) or registered(label, other)
    return found is not None and found == home(label, other) and not told


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A `graph.matching.resolving.scoring.Scorer` of households."""

    model: str = "address 1"

    def keys(self, values: Values) -> Collection[str]:
        """The family at its address."""
        found = home(HOUSEHOLD.name, FEATURES[HOUSEHOLD.name].of(values))
        return [] if found is None else [found]

    def judge(self, left: Values, right: Values) -> Judgement:
        """Sure of one family at one address, and of nothing else."""
        of = FEATURES[HOUSEHOLD.name].of
        return Judgement(SURE if agree(HOUSEHOLD.name, of(left), of(right)) else 0.0, RULE)


def pairs(label: str, read: Read) -> list[Pair]:
    """Pairs of records of one party by name and address, each with the first; one is fresh."""
    first: dict[str, list[int]] = {}
    for place, row in enumerate(read.rows):
        key = home(label, row)
        if key is not None and not registered(label, row):
            first.setdefault(key, []).append(place)
    return [
        Pair(places[0], place, 0.0, SURE)
        for places in first.values()
        for place in places[1:]
        if read.fresh[places[0]] or read.fresh[place]
    ]


def below(found: Iterable[Pair]) -> list[Pair]:
    """What a score says, never as sure as name and address."""
    return [each._replace(probability=min(each.probability, 0.9999)) for each in found]
