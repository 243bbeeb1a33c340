"""Having the database plan the statements of a large write before they are needed.

A database that has just started takes a tenth of a second to plan a statement it has never seen,
and a large write needs a hundred of them. Asked beforehand, on a connection of its own, it does so
while rows are still being made or read.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager

from neo4j.exceptions import DriverError, Neo4jError

from graph.database import Graph
from graph.errors import GraphError
from graph.model.identity import HAS_IDENTIFIER, IDENTIFIER
from graph.model.kinds import Node, Relationship
from graph.statements import Kind, Statement
from graph.write import statements
from graph.write.link_statements import GIVE_CUSTOMER, GIVE_PARTNER, LINKS
from graph.write.links import positional
from graph.write.roles import PARTNERING

_EVERY = (statements.APPEND, statements.CHANGE, statements.CONCERNED)
"""What nearly every batch takes, whatever it writes."""


def expected(kinds: Iterable[Node | Relationship]) -> list[Statement]:
    """Return the statements that writing new things of these kinds takes, each once, in order."""
    return list(dict.fromkeys([*_EVERY, *(each for kind in kinds for each in _of(kind))]))


def _of(kind: Node | Relationship) -> Iterator[Statement]:
    if isinstance(kind, Node):
        yield from _of_node(kind)
    elif kind.name in LINKS:
        texts = LINKS[kind.name]
        yield texts.create
        yield texts.read_starts if positional(kind) else texts.read_pairs
        if kind.name == "FOR":
            yield GIVE_CUSTOMER
        elif kind.name in PARTNERING:
            yield GIVE_PARTNER


def _of_node(node: Node) -> Iterator[Statement]:
    if node not in statements.WRITABLE:
        return
    if node.name in statements.UNCHANGED:
        yield statements.UNCHANGED[node.name]
    if statements.is_party(node):
        yield from (statements.FIND_RECORDS, statements.CREATE_PARTY[node.name])
        yield statements.FIND[node.name]
        yield from _of(IDENTIFIER)
        yield from _of(HAS_IDENTIFIER)
    elif node.name in statements.FIND:
        yield from (statements.FIND[node.name], statements.CREATE[node.name])
    else:
        yield from (statements.FIND_BY_ID[node.name], statements.CREATE_BY_ID[node.name])


@asynccontextmanager
async def planned_ahead(graph: Graph, kinds: Iterable[Node | Relationship]) -> AsyncGenerator[None]:
    """Have the database plan, beside what is done here, what writing new things of these takes.

    Nothing is changed, and nothing fails for it: whatever keeps the database from planning is for
    the writes themselves to find.
    """
    planning = asyncio.create_task(_plan(graph, expected(kinds)))
    try:
        yield
    finally:
        planning.cancel()
        await asyncio.wait([planning])


async def _plan(graph: Graph, some: Iterable[Statement]) -> None:
    for statement in some:
        explained = Statement("write.plan_ahead", Kind.WRITE, "EXPLAIN " + statement.text)
        try:
            await graph.run(explained, {"p": {}})
        except (GraphError, DriverError, Neo4jError):
            return
