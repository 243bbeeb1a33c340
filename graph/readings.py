"""Reads of personal data, as they are shown: to staff, and to the person whose data it was."""

from graph.statements import Expression, Pattern

READER = Pattern(
    "readings.reader",
    "MATCH (NODE:User {issuer: split(THIS.actor, '|')[0], subject: split(THIS.actor, '|')[1]})",
)
"""The user of a record."""
PARTNER = Expression(
    "readings.partner",
    "CASE WHEN THIS.audience = 'PARTNER' THEN head(COLLECT { "
    "MATCH (:User {issuer: split(THIS.actor, '|')[0], subject: split(THIS.actor, '|')[1]})"
    "-[:ACTS_FOR]->(partner:Partner) RETURN partner.name ORDER BY partner.id LIMIT 1 }) END",
)
"""The name of the partner for whom a record's user reads; null for staff."""
