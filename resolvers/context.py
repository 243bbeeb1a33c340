"""What ordinary resolvers get to know of a request."""

import strawberry

from loaders.execution import Context

Info = strawberry.Info[Context, None]
