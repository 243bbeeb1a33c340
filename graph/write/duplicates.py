"""The Cypher of resolution, inside one transaction of the write path.

Nodes go by their internal numbers, which never leave the transaction. What only reads is of it,
too: it must see what the transaction has written, and what it has locked.
"""

from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

HOLDERS = Statement(
    "resolving.holders",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
WITH i, n, COUNT { (n)<-[:HAS_IDENTIFIER]-() } AS held
RETURN collect([i, coalesce(n.shared, false) OR held > $p.most,
  CASE WHEN n.shared OR held > $p.most THEN [] ELSE COLLECT {
    MATCH (n)<-[h:HAS_IDENTIFIER]-(s:SourceRecord)-[:RESOLVES_TO]->(p)
    WHERE s.kind = $p.kind
    RETURN DISTINCT [
      id(p), p.id, p.createdAt, s.name, s.birthDate,
      h.verifiedAt IS NOT NULL OR EXISTS {
        MATCH (p)-[x:HAS_IDENTIFIER]->(n) WHERE x.verifiedAt IS NOT NULL } ]
  } END])""",
)
"""Numbers of identifiers to `[number, whether shared, holders]`.

A holder is `[party, its id, its age, name, day of birth, whether it proved to have it]`.
"""

SAID = Statement(
    "resolving.said",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.ids AS i
MATCH (s) WHERE id(s) = i
MATCH (s)-[:RESOLVES_TO]->(p)
RETURN collect([i, properties(s), id(p), p.id, p.createdAt])""",
)
"""Records by number to `[number, all that it says, party, its id, its age]`."""

REMEMBER = Statement(
    "resolving.remember",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (s) WHERE id(s) = r[0]
SET s.block1 = r[1], s.block2 = r[2], s.block3 = r[3], s.block4 = r[4]
RETURN collect(r[0])""",
)
"""Rows `[number, four digests or null]`."""

# The plan of an empty graph stays: without the hints that would be a scan for ever.
ALIKE = Statement(
    "resolving.alike",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS key
CALL (key) {
  MATCH (s:SourceRecord) USING INDEX s:SourceRecord(block1, id)
  WHERE s.block1 = key AND s.id IS NOT NULL RETURN s LIMIT $p.most
UNION
  MATCH (s:SourceRecord) USING INDEX s:SourceRecord(block2, id)
  WHERE s.block2 = key AND s.id IS NOT NULL RETURN s LIMIT $p.most
UNION
  MATCH (s:SourceRecord) USING INDEX s:SourceRecord(block3, id)
  WHERE s.block3 = key AND s.id IS NOT NULL RETURN s LIMIT $p.most
UNION
  MATCH (s:SourceRecord) USING INDEX s:SourceRecord(block4, id)
  WHERE s.block4 = key AND s.id IS NOT NULL RETURN s LIMIT $p.most
}
MATCH (s)-[:RESOLVES_TO]->(p)
WHERE s.kind = $p.kind
RETURN collect([key, id(s), properties(s), id(p), p.id, p.createdAt])""",
)
"""Digests to `[digest, record, all that it says, its party, the party's id and age]`."""

ENDS = Statement(
    "resolving.ends",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS i
MATCH (n:Party {id: i})
RETURN collect([i, id(n)])""",
)
"""Ids of parties that answer for themselves to `[id, number]`."""

IDS = Statement(
    "resolving.ids",
    Kind.WRITE,
    KEEP_PLAN + "UNWIND $p.ids AS i\nMATCH (n) WHERE id(n) = i\nRETURN collect([i, n.id])",
)

APART = Statement(
    "resolving.apart",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[:NOT_SAME_AS|MERGED_INTO_WAS]-(o) WHERE id(o) IN $p.ids
RETURN collect(DISTINCT [i, id(o)])""",
)
"""Pairs among parties that are not the same, or were taken apart again."""

NOTE = Statement(
    "resolving.note",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (a) WHERE id(a) = r[0]
MATCH (b) WHERE id(b) = r[1]
MERGE (a)-[x:POSSIBLE_DUPLICATE]->(b)
ON CREATE SET x.score = r[2], x.rule = r[3], x.model = r[4], x.at = $p.now,
  x.recordedFrom = $p.now, x.recordedTo = '9999'
ON MATCH SET x.score = CASE WHEN r[2] > x.score THEN r[2] ELSE x.score END
RETURN collect(r[0])""",
)
"""Rows `[number, number, score, rule, model]`; a pair that is there keeps the greater score."""

PAIR = Statement(
    "resolving.pair",
    Kind.WRITE,
    """MATCH (a:Party {id: $p.ids[0]})-[x:POSSIBLE_DUPLICATE]-(b:Party {id: $p.ids[1]})
RETURN collect(coalesce(x.score, -1.0))""",
)
"""The score of a pair that was proposed."""

RAN = Statement(
    "matching.ran",
    Kind.WRITE,
    """MERGE (r:MatchRun {kind: $p.kind})
SET r.model = $p.model, r.startedAt = $p.startedAt, r.finishedAt = $p.finishedAt""",
)
"""Which batch of matching was finished last, of a kind of party."""

ALL = (HOLDERS, SAID, REMEMBER, ALIKE, ENDS, IDS, APART, NOTE, PAIR)
