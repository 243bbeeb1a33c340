"""The fetch: one Cypher statement per root field of an operation, and the completed response."""
