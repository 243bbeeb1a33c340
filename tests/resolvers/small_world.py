"""A small graph of one group of companies and one of its people, whose answers are foreseen."""

from datetime import UTC, datetime, timedelta
from typing import Any

from graph.database import Graph
from graph.statements import Kind, Statement

NOW = datetime.now(UTC)


def moment(days: float) -> str:
    """A time so many days from now, as the graph stores it."""
    at = NOW + timedelta(days=days)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_WORLD = Statement(
    "test.customer",
    Kind.WRITE,
    """
    CREATE (group:Party:Company {id: 'group', name: 'Group'})
    CREATE (acme:Party:Company {id: 'acme', name: 'Acme', email: 'info@acme.example.org'})
    CREATE (sud:Party:Company {id: 'sud', name: 'Acme Sud'})
    CREATE (sold:Party:Company {id: 'sold', name: 'Sold'})
    CREATE (acme)-[:SUBSIDIARY_OF {share: 80, from: '2020-01-01'}]->(group)
    CREATE (sud)-[:SUBSIDIARY_OF]->(acme)
    CREATE (sold)-[:SUBSIDIARY_OF {to: '2021-12-31'}]->(acme)
    CREATE (ana:Party:Person {id: 'ana', name: 'Ana', email: 'ana@example.org',
      phone: '+33123456789', maxContactsPerMonth: 2})
    CREATE (ana)-[:WORKS_AT {from: '2024-01-01'}]->(sud)
    CREATE (ana)-[:WORKS_AT {from: '2019-01-01', to: '2023-12-31'}]->(sold)
    CREATE (old:Interaction:Call {id: 'old', at: '2023-05-01T10:00:00.000Z', channel: 'PHONE',
      direction: 'INBOUND', sentiment: -0.5})
    CREATE (new:Interaction:Email {id: 'new', at: '2024-05-01T10:00:00.000Z', channel: 'EMAIL',
      direction: 'OUTBOUND'})
    CREATE (visit:Interaction:Visit {id: 'visit', at: '2024-06-01T10:00:00.000Z', channel: 'WEB'})
    CREATE (ana)-[:PARTICIPATED_IN {role: 'FROM'}]->(old)
    CREATE (ana)-[:PARTICIPATED_IN {role: 'TO'}]->(new)
    CREATE (ana)-[:PARTICIPATED_IN {role: 'CC'}]->(new)
    CREATE (acme)-[:PARTICIPATED_IN]->(visit)
    CREATE (big:Document:Order {id: 'big', number: 'O1', at: '2024-02-01T10:00:00.000Z',
      channel: 'WEB', status: 'DELIVERED', total: 10000, currency: 'EUR'})-[:FOR]->(acme)
    CREATE (small:Document:Order {id: 'small', number: 'O2', at: '2024-03-01T10:00:00.000Z',
      status: 'PLACED', total: 5001, currency: 'EUR'})-[:FOR {role: 'CUSTOMER'}]->(acme)
    CREATE (:Document:Order {id: 'off', number: 'O3', at: '2024-04-01T10:00:00.000Z',
      status: 'CANCELLED', total: 99, currency: 'EUR'})-[:FOR]->(acme)
    CREATE (:Document:Order {id: 'yen', number: 'O4', at: '2024-04-02T10:00:00.000Z',
      status: 'PLACED', total: 700, currency: 'JPY'})-[:FOR]->(acme)
    CREATE (:Document:CreditNote {id: 'credit', number: 'C1', at: '2024-04-03T10:00:00.000Z',
      total: 1000, currency: 'EUR'})-[:FOR]->(acme)
    CREATE (big)-[:FOR {role: 'CONTACT'}]->(ana)
    CREATE (:Document:Invoice {id: 'unpaid', number: 'I1', at: '2024-04-03T10:00:00.000Z',
      status: 'OVERDUE', dueOn: '2024-05-03'})-[:FOR]->(acme)
    CREATE (:Document:Invoice {id: 'paid', number: 'I2', at: '2024-04-03T10:00:00.000Z',
      status: 'PAID', dueOn: '2024-05-03'})-[:FOR]->(acme)
    CREATE (:Document:Quote {id: 'sent', number: 'Q1', at: '2024-04-03T10:00:00.000Z',
      status: 'SENT', validUntil: '2024-05-01'})-[:FOR]->(acme)
    CREATE (deal:Opportunity {id: 'deal', name: 'Deal', stage: 'PROPOSAL',
      openedAt: '2024-01-01T00:00:00.000Z'})-[:FOR]->(acme)
    CREATE (:Opportunity {id: 'won', name: 'Won', stage: 'WON',
      openedAt: '2024-01-01T00:00:00.000Z'})-[:FOR]->(acme)
    CREATE (:Case {id: 'case', number: 'S1', subject: 'Broken', status: 'OPEN',
      openedAt: '2024-01-01T00:00:00.000Z', dueAt: '2024-05-02T08:00:00.000Z'})-[:FOR]->(acme)
    CREATE (:Interaction:Task {id: 'call back', at: '2024-04-01T00:00:00.000Z', status: 'OPEN',
      channel: 'INTERNAL', subject: 'Call back', dueAt: '2024-05-04T00:00:00.000Z'})
      -[:REGARDING]->(deal)
    CREATE (vip:Segment {id: 'vip', name: 'VIP'})<-[:MEMBER_OF]-(ana)
    CREATE (past:Segment {id: 'past', name: 'Past'})
      <-[:MEMBER_OF {to: '2024-01-01T00:00:00.000Z'}]-(ana)
    CREATE (:Campaign {id: 'spring', name: 'Spring'})-[:TARGETS]->(vip)
    CREATE (:Campaign {id: 'autumn', name: 'Autumn'})-[:TARGETS]->(past)
    CREATE (:Identifier {id: 'mail', kind: 'EMAIL', value: 'shared@example.org'})
      <-[:HAS_IDENTIFIER {primary: true}]-(ana)
    WITH ana, acme MATCH (mail:Identifier {id: 'mail'}) CREATE (acme)-[:HAS_IDENTIFIER]->(mail)
    WITH ana UNWIND $consents AS consent
    CREATE (ana)-[:GAVE]->(given:Consent) SET given = consent
    """,
)
_STAMP = Statement(
    "test.stamp",
    Kind.WRITE,
    "MATCH (n) WHERE n.id IS NOT NULL SET n.version = 1, n.changedAt = $at",
)
CONSENTS = [
    ("MARKETING", "EMAIL", "GRANTED", -300, 100),
    ("MARKETING", "PHONE", "GRANTED", -300, None),
    ("MARKETING", "PHONE", "WITHDRAWN", -200, None),
    ("MARKETING", "POST", "GRANTED", -100, None),
    ("NEWSLETTER", "EMAIL", "GRANTED", -300, -10),
    ("SURVEY", "EMAIL", "WITHDRAWN", -300, None),
    ("SURVEY", "ANY", "GRANTED", -100, None),
]


def consents() -> list[dict[str, Any]]:
    """The decisions of Ana, as nodes."""
    return [
        {
            "id": f"consent {number}",
            "purpose": purpose,
            "channel": channel,
            "status": status,
            "at": moment(days),
            **({} if expires is None else {"expiresAt": moment(expires)}),
        }
        for number, (purpose, channel, status, days, expires) in enumerate(CONSENTS)
    ]


async def build_small(graph: Graph) -> None:
    """Create the small world in an empty graph."""
    await graph.run(_WORLD, {"consents": consents()})
    await graph.run(_STAMP, {"at": "2026-01-01T00:00:00.000Z"})


def names(connection: Any, key: str = "name") -> list[str]:
    """One property of every node of a page."""
    return [edge["node"][key] for edge in connection["edges"]]
