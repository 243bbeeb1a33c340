"""Messages to somebody outside: what is sent, to whom, made of ids at the moment of sending.

A message is queued as a job in the transaction of what it tells of, so neither is there without the
other. The job holds ids; the text is the carrier's, which gets what it needs to fill it in.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, LiteralString

from graph.database import Graph
from graph.selfservice.codes import SECRET, code_of
from graph.statements import Kind, Statement
from graph.write.formats import moment
from graph.write.secret import secret

KIND = "MESSAGE"
"""Kind of the jobs that send messages; their key is the id of what they tell of."""

QUEUED: LiteralString = (
    "CREATE (:Job {id: r.values.job, kind: 'MESSAGE', key: r.values.about, version: 1, "
    "createdAt: r.now, changedAt: r.now, state: 'QUEUED', dueAt: r.now, parameters: '{}', "
    "attempts: 0, done: 0})"
)
"""Clause of an action that queues a message: `r.values.job` names it, `r.values.about` its node."""

READ = Statement(
    "selfservice.message",
    Kind.READ,
    """MATCH (n:Verification|Invitation {id: $id})
OPTIONAL MATCH (n)<-[:CLAIMS]-(claimant:Party)
OPTIONAL MATCH (n)-[:INVITES_TO]->(company:Party)
OPTIONAL MATCH (n)-[:INVITED_BY]->(host:User)
RETURN labels(n), n.kind, coalesce(n.value, n.email), n.expiresAt,
  coalesce(claimant.language, host.language), claimant.name, n.name, company.name, host.name,
  coalesce(n.verifiedAt IS NULL, true) AND coalesce(n.state = 'SENT', true)
LIMIT 1""",
)
"""What a message about `$id` says, and whether it still has to be said."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as the carrier gets it.

    Attributes:
        id: Of what it tells; the same each time it is sent.
        kind: VERIFICATION_CODE or INVITATION.
        channel: EMAIL or SMS.
        to: Address or number.
        language: BCP 47 tag of the reader's language; None when not known.
        values: What its text is filled with.
    """

    id: str
    kind: str
    channel: str
    to: str
    language: str | None
    values: dict[str, Any]


def invitation_code(key: bytes, invitation: str) -> str:
    """What proves that an invitation arrived: 43 characters."""
    digest = hmac.new(key, b"c360 invitation\x00" + invitation.encode(), sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


async def message(graph: Graph, about: str) -> Message | None:
    """The message about a node; None when there is nothing to say, or no longer.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows = await graph.run(READ, {"id": about})
    if not rows:
        return None
    labels, kind, to, expires, language, name, guest, company, host, open_ = rows[0]
    if not open_ or expires <= moment(datetime.now(UTC)):
        return None
    key = await secret(graph, SECRET)
    if "Invitation" in labels:
        values = {"invitation": about, "code": invitation_code(key, about), "name": guest,
                  "company": company, "invitedBy": host, "expiresAt": expires}  # fmt: skip
        return Message(about, "INVITATION", "EMAIL", to, language, values)
    values = {"code": code_of(key, about), "name": name, "expiresAt": expires}
    channel = "EMAIL" if kind == "EMAIL" else "SMS"
    return Message(about, "VERIFICATION_CODE", channel, to, language, values)
