"""Opportunities: how they are found."""

from graph.statements import Pattern

BY_RECORD = Pattern(
    "opportunities.by_record",
    "MATCH (NODE:Opportunity {source: VALUE.source, externalId: VALUE.externalId})",
)
