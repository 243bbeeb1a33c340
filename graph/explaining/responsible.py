"""Who is responsible for a node, in one order for all of it.

1. Somebody to whom it is assigned for the topic that is asked about: the node itself, then what it
   is about, the party it belongs to, the company that a person works at, then that party's parent
   companies, the nearest first.
2. Somebody to whom it is assigned for everything, in the same order of nodes.
3. Who covers the party's territory, or a larger one around it: the nearest first.

Of several in one place an account manager counts before an owner, and an owner before other roles;
then a user before a team, and a team before a partner; then the smaller id. Users who may not sign
in any more are passed over.
"""

from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from graph.database import Graph
from graph.explaining.access import Named, named
from graph.model import MODEL
from graph.statements import CYPHER_25, Kind, Statement

RULES: tuple[str, ...] = ("TOPIC", "ASSIGNED", "TERRITORY")
"""What makes somebody responsible, the strongest first."""


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who is responsible, and why.

    Attributes:
        owner: A user, team or partner.
        rule: TOPIC, ASSIGNED or TERRITORY.
        nodes: The path, from the node to the owner.
        ties: The types of relationship between them.
    """

    owner: Named
    rule: str
    nodes: tuple[Named, ...]
    ties: tuple[str, ...]


_PARTIES: LiteralString = (
    "MATCH (n) RETURN [n] AS way, [] AS ties "
    "UNION ALL MATCH (n)-[:REGARDING]->(it) RETURN [n, it] AS way, ['REGARDING'] AS ties "
    "UNION ALL MATCH (n)-[its:FOR]->(p:Party) "
    "WHERE coalesce(its.role, 'CUSTOMER') = 'CUSTOMER' RETURN [n, p] AS way, ['FOR'] AS ties "
    "UNION ALL MATCH (n)<-[part:PARTICIPATED_IN]-(p:Party) WHERE NOT coalesce(part.role, '') "
    "IN ['SUBJECT', 'MENTIONED'] RETURN [n, p] AS way, ['PARTICIPATED_IN'] AS ties"
)
"""The node, what it is about, and the parties it belongs to."""

_PLACES: LiteralString = (
    "CALL (n) { " + _PARTIES + " } "
    "CALL (way, ties) { "
    "RETURN way AS place, ties AS over "
    "UNION ALL WITH way[-1] AS p MATCH (p)-[job:WORKS_AT]->(firm:Company) "
    "WHERE coalesce(job.to, toString(date())) >= toString(date()) "
    "RETURN way + [firm] AS place, ties + ['WORKS_AT'] AS over } "
    "CALL (place, over) { "
    "RETURN place AS path, over AS along "
    "UNION ALL WITH place[-1] AS p MATCH up = (p)-[:SUBSIDIARY_OF*1..8]->(:Company) "
    "RETURN place + tail(nodes(up)) AS path, "
    "over + [step IN relationships(up) | 'SUBSIDIARY_OF'] AS along } "
)
"""Binds `path` and `along`: the places where an assignment may stand, nearer ones are shorter."""

_FOUND: LiteralString = (
    "CALL (path, along) { "
    "WITH path[-1] AS place MATCH (place)-[tie:ASSIGNED_TO]->(owner) "
    "WHERE coalesce(owner.active, true) AND (tie.topic IS NULL OR tie.topic = $topic) "
    "RETURN owner, CASE WHEN tie.topic IS NULL THEN 2 ELSE 1 END AS rank, "
    "CASE tie.role WHEN 'ACCOUNT_MANAGER' THEN 0 WHEN 'OWNER' THEN 1 ELSE 2 END AS role, "
    "[owner] AS more, ['ASSIGNED_TO'] AS ends "
    "UNION ALL WITH path[-1] AS place "
    "MATCH (place)-[:IN_TERRITORY]->(ground:Territory) "
    "MATCH up = (ground)-[:PART_OF*0..6]->(around:Territory)-[:COVERED_BY]->(owner) "
    "WHERE coalesce(owner.active, true) RETURN owner, 3 AS rank, 0 AS role, nodes(up) AS more, "
    "['IN_TERRITORY'] + [step IN relationships(up) | type(step)] AS ends } "
)

_ANSWER: LiteralString = (
    "WITH path, along, owner, rank, role, more, ends "
    "ORDER BY rank, size(path), size(more), role, "
    "CASE WHEN owner:User THEN 0 WHEN owner:Team THEN 1 ELSE 2 END, owner.id LIMIT 1 "
    "RETURN rank, [one IN path + more | [one.id, labels(one), coalesce(one.name, one.number)]], "
    "along + ends"
)


@cache
def _statement(label: LiteralString) -> Statement:
    text: LiteralString = (
        CYPHER_25 + "MATCH (n:" + label + " {id: $node}) " + _PLACES + _FOUND + _ANSWER
    )
    return Statement(f"explain.responsible_for.{label}", Kind.READ, text)


async def responsible_for(
    graph: Graph, label: str, node: str, topic: str | None
) -> Responsible | None:
    """Who is responsible for a node, and why; None when nobody is, or there is no such node.

    Args:
        graph: The graph.
        label: Concrete label of the node.
        node: Its id.
        topic: The topic asked about; None asks who is responsible in general.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    statement = _statement(MODEL.by_label[label].name)
    rows = await graph.run(statement, {"node": node, "topic": topic})
    if not rows:
        return None
    rank, path, ties = rows[0]
    nodes = tuple(named(*one) for one in path)
    return Responsible(nodes[-1], RULES[int(rank) - 1], nodes, tuple(ties))
