"""Interactions: what is logged of the dialogue with parties, corrected, and moved."""

from typing import Any

from graph.actions.checking import in_order, moment, not_later, once, ordered_guard, some, within
from graph.audiences import PARTNERS, Audience
from graph.model.cases import CASE
from graph.model.interactions import (
    CALL,
    CHAT,
    EMAIL,
    INTERACTION,
    LETTER,
    MEETING,
    NOTE,
    PARTICIPATED_IN,
    POST,
    SURVEY,
    VISIT,
)
from graph.model.links import REGARDING
from graph.model.marketing import CAMPAIGN, OF_CAMPAIGN
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.organisation import USER
from graph.model.parties import PARTY
from graph.model.products import PRODUCT
from graph.model.programs import REQUEST
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return, Unlink, Update

_CHANNELS = {"EMAIL": "EMAIL", "CALL": "PHONE", "MEETING": "MEETING", "CHAT": "CHAT",
             "VISIT": "WEB", "POST": "SOCIAL", "LETTER": "POST", "NOTE": "INTERNAL",
             "SURVEY": "WEB"}  # fmt: skip
_SCALES = {"NPS": (0, 10), "CSAT": (1, 5), "CES": (1, 7)}
"""Lowest and highest answer of each measure."""

_OURS = ("NOTE", "SURVEY")
"""What staff alone log: what we say among ourselves, and what we asked."""

ABOUT = (OPPORTUNITY, DOCUMENT, CASE, PRODUCT, CAMPAIGN, REQUEST)
"""What an interaction may be about."""

_SAID = (
    "at", "channel", "direction", "subject", "body", "language", "sentiment", "durationSeconds",
    "visibility", "thread", "outcome", "endsAt", "location", "platform", "url", "referrer", "pages",
    "trackingNumber", "pinned", "measure", "score",
)  # fmt: skip

PARTICIPANTS = Ref(
    "participants",
    (PARTY, USER),
    "Parties and users who took part.",
    many=True,
    row="participantId",
    properties=(PARTICIPATED_IN.properties["role"],),
    mark="ALL_OF_PARTY",
)
REGARDED = Ref("regarding", ABOUT, "What it was about.", required=False, many=True)
_RETURNS = (Return("interaction", "interaction", "Interaction"),)


def said(draft: Draft, values: dict[str, Any]) -> None:
    """Refuse what no interaction can be: negative lengths, ends before starts, moods off scale."""
    within(draft, values, "sentiment", -1, 1)
    within(draft, values, "durationSeconds", 0, 31_536_000)
    within(draft, values, "pages", 0, 1_000_000)
    in_order(draft, moment(values.get("at")), moment(values.get("endsAt")), "endsAt", "at")


def _log(draft: Draft) -> None:
    values = draft.props["interaction"]
    kind = str(draft.given["kind"])
    if draft.viewer.audience is not Audience.STAFF and kind in _OURS:
        draft.refuse("NOT_ALLOWED", "Staff alone log this; choose another kind.", "kind")
    if values.get("at") is None:
        values["at"] = draft.now
    if values.get("channel") is None:
        values["channel"] = _CHANNELS[kind]
    if kind != "MEETING":
        not_later(draft, moment(values["at"]), "at")
    said(draft, values)
    if kind == "SURVEY":
        within(draft, values, "score", *_SCALES.get(str(values.get("measure")), (0, 10)))
    once(draft, "participants", "regarding")


INTERACTION_LOG = Action(
    "interactionLog",
    "Logs a touch that took place: an e-mail, a call, a meeting, a chat, a visit, a letter, a "
    "note. Unless said otherwise it was now; a meeting may also be one that is planned. A partner "
    "logs that in which it took part itself, with parties of which it sees all.",
    refs=(
        PARTICIPANTS,
        REGARDED,
        Ref("campaign", (CAMPAIGN,), "The campaign it came from.", required=False),
    ),
    creates=(
        Create(
            "interaction",
            INTERACTION,
            _SAID,
            kinds=(EMAIL, CALL, MEETING, CHAT, VISIT, POST, LETTER, NOTE, SURVEY),
            optional=("at", "channel"),
        ),
    ),
    links=(
        Link("participants", PARTICIPATED_IN, "interaction"),
        Link("interaction", REGARDING, "regarding"),
        Link("interaction", OF_CAMPAIGN, "campaign"),
    ),
    guards=(
        Guard(
            "REQUIRED",
            "Name your company, or somebody of it, among those who took part.",
            "NOT any(i IN range(0, size(r.refs.participants) - 1) WHERE "
            "any(each IN us WHERE each.id = r.refs.participants[i].id) AND NOT "
            "coalesce(r.refs.participants[i].set.role, '') IN ['SUBJECT', 'MENTIONED'])",
            ("participants",),
            audience=Audience.PARTNER,
        ),
    ),
    prepare=_log,
    returns=_RETURNS,
    audiences=PARTNERS,
    staff_fields=(
        "campaignId", "sentiment", "visibility", "thread", "pinned", "measure", "score", "custom",
    ),
)  # fmt: skip


def _update(draft: Draft) -> None:
    said(draft, draft.props["interaction"])


INTERACTION_UPDATE = Action(
    "interactionUpdate",
    "Corrects what was logged of an interaction; null takes a value away.",
    refs=(Ref("interaction", (INTERACTION,), "The interaction."),),
    updates=(Update("interaction", _SAID),),
    guards=(ordered_guard("interaction", "at", "endsAt", "endsAt must not lie before at."),),
    prepare=_update,
    returns=_RETURNS,
)


def _relink(draft: Draft) -> None:
    once(draft, "participants", "regarding")
    some(draft, ("participants", "formerParticipants", "regarding", "formerRegarding"))


INTERACTION_RELINK = Action(
    "interactionRelink",
    "Moves an interaction: to other participants, or to other things that it was about. What is "
    "taken away stays in the history.",
    refs=(
        Ref("interaction", (INTERACTION,), "The interaction."),
        Ref(
            "participants",
            (PARTY, USER),
            "Parties and users who also took part.",
            required=False,
            many=True,
            row="participantId",
            properties=(PARTICIPATED_IN.properties["role"],),
        ),
        Ref(
            "formerParticipants",
            (PARTY, USER),
            "Parties and users who did not take part, whatever their role.",
            required=False,
            many=True,
        ),
        REGARDED,
        Ref("formerRegarding", ABOUT, "What it was not about.", required=False, many=True),
    ),
    updates=(Update("interaction"),),
    unlinks=(
        Unlink("formerParticipants", PARTICIPATED_IN, "interaction"),
        Unlink("interaction", REGARDING, "formerRegarding"),
    ),
    links=(
        Link("participants", PARTICIPATED_IN, "interaction"),
        Link("interaction", REGARDING, "regarding"),
    ),
    prepare=_relink,
    returns=_RETURNS,
)

ACTIONS = (INTERACTION_LOG, INTERACTION_UPDATE, INTERACTION_RELINK)
