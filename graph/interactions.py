"""Interactions: the conversation that one belongs to."""

from graph.statements import Pattern

CONVERSATION = Pattern(
    "interactions.conversation",
    "MATCH (THIS)-[:NEXT_IN_THREAD*0..100]-(NODE:Interaction)",
    distinct=True,
)
