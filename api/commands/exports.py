"""`export`: write a list of the API to a file."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.connections import open_graph
from api.errors import ApiError
from api.graphql import executor, viewer
from api.settings import Settings, load_settings
from api.tokens import AudienceName, Principal
from graph.exports import Format
from loaders.exporting import Asked, Exported, export

SUBJECT = "command-line"


def export_(
    kind: Annotated[str, typer.Argument(help="Root field of the list, such as orders.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    format_: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.CSV,
    filter_: Annotated[str, typer.Option("--filter", help="Filter of the list, as JSON.")] = "null",
    order_by: Annotated[str, typer.Option(help="Order of the list, as JSON.")] = "null",
    columns: Annotated[
        str, typer.Option(help="Paths of fields, with commas between; all plain values if empty.")
    ] = "",
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin a CSV file with a byte order mark, for Excel.")
    ] = False,
    audience: Annotated[AudienceName, typer.Option("--as", help="For whom.")] = "staff",
) -> None:
    """Write every row of a list to a file; the file appears when it is complete."""
    settings = load_settings()
    chosen = tuple(name.strip() for name in columns.split(",") if name.strip())
    asked = Asked(
        kind, format_, _json("--filter", filter_), _json("--order-by", order_by), chosen, bom
    )
    principal = Principal(audience, settings.token_issuer, SUBJECT, None, 0.0)
    done = asyncio.run(_export(settings, asked, out, principal))
    print(f"{done.rows:,} rows, {done.bytes:,} bytes.")


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter("is no JSON", param_hint=name) from error


async def _export(settings: Settings, asked: Asked, out: Path, principal: Principal) -> Exported:
    async def progress(rows: int) -> None:
        print(f"{rows:,} rows", end="\r", flush=True)

    try:
        async with open_graph(settings) as graph:
            made = executor(graph, max_batch=1)
            return await export(made, viewer(principal), asked, out, progress)
    except OSError as error:
        message = "The file cannot be written; choose one in a folder that can be written."
        raise ApiError("FILE_UNWRITABLE", message) from error
