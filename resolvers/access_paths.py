"""Paths that explain something, as far as they are for the viewer."""

from collections.abc import Iterable

import strawberry

from graph import explaining
from loaders.ids import encode_id
from loaders.registry import REGISTRY
from resolvers.context import Info, hidden_of


@strawberry.type(description="A node on a path.")
class AccessNode:
    """A node on a path."""

    id: strawberry.ID = strawberry.field(description="Its opaque id.")
    type: str = strawberry.field(description="Name of its type.")
    name: str | None = strawberry.field(
        description="Its name, number or subject; null when it has none."
    )


@strawberry.type(
    description="A path through the graph that explains something; of one through a node that is "
    "not for the viewer only the two ends."
)
class AccessPath:
    """A path."""

    nodes: list[AccessNode] = strawberry.field(description="Its nodes, in order.")
    relationships: list[str] = strawberry.field(
        description="Types of the relationships between them; empty when no fact is needed."
    )


def node_of(named: explaining.Named) -> AccessNode:
    """A node as it is told."""
    types = (name for name, kind in REGISTRY.kinds.items() if kind.role is None)
    type_ = next((t for t in types if REGISTRY.kinds[t].node.name == named.label), named.label)
    return AccessNode(id=strawberry.ID(encode_id(type_, named.id)), type=type_, name=named.name)


def path_of(
    nodes: tuple[explaining.Named, ...], ties: tuple[str, ...], hidden: set[str]
) -> AccessPath:
    """A path; only its ends, and no relationship, where a rule hides what is in between."""
    told = [node_of(each) for each in nodes]
    if hidden.isdisjoint(str(each.id) for each in told):
        return AccessPath(nodes=told, relationships=list(ties))
    return AccessPath(nodes=[told[0], told[-1]], relationships=[])


async def hidden_on(info: Info, paths: Iterable[tuple[explaining.Named, ...]]) -> set[str]:
    """Opaque ids of the nodes on some paths that the viewer may not see."""
    return await hidden_of(info, sorted({str(node_of(one).id) for path in paths for one in path}))
