"""`schema`: print the public contract."""

from api.graphql import sdl


def schema() -> None:
    """Print the schema definition language of the whole API, as in schema.graphql."""
    print(sdl(), end="")
