"""The linkage model at work online: what resolution on ingest asks of weaker evidence."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from graph.matching import neighbours
from graph.matching.evaluating import Evaluator, probability, published
from graph.matching.features import Row, Values
from graph.matching.neighbours import SURE, Neighbours, agree
from graph.matching.resolving.scoring import Judgement, Scorer
from graph.model.parties import COMPANY, HOUSEHOLD, PERSON


@dataclass(frozen=True, slots=True)
class Judge:
    """A `graph.matching.resolving.scoring.Scorer` by a linkage model.

    Attributes:
        evaluator: The model, ready to compare.
        keys_of: What a row is found by.
    """

    evaluator: Evaluator
    keys_of: Callable[[Row], list[str]]

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self.evaluator.model

    def keys(self, values: Values) -> Collection[str]:
        """What a record must have in common with another for the two to be compared."""
        return self.keys_of(self.evaluator.features.of(values))

    def judge(self, left: Values, right: Values) -> Judgement:
        """What the model says of two records.

        Companies of one group look like one company with a record that says little, so what a score
        says of companies is for a person to decide; name and address join.
        """
        one, other = self.evaluator.features.of(left), self.evaluator.features.of(right)
        label = self.evaluator.features.label
        if label == COMPANY.name and agree(label, one, other):
            return Judgement(SURE, neighbours.RULE)
        score = probability(self.evaluator.weight(one, other))
        return Judgement(score, joins=label != COMPANY.name)


def _of_person(row: Row) -> list[str]:
    """Whole name, birthday with initials, mailbox or number, and address.

    Each survives that the names are swapped.
    """
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


def _of_company(row: Row) -> list[str]:
    """Website, switchboard, address, and name with the town."""
    name, domain, _, email, phone, street, postcode, city = row
    found: list[str] = []
    host = domain or (email.partition("@")[2] if email else None)
    if host:
        found.append(f"host {host}")
    if phone:
        found.append(f"reach {phone}")
    if street and postcode:
        found.append(f"home {street} {postcode}")
    if name and (city or postcode):
        found.append(f"name {name} {city or postcode}")
    return found


def judges() -> dict[str, Scorer]:
    """Those that come with the server, by kind of party."""
    return {
        PERSON.name: Judge(published(PERSON.name), _of_person),
        COMPANY.name: Judge(published(COMPANY.name), _of_company),
        HOUSEHOLD.name: Neighbours(),
    }
