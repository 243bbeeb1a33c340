"""What ordinary resolvers get to know of a request."""

import strawberry

from loaders.reference import Context

Info = strawberry.Info[Context, None]
