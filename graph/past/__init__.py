"""The past: Cypher that reads the graph as it was, made from Cypher that reads it as it is."""

from graph.past.fragments import OVERWRITTEN
from graph.past.reading import Timeless
from graph.past.rewriting import at_time, check_clauses, check_expression

__all__ = ["OVERWRITTEN", "Timeless", "at_time", "check_clauses", "check_expression"]
