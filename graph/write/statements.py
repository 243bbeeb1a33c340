"""The Cypher of the write path for nodes, composed once from the literals of the model.

Rows cross Bolt as short lists and come back as one record with one list. Nodes are found by their
key once and from then on addressed by `id(n)`: half the cost of `elementId(n)`, and safe because a
batch is one transaction and the number never leaves it.
"""

from typing import LiteralString

from graph.model import MODEL
from graph.model.identity import SOURCE_RECORD
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.statements import Kind, Statement
from graph.write.validation import key_names


def is_party(node: Node) -> bool:
    """Whether a node of this kind is derived from source records."""
    return node.is_a(PARTY)


WRITABLE: tuple[Node, ...] = tuple(
    node
    for node in MODEL.nodes
    if not node.abstract and not node.machinery and node != SOURCE_RECORD
)
"""Kinds of node that a batch may name."""


KEEP_PLAN: LiteralString = "CYPHER replan=skip\n"
"""Every statement here seeks by key or number, whatever the graph holds: its first plan stays good.

Without it the database plans them all anew every ten seconds, as long as the graph grows.
"""


def _write(name: str, text: LiteralString) -> Statement:
    return Statement(name, Kind.WRITE, KEEP_PLAN + text)


def _pattern(node: Node) -> LiteralString:
    """The property map that finds a node by its natural key `r[1], r[2]`."""
    first, second = key_names(node)
    return "{" + first + ": r[1], " + second + ": r[2]}"


def _mark(name: LiteralString) -> LiteralString:
    """The mark of the row that a node was last changed by; null once anything else changed it."""
    kept: LiteralString = name + ".hash"
    return "CASE WHEN " + kept + " ENDS WITH " + name + ".head THEN left(" + kept + ", 32) END"


def _find(node: Node) -> Statement:
    """Rows `[i, key…]` to `[i, id(n), mark, id]`.

    Of parties the third is the record's id, and a fifth the party that the record truly speaks of.
    """
    if is_party(node):
        match: LiteralString = (
            "MATCH (s:SourceRecord {source: r[1], externalId: r[2]})"
            "-[x:RESOLVES_TO]->(n:`" + node.name + "`)"
        )
        columns: LiteralString = "s.id, n.id, x.endOf"
    else:
        match = "MATCH (n:`" + node.name + "` " + _pattern(node) + ")"
        columns = _mark("n") + ", n.id"
    text: LiteralString = (
        "UNWIND $p.rows AS r\n" + match + "\nRETURN collect([r[0], id(n), " + columns + "])"
    )
    return _write(f"write.find.{node.name}", text)


def _find_by_id(node: Node) -> Statement:
    """Rows `[i, id]` to `[i, id(n), mark, id]`.

    Of parties the third is their oldest record's id; one that was merged into another is found as
    that one, its own id the fifth.
    """
    name = f"write.find_by_id.{node.name}"
    kind: LiteralString = "`" + node.name + "`"
    if not is_party(node):
        return _write(
            name,
            "UNWIND $p.rows AS r\nMATCH (n:" + kind + " {id: r[1]})\n"
            "RETURN collect([r[0], id(n), " + _mark("n") + ", n.id])",
        )
    return _write(
        name,
        "UNWIND $p.rows AS r\nOPTIONAL MATCH (own:" + kind + " {id: r[1]})\n"
        "OPTIONAL MATCH (alias:Alias {id: r[1]})\n"
        "OPTIONAL MATCH (other:" + kind + " {id: alias.target})\n"
        "WITH r, coalesce(own, other) AS n WHERE n IS NOT NULL\n"
        "RETURN collect([r[0], id(n), head(COLLECT { "
        "MATCH (n)<-[x:RESOLVES_TO]-(s:SourceRecord) RETURN s.id "
        "ORDER BY coalesce(x.endOf, n.id) <> r[1], s.createdAt, s.id LIMIT 1 }), n.id, "
        "CASE WHEN n.id <> r[1] THEN r[1] END])",
    )


def _create(node: Node, name: str, pattern: LiteralString) -> Statement:
    """Rows `[i, key…, properties]` to `[i, id(n), whether another writer was first]`."""
    labels: LiteralString = "".join(
        "n:`" + label + "`, " for label in node.labels if label != node.name
    )
    text: LiteralString = (
        "UNWIND $p.rows AS r\nMERGE (n:`" + node.name + "` " + pattern + ")\n"
        "ON CREATE SET " + labels + "n += r[-1]\n"
        "ON MATCH SET n._lock = 1\n"
        "RETURN collect([r[0], id(n), n._lock IS NOT NULL])"
    )
    return _write(f"write.{name}.{node.name}", text)


_PLAIN = tuple(node for node in WRITABLE if not is_party(node))

FIND = {node.name: _find(node) for node in WRITABLE if is_party(node) or key_names(node)}
FIND_BY_ID = {node.name: _find_by_id(node) for node in WRITABLE}
CREATE = {node.name: _create(node, "create", _pattern(node)) for node in _PLAIN if key_names(node)}
CREATE_BY_ID = {node.name: _create(node, "create_by_id", "{id: r[1]}") for node in _PLAIN}

LOCK = _write(
    "write.lock",
    # Setting a property takes the node's lock until the commit; removing an absent one does not.
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
SET n._lock = 1
SET n._lock = null
RETURN count(*)""",
)
"""Locks nodes, in the order given."""

CHANGE = _write(
    "write.change",
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[1]
SET n._lock = 1
SET n._lock = null
WITH n, r, [
  k IN keys(r[2]) WHERE coalesce(n[k] <> r[2][k], n[k] IS NOT NULL OR r[2][k] IS NOT NULL)
] AS differing
WHERE size(differing) > 0
WITH n, r, differing, CASE WHEN $p.now > n.changedAt THEN $p.now ELSE n.changedAt END AS at
CREATE (n)-[:WAS]->(v:Version)
SET v = properties(n)
SET v.id = n.id + '@' + toString(n.version), v.entityId = n.id, v.label = $p.label,
    v.validFrom = n.changedAt, v.validTo = at
SET n += r[2]
SET n.hash = r[3], n.version = n.version + 1, n.changedAt = at
RETURN collect([r[0], differing])""",
)
"""Rows `[i, id(n), properties, hash]`: those that differ get a Version; `[i, names of what did]`.

Compared after the lock, so a writer that comes second sees what the first one left.
"""

FIND_RECORDS = _write(
    "write.find.SourceRecord",
    """UNWIND $p.rows AS r
MATCH (s:SourceRecord {source: r[1], externalId: r[2]})
OPTIONAL MATCH (s)-[x:RESOLVES_TO]->(p)
RETURN collect([r[0], id(s), """
    + _mark("s")
    + """, s.kind, id(p), s.id, p.id, x.endOf])""",
)
"""Rows `[i, source, externalId]` to `[i, id(s), mark, kind, id(p), the record's id, p's, whose]`.

The last is the party that the record truly speaks of, while that is merged into p.
"""

PROVED: LiteralString = """COLLECT {
  MATCH (p)-[h:HAS_IDENTIFIER]->(o:Identifier) WHERE h.verifiedAt IS NOT NULL
  RETURN [o.kind, o.value, h.verifiedAt]
}"""
"""What a party p was proved to have: kind, value, time."""

RECORDS_OF = _write(
    "write.records_of",
    """UNWIND $p.ids AS i
MATCH (p) WHERE id(p) = i
WITH i, p, """
    + PROVED
    + """ AS proved
RETURN collect([
  i, p.version, COLLECT {
    MATCH (s:SourceRecord)-[x:RESOLVES_TO]->(p)
    RETURN [id(s), s {.*, of: x.endOf, proved: proved}]
  }
])""",
)
"""All source records of parties: `[id(p), version, [[id(s), properties], …]]`.

`of` is the party that a record spoke of before it was merged into this one.
"""

_RESOLVE: LiteralString = (
    "CREATE (s)-[:RESOLVES_TO {rule: $p.rule, decidedBy: $p.actor, from: $p.now, via: s.id, "
    "endOf: OF, recordedFrom: $p.now, recordedTo: '9999'}]->(p)\n"
)


def _create_party(node: Node) -> Statement:
    """Rows `[i, source, externalId, record, party]` to `[i, id(s), id(p)]` of those created."""
    text: LiteralString = (
        "UNWIND $p.rows AS r\n"
        "MERGE (s:SourceRecord {source: r[1], externalId: r[2]})\n"
        "ON CREATE SET s += r[3]\n"
        "ON MATCH SET s._lock = 1\n"
        "WITH s, r WHERE s._lock IS NULL\n"
        "CREATE (p:" + ":".join("`" + label + "`" for label in node.labels) + ")\n"
        "SET p = r[4]\n" + _RESOLVE.replace("OF", "null") + "RETURN collect([r[0], id(s), id(p)])"
    )
    return _write(f"write.create.{node.name}", text)


CREATE_PARTY = {node.name: _create_party(node) for node in WRITABLE if is_party(node)}

ATTACH = _write(
    "write.attach",
    """UNWIND $p.rows AS r
MATCH (p) WHERE id(p) = r[4]
MERGE (s:SourceRecord {source: r[1], externalId: r[2]})
ON CREATE SET s += r[3]
ON MATCH SET s._lock = 1
WITH s, p, r WHERE s._lock IS NULL
"""
    + _RESOLVE.replace("OF", "r[5]")
    + "RETURN collect([r[0], id(s), id(p)])",
)
"""Rows `[i, source, externalId, record, id(p), whose]`: as for a new party, for one that is there.

The last is the party that it truly speaks of, if that is merged into p.
"""

_AWAY: LiteralString = """
CREATE (h:Archived)
SET h = r[5]
SET h.archivedLabels = $p.labels, h.archivedAt = $p.now, h.mergedInto = p.id
CREATE (h)-[:MERGED_INTO {rule: r[6], score: r[7], decidedBy: $p.actor, from: $p.now,
  recordedFrom: $p.now, recordedTo: '9999'}]->(p)
CREATE (:Alias {id: h.id, target: p.id, merges: 1})
"""

JOIN = _write(
    "write.join",
    """UNWIND $p.rows AS r
MATCH (p) WHERE id(p) = r[4]
MERGE (s:SourceRecord {source: r[1], externalId: r[2]})
ON CREATE SET s += r[3]
ON MATCH SET s._lock = 1
WITH s, p, r WHERE s._lock IS NULL"""
    + _AWAY
    + _RESOLVE.replace("OF", "r[5].id")
    + "RETURN collect([r[0], id(s), id(p), id(h)])",
)
"""Rows `[i, source, externalId, record, id(p), party, rule, score]`: a record with a party of its
own that is merged into p from the first moment, as if it had been created and then merged.

To `[i, id(s), id(p), id of its own party]` of those created.
"""

NAMES = _write(
    "write.names",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
RETURN collect([i, n.id, labels(n)])""",
)
"""Ids and labels of nodes by number."""

CONCERNED = _write(
    "write.concerned",
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
RETURN collect([i, n.changedAt, CASE WHEN n:Party THEN [] ELSE
  COLLECT { MATCH (n)-[:FOR|RESOLVES_TO]->(q:Party) RETURN DISTINCT q.id LIMIT 100 }
  + COLLECT { MATCH (n)<-[:PARTICIPATED_IN|HAS_IDENTIFIER|GAVE]-(q:Party)
              RETURN DISTINCT q.id LIMIT 100 }
END])""",
)
"""Of nodes by number when they last changed, and the parties they concern, at most 200."""

APPEND = _write(
    "write.append",
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
CREATE (e:ChangeEvent:Outbox)
SET e = r[1]
SET e.prev = n.head, e.version = n.version
SET n.hash = CASE WHEN size(n.hash) = 32 OR n.hash ENDS WITH n.head
    THEN left(n.hash, 32) + r[2] + e.digest END
SET n.head = e.digest
RETURN count(*)""",
)
"""Rows `[id(n), event, seal]`: appends the event to those of its entity.

A mark that was just written, or still held, holds on: what else changed was changed by this batch.
"""


def _unchanged(node: Node) -> Statement:
    """Rows `[key…, seal, i]` to the i of those nodes whose last event was sealed so."""
    label: LiteralString = "SourceRecord" if is_party(node) else node.name
    first, second = ("source", "externalId") if is_party(node) else key_names(node)
    text: LiteralString = (
        "UNWIND $p.rows AS r\n"
        "MATCH (n:`" + label + "` {" + first + ": r[0], " + second + ": r[1]})\n"
        "WHERE n.hash ENDS WITH r[2] + n.head\n"
        "RETURN collect(r[3])"
    )
    return Statement(f"write.unchanged.{node.name}", Kind.READ, KEEP_PLAN + text)


UNCHANGED = {node.name: _unchanged(node) for node in WRITABLE if is_party(node) or key_names(node)}


def all_statements() -> tuple[Statement, ...]:
    """Every statement for nodes."""
    return (
        *FIND.values(), *FIND_BY_ID.values(), *CREATE.values(), *CREATE_BY_ID.values(),
        *UNCHANGED.values(), *CREATE_PARTY.values(), LOCK, CHANGE, FIND_RECORDS, RECORDS_OF, ATTACH,
        JOIN, NAMES, CONCERNED, APPEND,
    )  # fmt: skip
