"""Cases: how they are found."""

from graph.statements import Pattern

BY_NUMBER = Pattern(
    "cases.by_number",
    "MATCH (NODE:Case {number: VALUE}) WHERE NODE.id IS NOT NULL "
    "AND SEEN_Case(NODE) "
    "WITH NODE ORDER BY NODE.id LIMIT 1",
)
BY_RECORD = Pattern(
    "cases.by_record",
    "MATCH (NODE:Case {source: VALUE.source, externalId: VALUE.externalId})",
)
