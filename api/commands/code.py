"""`code`: the code of a verification, in development, where nobody sends messages."""

import asyncio
from typing import Annotated

import typer

from api.connections import engine_config, graph_at
from api.errors import ApiError
from api.settings import Settings, load_settings
from graph.engines import attach
from graph.errors import NotFound, Unavailable
from graph.selfservice.messages import message
from loaders.errors import BadRequest
from loaders.ids import decode_id

IN_PRODUCTION = "Codes are sent, not read: this command is for development only."
NOT_RUNNING = "The graph does not run here: start it with `make demo`."
NOTHING = "Nothing waits for a code under this id: it was proved, has ended, or is none."


def code(
    verification: Annotated[
        str, typer.Argument(help="Opaque id of a verification or invitation, as the API gave it.")
    ],
) -> None:
    """Print the code that was sent for a verification or invitation, and nothing else."""
    settings = load_settings()
    if settings.production:
        raise ApiError("NOT_IN_PRODUCTION", IN_PRODUCTION)
    print(asyncio.run(_code(settings, verification)))


async def _code(settings: Settings, verification: str) -> str:
    endpoints = attach(engine_config(settings))
    if endpoints is None:
        raise Unavailable(NOT_RUNNING)
    try:
        id_ = decode_id(verification).id
    except BadRequest:
        raise NotFound(NOTHING) from None
    async with graph_at(endpoints) as graph:
        told = await message(graph, id_)
    if told is None:
        raise NotFound(NOTHING)
    return str(told.values["code"])
