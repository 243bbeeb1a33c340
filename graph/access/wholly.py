"""Whether nothing at all is hidden from a member of staff."""

from typing import LiteralString

from graph.access.staff import NARROWED
from graph.database import Graph
from graph.statements import CYPHER_25, Kind, Statement

_TEXT: LiteralString = CYPHER_25 + NARROWED.begin("$issuer", "$subject")
WHOLLY = Statement("access.wholly", Kind.READ, _TEXT + " RETURN " + NARROWED.everything)


async def sees_everything(graph: Graph, issuer: str, subject: str) -> bool:
    """Whether the rules, as they are now, hide nothing from a member of staff.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    rows = await graph.run(WHOLLY, {"issuer": issuer, "subject": subject})
    return bool(rows and rows[0][0])
