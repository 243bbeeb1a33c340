"""Every business action that changes the graph, by domain; each module ends in its `ACTIONS`."""

from graph.actions import interactions, opportunities
from graph.write.actions import Mutation

ALL: tuple[Mutation, ...] = (
    *interactions.ACTIONS,
    *opportunities.ACTIONS,
)
"""All of them, in the order of the schema."""
