"""Edges that several domains share: whom something is for, who is in charge, who may see it."""

from datetime import date
from typing import Any

from graph import model, organisation
from graph import orders as cypher
from graph.audiences import EVERYONE, PARTNERS, Audience
from loaders.declare import Order, edge, edge_of, one, prop
from resolvers.sorting import BY_NAME, BY_ROLE, LATEST_START, NEWEST


@edge_of(model.links.FOR, "Customer", enums="Party")
class Concerned:
    """A party that a document, opportunity or case is for, and its part in it."""

    role: str | None = prop(to=EVERYONE)


@edge_of(model.links.ASSIGNED_TO, "Actor")
class Assignee:
    """Somebody who is in charge, in which role and for what."""

    role: str | None = prop(to=EVERYONE)
    topic: str | None = prop()


@edge_of(model.links.ASSIGNED_TO, "Node")
class Assignment:
    """Something that somebody is in charge of."""

    role: str | None = prop(to=PARTNERS)
    topic: str | None = prop()


@edge_of(model.links.SHARED_WITH, "Actor", enums="Sharing")
class Sharing:
    """Somebody who may see it because it was shared."""

    level: str = prop(to=PARTNERS)
    by: Any = one(organisation.SHARED_BY, "User", "Who shared it; null when not known.")
    purpose: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


@edge_of(model.links.SHARED_WITH, "Node", enums="Sharing")
class Shared:
    """Something that was shared with somebody."""

    level: str = prop(to=PARTNERS)
    by: Any = one(organisation.SHARED_BY, "User", "Who shared it; null when not known.")
    purpose: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


def for_edge(target: str, *, to: tuple[Audience, ...] = EVERYONE) -> type:
    """The edge from a party to what is for it, with the party's part in it."""
    body = {
        "__doc__": f"One {target} for the party, and the party's part in it.",
        "__annotations__": {"role": str | None},
        "role": prop(to=to),
    }
    return edge_of(model.links.FOR, target, enums="Party")(type(f"Customer{target}", (), body))


def customer(*, to: tuple[Audience, ...] = ()) -> Any:
    """The party that something belongs to."""
    return one(cypher.CUSTOMER, "Customer", "The party it belongs to.", to=to)


def contact(*, to: tuple[Audience, ...] = ()) -> Any:
    """The person to talk to about something."""
    return one(cypher.CONTACT, "Person", "The person to talk to about it.", to=to)


def concerned(*, to: tuple[Audience, ...] = ()) -> Any:
    """Every party something is for."""
    return edge(
        model.links.FOR.out,
        "Customer",
        "Every party it is for, with the part on the edge, by name.",
        order=BY_NAME,
        on=Concerned,
        to=to,
    )


def assignees(*, to: tuple[Audience, ...] = ()) -> Any:
    """Who is in charge of something."""
    return edge(
        model.links.ASSIGNED_TO.out,
        "Actor",
        "Users, teams and partners in charge, by role.",
        order=BY_ROLE,
        on=Assignee,
        to=to,
    )


def assigned(*, to: tuple[Audience, ...] = ()) -> Any:
    """What somebody is in charge of."""
    return edge(
        model.links.ASSIGNED_TO.back,
        "Node",
        "Everything it is in charge of, latest changed first.",
        order=Order("NODE.changedAt + ' ' + coalesce(EDGE.role, '')", descending=True),
        on=Assignment,
        to=to,
    )


def shared_with(*, to: tuple[Audience, ...] = ()) -> Any:
    """Who may see something because it was shared."""
    return edge(
        model.links.SHARED_WITH.out,
        "Actor",
        "Users, teams and partners it was shared with, latest first.",
        order=LATEST_START,
        on=Sharing,
        to=to,
    )


def shared(*, to: tuple[Audience, ...] = ()) -> Any:
    """What was shared with somebody."""
    return edge(
        model.links.SHARED_WITH.back,
        "Node",
        "Everything that was shared with it, latest shared first.",
        order=LATEST_START,
        on=Shared,
        to=to,
    )


def touches(*, to: tuple[Audience, ...] = ()) -> Any:
    """Interactions about something."""
    return edge(
        model.links.REGARDING.back,
        "Interaction",
        "Interactions about it, newest first.",
        order=NEWEST,
        to=to,
    )
