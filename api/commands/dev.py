"""`dev`: everything at once, for a person at a terminal."""

import functools
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.backend import Backend
from api.commands.seed import fill
from api.errors import ApiError
from api.examples import curl, some_customer
from api.graphql import viewer
from api.serving import Plan, serve
from api.settings import DEMO_ISSUER, Settings, load_settings
from api.tokens import AUDIENCES, AudienceName, make_token
from graph.database import Graph
from graph.principals import somebody

TOKEN_HOURS = 12
SUBJECT = "developer"


def dev(
    demo: Annotated[bool, typer.Option(help="Fill an empty graph with demo data.")] = False,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on, instead of C360_PORT.", min=0, max=65535)
    ] = None,
) -> None:
    """Start the engines, migrate, serve, and print addresses, tokens and a first query."""
    settings = load_settings()
    if settings.production:
        message = "This command is for development: use `serve`, or unset C360_ENVIRONMENT."
        raise ApiError("NOT_IN_PRODUCTION", message)
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    plan = Plan(
        own_engines=True,
        prepare=functools.partial(_fill, settings) if demo else None,
        on_ready=functools.partial(_welcome, settings),
        work=True,
    )
    serve(settings, plan)


async def _fill(settings: Settings, graph: Graph) -> None:
    """Fill an empty graph with the demo world."""
    await fill(graph, settings.data_dir)


async def _token(settings: Settings, audience: AudienceName, graph: Graph) -> str:
    """A token of an audience: for a user of the demo world who sees something, if there is one."""
    today = datetime.now(UTC).date().isoformat()
    found = await somebody(graph, audience, DEMO_ISSUER, today)
    issuer, subject = found or (None, SUBJECT)
    return make_token(settings, audience, subject, TOKEN_HOURS, issuer)


async def _welcome(settings: Settings, address: str, backend: Backend) -> None:
    """Print what a newcomer needs."""
    tokens = {each: await _token(settings, each, backend.graph) for each in AUDIENCES}
    staff = viewer(backend.verifier.verify(tokens["staff"]))
    customer = await some_customer(backend.executor, staff)
    lines = [
        "",
        f"GraphiQL   {address}/graphql",
        f"API        POST {address}/graphql",
        f"Health     {address}/livez  {address}/readyz",
        f"Log        {settings.data_dir / 'logs'}",
        "",
        f"Tokens, valid for {TOKEN_HOURS} hours (`python -m api token --as staff` makes more):",
        *(f"  {audience:<8}  {token}" for audience, token in tokens.items()),
        "",
    ]
    if customer:
        lines += ["Everything about a customer:", "", curl(address, tokens["staff"], customer), ""]
    else:
        lines += ["The graph is empty: `python -m api seed` fills it, or `import` your own.", ""]
    lines.append("Ctrl-C stops everything; the graph stays.")
    print("\n".join(lines), flush=True)
