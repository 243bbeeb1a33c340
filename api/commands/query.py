"""`query`: answer a GraphQL document from a file."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
import typer

from api.connections import open_graph
from api.errors import ApiError
from api.graphql import Result, executor, viewer
from api.settings import Settings, load_settings
from api.tokens import AudienceName, Principal

SUBJECT = "command-line"


def query(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A GraphQL document; - reads standard input.")
    ],
    variables: Annotated[str, typer.Option(help="Variables, as a JSON object.")] = "{}",
    operation: Annotated[
        str | None, typer.Option(help="Name of the operation, if the document has several.")
    ] = None,
    audience: Annotated[AudienceName, typer.Option("--as", help="For whom to answer.")] = "staff",
) -> None:
    """Print the answer as JSON; the exit status is 1 when it has errors."""
    settings = load_settings()
    values = _variables(variables)
    document = _document(file)
    principal = Principal(audience, settings.token_issuer, SUBJECT, None, 0.0)
    result = asyncio.run(_answer(settings, document, values, operation, principal))
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    if result.get("errors"):
        raise typer.Exit(1)


def _variables(text: str) -> dict[str, Any]:
    """Read the variables."""
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter("is no JSON", param_hint="--variables") from error
    if not isinstance(values, dict):
        raise typer.BadParameter("must be a JSON object", param_hint="--variables")
    return cast("dict[str, Any]", values)


def _document(file: Path) -> str:
    """Read the document."""
    try:
        if str(file) == "-":
            return sys.stdin.read()
        return file.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror}): name a file with a GraphQL document."
        raise ApiError("FILE_UNREADABLE", message) from error
    except UnicodeDecodeError as error:
        raise ApiError("FILE_UNREADABLE", f"{file} is no UTF-8 text: save it as UTF-8.") from error


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
