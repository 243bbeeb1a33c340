"""Parties: how they are found, how they relate, and what is computed about them."""

from graph.statements import Expression, Pattern

BY_RECORD = Pattern(
    "parties.by_record",
    "MATCH (:SourceRecord {source: VALUE.source, externalId: VALUE.externalId})"
    "-[:RESOLVES_TO]->(NODE:Party)",
)
BY_EMAIL = Pattern(
    "parties.by_email",
    """
    MATCH (:Identifier {kind: 'EMAIL', value: toLower(VALUE)})<-[has:HAS_IDENTIFIER]-(NODE:Party)
    WHERE FULL_Party(NODE)
    WITH NODE ORDER BY coalesce(has.primary, false) DESC, NODE.id LIMIT 1
    """,
)
BY_PHONE = Pattern(
    "parties.by_phone",
    """
    MATCH (:Identifier {kind: 'PHONE', value: VALUE})<-[has:HAS_IDENTIFIER]-(NODE:Party)
    WHERE FULL_Party(NODE)
    WITH NODE ORDER BY coalesce(has.primary, false) DESC, NODE.id LIMIT 1
    """,
)
BY_TAX_ID = Pattern(
    "parties.by_tax_id",
    """
    MATCH (:Identifier {kind: 'TAX_ID', value: toUpper(VALUE)})<-[has:HAS_IDENTIFIER]-(NODE:Party)
    WHERE FULL_Party(NODE)
    WITH NODE ORDER BY coalesce(has.primary, false) DESC, NODE.id LIMIT 1
    """,
)

DISTANCE = Expression("parties.distance", "EDGE")
"""Number of steps, for patterns that bind EDGE to it."""

PARENT = Pattern(
    "parties.parent",
    """
    MATCH (THIS)-[EDGE:SUBSIDIARY_OF]->(NODE:Company)
    WHERE EDGE.to IS NULL OR EDGE.to >= toString(date())
    WITH NODE, EDGE
    """,
)
PARENTS = Pattern(
    "parties.parents",
    """
    MATCH path = (THIS)-[:SUBSIDIARY_OF*1..8]->(NODE:Company)
    WHERE all(step IN relationships(path) WHERE step.to IS NULL OR step.to >= toString(date()))
    WITH NODE, min(length(path)) AS EDGE
    """,
)
SUBSIDIARIES = Pattern(
    "parties.subsidiaries",
    """
    MATCH path = (THIS)<-[:SUBSIDIARY_OF*1..8]-(NODE:Company)
    WHERE all(step IN relationships(path) WHERE step.to IS NULL OR step.to >= toString(date()))
    WITH NODE, min(length(path)) AS EDGE
    """,
)
MANAGER = Pattern(
    "parties.manager",
    """
    MATCH (THIS)-[EDGE:REPORTS_TO]->(NODE:Person)
    WHERE EDGE.to IS NULL OR EDGE.to >= toString(date())
    WITH NODE, EDGE
    """,
)
ALLIES = Pattern("parties.allies", "MATCH (THIS)-[EDGE:PARTNERS_WITH]-(NODE:Company)")
ACQUAINTANCES = Pattern(
    "parties.acquaintances",
    """
    MATCH (THIS)-[EDGE:KNOWS]-(NODE:Person)
    WHERE startNode(EDGE) = THIS OR NOT EXISTS { (THIS)-[:KNOWS]->(NODE) }
    WITH NODE, EDGE
    """,
)
DIFFERENT = Pattern(
    "parties.different",
    """
    MATCH (THIS)-[EDGE:NOT_SAME_AS]-(NODE:Party)
    WHERE startNode(EDGE) = THIS OR NOT EXISTS { (THIS)-[:NOT_SAME_AS]->(NODE) }
    WITH NODE, EDGE
    """,
)
AS_COMPANY = Pattern("parties.as_company", "MATCH (NODE:Company {id: THIS.id})")
AS_PARTNER = Pattern(
    "parties.as_partner",
    "MATCH (NODE:Company {id: THIS.id}) WHERE NODE:Partner WITH NODE",
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
# What a person did counts for a company or household only while the person belonged to it.
TIMELINE_OF_HIERARCHY = Pattern(
    "parties.timeline_of_hierarchy",
    """
    CALL (THIS) {
      MATCH path = (THIS)<-[:SUBSIDIARY_OF*0..8]-(member:Party)
      WHERE all(step IN relationships(path) WHERE step.to IS NULL OR step.to >= toString(date()))
      WITH DISTINCT member
      CALL (member) {
        MATCH (member)-[:PARTICIPATED_IN]->(NODE:Interaction) RETURN NODE
        UNION
        MATCH (member)<-[:FOR]-(NODE:Document) RETURN NODE
        UNION
        MATCH (member)<-[stay:WORKS_AT|LIVES_IN]-(person:Person)
        CALL (person) {
          MATCH (person)-[:PARTICIPATED_IN]->(NODE:Interaction) RETURN NODE
          UNION
          MATCH (person)<-[:FOR]-(NODE:Document) RETURN NODE
        }
        WITH stay, NODE
        WHERE left(NODE.at, 10) >= coalesce(stay.from, '')
          AND left(NODE.at, 10) <= coalesce(stay.to, '9999')
        RETURN NODE
      }
      RETURN DISTINCT NODE
    }
    WITH NODE
    """,
)
INTERACTIONS = Pattern(
    "parties.interactions", "MATCH (THIS)-[:PARTICIPATED_IN]->(NODE:Interaction)", distinct=True
)
TASKS = Pattern(
    "parties.tasks",
    """
    CALL (THIS) {
      MATCH (THIS)-[:PARTICIPATED_IN]->(NODE:Task) RETURN NODE
      UNION
      MATCH (THIS)<-[:FOR]-(:Opportunity|Document|Case)<-[:REGARDING]-(NODE:Task) RETURN NODE
    }
    WITH NODE
    """,
)
OPEN_ITEMS = Pattern(
    "parties.open_items",
    """
    CALL (THIS) {
      MATCH (THIS)<-[:FOR]-(NODE:Opportunity|Quote|Invoice|Case)
      WHERE (NODE:Opportunity AND NOT NODE.stage IN ['WON', 'LOST'])
        OR (NODE:Quote AND NODE.status = 'SENT')
        OR (NODE:Invoice AND NODE.status IN ['OPEN', 'OVERDUE'])
        OR (NODE:Case AND NODE.status IN ['NEW', 'OPEN', 'PENDING'])
      RETURN NODE
      UNION
      MATCH (THIS)-[:PARTICIPATED_IN]->(NODE:Task {status: 'OPEN'}) RETURN NODE
      UNION
      MATCH (THIS)<-[:FOR]-(:Opportunity|Document|Case)<-[:REGARDING]-(NODE:Task {status: 'OPEN'})
      RETURN NODE
    }
    WITH NODE
    """,
)
HEADLINE = Expression("parties.headline", "coalesce(THIS.name, THIS.subject, THIS.number)")
OPEN_SINCE = Expression("parties.open_since", "coalesce(THIS.openedAt, THIS.at)")
DUE_ON = Expression(
    "parties.due_on",
    "coalesce(THIS.dueOn, left(THIS.dueAt, 10), THIS.expectedCloseOn, THIS.validUntil)",
)

ORDER_STATS = Expression(
    "parties.order_stats",
    """COLLECT {
      MATCH (THIS)<-[for:FOR]-(paper:Order|CreditNote)
      WHERE coalesce(for.role, 'CUSTOMER') = 'CUSTOMER'
        AND coalesce(paper.status, '') <> 'CANCELLED' AND paper.currency IS NOT NULL
      WITH paper.currency AS currency,
        count(CASE WHEN paper:Order THEN 1 END) AS orders,
        sum(CASE WHEN paper:Order THEN paper.total END) AS total,
        sum(CASE WHEN paper:CreditNote THEN paper.total END) AS credited,
        min(CASE WHEN paper:Order THEN paper.at END) AS firstAt,
        max(CASE WHEN paper:Order THEN paper.at END) AS lastAt
      ORDER BY currency
      RETURN {
        orders: orders, total: [total, currency], credited: [credited, currency],
        average: CASE WHEN orders > 0 THEN [total / orders, currency] END,
        firstAt: firstAt, lastAt: lastAt
      }
    }""",
)
INTERACTION_STATS = Expression(
    "parties.interaction_stats",
    """COLLECT {
      MATCH (THIS)-[:PARTICIPATED_IN]->(touch:Interaction)
      WITH DISTINCT touch
      WITH touch.channel AS channel, count(touch) AS interactions,
        count(CASE WHEN touch.direction = 'INBOUND' THEN 1 END) AS inbound,
        count(CASE WHEN touch.direction = 'OUTBOUND' THEN 1 END) AS outbound,
        avg(touch.sentiment) AS sentiment, min(touch.at) AS firstAt, max(touch.at) AS lastAt
      ORDER BY channel
      RETURN {
        channel: channel, interactions: interactions, inbound: inbound, outbound: outbound,
        sentiment: sentiment, firstAt: firstAt, lastAt: lastAt
      }
    }""",
)
