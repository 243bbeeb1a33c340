"""What a world needs besides to ask what rights cost: teams, partners, and who asks."""

from collections.abc import Iterator
from typing import Any

from bench import worlds
from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.viewer import Audience, Viewer

ISSUER = "https://bench.example"
TEAMS, BELOW = 1_000, 5
LEADS = 1
"""The team whose lead asks: with its subtree it has about a fifth of all teams."""
MANY_STEP, FEW_STEP = 4, 400
"""Of the customers every fourth is seen by one partner, every 400th by the other."""
LONG, TALKS = 400, 3_000
"""Number of the customer with a long timeline, and how long it is."""

LEAD = Viewer(Audience.STAFF, ISSUER, "lead")
MANY = Viewer(Audience.PARTNER, ISSUER, "many")
FEW = Viewer(Audience.PARTNER, ISSUER, "few")

_CLEAR = Statement(
    "bench.clear",
    Kind.WRITE,
    "MATCH (n) WHERE n:Team OR n:User OR n:AccessRule OR (n:Interaction AND n.source = 'long') "
    "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1000 ROWS",
)
_TEAM = Statement(
    "bench.teams",
    Kind.WRITE,
    """UNWIND $rows AS row CREATE (t:Team) SET t = row.node
WITH t, row MATCH (above:Team {id: row.above}) WHERE above <> t
CREATE (t)-[r:PART_OF]->(above) SET r = row.link""",
)
_USER = Statement(
    "bench.users",
    Kind.WRITE,
    """UNWIND $rows AS row CREATE (u:User) SET u = row.node
WITH u, row
OPTIONAL MATCH (t:Team {id: row.team}) OPTIONAL MATCH (c:Company {id: row.company})
FOREACH (x IN CASE WHEN t IS NULL THEN [] ELSE [t] END | CREATE (u)-[:IN_TEAM]->(x))
FOREACH (x IN CASE WHEN c IS NULL THEN [] ELSE [c] END | CREATE (u)-[:ACTS_FOR]->(x))""",
)
_GIVEN = Statement(
    "bench.assigned",
    Kind.WRITE,
    """UNWIND $rows AS row MATCH (p:Person {id: row.person}), (t:Team {id: row.team})
CREATE (p)-[r:ASSIGNED_TO]->(t) SET r = row.link""",
)
_FIRMS = Statement(
    "bench.assigned_firms",
    Kind.WRITE,
    """UNWIND $rows AS row MATCH (p:Company {id: row.company}), (t:Team {id: row.team})
CREATE (p)-[r:ASSIGNED_TO]->(t) SET r = row.link""",
)
_SEES = Statement(
    "bench.sees",
    Kind.WRITE,
    """UNWIND $rows AS row MATCH (c:Company {id: row.company}), (p:Person {id: row.person})
MERGE (c)-[see:CAN_SEE]->(p) SET see.level = 'FULL'""",
)
_LONG = Statement(
    "bench.long",
    Kind.WRITE,
    """UNWIND $rows AS row MATCH (p:Person {id: $person}), (u:User {subject: row.user})
CREATE (n:Interaction:Call) SET n = row.node
CREATE (p)-[r:PARTICIPATED_IN]->(n) SET r = row.link
CREATE (u)-[w:PARTICIPATED_IN]->(n) SET w = row.link""",
)
_RULE = Statement(
    "bench.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'bench', name: 'teams', parties: 'TEAM', interactions: 'TEAM', "
    "active: true, version: 1})",
)
_READY = Statement("bench.ready", Kind.WRITE, "CALL db.prepareForReplanning(600)")
_LINK = {"recordedFrom": "2023-01-01T08:00:00.000Z", "recordedTo": "9999"}


def _teams() -> Iterator[dict[str, Any]]:
    for n in range(TEAMS):
        node = {"id": worlds.key(7, n), "name": f"Team {n:04}", "version": 1}
        yield {"node": node, "above": worlds.key(7, (n - 1) // BELOW if n else 0), "link": _LINK}


def _users() -> Iterator[dict[str, Any]]:
    for n, (subject, kind, team, company) in enumerate(
        (
            ("lead", "STAFF", worlds.key(7, LEADS), None),
            ("other", "STAFF", worlds.key(7, TEAMS - 1), None),
            ("many", "PARTNER", None, worlds.key(2, 0)),
            ("few", "PARTNER", None, worlds.key(2, 1)),
        )
    ):
        node = {"id": worlds.key(8, n), "issuer": ISSUER, "subject": subject, "kind": kind,
                "name": subject, "version": 1, "active": True}  # fmt: skip
        yield {"node": node, "team": team, "company": company}


def _talks() -> Iterator[dict[str, Any]]:
    for n in range(TALKS):
        who = ("lead", "many", "few", "other")[n % 4]
        node = {"id": worlds.key(9, n), "source": "long", "externalId": f"L-{n}", "version": 1,
                "at": f"2024-{1 + n % 12:02}-{1 + n // 12 % 28:02}T{n // 336:02}:00:00.000Z",
                "channel": "PHONE", "subject": f"Talk {n}", "visibility": "TEAM"}  # fmt: skip
        yield {"user": who, "node": node, "link": _LINK | {"role": "TO"}}


def _seen(company: int, step: int, people: int) -> list[dict[str, Any]]:
    id_ = worlds.key(2, company)
    return [{"company": id_, "person": worlds.person(n)} for n in range(0, people, step)]


async def seat(graph: Graph, people: int) -> None:
    """Put everybody who asks into a world of so many customers; done anew, nothing is doubled."""
    await graph.run(_CLEAR, timeout=600)
    await graph.run(_TEAM, {"rows": [*_teams()]}, timeout=600)
    await graph.run(_USER, {"rows": [*_users()]}, timeout=600)
    given = [
        {"person": worlds.person(n), "team": worlds.key(7, n % TEAMS), "link": _LINK}
        for n in range(people)
    ]
    for first in range(0, len(given), 5_000):
        await graph.run(_GIVEN, {"rows": given[first : first + 5_000]}, timeout=600)
    firms = [
        {"company": worlds.key(2, n), "team": worlds.key(7, n % TEAMS), "link": _LINK}
        for n in range(people // worlds.PEOPLE_PER_COMPANY + worlds.PARTNERS)
    ]
    await graph.run(_FIRMS, {"rows": firms}, timeout=600)
    for company, step in ((0, MANY_STEP), (1, FEW_STEP)):
        await graph.run(_SEES, {"rows": _seen(company, step, people)}, timeout=600)
    await graph.run(_LONG, {"rows": [*_talks()], "person": worlds.person(LONG)}, timeout=600)
    await graph.run(_RULE)
    await graph.run(_READY, timeout=700)
