"""The Cypher that joins parties and takes them apart, inside one transaction of the write path.

Nodes and relationships go by their internal numbers, which never leave the transaction. A party
that was merged away is put away like an archived one, so that every read of the past knows it.
"""

from typing import LiteralString

from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN


def _write(name: str, text: LiteralString) -> Statement:
    return Statement("identity." + name, Kind.WRITE, KEEP_PLAN + text)


PARTIES = _write(
    "parties",
    """UNWIND $p.ids AS i
MATCH (n:Party {id: i})
RETURN collect([
  n.id, id(n), labels(n), n.changedAt, COLLECT {
    MATCH (n)<-[x:MERGED_INTO]-(m)
    RETURN [m.id, id(m), m.archivedLabels, m.changedAt, m.mergedInto, x.from]
  }
])""",
)
"""Ids to `[id, number, labels, changedAt, members]`; members are what was merged into it."""

RECORDS = _write(
    "records",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (s:SourceRecord)-[x:RESOLVES_TO]->(n)
RETURN collect([s.id, coalesce(x.endOf, n.id), id(s)])""",
)
"""Numbers of parties to `[record, id of the party it spoke of before any merge, number]`."""

SPOKEN = _write(
    "spoken",
    """UNWIND $p.ids AS i
MATCH (s:SourceRecord {id: i})-[:RESOLVES_TO]->(n:Party)
RETURN collect([i, id(s), id(n), labels(n), n.id])""",
)
"""Ids of source records to `[id, number, party's number, its labels, its id]`, in order."""

CONTRADICTED = _write(
    "contradicted",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[:NOT_SAME_AS]->(o) WHERE id(o) IN $p.ids
RETURN collect([n.id, o.id])""",
)
"""Pairs among parties of which somebody decided that they are not the same."""

TIES = _write(
    "ties",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[x]-()
WHERE NOT type(x) IN ['WAS', 'MERGED_INTO', 'CAN_SEE'] AND NOT type(x) ENDS WITH '_WAS'
RETURN collect([
  id(x), type(x), id(startNode(x)), id(endNode(x)), x.startOf, x.endOf, x.via,
  [k IN $p.keys[type(x)] | x[k]], x.recordedFrom
])""",
)
"""Every standing relationship of nodes, with the values of its key and since when it stands."""

HELD = _write(
    "held",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[w]-() WHERE w.held
WITH DISTINCT w, left(type(w), size(type(w)) - 4) AS kind, startNode(w) AS s, endNode(w) AS e
WHERE (NOT s:Archived OR s.mergedInto IS NOT NULL) AND (NOT e:Archived OR e.mergedInto IS NOT NULL)
WITH w, kind, s, e
ORDER BY w.recordedFrom, w.via, id(w)
RETURN collect([
  id(w), kind, id(s), id(e),
  head(COLLECT { MATCH (s)-[:MERGED_INTO]->(l) RETURN id(l) }),
  head(COLLECT { MATCH (e)-[:MERGED_INTO]->(l) RETURN id(l) }),
  s.id, e.id,
  kind <> 'HAS_IDENTIFIER' OR NOT coalesce(w.stated, false) OR EXISTS {
    MATCH (e)<-[:HAS_IDENTIFIER]-(:SourceRecord)-[r:RESOLVES_TO]->(q)
    WHERE coalesce(r.endOf, q.id) = s.id
  },
  [k IN $p.keys[kind] | w[k]]
])""",
)
"""Relationships of nodes that wait, because an equal one stands; the oldest first.

`[number, type, start, end, who answers for start, for end, their ids, whether it is still true,
values of its key]`.
"""

_FORMER: LiteralString = """
CREATE (a)-[w:$(type(x) + '_WAS')]->(b)
SET w = properties(x)
SET w.recordedTo = CASE WHEN $p.now > x.recordedFrom THEN $p.now
  ELSE coalesce(x.recordedFrom, $p.now) END
"""
_ENDS: LiteralString = """
UNWIND $p.rows AS r
MATCH (a)-[x]->(b) WHERE id(x) = r[0]
MATCH (s) WHERE id(s) = r[1]
MATCH (e) WHERE id(e) = r[2]
"""

MOVE = _write(
    "move",
    _ENDS
    + _FORMER
    + """
CREATE (s)-[n:$(type(x))]->(e)
SET n = properties(x)
SET n.startOf = r[3], n.endOf = r[4], n.recordedFrom = w.recordedTo
DELETE x
RETURN count(*)""",
)
"""Rows `[number, start, end, startOf, endOf]`: it ends where it is and stands between the two."""

HOLD = _write(
    "hold",
    _ENDS
    + """
WITH x, a, b,
  coalesce(head(COLLECT { MATCH (s)<-[:MERGED_INTO]-(m) WHERE m.id = x.startOf RETURN m }), s) AS s,
  coalesce(head(COLLECT { MATCH (e)<-[:MERGED_INTO]-(m) WHERE m.id = x.endOf RETURN m }), e) AS e
"""
    + _FORMER
    + """
WITH x, w, a, b, s, e, NOT x:HAS_IDENTIFIER OR EXISTS {
    MATCH (say:SourceRecord {id: x.via})-[:HAS_IDENTIFIER]->(e)
  } AS stated
CALL (x, w, a, b, s, e, stated) {
  WITH * WHERE a = s AND b = e SET w.held = true, w.stated = stated
  RETURN count(*) AS here
UNION ALL
  WITH * WHERE a <> s OR b <> e
  CREATE (s)-[h:$(type(x) + '_WAS')]->(e)
  SET h = properties(x)
  SET h.recordedFrom = w.recordedTo, h.recordedTo = w.recordedTo, h.startOf = null, h.endOf = null,
      h.held = true, h.stated = stated
  RETURN count(*) AS here
}
DELETE x
RETURN count(*)""",
)
"""Rows `[number, start, end]`: it ends where it is and waits between the two it is truly of.

An end that is none of the parties at hand may itself be of one that was merged into it before.
"""

PROMOTE = _write(
    "promote",
    """UNWIND $p.rows AS r
MATCH (a)-[w]->(b) WHERE id(w) = r[0]
MATCH (s) WHERE id(s) = r[1]
MATCH (e) WHERE id(e) = r[2]
CREATE (s)-[n:$(left(type(w), size(type(w)) - 4))]->(e)
SET n = properties(w)
SET n.held = null, n.stated = null, n.startOf = r[3], n.endOf = r[4], n.recordedTo = '9999',
    n.recordedFrom = CASE WHEN $p.now > w.recordedTo THEN $p.now ELSE w.recordedTo END
RETURN count(*)""",
)
"""Rows `[number, start, end, startOf, endOf]`: what waited stands again."""

RELEASE = _write(
    "release",
    """UNWIND $p.ids AS i
MATCH ()-[w]->() WHERE id(w) = i
WITH w, CASE WHEN w.recordedFrom < w.recordedTo THEN [w] ELSE [] END AS stood,
  CASE WHEN w.recordedFrom < w.recordedTo THEN [] ELSE [w] END AS never
FOREACH (x IN stood | SET x.held = null, x.stated = null)
FOREACH (x IN never | DELETE x)
RETURN count(*)""",
)
"""What waited is a former relationship like any other; what never stood is gone."""

END = _write(
    "end",
    """UNWIND $p.ids AS i
MATCH (a)-[x]->(b) WHERE id(x) = i"""
    + _FORMER
    + """DELETE x
RETURN count(*)""",
)
"""Relationships that end without standing anywhere else."""

HIDE = _write(
    "hide",
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
MATCH (into) WHERE id(into) = r[1]
CREATE (n)-[:WAS]->(v:Version)
SET v = properties(n)
SET v.id = n.id + '@' + toString(n.version), v.entityId = n.id, v.label = r[2],
    v.validFrom = n.changedAt, v.validTo = $p.now, v._lock = null
WITH *, labels(n) AS names
SET n.archivedLabels = names, n.archivedAt = $p.now, n.mergedInto = into.id,
    n.version = n.version + 1, n.changedAt = $p.now
REMOVE n:$(names)
SET n:Archived
WITH n, into
CALL (n) { MATCH (n)-[x:CAN_SEE]-() DELETE x RETURN count(*) AS sights }
RETURN count(*)""",
)
"""Rows `[number, number of whom it is merged into, label]`: parties that are put away."""

SHOW = _write(
    "show",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
WITH n, n.archivedLabels AS names, head(COLLECT {
  MATCH (n)-[:WAS]->(v:Version) WHERE v.validTo = n.archivedAt
  RETURN v.archivedAt ORDER BY v.version DESC LIMIT 1 }) AS stated
SET n.archivedLabels = null, n.archivedAt = stated, n.mergedInto = null,
    n.version = n.version + 1, n.changedAt = $p.now
REMOVE n:Archived
SET n:$(names)
RETURN count(*)""",
)
"""Parties that stand for themselves again."""

PARENT = _write(
    "parent",
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
SET n.mergedInto = r[1]
RETURN count(*)""",
)
"""Rows `[number, id]`: which party a member was merged into, directly."""

JOIN = _write(
    "join",
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
MATCH (into) WHERE id(into) = r[1]
CREATE (n)-[:MERGED_INTO {rule: r[2], score: r[3], decidedBy: r[4], from: r[5],
  recordedFrom: $p.now, recordedTo: '9999'}]->(into)
MERGE (a:Alias {id: n.id})
SET a.target = into.id, a.merges = r[6]
RETURN count(*)""",
)
"""Rows `[number, into, rule, score, who, when, merges between]`: who answers for a party."""

LEAVE = _write(
    "leave",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[x:MERGED_INTO]->(into)
WITH n, x, into, [id(n), x.rule, x.score, x.decidedBy, x.from] AS why
CREATE (n)-[w:MERGED_INTO_WAS]->(into)
SET w = properties(x)
SET w.recordedTo = CASE WHEN $p.now > x.recordedFrom THEN $p.now ELSE x.recordedFrom END
DELETE x
WITH n, why
OPTIONAL MATCH (a:Alias {id: n.id})
DELETE a
RETURN collect(why)""",
)
"""Numbers of members: nobody answers for them any more; `[number, rule, score, who, when]`."""

ROLES = _write(
    "roles",
    """UNWIND $p.ids AS i
MATCH (n:Party) WHERE id(n) = i
CALL (n) { WITH n WHERE EXISTS { (n)<-[:FOR]-(d) WHERE d:Order OR d:Invoice OR d:Contract }
  SET n:Customer RETURN count(*) AS buys
UNION ALL
  WITH n WHERE NOT EXISTS { (n)<-[:FOR]-(d) WHERE d:Order OR d:Invoice OR d:Contract }
  REMOVE n:Customer RETURN count(*) AS buys }
CALL (n) { WITH n WHERE EXISTS { (n)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() }
  SET n:Partner RETURN count(*) AS sells
UNION ALL
  WITH n WHERE NOT EXISTS { (n)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() }
  REMOVE n:Partner RETURN count(*) AS sells }
RETURN count(*)""",
)
"""Labels that follow from the relationships of parties."""

SIGHTED = _write(
    "sighted",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[:CAN_SEE|SERVES]->(q:Party)
RETURN collect(DISTINCT id(q))""",
)
"""Parties that nodes can see, or serve."""

STATE = _write(
    "state",
    """MATCH (n:Party {id: $p.id})
RETURN [labels(n), properties(n), COLLECT {
  MATCH (n)-[x]-()
  WHERE NOT type(x) IN ['WAS', 'MERGED_INTO', 'CAN_SEE'] AND NOT type(x) ENDS WITH '_WAS'
  WITH type(x) AS kind, count(*) AS standing
  RETURN [kind, standing] ORDER BY kind
}, COUNT { (n)-[w]-() WHERE w.held }]""",
)
"""What a party is: labels, properties, `[type, count]` of its relationships, how many wait."""

ALL = (
    PARTIES, RECORDS, SPOKEN, CONTRADICTED, TIES, HELD, MOVE, HOLD, PROMOTE, RELEASE, END, HIDE,
    SHOW, PARENT, JOIN, LEAVE, ROLES, SIGHTED, STATE,
)  # fmt: skip
