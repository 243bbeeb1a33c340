"""Flat benchmark data: the model's labels, relationships and properties, at any size.

The demo seed goes through the write path, which is right for a demo and too slow for 200,000
customers. Here every customer is alike: 2 companies, 3 partners, 30 interactions, 11 orders of 3
lines. The first two have 10 and 1,000 orders. Everything follows from the numbers of the nodes.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.database import Graph
from graph.statements import Kind, Statement

FEW, MANY = 10, 1_000
LOGGED = "written by the benchmark"
"""Subject of every interaction that a measurement writes."""
ORDERS, LINES, TOUCHES = 11, 3, 30
PRODUCTS, PARTNERS = 500, 20
PEOPLE_PER_COMPANY = 20
BATCH = 250
EPOCH = datetime(2023, 1, 1, 8, tzinfo=UTC)
KINDS = ("Email", "Call", "Meeting", "Chat", "Note")
CHANNELS = ("EMAIL", "PHONE", "MEETING", "CHAT", "INTERNAL")
CITIES = (("Lyon", "FR", "fr"), ("Graz", "AT", "de"), ("Leeds", "GB", "en"), ("Vigo", "ES", "es"))
INDUSTRIES = ("Logistics", "Retail", "Energy", "Software")

Rows = list[dict[str, Any]]

_PRODUCTS = Statement(
    "bench.products", Kind.WRITE, "UNWIND $rows AS row CREATE (n:Product) SET n = row"
)
_COMPANIES = Statement(
    "bench.companies",
    Kind.WRITE,
    "UNWIND $rows AS row CREATE (n:Company:Party) SET n = row.node "
    "FOREACH (_ IN CASE WHEN row.partner THEN [1] END | SET n:Partner)",
)
_PEOPLE = Statement(
    "bench.people",
    Kind.WRITE,
    """
    UNWIND $rows AS row
    CREATE (n:Person:Party:Customer) SET n = row.node
    CREATE (s:SourceRecord)-[r:RESOLVES_TO]->(n) SET s = row.record, r = row.resolves
    WITH n, row
    CALL (n, row) {
      UNWIND row.jobs AS job
      MATCH (c:Company {id: job.id}) CREATE (n)-[r:WORKS_AT]->(c) SET r = job.link
    }
    CALL (n, row) {
      UNWIND row.partners AS id
      MATCH (p:Company {id: id}) CREATE (p)-[r:SERVES]->(n) SET r = row.link
    }
    """,
)
_TOUCHES = Statement(
    "bench.interactions",
    Kind.WRITE,
    """
    UNWIND $rows AS row
    MATCH (p:Person {id: row.person})
    CREATE (n:Interaction:$(row.kind)) SET n = row.node
    CREATE (p)-[r:PARTICIPATED_IN]->(n) SET r = row.link
    """,
)
_ORDERS = Statement(
    "bench.orders",
    Kind.WRITE,
    """
    UNWIND $rows AS row
    MATCH (p:Person {id: row.person})
    CREATE (n:Order:Document) SET n = row.node
    CREATE (n)-[f:FOR]->(p) SET f = row.link
    WITH n, row
    UNWIND row.lines AS line
    MATCH (product:Product {id: line.id})
    CREATE (n)-[r:CONTAINS]->(product) SET r = line.link
    """,
)
_AWAIT = Statement("bench.await", Kind.WRITE, "CALL db.awaitIndexes(600)")
_PLAN_AGAIN = Statement("bench.plan_again", Kind.WRITE, "CALL db.prepareForReplanning(600)")


def key(kind: int, number: int) -> str:
    """The id of a node: its kind and its number in the form of a UUID."""
    return f"{kind:08x}-0000-7000-8000-{number:012x}"


def person(number: int) -> str:
    """The id of a customer; 0 has 10 orders, 1 has 1,000."""
    return key(1, number)


def sku(number: int) -> str:
    """The key of a product."""
    return f"SKU-{number:04}"


def _moment(minutes: int) -> str:
    return (EPOCH + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _node(id_: str, external: str | None = None, **own: Any) -> dict[str, Any]:
    at = _moment(0)
    common = {"id": id_, "version": 1, "createdAt": at, "changedAt": at}
    source = {"source": "bench", "externalId": external} if external else {}
    return common | source | own


def _link(**own: Any) -> dict[str, Any]:
    return {"recordedFrom": _moment(0), "recordedTo": "9999", **own}


def _companies(count: int) -> Rows:
    made: Rows = []
    for number in range(count + PARTNERS):
        partner = number < PARTNERS
        name = f"{'Partner' if partner else 'Company'} {number:06}"
        node = _node(key(2, number), name=name, industry=INDUSTRIES[number % 4], country="FR")
        if partner:
            node |= {"partnerKind": "RESELLER", "partnerSince": _moment(0)}
        made.append({"node": node, "partner": partner})
    return made


def _person(number: int, companies: int) -> dict[str, Any]:
    city, country, language = CITIES[number % len(CITIES)]
    id_, name = person(number), f"Customer {number * 7919 % 1_000_003:07}"
    jobs = [
        {
            "id": key(2, PARTNERS + (number // PEOPLE_PER_COMPANY + job * 13) % companies),
            "link": _link(title=("Buyer", "Adviser")[job], **{"from": f"20{20 + job}-03-01"}),
        }
        for job in range(min(2, companies))
    ]
    return {
        "node": _node(
            id_, name=name, givenName="Customer", lifecycle="CUSTOMER", city=city,
            email=f"customer.{number}@example.org", phone=f"+336{number:08}", country=country,
            language=language, tier="GOLD", customerSince=_moment(0),
        ),
        "record": _node(key(3, number), f"P-{number}", label="Person"),
        "resolves": _link(rule="NEW", score=1.0, decidedBy="bench"),
        "jobs": jobs,
        "partners": [key(2, (number + step * 7) % PARTNERS) for step in range(3)],
        "link": _link(via=key(3, number), **{"from": "2023-01-01"}),
    }  # fmt: skip


def _touches(number: int) -> Iterator[dict[str, Any]]:
    for each in range(TOUCHES):
        kind = (number + each) % len(KINDS)
        n = number * TOUCHES + each
        yield {
            "person": person(number),
            "kind": KINDS[kind],
            "link": _link(role="TO", via=key(3, number)),
            "node": _node(
                key(4, n), f"I-{n}", at=_moment(each * 40_000 + number % 30_000),
                channel=CHANNELS[kind], direction="OUTBOUND", subject=f"About matter {n % 9_973}",
                body="What was said, in a few words of plain text, and what was agreed upon.",
            ),
        }  # fmt: skip


def orders_of(number: int) -> int:
    """How many orders a customer has."""
    return {0: FEW, 1: MANY}.get(number, ORDERS)


def _orders(number: int) -> Iterator[dict[str, Any]]:
    for each in range(orders_of(number)):
        n = number * 2_000 + each
        prices = [1_000 + (n * 37 + line * 101) % 90_000 for line in range(LINES)]
        quantities = [1 + (n + line) % 4 for line in range(LINES)]
        amounts = [price * count for price, count in zip(prices, quantities, strict=True)]
        net = sum(amounts)
        yield {
            "person": person(number),
            "link": _link(role="CUSTOMER", via=key(3, number)),
            "node": _node(
                key(5, n), f"O-{n}", number=f"SO-{n}", at=_moment(each * 1_300 + number % 1_000),
                status="DELIVERED", channel="WEB", currency="EUR", net=net, tax=net // 5,
                total=net + net // 5,
            ),
            "lines": [
                {
                    "id": key(6, (n * 3 + line * 17) % PRODUCTS),
                    "link": _link(
                        line=line + 1, quantity=float(quantities[line]), unitPrice=prices[line],
                        currency="EUR", amount=amounts[line],
                    ),
                }
                for line in range(LINES)
            ],
        }  # fmt: skip


async def build(graph: Graph, people: int) -> None:
    """Fill an empty, migrated graph with that many customers."""
    products = (
        _node(key(6, n), f"PR-{n}", sku=sku(n), name=f"Product {n:04}", kind="GOODS")
        for n in range(PRODUCTS)
    )
    companies = max(2, people // PEOPLE_PER_COMPANY)
    await graph.run(_PRODUCTS, {"rows": list(products)})
    await _each(graph, _COMPANIES, _companies(companies))
    for first in range(0, people, BATCH):
        numbers = range(first, min(first + BATCH, people))
        await _each(graph, _PEOPLE, (_person(n, companies) for n in numbers))
        await _each(graph, _TOUCHES, (row for n in numbers for row in _touches(n)))
        await _each(graph, _ORDERS, (row for n in numbers for row in _orders(n)))
        if first % (BATCH * 20) == 0:
            print(f"  {first:,} of {people:,} customers", file=sys.stderr)
    await graph.run(_AWAIT, timeout=700)
    await graph.run(_PLAN_AGAIN, timeout=700)


_FORGET = Statement(
    "bench.forget",
    Kind.WRITE,
    """MATCH (c:Call {subject: $subject}) WITH c LIMIT 5000
OPTIONAL MATCH (e:ChangeEvent {entity: c.id})
DETACH DELETE c, e
RETURN count(*)""",
)


async def forget(graph: Graph) -> None:
    """Take away every interaction that a measurement wrote, and its events."""
    while (await graph.run(_FORGET, {"subject": LOGGED}, timeout=120))[0][0]:
        pass


async def _each(graph: Graph, statement: Statement, rows: Iterable[dict[str, Any]]) -> None:
    """Run a statement over rows, some thousands at a time."""
    waiting: Rows = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == 5_000:
            await graph.run(statement, {"rows": waiting}, timeout=300)
            waiting = []
    if waiting:
        await graph.run(statement, {"rows": waiting}, timeout=300)
