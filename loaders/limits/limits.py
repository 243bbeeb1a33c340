"""What a document of one audience may be at most."""

from dataclasses import dataclass

from loaders.errors import BadRequest, Code
from loaders.limits.measures import Measures

MAX_TOKENS = 2_000
MAX_BRACKETS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures that a document may reach but not pass; `price` is in points.

    Attributes:
        depth: Fields in each other, fragments spread.
        introspection_depth: The same of introspection, whose usual query is deeper.
        aliases: Fields with an alias, as they are written.
        directives: Directives anywhere.
        definitions: Operations and fragments.
        variables: Variables.
        fields: Fields after fragments are spread.
        repeats: Times one field is asked at one place.
        price: Points of one request.
    """

    depth: int = 12
    introspection_depth: int = 16
    aliases: int = 30
    directives: int = 50
    definitions: int = 50
    variables: int = 50
    fields: int = 1_000
    repeats: int = 20
    price: int = 10_000

    def check(self, found: Measures) -> None:
        """Let a document pass.

        Raises:
            BadRequest: it is larger than it may be; the message says in what, and how large it may
                be.
        """
        for code, what, size, most in (
            (Code.TOO_DEEP, "levels of fields", found.depth, self.depth),
            (Code.TOO_DEEP, "levels", found.introspection_depth, self.introspection_depth),
            (Code.TOO_MANY_ALIASES, "aliases", found.aliases, self.aliases),
            (Code.TOO_MANY_DIRECTIVES, "directives", found.directives, self.directives),
            (Code.TOO_MANY_DEFINITIONS, "definitions", found.definitions, self.definitions),
            (Code.TOO_MANY_VARIABLES, "variables", found.variables, self.variables),
            (Code.TOO_MANY_FIELDS, "fields, fragments spread", found.fields, self.fields),
            (Code.TOO_REPETITIVE, "fields alike at one place", found.repeats, self.repeats),
        ):
            if size > most:
                raise BadRequest(code, f"A document may have {most} {what}: ask for less at once.")
