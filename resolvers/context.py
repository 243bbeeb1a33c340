"""What ordinary resolvers get to know of a request."""

import strawberry

from loaders.backing import Backing
from loaders.errors import BadRequest, Code
from loaders.reference import Context
from loaders.viewer import Audience

Info = strawberry.Info[Context, None]


def for_staff(info: Info) -> Backing:
    """The parts of the server that a resolver may use, where staff ask.

    Raises:
        BadRequest: somebody else asks.
    """
    found = info.context.backing
    if found is None or info.context.viewer.audience is not Audience.STAFF:
        raise BadRequest(Code.FORBIDDEN, "Only staff may ask for this.")
    return found
