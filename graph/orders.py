"""Documents: whose they are."""

from graph.statements import Expression, Pattern

CUSTOMER = Pattern(
    "orders.customer",
    """
    MATCH (THIS)-[EDGE:FOR]->(NODE:Party)
    WHERE coalesce(EDGE.role, 'CUSTOMER') = 'CUSTOMER'
    WITH NODE, EDGE
    """,
)
"""The party that a document, an opportunity or a case belongs to."""

CONTACT = Pattern("orders.contact", "MATCH (THIS)-[EDGE:FOR {role: 'CONTACT'}]->(NODE:Person)")
"""The person to talk to about it."""

BY_NUMBER = Pattern(
    "orders.by_number",
    "MATCH (NODE:Order {number: VALUE}) WHERE NODE.id IS NOT NULL "
    "AND SEEN_Document(NODE) "
    "WITH NODE ORDER BY NODE.id LIMIT 1",
)
BY_RECORD = Pattern(
    "orders.by_record",
    "MATCH (NODE:Order {source: VALUE.source, externalId: VALUE.externalId})",
)
INVOICE_BY_NUMBER = Pattern(
    "orders.invoice_by_number",
    "MATCH (NODE:Invoice {number: VALUE}) WHERE NODE.id IS NOT NULL "
    "AND SEEN_Document(NODE) "
    "WITH NODE ORDER BY NODE.id LIMIT 1",
)
INVOICE_BY_RECORD = Pattern(
    "orders.invoice_by_record",
    "MATCH (NODE:Invoice {source: VALUE.source, externalId: VALUE.externalId})",
)
IS_OVERDUE = Expression(
    "orders.is_overdue",
    "THIS.status IN ['OPEN', 'OVERDUE'] AND THIS.dueOn < toString(date())",
)
