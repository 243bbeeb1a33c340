"""What each audience gets to know of the schema."""

import pytest
from graphql import GraphQLSchema

from graph.audiences import Audience
from loaders.projection import projection
from loaders.reference import by_response_key
from resolvers.schema import SCHEMA

OTHERS = (Audience.PARTNER, Audience.CUSTOMER)


@pytest.fixture(scope="session")
def full() -> GraphQLSchema:
    """Return the full schema, as the server reads it."""
    return by_response_key(SCHEMA._schema)


@pytest.fixture(scope="session")
def projections(full: GraphQLSchema) -> dict[Audience, GraphQLSchema]:
    """Return the schema of each audience."""
    return {each: projection(full, each) for each in Audience}
