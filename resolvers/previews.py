"""Root fields that say beforehand what a merge would do, or its undoing; nothing is changed."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, cast

import strawberry
from strawberry.scalars import JSON

from graph.identity import previewing
from graph.identity.merging import AT_MOST
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id, encode_id
from loaders.rereading import seen
from resolvers.context import Info, for_staff
from resolvers.telling import SEEN, TOLD, seen_parties

UNKNOWN = "There is no party with one of these ids."
ARRIVED = 500
"""Arrivals that one preview lists."""


@strawberry.enum(description="Why something that came while parties were one is of one of them.")
class ArrivalReason(Enum):
    """Why something that came while parties were one is of one of them."""

    NAMED = strawberry.enum_value(
        "NAMED", description="It named a record or a former id of that party."
    )
    SAID = strawberry.enum_value(
        "SAID", description="The record that says so speaks of that party."
    )
    REMAINS = strawberry.enum_value(
        "REMAINS", description="Nothing says whose it is, so it stays with the one that answers."
    )


@strawberry.type(description="How many relationships of one type there would be.")
class RelationshipCount:
    """How many relationships of one type there would be."""

    type: str = strawberry.field(description="Type of the relationship.")
    count: int = strawberry.field(description="Their number.")


@strawberry.type(description="What a merge would make of some parties; nothing is changed.")
class MergePreview:
    """What a merge would make of some parties."""

    refusal: str | None = strawberry.field(
        description="Code with which `partiesMerge` would refuse; null when it would be done."
    )
    message: str | None = strawberry.field(description="Why it would be refused; null if not.")
    values: JSON | None = strawberry.field(
        description="What would be stated of the party, by property; null when refused."
    )
    relationships: list[RelationshipCount] | None = strawberry.field(
        description="Relationships that the party would have, by type; null when refused, and "
        "while access rules narrow staff, since not everybody may see what they lead to."
    )
    waiting: int | None = strawberry.field(
        description="Relationships that would wait for an unmerge, since an equal one stands; null "
        "like `relationships`."
    )


@strawberry.type(description="A relationship that came while parties were one.")
class Arrival:
    """A relationship that came while parties were one."""

    type: str = strawberry.field(description="Type of the relationship.")
    node: strawberry.ID = strawberry.field(description="Opaque id of what it leads to.")
    party: strawberry.ID = strawberry.field(description="Opaque id of the party whose it is.")
    because: ArrivalReason = strawberry.field(description="Why it is that party's.")


@strawberry.type(description="A party as it would be.")
class PartyPreview:
    """A party as it would be."""

    party: strawberry.ID = strawberry.field(description="Opaque id of the party.")
    values: JSON = strawberry.field(description="What would be stated of it, by property.")
    relationships: list[RelationshipCount] | None = strawberry.field(
        description="Relationships that it would have, by type; null while access rules narrow "
        "staff."
    )


@strawberry.type(description="What undoing a merge would make of a party; nothing is changed.")
class UnmergePreview:
    """What undoing a merge would make of a party."""

    refusal: str | None = strawberry.field(
        description="Code with which `partiesUnmerge` would refuse; null when it would be done."
    )
    message: str | None = strawberry.field(description="Why it would be refused; null if not.")
    parties: list[PartyPreview] = strawberry.field(
        description="The party that answers now, and those that would stand for themselves again."
    )
    arrived: list[Arrival] = strawberry.field(
        description="What came since the merge, and to whom it would go, the oldest first; at most "
        "500, and of what the viewer may see."
    )


async def merge_preview(
    info: Info,
    parties: Annotated[
        list[strawberry.ID],
        strawberry.argument(description="Those that would be one, the one that stays first."),
    ],
) -> MergePreview:
    """What a merge would do."""
    if not 1 < len(parties) <= AT_MOST:
        raise BadRequest(Code.INVALID_ARGUMENT, f"Name 2 to {AT_MOST} parties.")
    seen = await seen_parties(info, TOLD["mergePreview"], parties)
    ids = [decode_id(each).id for each in seen if each]
    if len(ids) < len(seen):
        # Nobody learns of a party that is hidden: it is as if it were not there.
        found = previewing.Preview("NOT_FOUND", UNKNOWN)
    else:
        viewer = info.context.viewer
        found = await previewing.merge_preview(
            for_staff(info).graph, ids, f"{viewer.issuer}|{viewer.subject}"
        )
    after = found.after
    # Counts also speak of what a rule may hide from whoever asks.
    counted = None if for_staff(info).narrowed() else after
    return MergePreview(
        refusal=found.refusal,
        message=found.message,
        values=cast("JSON", after.values) if after else None,
        relationships=_counts(counted) if counted else None,
        waiting=counted.waiting if counted else None,
    )


def _actor(info: Info) -> str:
    return f"{info.context.viewer.issuer}|{info.context.viewer.subject}"


def _counts(state: previewing.State) -> list[RelationshipCount]:
    return [RelationshipCount(type=name, count=n) for name, n in state.relationships.items()]


async def unmerge_preview(
    info: Info,
    identity: Annotated[
        strawberry.ID, strawberry.argument(description="The party that was merged.")
    ],
    records: Annotated[
        list[strawberry.ID],
        strawberry.argument(description="All records of those that would leave."),
    ],
) -> UnmergePreview:
    """What undoing a merge would do."""
    decoded = [decode_id(each) for each in records]
    (party,) = await seen_parties(info, SEEN, [identity])
    if party is None:
        return UnmergePreview(refusal="NOT_FOUND", message=UNKNOWN, parties=[], arrived=[])
    found = await previewing.unmerge_preview(
        for_staff(info).graph,
        decode_id(party).id,
        [each.id for each in decoded],
        _actor(info),
    )
    label = decode_id(party).type
    await seen_parties(info, TOLD["unmergePreview"], [party])
    narrowed = for_staff(info).narrowed()
    return UnmergePreview(
        refusal=found.refusal,
        message=found.message,
        parties=[
            PartyPreview(
                party=strawberry.ID(encode_id(label, id_)),
                values=cast("JSON", state.values),
                relationships=None if narrowed else _counts(state),
            )
            for id_, state in found.parties.items()
        ],
        arrived=await _arrived(info, label, found.arrived[:ARRIVED]),
    )


async def _arrived(info: Info, label: str, found: Sequence[previewing.Arrived]) -> list[Arrival]:
    """What came, as far as the viewer may see it."""
    backing = for_staff(info)
    shown = [(strawberry.ID(encode_id(*each.node)), each) for each in found]
    if backing.narrowed():
        may = await seen(backing.answers, [id_ for id_, _ in shown], info.context.viewer)
        shown = [(id_, each) for id_, each in shown if id_ in may]
    return [
        Arrival(
            type=each.kind,
            node=id_,
            party=strawberry.ID(encode_id(label, each.party)),
            because=ArrivalReason(each.because.value),
        )
        for id_, each in shown
    ]


@strawberry.type
class PreviewQuery:
    """Root fields about what would be."""

    merge_preview: MergePreview = strawberry.field(
        resolver=merge_preview,
        description="What `partiesMerge` would do; nothing is changed. Staff only.",
    )
    unmerge_preview: UnmergePreview = strawberry.field(
        resolver=unmerge_preview,
        description="What `partiesUnmerge` would do, with everything that came since the merge and "
        "the reason why it is one party's; nothing is changed. Staff only.",
    )
