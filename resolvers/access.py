"""Who may see what and why, who is responsible, and who read personal data."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from graph import explaining, model, readings
from graph.audiences import CUSTOMERS
from graph.database import Graph
from loaders.declare import computed as worked_out
from loaders.declare import edge, node, one, own_id, prop
from loaders.errors import BadRequest, Code
from loaders.ids import GlobalId, decode_id, encode_id
from loaders.registry import REGISTRY
from resolvers.access_paths import AccessNode, AccessPath, hidden_on, node_of, path_of
from resolvers.context import Info, all_seen, for_staff
from resolvers.sorting import BY_NAME

MAX_PAGE = 100
MAX_CHANGES = 10
MAX_PARTIES = 1_000
_Change = explaining.AccessChange


@node(model.machinery.DATA_ACCESS)
class DataAccess:
    """Somebody read personal data: one user, by one operation, in one second."""

    id: strawberry.ID = own_id(to=CUSTOMERS)
    at: datetime = prop(to=CUSTOMERS)
    actor: str = prop()
    audience: str = prop(to=CUSTOMERS)
    operation: str = prop(to=CUSTOMERS)
    classes: list[str] = prop(to=CUSTOMERS)
    partner: str | None = worked_out(
        readings.PARTNER,
        "Name of the partner for whom it was read; null for our own staff.",
        to=CUSTOMERS,
    )
    reader: Any = one(
        readings.READER, "User", "Who read; null for a program or a user that is gone."
    )
    people: Any = edge(
        model.machinery.SAW.out, "Person", "Whose personal data was read, by name.", order=BY_NAME
    )


@strawberry.type(description="One reason why a user may see a node.")
class AccessReason:
    """One reason."""

    rule: str = strawberry.field(description="Name of the rule; docs/access.md lists them.")
    level: str = strawberry.field(description="How much it lets see: COUNT, PROFILE or FULL.")
    path: AccessPath = strawberry.field(description="The facts, from the user to the node.")


@strawberry.type(description="Whether a user may see a node, and why.")
class Access:
    """Whether a user may see a node."""

    allowed: bool = strawberry.field(
        description="True when the node is told of; at level COUNT it is only counted."
    )
    level: str | None = strawberry.field(
        description="The highest of COUNT, PROFILE and FULL; null without a reason."
    )
    because: list[AccessReason] = strawberry.field(
        description="The reasons, the strongest first, at most 20; empty when there is none."
    )


@strawberry.type(description="A user who may see a node, and why.")
class Seer:
    """A user who may see a node."""

    principal: AccessNode = strawberry.field(description="The user.")
    level: str = strawberry.field(description="The highest level: PROFILE or FULL.")
    because: list[AccessReason] = strawberry.field(description="The reasons, the strongest first.")


@strawberry.type(description="Users who may see a node, by id.")
class SeerPage:
    """Users who may see a node."""

    seers: list[Seer] = strawberry.field(
        description="The users; fewer than asked for, even none, where many were looked at in vain."
    )
    next: strawberry.ID | None = strawberry.field(
        description="To be given as `after` for the next page; null at the end."
    )


@strawberry.enum(description="A fact that gives a partner sight of a party.")
class AccessFact(Enum):
    """A fact that gives a partner sight of a party."""

    SERVES = strawberry.enum_value("SERVES", description="The partner serves the party.")
    SHARED_WITH = strawberry.enum_value(
        "SHARED_WITH", description="The party is shared with the partner."
    )
    ASSIGNED_TO = strawberry.enum_value(
        "ASSIGNED_TO", description="The party is assigned to the partner."
    )
    DEAL = strawberry.enum_value(
        "DealRegistration", description="A deal that the partner registered was approved."
    )
    LEAD = strawberry.enum_value(
        "LeadOffer", description="A lead that was offered to the partner was accepted."
    )


@strawberry.enum(description="How much of a party is seen.")
class AccessLevel(Enum):
    """How much of a party is seen."""

    COUNT = strawberry.enum_value("COUNT", description="Only that it exists.")
    PROFILE = strawberry.enum_value("PROFILE", description="Name and main data.")
    FULL = strawberry.enum_value("FULL", description="Everything about it.")


@strawberry.input(description="A fact that would come to be, between the partner and parties.")
class AccessGrant:
    """A fact that would come to be."""

    party_ids: list[strawberry.ID] = strawberry.field(
        description="Opaque ids of the parties; at most 1,000 in one request."
    )
    fact: AccessFact = strawberry.field(description="Which fact.")
    level: AccessLevel = strawberry.field(
        default=AccessLevel.FULL,
        description="The level of a share; every other fact gives FULL whatever is said.",
    )


@strawberry.input(description="A fact that would end, between the partner and parties.")
class AccessRevocation:
    """A fact that would end."""

    party_ids: list[strawberry.ID] = strawberry.field(
        description="Opaque ids of the parties; at most 1,000 in one request."
    )
    fact: AccessFact = strawberry.field(description="Which fact; all of this kind end.")


@strawberry.type(description="A party that the partner would see more of, or less.")
class AccessShift:
    """A party that the partner would see more of, or less."""

    party: AccessNode = strawberry.field(description="The party.")
    before: AccessLevel | None = strawberry.field(description="The level now; null for none.")
    after: AccessLevel | None = strawberry.field(description="The level then; null for none.")
    documents: int = strawberry.field(
        description="Documents and cases that come or go with it, those seen for other reasons "
        "apart."
    )


@strawberry.type(description="Parties of which a partner would see more, or less, by id.")
class AccessShifts:
    """Parties, counted, and a page of them."""

    parties: int = strawberry.field(description="How many parties.")
    documents: int = strawberry.field(description="How many documents and cases of theirs.")
    page: list[AccessShift] = strawberry.field(description="The parties asked for.")


@strawberry.type(description="What a change would do to what a partner sees.")
class AccessDiff:
    """What a change would do."""

    gained: AccessShifts = strawberry.field(description="What the partner would see more of.")
    lost: AccessShifts = strawberry.field(description="What the partner would see less of.")


@strawberry.type(description="Who is responsible for something, and why.")
class Responsibility:
    """Who is responsible."""

    owner: AccessNode = strawberry.field(description="A user, team or partner.")
    rule: str = strawberry.field(
        description="TOPIC for an assignment for the topic, ASSIGNED for one for everything, "
        "TERRITORY for who covers the territory."
    )
    because: AccessPath = strawberry.field(description="The facts, from the node to the owner.")


def _graph(info: Info) -> Graph:
    """The graph, for staff."""
    return for_staff(info).graph


def _label(id_: GlobalId) -> str | None:
    """The label of the nodes that a global id names; None when it names none."""
    kind = REGISTRY.kinds.get(id_.type)
    return kind.node.name if kind is not None and not kind.node.abstract else None


def _ids(values: list[strawberry.ID]) -> list[str]:
    return [decode_id(each).id for each in values]


def _reasons(found: explaining.Access, hidden: set[str]) -> list[AccessReason]:
    return [
        AccessReason(rule=each.rule, level=each.level, path=path_of(each.nodes, each.ties, hidden))
        for each in found.because
    ]


def _first(first: int) -> int:
    if not 1 <= first <= MAX_PAGE:
        raise BadRequest(Code.INVALID_PAGE, f"`first` must be from 1 to {MAX_PAGE}.")
    return first


NodeId = Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the node.")]
First = Annotated[int, strawberry.argument(description="Most rows, 1 to 100.")]


async def access(
    info: Info,
    principal: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the user.")],
    node: NodeId,
) -> Access | None:
    """Whether a user may see a node."""
    graph, user, asked = _graph(info), decode_id(principal), decode_id(node)
    label = _label(asked)
    if label is None or user.type != "User" or not await all_seen(info, [node]):
        return None
    found = await explaining.access(graph, user.id, label, asked.id)
    if found is None:
        return None
    hidden = await hidden_on(info, (each.nodes for each in found.because))
    return Access(allowed=found.allowed, level=found.level, because=_reasons(found, hidden))


async def who_can_see(
    info: Info,
    node: NodeId,
    first: First = 20,
    after: Annotated[
        strawberry.ID | None, strawberry.argument(description="`next` of the page before.")
    ] = None,
) -> SeerPage:
    """The users who may see a node."""
    graph, size, asked = _graph(info), _first(first), decode_id(node)
    label, start = _label(asked), decode_id(after).id if after is not None else ""
    if label is None or not await all_seen(info, [node]):
        return SeerPage(seers=[], next=None)
    found, last = await explaining.who_can_see(graph, label, asked.id, size, start)
    hidden = await hidden_on(info, (e.nodes for each in found for e in each.access.because))
    seers = [
        Seer(
            principal=node_of(each.principal),
            level=each.access.level or "",
            because=_reasons(each.access, hidden),
        )
        for each in found
    ]
    return SeerPage(seers=seers, next=strawberry.ID(encode_id("User", last)) if last else None)


async def access_diff(
    info: Info,
    partner: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the partner.")],
    if_grant: Annotated[
        list[AccessGrant] | None,
        strawberry.argument(description="Facts that would come to be, at most 10."),
    ] = None,
    if_revoke: Annotated[
        list[AccessRevocation] | None,
        strawberry.argument(description="Facts that would end, at most 10."),
    ] = None,
    first: First = 20,
    skip: Annotated[
        int, strawberry.argument(description="How many parties to leave out, for further pages.")
    ] = 0,
) -> AccessDiff:
    """What a change of facts would do."""
    graph, size, grants, revokes = _graph(info), _first(first), if_grant or [], if_revoke or []
    named = sum(len(each.party_ids) for each in (*grants, *revokes))
    if len(grants) > MAX_CHANGES or len(revokes) > MAX_CHANGES or named > MAX_PARTIES:
        message = f"Name at most {MAX_CHANGES} changes each way and {MAX_PARTIES} parties in all."
        raise BadRequest(Code.INVALID_ARGUMENT, message)
    if skip < 0:
        raise BadRequest(Code.INVALID_PAGE, "`skip` must not be negative.")
    parties = [str(id_) for each in (*grants, *revokes) for id_ in each.party_ids]
    if not await all_seen(info, [partner, *parties]):
        return AccessDiff(gained=_shifts((), skip, size), lost=_shifts((), skip, size))
    id_ = decode_id(partner).id
    found = await explaining.access_diff(
        graph,
        id_,
        [
            explaining.AccessChange(id_, _ids(e.party_ids), _value(e.fact), _level(e))
            for e in grants
        ],
        [explaining.AccessChange(id_, _ids(e.party_ids), _value(e.fact)) for e in revokes],
    )
    return AccessDiff(
        gained=_shifts(found.gained, skip, size), lost=_shifts(found.lost, skip, size)
    )


def _level(grant: AccessGrant) -> str:
    return _value(grant.level) if grant.fact is AccessFact.SHARED_WITH else "FULL"


def _value(member: Enum) -> str:
    """The value of an enum; Strawberry types it as its definition."""
    return str(member.value)


def _shifts(found: tuple[explaining.Shift, ...], skip: int, size: int) -> AccessShifts:
    return AccessShifts(
        parties=len(found),
        documents=sum(each.documents for each in found),
        page=[
            AccessShift(
                party=node_of(each.party),
                before=AccessLevel(each.before) if each.before else None,
                after=AccessLevel(each.after) if each.after else None,
                documents=each.documents,
            )
            for each in found[skip : skip + size]
        ],
    )


async def responsible_for(
    info: Info,
    node: NodeId,
    topic: Annotated[
        str | None,
        strawberry.argument(description="The topic; null asks who is responsible in general."),
    ] = None,
) -> Responsibility | None:
    """Who is responsible for a node."""
    graph, asked = _graph(info), decode_id(node)
    label = _label(asked)
    if label is None or not await all_seen(info, [node]):
        return None
    found = await explaining.responsible_for(graph, label, asked.id, topic)
    if found is None:
        return None
    hidden = await hidden_on(info, [found.nodes])
    if str(node_of(found.owner).id) in hidden:
        return None
    path = path_of(found.nodes, found.ties, hidden)
    return Responsibility(owner=node_of(found.owner), rule=found.rule, because=path)


@strawberry.type
class AccessQuery:
    """Root fields that explain rights and responsibility."""

    access: Access | None = strawberry.field(
        resolver=access,
        description="Whether a user may see a node, and why; null when there is no such user or "
        "node.",
    )
    who_can_see: SeerPage = strawberry.field(
        resolver=who_can_see, description="The users who may see a node, and why."
    )
    access_diff: AccessDiff = strawberry.field(
        resolver=access_diff,
        description="What a partner would see more or less of if facts came to be or ended; "
        "nothing is changed by asking.",
    )
    responsible_for: Responsibility | None = strawberry.field(
        resolver=responsible_for,
        description="Who is responsible for a node; null when nobody is, or there is no such node.",
    )
