"""The demo world: its arguments, its randomness, and what was made so far.

Every choice comes from a generator seeded by the world's seed and a name, so a part is the same
whatever was made before it. What later parts need is kept as small references; the nodes
themselves are written and forgotten.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import NamedTuple

from graph.demo.calendar import Calendar
from graph.model.kinds import Node
from graph.write import Key

TODAY = date(2026, 11, 1)
"""The day on which the demo world stands still, unless told otherwise."""

SMALLEST, LARGEST = 50, 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the world: the same plan gives the same world, to the last value."""

    people: int
    seed: int
    today: date = TODAY
    bench: bool = False

    def identity(self, label: str, key: Key) -> str:
        """The UUIDv5 of a node of this plan's world."""
        name = "/".join(("https://example.org/demo", str(self.seed), label, *key))
        return str(uuid.uuid5(uuid.NAMESPACE_URL, name))

    @property
    def companies(self) -> int:
        """How many companies are made, the partners included and the stories not."""
        return max(20, self.people // 4)

    @property
    def partners(self) -> int:
        """How many of the companies are partners: at least two of every kind."""
        return max(10, self.companies * 12 // 100)

    @property
    def products(self) -> int:
        """How many products there are, besides their modules and the charges."""
        return min(273, max(36, self.people * 137 // 1_000))

    @property
    def staff(self) -> int:
        """How many users of our own there are."""
        return max(14, self.people // 50)


class Ref(NamedTuple):
    """A node that was made: its kind and the key that names it in a batch."""

    node: Node
    key: Key


@dataclass(slots=True)
class Human:
    """A person as later parts need it; a planted duplicate has `twin`, the number of its truth."""

    ref: Ref
    number: int
    given: str
    family: str
    email: str | None
    phone: str | None
    country: str
    language: str
    firm: int | None
    title: str | None
    twin: int | None = None

    @property
    def name(self) -> str:
        """Full name as it is shown."""
        return f"{self.given} {self.family}"


@dataclass(slots=True)
class Firm:
    """A company as later parts need it."""

    ref: Ref
    number: int
    name: str
    slug: str
    country: str
    territory: str
    tier: str
    role: str  # CUSTOMER, PROSPECT or PARTNER
    partner_kind: str | None
    since: date
    staff: list[int] = field(default_factory=list[int])
    partner: int | None = None  # the partner that serves it

    @property
    def wanted(self) -> bool:
        """Whether it has no partner and is certain to be offered to one."""
        return self.partner_kind is None and self.number % 7 == 5


@dataclass(frozen=True, slots=True)
class Item:
    """A product as later parts need it; the price is in euro cents."""

    ref: Ref
    name: str
    kind: str
    category: str
    price: int
    lasting: bool  # paid by the month, so that it becomes a contract


@dataclass(frozen=True, slots=True)
class Colleague:
    """A user of ours."""

    ref: Ref
    name: str
    function: str
    country: str


@dataclass(slots=True)
class World:
    """Everything later parts refer to."""

    plan: Plan
    calendar: Calendar
    humans: list[Human] = field(default_factory=list[Human])
    twins: list[Human] = field(default_factory=list[Human])
    firms: list[Firm] = field(default_factory=list[Firm])
    items: list[Item] = field(default_factory=list[Item])
    charges: list[Item] = field(default_factory=list[Item])
    colleagues: list[Colleague] = field(default_factory=list[Colleague])
    teams: dict[str, Ref] = field(default_factory=dict[str, Ref])
    territories: dict[str, Ref] = field(default_factory=dict[str, Ref])
    campaigns: list[tuple[Ref, date, str]] = field(default_factory=list[tuple[Ref, date, str]])
    segments: dict[str, Ref] = field(default_factory=dict[str, Ref])
    articles: list[Ref] = field(default_factory=list[Ref])
    emails: set[str] = field(default_factory=set[str])
    portals: set[int] = field(default_factory=set[int])  # numbers of people with an account

    @classmethod
    def of(cls, plan: Plan) -> "World":
        """An empty world for a plan."""
        return cls(plan, Calendar(plan.today))

    def rng(self, *name: str | int) -> Random:
        """A generator that depends on the seed and the name alone."""
        return Random(":".join(map(str, (self.plan.seed, *name))))

    def identity(self, ref: Ref) -> str:
        """The UUIDv5 of a node."""
        return self.plan.identity(ref.node.name, ref.key)

    def colleague(self, rng: Random, function: str, country: str) -> Colleague:
        """One of ours who does this work, from the same country if there is one."""
        able = [each for each in self.colleagues if each.function == function]
        near = [each for each in able if each.country == country]
        return rng.choice(near or able or self.colleagues)

    def mailbox(self, local: str, domain: str) -> str:
        """An address that nobody has yet."""
        address, count = f"{local}@{domain}", 1
        while address in self.emails:
            count += 1
            address = f"{local}{count}@{domain}"
        self.emails.add(address)
        return address
