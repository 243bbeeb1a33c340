"""The fetch: operation and viewer to one Cypher statement per root field and a completed response."""
