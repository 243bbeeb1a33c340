"""`schema`: print the public contract."""

from typing import Annotated

import typer

from api.graphql import sdl
from api.tokens import AudienceName


def schema(
    audience: Annotated[
        AudienceName | None,
        typer.Option(help="Only what exists for this audience; without it everything, tagged."),
    ] = None,
) -> None:
    """Print the schema definition language of the API, as in schema.graphql and docs/schema/."""
    print(sdl(audience), end="")
