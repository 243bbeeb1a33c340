"""The schema: every type of every domain, built once."""

from datetime import date, datetime
from decimal import Decimal

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.actions import ALL
from loaders.custom import SIMPLE_VALUE, SimpleValue
from loaders.history import FIELD_VALUE, FieldValue
from loaders.mutating import mutation_type
from loaders.registry import DATE, DATE_TIME, DECIMAL, REGISTRY
from resolvers import (
    cases,
    identity,
    interactions,
    machinery,
    marketing,
    opportunities,
    orders,
    organisation,
    products,
    programs,
)
from resolvers.changes import Subscription
from resolvers.exports import ExportMutation
from resolvers.parties import companies, customer, people
from resolvers.privacy import PrivacyMutation
from resolvers.query import Query

DOMAINS = (
    customer, people, companies, identity, organisation, products, orders, opportunities, cases,
    interactions, marketing, programs, machinery,
)  # fmt: skip
"""Every module that declares types, in the order of the model."""

REGISTRY.complete = True

SCHEMA = strawberry.Schema(
    Query,
    mutation=mutation_type(ALL, PrivacyMutation, ExportMutation),
    subscription=Subscription,
    types=[*REGISTRY.types.values()],
    config=StrawberryConfig(
        scalar_map={
            datetime: DATE_TIME,
            date: DATE,
            Decimal: DECIMAL,
            SimpleValue: SIMPLE_VALUE,
            FieldValue: FIELD_VALUE,
        }
    ),
)


def sdl() -> str:
    """The schema in the schema definition language, as `schema.graphql` holds it."""
    return SCHEMA.as_str() + "\n"
