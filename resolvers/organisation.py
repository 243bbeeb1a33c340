"""Our own side: users, teams and territories."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph.audiences import EVERYONE, PARTNERS
from loaders.declare import Order, edge, edge_of, node, one, prop
from resolvers.keeping import REFERENCE
from resolvers.links import assigned, shared
from resolvers.nodes import Actor, Participant, Sourced
from resolvers.sorting import BY_NAME, CURRENT


@edge_of(model.organisation.ACTS_FOR, "User", enums="Acting")
class ActingUser:
    """A user who may act for a party, how far and when."""

    scope: str | None = prop(to=EVERYONE)
    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.organisation.ACTS_FOR, "Customer", enums="Acting")
class RepresentedCustomer:
    """A party that a user may act for, how far and when."""

    scope: str | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.organisation.IN_TEAM, "Team")
class UserTeam:
    """A team that a user works in."""

    lead: bool | None = prop()


@edge_of(model.organisation.IN_TEAM, "User")
class TeamMember:
    """A user who works in a team."""

    lead: bool | None = prop()


@node(model.organisation.USER)
class User(Participant, Actor):
    """A principal: staff, a partner's or a customer's user, or a service."""

    issuer: str = prop()
    subject: str = prop()
    kind: str = prop(to=PARTNERS)
    name: str = prop(to=EVERYONE)
    email: str | None = prop(to=EVERYONE)
    job_title: str | None = prop(to=EVERYONE)
    language: str | None = prop()
    timezone: str | None = prop()
    active: bool | None = prop(to=PARTNERS)
    last_seen_at: datetime | None = prop()
    sessions_revoked_at: datetime | None = prop()
    person: Any = one(
        model.organisation.IS_PERSON.out,
        "Person",
        "The person behind the account; null when not known.",
    )
    teams: Any = edge(
        model.organisation.IN_TEAM.out,
        "Team",
        "Teams of the user, by name.",
        order=BY_NAME,
        on=UserTeam,
    )
    acts_for: Any = edge(
        model.organisation.ACTS_FOR.out,
        "Customer",
        "Parties the user may act for, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=RepresentedCustomer,
    )
    territories: Any = edge(
        model.organisation.COVERED_BY.back,
        "Territory",
        "Territories the user is responsible for, by name.",
        order=BY_NAME,
    )
    interactions: Any = edge(
        model.interactions.PARTICIPATED_IN.out,
        "Interaction",
        "Interactions the user took part in, newest first.",
        order=Order("NODE.at + ' ' + coalesce(EDGE.role, '')", descending=True),
    )
    tasks: Any = edge(
        model.links.ASSIGNED_TO.back,
        "Task",
        "Tasks the user is in charge of, the most urgent first.",
        order=Order("coalesce(NODE.dueAt, '9999') + ' ' + coalesce(EDGE.role, '')"),
    )
    assigned: Any = assigned()
    shared: Any = shared()


@node(model.organisation.TEAM)
class Team(Actor, Sourced):
    """A group of users who share work."""

    name: str = prop(to=EVERYONE)
    function: str | None = prop(to=EVERYONE)
    members: Any = edge(
        model.organisation.IN_TEAM.back, "User", "Its users, by name.", order=BY_NAME, on=TeamMember
    )
    parent: Any = one(model.organisation.PART_OF.out, "Team", "The team it belongs to.")
    parts: Any = edge(
        model.organisation.PART_OF.back, "Team", "Teams that belong to it, by name.", order=BY_NAME
    )
    territories: Any = edge(
        model.organisation.COVERED_BY.back,
        "Territory",
        "Territories it is responsible for, by name.",
        order=BY_NAME,
    )
    assigned: Any = assigned()
    shared: Any = shared()


@node(model.organisation.TERRITORY, keep=REFERENCE)
class Territory(Sourced):
    """A part of the market, by countries and postal codes."""

    code: str = prop()
    name: str = prop()
    countries: list[str] = prop()
    postal_prefixes: list[str] = prop()
    parent: Any = one(model.organisation.PART_OF.out, "Territory", "The territory it belongs to.")
    parts: Any = edge(
        model.organisation.PART_OF.back,
        "Territory",
        "Territories that belong to it, by name.",
        order=BY_NAME,
    )
    covered_by: Any = edge(
        model.organisation.COVERED_BY.out,
        "Actor",
        "Who is responsible for it, by name.",
        order=BY_NAME,
    )
    customers: Any = edge(
        model.organisation.IN_TERRITORY.back, "Customer", "Parties in it, by name.", order=BY_NAME
    )
    campaigns: Any = edge(
        model.links.APPLIES_IN.back, "Campaign", "Campaigns that run in it, by name.", order=BY_NAME
    )
