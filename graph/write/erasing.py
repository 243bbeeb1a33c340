"""The write statements of an erasure and of the end of a retention; nodes go by number."""

from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

REWRITE = Statement(
    "erase.rewrite",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
SET n += r[1]
RETURN count(*)""",
)
"""Rows `[number, properties]`: set in place, without a former state, which would keep the value."""

BLANK_EVENTS = Statement(
    "erase.blank_events",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS id
MATCH (e:ChangeEvent {id: id})
SET e.patch = null, e.salt = null, e.reason = null,
    e.parties = [party IN coalesce(e.parties, []) WHERE party <> $p.person]
RETURN count(*)""",
)
"""Ids of events: values, salt and reason go; digest and chain stay, and verify."""

STRIP_EVENTS = Statement(
    "erase.strip_events",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS id
MATCH (e:ChangeEvent {id: id})
WHERE $p.person IN e.parties
SET e.parties = [party IN e.parties WHERE party <> $p.person]
RETURN count(*)""",
)
"""Ids of events that stay as they are, but no longer concern the person."""

DELETE = Statement(
    "erase.delete",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
DETACH DELETE n
RETURN count(*)""",
)
"""Numbers of nodes, which are deleted with all their relationships."""

SUPPRESS = Statement(
    "erase.suppress",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MERGE (s:Suppression {kind: r[0], digest: r[1]})
ON CREATE SET s.at = $p.now
RETURN count(*)""",
)
"""Rows `[kind, digest]` that must not come back."""

ALLOW = Statement(
    "erase.allow",
    Kind.WRITE,
    """UNWIND $p.rows AS r
MATCH (s:Suppression {kind: r[0], digest: r[1]})
DELETE s
RETURN count(*)""",
)
"""Rows `[kind, digest]` that may come back."""

TELL = Statement(
    "erase.tell",
    Kind.WRITE,
    "CREATE (e:ChangeEvent:Outbox) SET e = $p.event RETURN e.id",
)
"""The event of an erasure; the node it speaks of is gone."""

ENDED = Statement(
    "erase.ended",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
SET n._lock = 1
SET n._lock = null
WITH n, r WHERE n.changedAt = r[1]
SET n += r[2]
RETURN count(*)""",
)
"""Rows `[number, changedAt, properties]`: set unless the node has changed since it was read."""

ALL = (REWRITE, BLANK_EVENTS, STRIP_EVENTS, DELETE, SUPPRESS, ALLOW, TELL, ENDED)
