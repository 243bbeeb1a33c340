"""The schema: every type of every domain, built once."""

from datetime import date, datetime

import strawberry
from strawberry.schema.config import StrawberryConfig

from loaders.registry import DATE, DATE_TIME, REGISTRY
from resolvers import interactions, orders, parties, products
from resolvers.query import Query

_DOMAINS = (parties, orders, products, interactions)
REGISTRY.complete = True

SCHEMA = strawberry.Schema(
    Query,
    types=[*REGISTRY.types.values()],
    config=StrawberryConfig(scalar_map={datetime: DATE_TIME, date: DATE}),
)


def sdl() -> str:
    """The schema in the schema definition language, as `schema.graphql` holds it."""
    return SCHEMA.as_str() + "\n"
