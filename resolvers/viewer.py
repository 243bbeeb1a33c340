"""Who asks."""

from enum import Enum

import strawberry

from resolvers.context import Info


@strawberry.enum(name="Audience", description="The three kinds of people the API serves.")
class ViewerAudience(Enum):
    """The three kinds of people the API serves."""

    STAFF = strawberry.enum_value("STAFF", description="Our own people and services.")
    PARTNER = strawberry.enum_value("PARTNER", description="Users of a partner.")
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="Customers and their users.")


@strawberry.type(description="The principal of the request, as its token says.")
class Viewer:
    """The principal of the request, as its token says."""

    audience: ViewerAudience = strawberry.field(description="Decides what exists for the viewer.")
    issuer: str = strawberry.field(description="Who vouches for the subject (the token's iss).")
    subject: str = strawberry.field(description="Name of the viewer at the issuer (sub).")
    name: str | None = strawberry.field(
        description="Name to show; null when the token carries none."
    )


def viewer(info: Info) -> Viewer:
    """The viewer of the request at hand."""
    found = info.context.viewer
    audience = ViewerAudience[found.audience.name]
    return Viewer(audience=audience, issuer=found.issuer, subject=found.subject, name=found.name)
