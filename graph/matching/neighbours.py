"""Households: records of one are those of one family at one address, and no model is needed.

A street, a number and a town are one house, and a house may hold many flats: so the family name has
to agree, too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from graph.matching.features import FEATURES, Row, Values
from graph.matching.pairs import Pair
from graph.matching.reading import Read
from graph.model.parties import HOUSEHOLD

RULE = "SAME_ADDRESS_AND_NAME"
SURE = 1.0
_OF = FEATURES[HOUSEHOLD.name].of


def home(row: Row) -> str | None:
    """What the records of one household have in common; None where something is not known."""
    name, street, postcode, city = row
    return (
        f"home {name} {street} {postcode or city}"
        if name and street and (postcode or city)
        else None
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A `graph.matching.resolving.scoring.Scorer` of households."""

    model: str = "address 1"
    rule: str = RULE
    joins: bool = True

    def keys(self, values: Values) -> Collection[str]:
        """The family at its address."""
        found = home(_OF(values))
        return [] if found is None else [found]

    def probability(self, left: Values, right: Values) -> float:
        """1 for one family at one address, otherwise 0."""
        one, other = home(_OF(left)), home(_OF(right))
        return SURE if one is not None and one == other else 0.0


def predict(read: Read, _: float) -> Sequence[Pair]:
    """Pairs of records of one household, each with the first of them; one is fresh."""
    first: dict[str, list[int]] = {}
    for place, row in enumerate(read.rows):
        key = home(row)
        if key is not None:
            first.setdefault(key, []).append(place)
    return [
        Pair(places[0], place, 0.0, SURE)
        for places in first.values()
        if any(read.fresh[place] for place in places)
        for place in places[1:]
    ]
