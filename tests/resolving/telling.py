"""Records that arrive, and what became of them."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Outcome, Writer, write

PERSON, COMPANY = MODEL.by_label["Person"], MODEL.by_label["Company"]
NOT_SAME_AS = MODEL.by_type["NOT_SAME_AS"]


def id_of(number: int | str) -> str:
    """The id of the party that a record would have by itself."""
    return str(uuid5(NAMESPACE_URL, f"resolving/{number}"))


def says(number: int, name: str = "Ana Pop", source: str = "crm", **values: Any) -> NodeRow:
    """A record of a person."""
    return NodeRow((source, str(number)), {"name": name, **values}, id_of(number))


def at(step: int) -> str:
    """A time."""
    return f"2026-01-01T{step // 60:02}:{step % 60:02}:00.000Z"


async def arrive(graph: Graph, *rows: NodeRow, node: Any = PERSON, step: int = 0) -> Outcome:
    """Let records arrive, in one batch."""
    return await write(graph, Batch([Nodes(node, [*rows])]), Writer("tester", now=at(step)))


async def distinguish(graph: Graph, one: int, other: int, step: int = 1) -> None:
    """Decide that two parties are not the same."""
    row = LinkRow((id_of(one),), (id_of(other),), {"reason": "twins"})
    batch = Batch([Links(NOT_SAME_AS, PERSON, PERSON, [row])])
    await write(graph, batch, Writer("tester", now=at(step)))


async def ask(graph: Graph, text: str, **parameters: Any) -> list[list[Any]]:
    """Rows of a query."""
    return await graph.run(Statement("test.ask", Kind.READ, text), parameters)


async def clusters(graph: Graph) -> set[frozenset[str]]:
    """External ids of the records of each party."""
    rows = await ask(
        graph,
        "MATCH (s:SourceRecord)-[:RESOLVES_TO]->(p:Party) RETURN p.id, collect(s.externalId)",
    )
    return {frozenset(row[1]) for row in rows}


async def rules(graph: Graph) -> list[str]:
    """Rules of all merges that stand."""
    rows = await ask(graph, "MATCH ()-[x:MERGED_INTO]->() RETURN x.rule ORDER BY x.rule")
    return [row[0] for row in rows]


async def proposed(graph: Graph) -> list[list[Any]]:
    """Pairs that wait for a person."""
    return await ask(
        graph,
        "MATCH (a)-[x:POSSIBLE_DUPLICATE]->(b) RETURN a.id, b.id, x.rule, x.score ORDER BY a.id",
    )
