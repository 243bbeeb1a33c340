"""One customer at a time: whatever happens between us and them, from the first lead on."""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from graph.demo.personas import CURRENCIES
from graph.demo.world import Colleague, Firm, Human, Ref, World

Topic = tuple[Ref, datetime]


@dataclass(slots=True)
class Account:
    """A customer while their history is made; `contacts` is never empty."""

    code: str
    ref: Ref
    rng: Random
    country: str
    currency: str
    tier: str
    since: date
    contacts: list[Human]
    firm: Firm | None
    partner: Firm | None
    owner: Colleague
    agent: Colleague
    topics: list[Topic] = field(default_factory=list[Topic])
    documents: int = 0

    def contact(self) -> Human:
        """Somebody to talk to: the first contact more often than the others."""
        place = min(int(self.rng.expovariate(0.7)), len(self.contacts) - 1)
        return self.contacts[place]

    def number(self, prefix: str) -> str:
        """The next document number of this customer."""
        self.documents += 1
        return f"{prefix}-{self.code}-{self.documents:04}"


def of_firm(world: World, firm: Firm) -> Account:
    """The account of a company, with the people who work there."""
    rng = world.rng("account", "firm", firm.number)
    return Account(
        f"C{firm.number:05}", firm.ref, rng, firm.country, CURRENCIES[firm.country], firm.tier,
        firm.since, [world.humans[number] for number in firm.staff], firm,
        None if firm.partner is None else world.firms[firm.partner],
        world.colleague(rng, "SALES", firm.country), world.colleague(rng, "SERVICE", firm.country),
    )  # fmt: skip


def of_human(world: World, human: Human) -> Account:
    """The account of a consumer, or of a planted second record of somebody."""
    kind = "consumer" if human.twin is None else "twin"
    rng = world.rng("account", kind, human.number)
    letter = "P" if human.twin is None else "D"
    return Account(
        f"{letter}{human.number:06}", human.ref, rng, human.country, CURRENCIES[human.country],
        "STANDARD", world.calendar.start, [human], None, None,
        world.colleague(rng, "SALES", human.country),
        world.colleague(rng, "SERVICE", human.country),
    )  # fmt: skip
