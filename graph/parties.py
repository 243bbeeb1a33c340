"""Parties: how they are found, and what is computed about them."""

from graph.statements import Expression, Pattern

BY_RECORD = Pattern(
    "parties.by_record",
    "MATCH (:SourceRecord {source: VALUE.source, externalId: VALUE.externalId})"
    "-[:RESOLVES_TO]->(NODE:Party)",
)
BY_EMAIL = Pattern(
    "parties.by_email",
    "MATCH (:Identifier {kind: 'EMAIL', value: toLower(VALUE)})<-[:HAS_IDENTIFIER]-(NODE:Party)",
)
BY_PHONE = Pattern(
    "parties.by_phone",
    "MATCH (:Identifier {kind: 'PHONE', value: VALUE})<-[:HAS_IDENTIFIER]-(NODE:Party)",
)
BY_TAX_ID = Pattern(
    "parties.by_tax_id",
    "MATCH (:Identifier {kind: 'TAX_ID', value: VALUE})<-[:HAS_IDENTIFIER]-(NODE:Party)",
)

PARENTS = Pattern(
    "parties.parents",
    "MATCH (THIS)-[:SUBSIDIARY_OF*1..8]->(NODE:Company)",
    distinct=True,
)
SUBSIDIARIES = Pattern(
    "parties.subsidiaries",
    "MATCH (THIS)<-[:SUBSIDIARY_OF*1..8]-(NODE:Company)",
    distinct=True,
)

TIMELINE = Pattern(
    "parties.timeline",
    """
    CALL (THIS) {
      MATCH (THIS)-[:PARTICIPATED_IN]->(NODE:Interaction) RETURN NODE
      UNION
      MATCH (THIS)<-[:FOR]-(NODE:Document) RETURN NODE
    }
    WITH NODE
    """,
)
TIMELINE_OF_HIERARCHY = Pattern(
    "parties.timeline_of_hierarchy",
    """
    CALL (THIS) {
      MATCH (THIS)<-[:SUBSIDIARY_OF|WORKS_AT*0..8]-(member:Party)
      WITH DISTINCT member
      CALL (member) {
        MATCH (member)-[:PARTICIPATED_IN]->(NODE:Interaction) RETURN NODE
        UNION
        MATCH (member)<-[:FOR]-(NODE:Document) RETURN NODE
      }
      RETURN DISTINCT NODE
    }
    WITH NODE
    """,
)
