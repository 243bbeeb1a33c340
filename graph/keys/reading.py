"""API keys as they are read: one to be checked, and the list of all."""

from dataclasses import dataclass

from graph.database import Graph
from graph.statements import Kind, Statement

BY_ID = Statement(
    "keys.by_id",
    Kind.READ,
    """MATCH (k:ApiKey {id: $id})-[:STANDS_FOR]->(u:User)
RETURN k.id, k.name, k.audience, coalesce(k.scopes, []), k.expiresAt, k.revokedAt, k.digest,
  k.formerDigest, k.formerUntil, k.lastUsedAt, u.id, u.issuer, u.subject,
  coalesce(u.active, true)
LIMIT 1""",
)
ALL = Statement(
    "keys.all",
    Kind.READ,
    """MATCH (k:ApiKey) WHERE k.name IS NOT NULL AND k.id IS NOT NULL
WITH k ORDER BY k.name, k.id LIMIT $limit
OPTIONAL MATCH (k)-[:STANDS_FOR]->(u:User)
RETURN k.id, k.name, k.audience, coalesce(k.scopes, []), k.expiresAt, k.revokedAt, k.lastUsedAt,
  u.subject
ORDER BY k.name, k.id""",
)
MOST = 1_000


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An API key and the user it stands for, as the graph knows them now; times are ISO 8601.

    Attributes:
        id: Id of the key's node.
        name: What it is used for.
        audience: STAFF, PARTNER or CUSTOMER.
        scopes: What it may be used for.
        expires_at: When it ends.
        revoked_at: When it was revoked; None while it was not.
        digest: Of the key.
        former_digest: Of the key before; None without one.
        former_until: Until when that is accepted, too.
        last_used_at: The hour of its last known use; None before.
        user: Id of the user's node.
        issuer: The user's issuer.
        subject: The user's subject.
        active: Whether the user may sign in.
    """

    id: str
    name: str
    audience: str
    scopes: list[str]
    expires_at: str
    revoked_at: str | None
    digest: str
    former_digest: str | None
    former_until: str | None
    last_used_at: str | None
    user: str
    issuer: str
    subject: str
    active: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """An API key for a list; times are ISO 8601."""

    id: str
    name: str
    audience: str
    scopes: list[str]
    expires_at: str
    revoked_at: str | None
    last_used_at: str | None
    subject: str | None


async def key_by_id(graph: Graph, id_: str) -> StoredKey | None:
    """Return a key; None when there is none of this id.

    Raises:
        GraphError: the database is away.
    """
    found = await graph.run(BY_ID, {"id": id_}, timeout=10.0)
    return StoredKey(*found[0]) if found else None


async def listed(graph: Graph) -> list[Listed]:
    """Return the first `MOST` keys by name, ended and revoked ones included.

    Raises:
        GraphError: the database is away.
    """
    return [Listed(*row) for row in await graph.run(ALL, {"limit": MOST})]
