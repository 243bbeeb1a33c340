"""Campaigns and segments: whom we address together, with what, and until when."""

from typing import Any

from graph.actions.checking import day, in_order, once, ordered_guard, some
from graph.engagement.statuses import CAMPAIGN as MOVES
from graph.engagement.statuses import leading_to
from graph.model.links import APPLIES_IN, ASSIGNED_TO
from graph.model.marketing import CAMPAIGN, MEMBER_OF, SEGMENT, TARGETS
from graph.model.organisation import TEAM, TERRITORY, USER
from graph.model.parties import PARTY
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Ref,
    Return,
    Unlink,
    Update,
)

_SAID = ("name", "channel", "startsOn", "endsOn", "budget", "goal")
_CAMPAIGN = Ref("campaign", (CAMPAIGN,), "The campaign.")
_RETURNS = (Return("campaign", "campaign", "Campaign"),)
_ENDED = Guard(
    "NOT_ALLOWED",
    "The campaign has ended; make another one.",
    "campaign.status = 'ENDED'",
    ("campaignId",),
)


def _plan(draft: Draft) -> dict[str, Any]:
    values = draft.props["campaign"]
    in_order(draft, day(values.get("startsOn")), day(values.get("endsOn")), "endsOn", "startsOn")
    budget: Any = values.get("budget")
    if budget is not None and budget["amount"] < 0:
        draft.refuse("OUT_OF_RANGE", "budget must not be negative.", "budget")
    return values


def _create(draft: Draft) -> None:
    _plan(draft)["status"] = "PLANNED"
    draft.link("ASSIGNED_TO")["role"] = "OWNER"
    once(draft, "targets", "territories")


CAMPAIGN_CREATE = Action(
    "campaignCreate",
    "Plans a campaign, perhaps with whom it addresses.",
    refs=(
        Ref("owner", (USER, TEAM), "Who is in charge.", required=False),
        Ref("targets", (SEGMENT, PARTY), "Whom it addresses.", required=False, many=True),
        Ref("territories", (TERRITORY,), "Where it runs.", required=False, many=True),
    ),
    creates=(Create("campaign", CAMPAIGN, _SAID),),
    links=(
        Link("campaign", ASSIGNED_TO, "owner"),
        Link("campaign", TARGETS, "targets"),
        Link("campaign", APPLIES_IN, "territories"),
    ),
    prepare=_create,
    returns=_RETURNS,
)


def _update(draft: Draft) -> None:
    values = _plan(draft)
    status = values.get("status")
    if status == "ENDED":
        draft.refuse("NOT_ALLOWED", "End it by campaignEnd.", "status")
    draft.values["before"] = leading_to(MOVES, status) if status else None


CAMPAIGN_UPDATE = Action(
    "campaignUpdate",
    "Changes a campaign that has not ended; it is begun, interrupted and resumed by its status.",
    refs=(_CAMPAIGN,),
    updates=(Update("campaign", (*_SAID, "status")),),
    guards=(
        _ENDED,
        Guard(
            "NOT_ALLOWED",
            "It is {}, and may not go to this status from there.",
            "NOT coalesce(campaign.status, 'PLANNED') IN r.values.before",
            ("status",),
            detail="coalesce(campaign.status, 'PLANNED')",
        ),
        ordered_guard("campaign", "startsOn", "endsOn", "endsOn must not lie before startsOn."),
    ),
    prepare=_update,
    returns=_RETURNS,
)


def _target(draft: Draft) -> None:
    once(draft, "targets")
    some(draft, ("targets", "formerTargets"))


CAMPAIGN_TARGET = Action(
    "campaignTarget",
    "Says whom a campaign addresses: segments, or parties one by one.",
    refs=(
        _CAMPAIGN,
        Ref("targets", (SEGMENT, PARTY), "Whom it also addresses.", required=False, many=True),
        Ref(
            "formerTargets",
            (SEGMENT, PARTY),
            "Whom it no longer addresses.",
            required=False,
            many=True,
        ),
    ),
    updates=(Update("campaign"),),
    unlinks=(Unlink("campaign", TARGETS, "formerTargets"),),
    links=(Link("campaign", TARGETS, "targets"),),
    guards=(_ENDED,),
    prepare=_target,
    returns=_RETURNS,
)


def _end(draft: Draft) -> None:
    values = draft.props["campaign"]
    if values.get("endsOn") is None:
        values["endsOn"] = draft.now[:10]
    values["status"] = "ENDED"


CAMPAIGN_END = Action(
    "campaignEnd",
    "Ends a campaign; its last day is today unless another one is given.",
    refs=(_CAMPAIGN,),
    updates=(Update("campaign", ("endsOn",)),),
    guards=(
        _ENDED,
        Guard(
            "ENDS_BEFORE_START",
            "It begins on {}; change startsOn first.",
            "campaign.startsOn > r.updates.campaign.endsOn",
            ("endsOn",),
            detail="campaign.startsOn",
        ),
    ),
    prepare=_end,
    returns=_RETURNS,
)

_SEGMENT = Ref("segment", (SEGMENT,), "The segment.")
_OF_SEGMENT = (Return("segment", "segment", "Segment"),)
_DYNAMIC = Guard(
    "NOT_ALLOWED",
    "Its members follow from its definition; change that instead.",
    "segment.dynamic = true",
    ("segmentId",),
)


def _begin(draft: Draft) -> None:
    draft.props["segment"]["dynamic"] = False
    draft.link("MEMBER_OF").update({"from": draft.now, "reason": draft.caller.reason})
    once(draft, "members")


SEGMENT_CREATE = Action(
    "segmentCreate",
    "Makes a segment with a fixed list of members.",
    refs=(Ref("members", (PARTY,), "Who belongs to it.", required=False, many=True),),
    creates=(Create("segment", SEGMENT, ("name", "description")),),
    links=(Link("members", MEMBER_OF, "segment"),),
    prepare=_begin,
    returns=_OF_SEGMENT,
)
SEGMENT_UPDATE = Action(
    "segmentUpdate",
    "Changes the name or the description of a segment.",
    refs=(_SEGMENT,),
    updates=(Update("segment", ("name", "description")),),
    returns=_OF_SEGMENT,
)


def _join(draft: Draft) -> None:
    values = draft.link("MEMBER_OF")
    # Whoever belonged to it until a day belongs to it again.
    values["to"] = None
    if draft.caller.reason is not None:
        values["reason"] = draft.caller.reason
    once(draft, "members")


SEGMENT_ADD = Action(
    "segmentAdd",
    "Adds parties to a segment with a fixed list; those who belong to it already stay as they are.",
    refs=(_SEGMENT, Ref("members", (PARTY,), "Who belongs to it.", many=True)),
    updates=(Update("segment"),),
    links=(Link("members", MEMBER_OF, "segment", ("from",)),),
    guards=(_DYNAMIC,),
    prepare=_join,
    returns=_OF_SEGMENT,
)
SEGMENT_REMOVE = Action(
    "segmentRemove",
    "Takes parties out of a segment with a fixed list; the history keeps that they belonged to it.",
    refs=(_SEGMENT, Ref("members", (PARTY,), "Who no longer belongs to it.", many=True)),
    updates=(Update("segment"),),
    unlinks=(Unlink("members", MEMBER_OF, "segment"),),
    guards=(_DYNAMIC,),
    returns=_OF_SEGMENT,
)

ACTIONS = (
    CAMPAIGN_CREATE, CAMPAIGN_UPDATE, CAMPAIGN_TARGET, CAMPAIGN_END, SEGMENT_CREATE, SEGMENT_UPDATE,
    SEGMENT_ADD, SEGMENT_REMOVE,
)  # fmt: skip
