"""The write path: the one function through which everything changes the graph."""

from graph.write.batch import (
    Batch,
    Count,
    Expected,
    Key,
    LinkRow,
    Links,
    NodeRow,
    Nodes,
    Outcome,
    Request,
    Writer,
)
from graph.write.planning import planned_ahead
from graph.write.preparing import prepare
from graph.write.unchanged import SEALABLE, unchanged
from graph.write.validation import Problem, validate, validate_many
from graph.write.writing import write

__all__ = [
    "SEALABLE",
    "Batch",
    "Count",
    "Expected",
    "Key",
    "LinkRow",
    "Links",
    "NodeRow",
    "Nodes",
    "Outcome",
    "Problem",
    "Request",
    "Writer",
    "planned_ahead",
    "prepare",
    "unchanged",
    "validate",
    "validate_many",
    "write",
]
