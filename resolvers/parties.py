"""Customers: people, companies and households, and how they relate."""

from datetime import date, datetime
from enum import Enum
from typing import Any

import strawberry

from graph import parties as cypher
from graph.model import identity, interactions, links, orders, parties
from loaders.declare import Choice, Order, Where, edge, edge_of, interface, node, prop
from loaders.registry import Money
from resolvers.nodes import Node

BY_NAME = Order("NODE.name")
BY_START = Order("coalesce(EDGE.from, '')", descending=True)
NEWEST = Order("NODE.at", descending=True)


@strawberry.enum(description="How far a timeline reaches.")
class TimelineScope(Enum):
    """How far a timeline reaches."""

    PARTY = strawberry.enum_value("PARTY", description="The party itself.")
    HIERARCHY = strawberry.enum_value(
        "HIERARCHY", description="The party, its subsidiaries, and the people who work for them."
    )


_SCOPES = Choice(
    "scope",
    "How far the timeline reaches; default the party itself.",
    {TimelineScope.PARTY: cypher.TIMELINE, TimelineScope.HIERARCHY: cypher.TIMELINE_OF_HIERARCHY},
)
_CHANNELS = Where(
    "channels", list[str] | None, "Only these channels of interaction.", "NODE.channel IN VALUE"
)


@edge_of(parties.WORKS_AT, "Company")
class Employer:
    """A company a person works or worked for."""

    title: str | None = prop()
    department: str | None = prop()
    primary: bool | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(parties.WORKS_AT, "Person")
class Employee:
    """A person who works or worked for a company."""

    title: str | None = prop()
    department: str | None = prop()
    primary: bool | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@interface(parties.PARTY)
class Customer(Node):
    """Whoever the business deals with: a person, a company or a household."""

    name: str = prop()
    lifecycle: str | None = prop()
    email: str | None = prop()
    phone: str | None = prop()
    city: str | None = prop()
    country: str | None = prop()
    customer_since: datetime | None = prop()
    timeline: Any = edge(
        _SCOPES,
        "Activity",
        "Every interaction and document, newest first.",
        order=NEWEST,
        where=(_CHANNELS,),
    )
    orders: Any = edge(links.FOR.back, "Order", "Orders, newest first.", order=NEWEST)
    interactions: Any = edge(
        interactions.PARTICIPATED_IN.out, "Interaction", "Interactions, newest first.", order=NEWEST
    )
    partners: Any = edge(
        parties.SERVES.back, "Partner", "Partners who look after the party.", order=BY_NAME
    )


@node(parties.PERSON)
class Person(Customer):
    """A human being."""

    given_name: str | None = prop()
    family_name: str | None = prop()
    birth_date: date | None = prop()
    companies: Any = edge(
        parties.WORKS_AT.out, "Company", "Companies, latest first.", order=BY_START, on=Employer
    )


@node(parties.COMPANY)
class Company(Customer):
    """An organisation: a firm, an authority, an association."""

    industry: str | None = prop()
    annual_revenue: Money | None = prop()
    people: Any = edge(
        parties.WORKS_AT.back, "Person", "People, latest first.", order=BY_START, on=Employee
    )
    subsidiaries: Any = edge(cypher.SUBSIDIARIES, "Company", "Every company below.", order=BY_NAME)


@node(parties.COMPANY, role=parties.PARTNER)
class Partner(Node):
    """A company that sells, integrates or supplies with us."""

    name: str = prop()
    partner_kind: str | None = prop()
