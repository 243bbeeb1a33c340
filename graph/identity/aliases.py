"""Former ids: the id of a party that was merged into another names the one that answers for it."""

from collections.abc import Collection
from typing import LiteralString

from graph.database import Graph
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.statements import Kind, Statement

TARGETS = Statement(
    "identity.targets",
    Kind.READ,
    "UNWIND $ids AS id MATCH (a:Alias {id: id}) RETURN a.id, a.target",
)


def anchor(node: Node, variable: LiteralString, value: LiteralString) -> LiteralString:
    """The clause that finds a node by its id, or by a former one of a kind that is merged.

    An alias is sought by its key, which adds two accesses; it comes first, since a choice between
    two ways to the node would cost more than that.

    Args:
        node: The kind, whose label has the index.
        variable: The variable that is bound.
        value: The id: a parameter or a variable.
    """
    label: LiteralString = node.name
    if not node.is_a(PARTY):
        return "MATCH (" + variable + ":" + label + " {id: " + value + "})"
    return (
        "OPTIONAL MATCH (former:Alias {id: " + value + "}) "
        "WITH *, coalesce(former.target, " + value + ") AS answering "
        "MATCH (" + variable + ":" + label + " {id: answering})"
    )


async def targets(graph: Graph, ids: Collection[str]) -> dict[str, str]:
    """The ids that answer for those of some ids that are former ones.

    Raises:
        GraphError: the database is away.
    """
    found = await graph.run(TARGETS, {"ids": sorted(ids)})
    return {str(former): str(target) for former, target in found}
