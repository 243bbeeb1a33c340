"""The write statements that end what is past its retention."""

from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

END = Statement(
    "expire.end",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0] AND n.id = r[1]
SET n._lock = 1
SET n._lock = null
WITH n, r WHERE n.changedAt < $p.limit
CREATE (told:ChangeEvent:Outbox)
SET told = r[2]
SET told.version = n.version + 1, told.prev = n.head
WITH n, r
CALL (n) { MATCH (n)-[:WAS]->(v:Version) DETACH DELETE v RETURN count(*) AS versions }
CALL (r) {
  MATCH (e:ChangeEvent {entity: r[1]}) WHERE e.id IS NOT NULL AND e.id <> r[2].id
  SET e.patch = null, e.salt = null, e.reason = null, e.parties = []
  RETURN count(*) AS events
}
DETACH DELETE n
RETURN count(*)""",
)
"""Rows `[number, id, event]`: nodes that still are past `$p.limit` go, with all that is told."""

KEYS = Statement(
    "expire.keys",
    Kind.WRITE,
    "MATCH (k:IdempotencyKey) WHERE k.at < $p.limit WITH k LIMIT $p.count DELETE k RETURN count(*)",
)
DELIVERIES = Statement(
    "expire.deliveries",
    Kind.WRITE,
    "MATCH (d:Delivery) WHERE d.at < $p.limit AND d.state <> 'QUEUED' "
    "WITH d LIMIT $p.count DETACH DELETE d RETURN count(*)",
)
FIELD = Statement(
    "expire.field",
    Kind.WRITE,
    """MATCH (n:$($p.label)) WHERE n.changedAt < $p.limit AND n[$p.name] IS NOT NULL
WITH n LIMIT $p.count
SET n += $p.none
WITH n
CALL (n) { MATCH (n)-[:WAS]->(v:Version) SET v += $p.none RETURN count(*) AS versions }
CALL (n) {
  MATCH (e:ChangeEvent {entity: n.id}) WHERE e.id IS NOT NULL AND $p.name IN e.fields
  SET e.patch = null, e.salt = null
  RETURN count(*) AS events
}
RETURN count(*)""",
)
"""A custom field past its retention goes out of nodes, former states and events."""

ALL = (END, KEYS, DELIVERIES, FIELD)
