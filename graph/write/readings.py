"""The record of reads, in the graph: who read personal data of whom, and when.

It is machinery, like the outbox: no former states and no events, or every read would be a change.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

RECORD = Statement(
    "readings.record",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
OPTIONAL MATCH (known:DataAccess {id: r[0]})
WITH r, known WHERE known IS NULL
CREATE (d:DataAccess {
  id: r[0], at: r[1], actor: r[2], audience: r[3], operation: r[4], classes: r[5]
})
WITH d, r
UNWIND r[6] AS subject
MATCH (p:Person {id: subject})
CREATE (d)-[:SAW]->(p)
RETURN count(*)""",
)
"""Rows `[id, at, actor, audience, operation, classes, people]`; a repetition adds nothing.

No relationship is looked for: whoever is read often has thousands, and to look through them would
cost more than the reading did.
"""

FORGET = Statement(
    "readings.forget",
    Kind.WRITE,
    "MATCH (d:DataAccess) WHERE d.at < $p.limit WITH d LIMIT $p.count DETACH DELETE d "
    "RETURN count(*)",
)
"""Records of before a time go, so many at once."""

ALL = (RECORD, FORGET)


@dataclass(frozen=True, slots=True)
class Read:
    """What one user read by one operation within a second, from one process.

    Attributes:
        batch: Names the process and what it writes at once: with the rest, it names the record.
        at: When it began, to the second, ISO 8601 UTC with milliseconds.
        actor: Issuer and subject, with a | between.
        audience: STAFF or PARTNER.
        operation: Name of the operation, or a digest of its text.
        classes: Kinds of personal data.
        people: Ids of the people whose data it was.
    """

    batch: str
    at: str
    actor: str
    audience: str
    operation: str
    classes: tuple[str, ...]
    people: tuple[str, ...]


def id_of(read: Read) -> str:
    """The id of a record: the same however often it is sent."""
    said = "\n".join((read.batch, read.at, read.audience, read.actor, read.operation))
    return str(uuid.UUID(bytes=hashlib.sha256(said.encode()).digest()[:16], version=5))


async def record(graph: Graph, reads: Iterable[Read]) -> None:
    """Record reads, all in one statement; who is no person any more is left out.

    Raises:
        GraphError: what `Graph.run` raises; it may be repeated.
    """
    # In one order, so that concurrent writers never wait for each other in a circle.
    rows = sorted(
        [
            id_of(each), each.at, each.actor, each.audience, each.operation, sorted(each.classes),
            sorted(each.people),
        ]
        for each in set(reads)
    )  # fmt: skip
    await graph.run(RECORD, {"p": {"rows": rows}})
