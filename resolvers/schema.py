"""The schema: every type of every domain, built once."""

from datetime import date, datetime
from decimal import Decimal

import strawberry
from graphql import print_schema
from strawberry.schema.config import StrawberryConfig

from graph.actions import ALL
from graph.audiences import Audience
from loaders.custom import SIMPLE_VALUE, SimpleValue
from loaders.history import FIELD_VALUE, FieldValue
from loaders.mutating import mutation_type
from loaders.projection import project
from loaders.registry import DATE, DATE_TIME, DECIMAL, REGISTRY
from resolvers import (
    access,
    access_rules,
    cases,
    identity,
    interactions,
    keys,
    machinery,
    marketing,
    me,
    opportunities,
    orders,
    organisation,
    partnership,
    products,
    programs,
)
from resolvers.changes import Subscription
from resolvers.exports import ExportMutation
from resolvers.keys import KeyMutation
from resolvers.parties import companies, customer, people
from resolvers.privacy import PrivacyMutation
from resolvers.query import Query

DOMAINS = (
    customer, people, companies, identity, organisation, keys, products, orders, opportunities,
    cases, interactions, marketing, programs, partnership, me, access_rules, access,
    machinery,
)  # fmt: skip
"""Every module that declares types, in the order of the model."""

REGISTRY.complete = True

SCHEMA = strawberry.Schema(
    Query,
    mutation=mutation_type(ALL, PrivacyMutation, ExportMutation, KeyMutation),
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


def sdl(audience: Audience | None = None) -> str:
    """The schema in the schema definition language.

    Args:
        audience: For whom: what else there is, is not told. None for all of it, with the audiences
            of everything, as `schema.graphql` holds it.
    """
    if audience is None:
        return SCHEMA.as_str() + "\n"
    # Strawberry keeps the graphql-core schema that it is built on to itself.
    whole = SCHEMA._schema  # pyright: ignore[reportPrivateUsage]
    return print_schema(project(whole, audience)) + "\n"
