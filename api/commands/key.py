"""`key`: API keys of services, made, listed and revoked on this machine."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.connections import open_graph
from api.errors import ApiError
from api.settings import DEMO_ISSUER, Settings, load_settings
from api.tokens import AudienceName
from graph.database import Graph
from graph.keys import Listed, Made, Wanted, create, listed, revoke
from graph.principals import user_named
from graph.write.actions import Caller, Named
from graph.write.formats import moment

ACTOR = "command-line"

key = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys of services.")


@key.command("create")
def create_(
    name: Annotated[str, typer.Argument(help="What it is used for, such as nightly-export.")],
    audience: Annotated[AudienceName, typer.Option("--as", help="For whom the API answers.")],
    subject: Annotated[
        str | None,
        typer.Option(help="Subject of the user it stands for; without one a service is made."),
    ] = None,
    scopes: Annotated[
        str, typer.Option(help="read, write or names of root fields, with commas between.")
    ] = "read",
    days: Annotated[int, typer.Option(help="How long it works.", min=1, max=400)] = 90,
) -> None:
    """Print a new API key, and nothing else; it is told this once."""
    chosen = tuple(each.strip() for each in scopes.split(",") if each.strip())
    made = asyncio.run(_create(load_settings(), name, audience, subject, chosen, days))
    print(made.text)


@key.command("list")
def list_() -> None:
    """Print every API key, without its secret."""
    for each in asyncio.run(_list(load_settings())):
        state = "revoked" if each.revoked_at else f"until {each.expires_at[:10]}"
        used = f"used {each.last_used_at[:13]}" if each.last_used_at else "never used"
        scopes = ",".join(each.scopes)
        print(f"{each.id}  {each.audience.lower():8}  {state:17}  {used:18}  {scopes}  {each.name}")


@key.command("revoke")
def revoke_(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Its id, as `key list` shows it.")],
) -> None:
    """End an API key for good; servers refuse it within 30 seconds."""
    made = asyncio.run(_revoke(load_settings(), id_))
    _require(made)
    print("Revoked.")


async def _create(
    settings: Settings,
    name: str,
    audience: AudienceName,
    subject: str | None,
    scopes: tuple[str, ...],
    days: int,
) -> Made:
    ends = moment(datetime.now(UTC) + timedelta(days=days))
    async with open_graph(settings) as graph:
        user = await _user(graph, settings, subject) if subject is not None else None
        wanted = Wanted(name, audience.upper(), ends, scopes, user)
        made = await create(graph, wanted, _caller())
    _require(made)
    return made


async def _user(graph: Graph, settings: Settings, subject: str) -> Named:
    """The user of a subject.

    Raises:
        ApiError: KEY_REFUSED, there is none.
    """
    issuers = [settings.token_issuer, DEMO_ISSUER, "c360"]
    found = await user_named(graph, subject, issuers)
    if found is None:
        raise ApiError("KEY_REFUSED", "No user has this subject: look at `users` in the API.")
    return Named(found[0], "User")


async def _list(settings: Settings) -> list[Listed]:
    async with open_graph(settings) as graph:
        return await listed(graph)


async def _revoke(settings: Settings, id_: str) -> Made:
    async with open_graph(settings) as graph:
        return await revoke(graph, Named(id_, "ApiKey"), _caller())


def _caller() -> Caller:
    return Caller(ACTOR, moment(datetime.now(UTC)))


def _require(made: Made) -> None:
    """Fail with the first reason why nothing was done.

    Raises:
        ApiError: KEY_REFUSED.
    """
    for each in made.refusals:
        raise ApiError("KEY_REFUSED", each.message)
