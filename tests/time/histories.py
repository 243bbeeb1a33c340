"""Random histories: batches of a small shop, hour by hour, with everything that can change."""

from dataclasses import dataclass
from random import Random
from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from graph.write.actions.draft import Caller, Named
from graph.write.archiving import Put, put
from loaders.execution import Executor
from tests.time.asking import ask, at, bare

PERSON, COMPANY = MODEL.by_label["Person"], MODEL.by_label["Company"]
ORDER, PRODUCT, CALL = (MODEL.by_label[name] for name in ("Order", "Product", "Call"))
PROGRAM = MODEL.by_label["Program"]
TYPES = MODEL.by_type
CANDIDATES = Statement(
    "test.candidates",
    Kind.READ,
    """MATCH (n) WHERE n:Person OR n:Company OR n:Order OR n:Product OR n:Call
    RETURN n.id, [l IN labels(n) WHERE l IN ['Person', 'Company', 'Order', 'Product', 'Call']][0]
    ORDER BY n.id""",
)
NAMES = "abcd"
CITIES = ("Lyon", "Graz", "Leeds", None)

QUESTIONS = (
    """{ people(first: 50, orderBy: [{field: CITY}]) {
      totalCount facets(field: CITY) { value count }
      edges { node {
        id version createdAt changedAt name city email
        identifiers(first: 20) { totalCount edges { primary node { kind value } } }
        companies(first: 10) { totalCount edges { title node { id name } } }
        orders(first: 10) { totalCount edges { role node {
          id number total { amount currency } status
          lines(first: 10) { totalCount edges { line quantity node { sku name unit } } } } } }
        timeline(first: 10) { totalCount edges { node { __typename id at } } }
        orderStats { orders total { amount currency } firstAt }
        interactionStats { channel interactions }
        sourceRecords(first: 5) { edges { rule node { externalId version } } } } } } }""",
    """{ companies(first: 50) { totalCount edges { node {
      id name version people(first: 9) { totalCount edges { title node { id city } } }
      partner { id } accounts: partners(first: 9) { edges { node { id } } }
      timeline(first: 9, scope: HIERARCHY) { edges { node { id } } } } } }
      partners(first: 9) { totalCount edges { node { id name partnerKind
        programs(first: 9) { edges { level node { name } } } } } } }""",
    """{ customer(by: {email: "a0@example.org"}) { id name city
        ... on Person { companies(first: 3) { edges { node { name } } } } }
      order(by: {number: "N-a"}) { id status customer { __typename id name } }
      product(by: {sku: "s-b"}) { id name unit } }""",
    """{ orders(first: 50, filter: {or: [{customer: {name: {ne: "B"}}},
          {lines: {some: {quantity: {gt: 1.5}, node: {unit: {eq: "box"}}}}}]},
          orderBy: [{field: CUSTOMER_NAME, direction: DESC}, {field: STATUS, nulls: FIRST}]) {
        totalCount facets(field: STATUS) { value count } edges { node { id status } } }
      last: orders(last: 2) { edges { node { id number } } pageInfo { hasPreviousPage } } }""",
    """{ metrics(entity: {order: {groupBy: [{field: STATUS}, {field: CUSTOMER_NAME}],
        measures: [{function: COUNT}, {function: SUM, field: TOTAL}]}}) {
        keys { value } values { number money { amount currency } } currency }
      products(first: 9, filter: {documents: {count: {gte: 1}}}) { totalCount
        edges { node { sku documents(first: 9) { edges { node { id } } } } } } }""",
)
"""What is asked at every moment; nothing of it depends on the day."""


@dataclass(frozen=True)
class Snapshot:
    """The answers to all questions at a moment."""

    at: str
    answers: list[Any]


def moment(hour: int, minute: int = 0) -> str:
    """A time of a fictitious day, as the graph stores it."""
    return f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:{minute:02}:00.000Z"


@dataclass(frozen=True)
class Hour:
    """What one system says in one hour, at random."""

    random: Random

    def some(self, rate: float = 0.6) -> list[str]:
        """Some of the names."""
        return [name for name in NAMES if self.random.random() < rate]

    def person(self, name: str) -> NodeRow:
        """A person, perhaps with an e-mail address or without one from now on."""
        values: dict[str, Any] = {"name": name.upper(), "city": self.random.choice(CITIES)}
        if self.random.random() < 0.5:
            address = f"{name}{self.random.randrange(2)}@example.org"
            values["email"] = self.random.choice([address, None])
        return NodeRow(("crm", name), values)

    def company(self, name: str) -> NodeRow:
        """A company by one of two names."""
        return NodeRow(("erp", name), {"name": f"{name.upper()} {self.random.randrange(2)}"})

    def order(self, name: str) -> NodeRow:
        """An order in some state, of some amount."""
        values: dict[str, Any] = {"number": f"N-{name}", "at": moment(NAMES.index(name))}
        values["status"] = self.random.choice(["PLACED", "SHIPPED", None])
        values |= {"total": self.random.randrange(100, 900), "currency": "EUR"}
        return NodeRow(("shop", name), values)

    def product(self, name: str) -> NodeRow:
        """A product by one of two names."""
        values = {"sku": f"s-{name}", "name": self.random.choice(["Bolt", "Nut"])}
        unit = self.random.choice(["box", "bag", None])
        return NodeRow(("shop", name), {**values, "unit": unit})

    def line(self, name: str, number: int) -> LinkRow:
        """A line of an order."""
        values: dict[str, Any] = {"line": number, "unitPrice": 1, "amount": 1}
        values["quantity"] = float(self.random.randrange(1, 4))
        return LinkRow(("shop", name), ("shop", self.random.choice(NAMES)), values)

    def pairs(self, system: str, other: str) -> list[LinkRow]:
        """Relationships between the nodes of two systems."""
        return [
            LinkRow((system, name), (other, self.random.choice(NAMES)), {}) for name in self.some()
        ]

    def jobs(self) -> list[LinkRow]:
        """Employments with a title or without."""
        return [
            LinkRow(each.start, each.end, {"title": self.random.choice(["CEO", "CTO", None])})
            for each in self.pairs("crm", "erp")
        ]


def batch(random: Random) -> Batch:
    """Nodes and relationships of one hour; of some relationships all that there are."""
    hour, whole = Hour(random), random.random() < 0.5
    calls = [NodeRow(("pbx", n), {"at": moment(9), "channel": "PHONE"}) for n in hour.some(0.3)]
    lines = [hour.line(name, number) for name in hour.some() for number in (1, 2)]
    enrolled = [LinkRow(("erp", name), ("erp", "gold"), {}) for name in hour.some(0.3)]
    return Batch(
        [
            Nodes(PERSON, [hour.person(name) for name in hour.some()]),
            Nodes(COMPANY, [hour.company(name) for name in hour.some()]),
            Nodes(PRODUCT, [hour.product(name) for name in hour.some()]),
            Nodes(ORDER, [hour.order(name) for name in hour.some()]),
            Nodes(CALL, calls),
            Nodes(PROGRAM, [NodeRow(("erp", "gold"), {"name": "Gold"})]),
            Links(TYPES["FOR"], ORDER, PERSON, hour.pairs("shop", "crm"), complete=whole),
            Links(TYPES["CONTAINS"], ORDER, PRODUCT, lines, complete=whole),
            Links(TYPES["WORKS_AT"], PERSON, COMPANY, hour.jobs(), complete=not whole),
            Links(TYPES["PARTICIPATED_IN"], PERSON, CALL, hour.pairs("crm", "pbx")),
            Links(TYPES["SERVES"], COMPANY, PERSON, hour.pairs("erp", "crm"), complete=whole),
            Links(TYPES["ENROLLED_IN"], COMPANY, PROGRAM, enrolled),
        ]
    )


async def answers(
    executor: Executor, questions: tuple[str, ...], as_of: str | None = None
) -> list[Any]:
    """The answers to questions, now or as of a moment."""
    asked = [each if as_of is None else at(each, as_of) for each in questions]
    return [bare(await ask(executor, each)) for each in asked]


async def history(
    graph: Graph, executor: Executor, seed: int, hours: int, questions: tuple[str, ...]
) -> list[Snapshot]:
    """Make a history in an empty graph, and take a snapshot after every hour.

    Every third hour two nodes are put away, and in the two hours after that taken out again.
    """
    random, away = Random(seed), list[Named]()
    found = [Snapshot(moment(0), await answers(executor, questions))]
    for hour in range(1, hours + 1):
        if hour % 5 == 3:
            rows = await graph.run(CANDIDATES)
            away = [Named(*row) for row in random.sample(rows, min(2, len(rows)))]
            for each in away:
                await _put(graph, each, hour, restore=False)
        elif away:
            await _put(graph, away.pop(random.randrange(len(away))), hour, restore=True)
        else:
            await write(graph, batch(random), Writer("tester", "test", moment(hour)))
        found.append(Snapshot(moment(hour), await answers(executor, questions)))
    return found


async def _put(graph: Graph, named: Named, hour: int, *, restore: bool) -> None:
    request = Put(named, "node", "nodeRestore" if restore else "nodeArchive", restore=restore)
    await put(graph, MODEL.by_label[named.label], request, Caller("tester", moment(hour)))
