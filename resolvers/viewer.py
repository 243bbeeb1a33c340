"""Who asks."""

import strawberry

from loaders.audiences import AudienceName
from resolvers.context import Info


@strawberry.type(description="The principal of the request, as its token says.")
class Viewer:
    """The principal of the request, as its token says."""

    audience: AudienceName = strawberry.field(description="Decides what exists for the viewer.")
    issuer: str = strawberry.field(description="Who vouches for the subject (the token's iss).")
    subject: str = strawberry.field(description="Name of the viewer at the issuer (sub).")
    name: str | None = strawberry.field(
        description="Name to show; null when the token carries none."
    )


def viewer(info: Info) -> Viewer:
    """The viewer of the request at hand."""
    found = info.context.viewer
    audience = AudienceName[found.audience.name]
    return Viewer(audience=audience, issuer=found.issuer, subject=found.subject, name=found.name)
