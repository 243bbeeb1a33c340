"""`explain`: show what a GraphQL document asks of the graph."""

import asyncio
from typing import Any

import orjson
import typer
from graphql import GraphQLError

from api.connections import open_graph
from api.documents import File, OperationName, Variables, read_document, read_variables
from api.graphql import executor
from api.settings import load_settings
from graph.database import Graph
from loaders.execution import Explained
from loaders.lanes import shared


def explain(file: File, variables: Variables = "{}", operation: OperationName = None) -> None:
    """Print the Cypher, parameters, price and profile of each root field.

    The statements are run, as a member of staff. The exit status is 1 when the document is refused.
    """
    settings = load_settings()
    values = read_variables(variables)
    document = read_document(file)

    async def explained() -> str:
        async with open_graph(settings) as graph:
            found = executor(graph, max_batch=1).explain(document, values, operation)
            return "\n\n".join([await _text(graph, each) for each in found])

    print(asyncio.run(explained()))


async def _text(graph: Graph, found: Explained | GraphQLError) -> str:
    """Describe one root field."""
    if isinstance(found, GraphQLError):
        print(orjson.dumps({"errors": [found.formatted]}, option=orjson.OPT_INDENT_2).decode())
        raise typer.Exit(1)
    title = f"{found.key}: {found.price} points"
    if found.statement is None:
        return f"{title}, no statement: the answer is null whatever the graph holds"
    parameters: dict[str, Any] = shared(found.statement).parameters(found.parameters)
    profile = await graph.profile(found.statement, parameters)
    return "\n".join(
        [
            f"{title}, {profile.db_hits} db hits",
            "",
            found.statement.text,
            "",
            orjson.dumps(parameters).decode(),
            "",
            profile.table,
        ]
    )
