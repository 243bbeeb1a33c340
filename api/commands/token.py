"""`token`: make a development token."""

import asyncio
import importlib
import sys
from typing import Annotated, cast

import typer

from api.settings import Settings, load_settings
from api.tokens import MAX_SUBJECT_CHARS, AudienceName, make_token

DEFAULT_SUBJECT = "developer"
NOBODY = (
    "No user of the demo world was found: the token speaks for `developer`, who acts for nobody. "
    "Fill the graph with `make demo`, or name a user with --subject."
)


def token(
    audience: Annotated[AudienceName, typer.Option("--as", help="Whom the token speaks for.")],
    subject: Annotated[
        str | None,
        typer.Option(
            help="The principal's name, its `sub`; for partner and customer a user of the demo "
            "world, if there is one."
        ),
    ] = None,
    hours: Annotated[float, typer.Option(help="How long it is valid.", min=0.001, max=8760)] = 12,
) -> None:
    """Print a development token, and nothing else."""
    if subject is not None and not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        message = f"must have 1 to {MAX_SUBJECT_CHARS} characters"
        raise typer.BadParameter(message, param_hint="--subject")
    settings = load_settings()
    issuer, named = _principal(settings, audience, subject)
    print(make_token(settings, audience, named, hours, issuer))


def _principal(settings: Settings, audience: AudienceName, subject: str | None) -> tuple[str, str]:
    """Issuer and subject: of a user in the running graph, or as they were given."""
    own = (settings.token_issuer, subject or DEFAULT_SUBJECT)
    if settings.production or (subject is None and audience == "staff"):
        return own
    # The driver takes a second to import, which the token that is made most often need not wait.
    users = importlib.import_module("api.demo_users")
    looked = asyncio.run(users.in_graph(settings, audience, subject))
    found = cast("tuple[str, str] | None", looked)
    if found is None and subject is None:
        print(NOBODY, file=sys.stderr)
    return found or own
