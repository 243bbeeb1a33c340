"""The linkage model at work online: what resolution on ingest asks of weaker evidence."""

from collections.abc import Collection
from dataclasses import dataclass

from graph.matching.evaluating import Evaluator, probability, published
from graph.matching.features import Row, Values
from graph.model.parties import PERSON


@dataclass(frozen=True, slots=True)
class Judge:
    """A `graph.matching.resolving.scoring.Scorer` of people.

    Attributes:
        evaluator: The model, ready to compare.
    """

    evaluator: Evaluator

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self.evaluator.model

    def keys(self, values: Values) -> Collection[str]:
        """Whole name, birthday with initials, mailbox or number, and address with one name.

        Each survives that the names are swapped; an address with a name keeps families small.
        """
        return _keys(self.evaluator.features.of(values))

    def probability(self, left: Values, right: Values) -> float:
        """How probable it is that two records speak of one party, from 0 to 1."""
        of = self.evaluator.features.of
        return probability(self.evaluator.weight(of(left), of(right)))


def _keys(row: Row) -> list[str]:
    given, surname, born, email, phone, _, street, postcode, _ = row
    names = sorted(each for each in (given, surname) if each)
    found: list[str] = []
    if len(names) == 2:
        found.append("name " + " ".join(names))
    if born and names:
        found.append(f"born {born} {''.join(each[0] for each in names)}")
    if email or phone:
        found.append(f"reach {email or phone}")
    if street and postcode:
        found.append(f"home {street} {postcode}")
    return found


def judges() -> dict[str, Judge]:
    """Those that come with the server, by kind of party."""
    return {PERSON.name: Judge(published(PERSON.name))}
