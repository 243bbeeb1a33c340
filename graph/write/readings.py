"""The record of reads, in the graph: who read personal data of whom, and when.

It is machinery, like the outbox: no former states and no events, or every read would be a change.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

RECORD = Statement(
    "readings.record",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MERGE (d:DataAccess {id: r[0]})
ON CREATE SET d.at = r[1], d.actor = r[2], d.audience = r[3], d.operation = r[4], d.classes = r[5]
ON MATCH SET d.classes = d.classes + [c IN r[5] WHERE NOT c IN d.classes]
WITH d, r
UNWIND r[6] AS subject
MATCH (p:Person {id: subject})
MERGE (d)-[:SAW]->(p)
RETURN count(*)""",
)
"""Rows `[id, at, actor, audience, operation, classes, people]`; a repetition adds nothing."""

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
    """What one user read by one operation in one second.

    Attributes:
        at: The second, ISO 8601 UTC with milliseconds.
        actor: Issuer and subject, with a | between.
        audience: STAFF or PARTNER.
        operation: Name of the operation, or a digest of its text.
        classes: Kinds of personal data.
        people: Ids of the people whose data it was.
    """

    at: str
    actor: str
    audience: str
    operation: str
    classes: Sequence[str]
    people: Sequence[str]


def id_of(read: Read) -> str:
    """The id of a record: the same for every process that records the same second."""
    said = "\n".join((read.at, read.audience, read.actor, read.operation))
    return str(uuid.UUID(bytes=hashlib.sha256(said.encode()).digest()[:16], version=5))


async def record(graph: Graph, reads: Sequence[Read]) -> None:
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
        for each in reads
    )  # fmt: skip
    await graph.run(RECORD, {"p": {"rows": rows}})
