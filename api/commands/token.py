"""`token`: make a development token."""

from typing import Annotated

import typer

from api.settings import load_settings
from api.tokens import AudienceName, make_token

DEFAULT_SUBJECT = "developer"


def token(
    audience: Annotated[AudienceName, typer.Option("--as", help="Whom the token speaks for.")],
    subject: Annotated[
        str, typer.Option(help="The principal's name, its `sub`.")
    ] = DEFAULT_SUBJECT,
    hours: Annotated[float, typer.Option(help="How long it is valid.", min=0.001, max=8760)] = 12,
) -> None:
    """Print a development token, and nothing else."""
    if not 0 < len(subject) <= 255:
        raise typer.BadParameter("must have 1 to 255 characters", param_hint="--subject")
    print(make_token(load_settings(), audience, subject, hours))
