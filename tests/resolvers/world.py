"""A graph with everything the model knows, made from the model: three nodes a kind, all linked."""

from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.model.kinds import Node, Property, Relationship, Type
from graph.model.parties import COMPANY, CUSTOMER, PARTNER
from graph.statements import Kind, Statement

VALUES: dict[Type, Any] = {
    Type.STRING: "word",
    Type.TEXT: "several words",
    Type.INTEGER: 7,
    Type.FLOAT: 0.5,
    Type.BOOLEAN: True,
    Type.DATETIME: "2026-01-02T10:00:00.000Z",
    Type.DATE: "2026-01-02",
    Type.MONEY: 123_456,
    Type.CURRENCY: "EUR",
    Type.COUNTRY: "FR",
    Type.LANGUAGE: "fr",
    Type.URL: "https://example.org/",
    Type.EMAIL: "ana@example.org",
    Type.PHONE: "+33123456789",
    Type.STRINGS: ["one", "two"],
    Type.JSON: "{}",
}
CONCRETE = tuple(node for node in MODEL.nodes if not node.abstract and not node.machinery)


def stored(declared: Property) -> Any:
    """The value that every node and relationship of this world has for a property."""
    return declared.values[0] if declared.type is Type.ENUM else VALUES[declared.type]


def properties(node: Node, number: int) -> dict[str, Any]:
    """What the node of a kind with this number has; keys tell them apart."""
    found = {name: stored(each) for name, each in node.properties.items()}
    found["id"] = f"{node.name}-{number}"
    keys = {name for key in (*node.keys, ("externalId",)) for name in key}
    for name in keys & set(found):
        if node.properties[name].type is Type.STRING:
            found[name] = f"{name} {number}"
    return found


def _ends(nodes: tuple[Node, ...]) -> list[Node]:
    found = [each for node in nodes for each in MODEL.concrete(node) if not each.machinery]
    return found + [COMPANY] * (PARTNER in nodes)


def _links(relationship: Relationship) -> list[tuple[str, str]]:
    """Pairs of ids: each kind of start to each kind of end; in both directions between equals."""
    pairs: list[tuple[str, str]] = []
    for start in _ends(relationship.starts):
        for end in _ends(relationship.ends):
            if start == end:
                pairs += [
                    (f"{start.name}-3", f"{end.name}-1"),
                    (f"{start.name}-1", f"{end.name}-2"),
                    (f"{start.name}-2", f"{end.name}-1"),
                ]
            else:
                pairs.append((f"{start.name}-1", f"{end.name}-1"))
    return pairs


_NODES = Statement(
    "test.nodes",
    Kind.WRITE,
    "UNWIND $rows AS row CREATE (n:$(row[0])) SET n = row[1]",
)
_LINKS = Statement(
    "test.links",
    Kind.WRITE,
    """
    MATCH (n:World) WITH collect(n) AS nodes
    UNWIND $rows AS row
    WITH row, [n IN nodes WHERE n.id = row[0]][0] AS a, [n IN nodes WHERE n.id = row[1]][0] AS b
    CREATE (a)-[r:$(row[2])]->(b) SET r = row[3]
    """,
)


def _values(relationship: Relationship) -> list[dict[str, Any]]:
    """Properties of the relationships between two nodes: two with a key, that it tells apart."""
    found = {name: stored(each) for name, each in relationship.properties.items()}
    if relationship.history:
        found["recordedTo"] = "9999"
    if "to" in found:
        found["to"] = "9999-12-31"  # far enough that nothing has ended
    if not relationship.key:
        return [found]
    bare = {name: value for name, value in found.items() if name != relationship.key[0]}
    key = relationship.properties[relationship.key[0]]
    return [found, {**bare, key.name: 8} if key.required else bare]


async def build(graph: Graph) -> None:
    """Create the world in an empty graph."""
    nodes: list[list[Any]] = []
    for node in CONCRETE:
        roles = [PARTNER.name, CUSTOMER.name] if node == COMPANY else []
        labels = [*node.labels, *roles, "World"]
        nodes += [[labels, properties(node, number)] for number in (1, 2, 3)]
    await graph.run(_NODES, {"rows": nodes})
    links = [
        [*pair, relationship.name, values]
        for relationship in MODEL.relationships
        for values in _values(relationship)
        for pair in _links(relationship)
    ]
    await graph.run(_LINKS, {"rows": links})
