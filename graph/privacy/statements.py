"""What the closure reads. Nodes go by their internal numbers, within one transaction."""

from graph.statements import Kind, Statement

FIND = Statement(
    "privacy.find",
    Kind.READ,
    """OPTIONAL MATCH (live:Person {id: $id})
OPTIONAL MATCH (alias:Alias {id: $id})
OPTIONAL MATCH (merged:Person {id: alias.target})
OPTIONAL MATCH (away:Archived {id: $id}) WHERE 'Person' IN away.archivedLabels
WITH coalesce(live, merged, away) AS n WHERE n IS NOT NULL
RETURN id(n), n.id""",
)
"""A person by id, by the id it had before a merge, or put away."""

NODES = Statement(
    "privacy.nodes",
    Kind.READ,
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
WITH i, n, CASE WHEN n:Archived THEN n.archivedLabels ELSE labels(n) END AS labels
RETURN collect([i, labels, properties(n)])""",
)
"""Numbers to `[number, labels, properties]`."""

TIES = Statement(
    "privacy.ties",
    Kind.READ,
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[x]-(m) WHERE type(x) <> 'WAS'
RETURN collect([
  i, id(x), type(x), startNode(x) = n, properties(x), id(m), m.id,
  CASE WHEN m:Archived THEN m.archivedLabels ELSE labels(m) END
])""",
)
"""Numbers to every relationship, former ones too, with the node at its far end."""

OTHERS = Statement(
    "privacy.others",
    Kind.READ,
    """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
MATCH (n)-[x]-(m)
WHERE startNode(x) = n AND type(x) IN r[1] OR endNode(x) = n AND type(x) IN r[2]
   OR n:Archived AND (startNode(x) = n AND type(x) IN r[3] OR endNode(x) = n AND type(x) IN r[4])
RETURN collect([r[0], id(m), CASE WHEN m:Archived THEN m.archivedLabels ELSE labels(m) END])""",
)
"""Rows of a number and relationship types (out, in, former out, former in) to their far ends."""

VERSIONS = Statement(
    "privacy.versions",
    Kind.READ,
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[:WAS]->(v:Version)
RETURN collect([i, id(v), properties(v)])""",
)
"""Numbers of nodes to their former states."""

EVENTS = Statement(
    "privacy.events",
    Kind.READ,
    """UNWIND $p.rows AS r
MATCH (e:ChangeEvent {entity: r[0]}) WHERE e.id IS NOT NULL
  AND (r[1] IS NULL OR any(name IN e.fields WHERE name IN r[1]))
RETURN collect([properties(e)])""",
)
"""Rows of an entity's id, and the fields of which one must have changed (null: any), to events."""

ALIASES = Statement(
    "privacy.aliases",
    Kind.READ,
    "UNWIND $p.ids AS id MATCH (a:Alias {target: id}) RETURN collect([id(a), properties(a)])",
)

ANSWERS = Statement(
    "privacy.answers",
    Kind.READ,
    """MATCH (k:IdempotencyKey) WHERE any(id IN $p.ids WHERE k.result CONTAINS id)
RETURN collect([id(k), properties(k)])""",
)
"""Kept answers to repeatable requests that name one of some ids."""

JOBS = Statement(
    "privacy.jobs",
    Kind.READ,
    "MATCH (j:Job) WHERE j.parameters IS NOT NULL RETURN collect([id(j), j.parameters])",
)
"""What jobs were asked to do, which may name anybody."""

HOLDS = Statement(
    "privacy.holds",
    Kind.READ,
    """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[:HELD_BY]->(h:LegalHold)
WHERE (h.from IS NULL OR h.from <= $p.now) AND (h.to IS NULL OR h.to > $p.now)
RETURN collect(DISTINCT h.id)""",
)
"""Ids of the legal holds that protect one of some nodes at a time."""

ALL = (FIND, NODES, TIES, OTHERS, VERSIONS, EVENTS, ALIASES, ANSWERS, JOBS, HOLDS)
