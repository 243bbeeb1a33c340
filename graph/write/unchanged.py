"""Telling at a glance which documents the graph holds as they were last written."""

from collections.abc import Sequence

from graph.database import Graph
from graph.model.kinds import Node
from graph.write.batch import Key, slices
from graph.write.statements import UNCHANGED

SEALABLE = frozenset(UNCHANGED)
"""Labels of the kinds of node whose rows may be sealed."""


async def unchanged(graph: Graph, node: Node, rows: Sequence[tuple[Key, str]]) -> set[int]:
    """Look which nodes are still as a batch left them that wrote a row with this seal.

    A node counts as changed from the next event on that tells of it or of its relationships,
    whoever caused that; so does one that was never written with a seal.

    Args:
        graph: The graph.
        node: A concrete kind that is named by a key of two parts.
        rows: Keys of two parts, and the seals; see `NodeRow.seal`.

    Returns:
        Positions of the rows whose nodes and relationships need no look.

    Raises:
        Unavailable: the database could not be reached within the retries.
    """
    found: set[int] = set()
    asked = [[*key, seal, i] for i, (key, seal) in enumerate(rows)]
    for some in slices(asked):
        found.update((await graph.run(UNCHANGED[node.name], {"p": {"rows": some}}))[0][0])
    return found
