"""Rules of staff: who sees how much."""

from typing import Any

from graph import model
from loaders.declare import edge, node, prop
from resolvers.nodes import Node
from resolvers.sorting import BY_NAME


@node(model.access.ACCESS_RULE)
class AccessRule(Node):
    """How much staff see; of several rules that hold for somebody the widest counts."""

    name: str = prop()
    parties: str = prop()
    interactions: str = prop()
    active: bool | None = prop()
    teams: Any = edge(
        model.access.GOVERNS.out,
        "Team",
        "Teams it holds for, with those below them; none is everybody without another rule.",
        order=BY_NAME,
    )
