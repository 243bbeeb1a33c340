"""What the graph knows of somebody who asks: whether a user may sign in, and since when again."""

from dataclasses import dataclass

from graph.database import Graph
from graph.statements import Kind, Statement

STANDING = Statement(
    "principals.standing",
    Kind.READ,
    """MATCH (u:User {issuer: $issuer, subject: $subject})
RETURN u.id, coalesce(u.active, true), u.sessionsRevokedAt""",
)
NAMED = Statement(
    "principals.named",
    Kind.READ,
    """MATCH (u:User) WHERE u.issuer IN $issuers AND u.subject = $subject
RETURN u.id, u.issuer ORDER BY u.issuer LIMIT 1""",
)
PARTNER_USER = Statement(
    "principals.partner_user",
    Kind.READ,
    """MATCH (u:User {kind: 'PARTNER', issuer: $issuer})-[a:ACTS_FOR]->(p:Partner)
WHERE coalesce(u.active, true) AND (a.to IS NULL OR a.to >= $today)
  AND (a.from IS NULL OR a.from <= $today)
WITH u, COUNT { (p)-[:SERVES]->() } AS served ORDER BY served DESC, u.subject LIMIT 1
RETURN u.issuer, u.subject""",
)
CUSTOMER_USER = Statement(
    "principals.customer_user",
    Kind.READ,
    """MATCH (u:User {kind: 'CUSTOMER', issuer: $issuer})-[a:ACTS_FOR]->(p:Company)
WHERE coalesce(u.active, true) AND (a.to IS NULL OR a.to >= $today)
  AND (a.from IS NULL OR a.from <= $today)
WITH u, p ORDER BY u.subject LIMIT 500
WITH u, COUNT { (p)<-[:FOR]-() } AS papers ORDER BY papers DESC, u.subject LIMIT 1
RETURN u.issuer, u.subject""",
)
SOMEBODY = {"partner": PARTNER_USER, "customer": CUSTOMER_USER}
"""A user with much to see, by audience."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A user as the graph knows one now.

    Attributes:
        user: Id of the user's node.
        active: Whether the user may sign in.
        revoked_at: Tokens issued up to then are refused, ISO 8601 UTC; None when none were.
    """

    user: str
    active: bool
    revoked_at: str | None


async def standing(graph: Graph, issuer: str, subject: str) -> Standing | None:
    """Return what is known of a principal; None when the graph knows no such user.

    Raises:
        GraphError: the database is away.
    """
    found = await graph.run(STANDING, {"issuer": issuer, "subject": subject}, timeout=10.0)
    return Standing(*found[0]) if found else None


async def user_named(graph: Graph, subject: str, issuers: list[str]) -> tuple[str, str] | None:
    """Return id and issuer of the user of a subject, of the first of these issuers by name.

    Returns:
        None when there is no such user.

    Raises:
        GraphError: the database is away.
    """
    found = await graph.run(NAMED, {"issuers": issuers, "subject": subject})
    return (found[0][0], found[0][1]) if found else None


async def somebody(graph: Graph, audience: str, issuer: str, today: str) -> tuple[str, str] | None:
    """Return issuer and subject of a user who acts for somebody today; None without one.

    Args:
        graph: Where users are.
        audience: `partner` or `customer`; None is found for `staff`.
        issuer: Who vouches for the user.
        today: The day, ISO 8601.

    Raises:
        GraphError: the database is away.
    """
    statement = SOMEBODY.get(audience)
    if statement is None:
        return None
    found = await graph.run(statement, {"issuer": issuer, "today": today})
    return (found[0][0], found[0][1]) if found else None
