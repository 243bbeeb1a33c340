"""A random value that every process of one graph shares, for keyed digests."""

import secrets

from graph.database import Graph
from graph.statements import Kind, Statement

SECRET = Statement(
    "write.secret",
    Kind.WRITE,
    "MERGE (s:Secret {name: $name}) ON CREATE SET s.value = $value RETURN s.value",
)
"""The value under a name, made when it is first asked for."""


async def secret(graph: Graph, name: str) -> bytes:
    """Return the secret of this name; the same for every process, for as long as the graph lives.

    Raises:
        Unavailable: the database cannot be reached.
    """
    found = await graph.run(SECRET, {"name": name, "value": secrets.token_hex(32)})
    return bytes.fromhex(found[0][0])
