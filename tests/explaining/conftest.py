"""A random world of facts on the real graph, and users of every audience in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.write.sight import sweep
from loaders import lanes
from loaders.execution import Executor
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.access.world import ISSUER, World, business, user

PAST, SOON = "2020-01-01", "2099-01-01"


@dataclass
class Facts:
    """A world and who is in it.

    Attributes:
        users: Kind of each user, by subject; the id of its node is `<subject>-<subject>`.
        parties: Ids of companies and people that are neither partner nor colleague.
    """

    world: World = field(default_factory=World)
    users: dict[str, str] = field(default_factory=dict[str, str])
    parties: list[str] = field(default_factory=list[str])

    def viewer(self, subject: str) -> Viewer:
        """The user of a subject, as one who asks."""
        return Viewer(Audience[self.users[subject]], ISSUER, subject)

    def user(self, subject: str, kind: str) -> str:
        """Add a user; the id of its node."""
        self.users[subject] = kind
        return user(self.world, subject, kind, subject)


def random_facts(seed: int) -> Facts:
    """Companies with people, papers and talks, partners and customers who see some, and staff."""
    random, made = Random(seed), Facts()
    world = made.world
    for i in range(6):
        firm = world.put("Company", f"firm{i}", "w", "Customer", status=None)
        made.parties.append(firm)
        if i % 3:
            world.tie(firm, "SUBSIDIARY_OF", f"w-firm{i - 1}")
        person = world.put("Person", f"person{i}", "w", "Customer")
        world.tie(person, "WORKS_AT", firm)
        made.parties.append(person)
        business(world, "w", random.choice([firm, person]), key=str(i))
    draft = world.put("Quote", "draft", "w", status="DRAFT")
    world.tie(draft, "FOR", "w-firm0")
    for i in range(3):
        _partner(made, random, f"partner{i}")
    for i, scope in enumerate(("OWN", "COMPANY", "SUBTREE")):
        who = made.user(f"customer{i}", "CUSTOMER")
        world.tie(who, "IS_PERSON", f"w-person{i}")
        end = random.choice([PAST, SOON, None])
        world.tie(who, "ACTS_FOR", "w-firm0", scope=scope, **({"to": end} if end else {}))
    _staff(made, random)
    return made


def _partner(made: Facts, random: Random, name: str) -> None:
    world, who = made.world, made.user(name, "PARTNER")
    firm = world.put("Company", "firm", name, "Customer", "Partner")
    colleague = world.put("Person", "pal", name)
    world.tie(who, "ACTS_FOR", firm)
    world.tie(colleague, "WORKS_AT", firm)
    dates = ({}, {"from": PAST, "to": SOON}, {"to": PAST}, {"from": SOON})
    for party in random.sample(made.parties, 7):
        match random.randrange(5):
            case 0:
                world.tie(firm, "SERVES", party, **random.choice(dates))
            case 1:
                level = random.choice(["COUNT", "PROFILE", "FULL"])
                world.tie(party, "SHARED_WITH", firm, level=level, **random.choice(dates))
            case 2:
                world.tie(party, "ASSIGNED_TO", firm)
            case 3:
                state = random.choice(["SUBMITTED", "APPROVED", "WON", "REJECTED"])
                end = random.choice([PAST, SOON])
                deal = world.put(
                    "DealRegistration", f"d{party}", name, state=state, protectedUntil=end
                )
                world.tie(deal, "BY", firm)
                world.tie(deal, "ABOUT", party)
            case _:
                state = random.choice(["SUBMITTED", "APPROVED"])
                lead = world.put("LeadOffer", f"l{party}", name, state=state)
                world.tie(lead, "ASSIGNED_TO", firm)
                world.tie(lead, "ABOUT", party)
    _dealings(made, random, name, firm, colleague)


def _dealings(made: Facts, random: Random, name: str, firm: str, colleague: str) -> None:
    """Deals about opportunities, papers that are shared, and conversations."""
    world = made.world
    for party in random.sample(made.parties, 2):
        deal = world.put("DealRegistration", f"o{party}", name,
                         state=random.choice(["APPROVED", "SUBMITTED"]))  # fmt: skip
        world.tie(deal, "BY", firm)
        chances = [each for each, label in world.labels.items() if label == "Opportunity"]
        world.tie(deal, "ABOUT", random.choice(chances))
    papers = [each for each, label in world.labels.items() if label in {"Order", "Case", "Call"}]
    for paper in random.sample(papers, 3):
        world.tie(paper, "SHARED_WITH", firm, level=random.choice(["COUNT", "FULL"]))
    calls = [each for each, label in world.labels.items() if label in {"Call", "Note"}]
    for call in random.sample(calls, 3):
        world.tie(colleague, "PARTICIPATED_IN", call, role=random.choice(["TO", "MENTIONED"]))


def _staff(made: Facts, random: Random) -> None:
    world = made.world
    team, below = world.put("Team", "team", "staff"), world.put("Team", "below", "staff")
    world.tie(below, "PART_OF", team)
    ground = world.put("Territory", "ground", "staff")
    world.tie(ground, "COVERED_BY", team)
    rule = world.put("AccessRule", "rule", "staff", parties="TERRITORY", interactions="TEAM",
                     active=True)  # fmt: skip
    world.tie(rule, "GOVERNS", team)
    world.tie(made.user("narrow", "STAFF"), "IN_TEAM", team)
    made.user("wide", "STAFF")
    for party in random.sample(made.parties, 4):
        world.tie(party, random.choice(["ASSIGNED_TO", "SHARED_WITH"]), below, level="FULL")
    for party in random.sample(made.parties, 2):
        world.tie(party, "IN_TERRITORY", ground)


@pytest.fixture(scope="session")
async def empty(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Return the session's graph, migrated."""
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        yield graph


Build = Callable[[Facts], Awaitable[Executor]]


@pytest.fixture
def build(empty: Graph, wipe_graph: Callable[[], Awaitable[None]]) -> Build:
    """Return a function that makes a world the only one, and an executor that answers in it."""

    async def make(facts: Facts) -> Executor:
        await wipe_graph()
        await facts.world.build(empty)
        await sweep(empty)
        made = Executor(SCHEMA._schema, empty)  # pyright: ignore[reportPrivateUsage]
        await made.narrowing.look()
        return made

    return make


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a statement take its time: it is planned here for the first time."""
    monkeypatch.setattr(lanes, "SECONDS", 60.0)
