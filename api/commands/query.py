"""`query`: answer a GraphQL document from a file."""

import asyncio
from typing import Annotated, Any

import orjson
import typer

from api.connections import open_graph
from api.documents import File, OperationName, Variables, read_document, read_variables
from api.graphql import Result, executor, viewer
from api.settings import Settings, load_settings
from api.tokens import MAX_SUBJECT_CHARS, AudienceName, Principal

SUBJECT = "command-line"


def query(
    file: File,
    variables: Variables = "{}",
    operation: OperationName = None,
    audience: Annotated[AudienceName, typer.Option("--as", help="For whom to answer.")] = "staff",
    subject: Annotated[
        str, typer.Option(help="As which user; of partners and customers one that exists.")
    ] = SUBJECT,
) -> None:
    """Print the answer as JSON; the exit status is 1 when it has errors."""
    if not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        message = f"must have 1 to {MAX_SUBJECT_CHARS} characters"
        raise typer.BadParameter(message, param_hint="--subject")
    settings = load_settings()
    values = read_variables(variables)
    document = read_document(file)
    principal = Principal(audience, settings.token_issuer, subject, None, 0.0)
    result = asyncio.run(_answer(settings, document, values, operation, principal))
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    if result.get("errors"):
        raise typer.Exit(1)


async def _answer(
    settings: Settings,
    document: str,
    variables: dict[str, Any],
    operation: str | None,
    principal: Principal,
) -> Result:
    """Answer over the running engines, or own ones."""
    async with open_graph(settings) as graph:
        return await executor(graph, max_batch=1).execute(
            document, variables, operation, viewer(principal)
        )
