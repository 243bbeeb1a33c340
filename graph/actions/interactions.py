"""Interactions: what is logged of the dialogue with parties."""

from graph.model.cases import CASE
from graph.model.interactions import (
    CALL,
    CHAT,
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
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.organisation import USER
from graph.model.parties import PARTY
from graph.model.products import PRODUCT
from graph.write.actions import Action, Create, Draft, Link, Ref, Return

_CHANNELS = {"CALL": "PHONE", "MEETING": "MEETING", "CHAT": "CHAT", "VISIT": "WEB",
             "POST": "SOCIAL", "LETTER": "POST", "NOTE": "INTERNAL", "SURVEY": "WEB"}  # fmt: skip


def _prepare(draft: Draft) -> None:
    values = draft.props["interaction"]
    values.setdefault("at", draft.now)
    values.setdefault("channel", _CHANNELS[str(draft.given["kind"])])


INTERACTION_LOG = Action(
    "interactionLog",
    "Logs a touch that took place: a call, a meeting, a chat, a visit, a letter, a note.",
    refs=(
        Ref(
            "participants",
            (PARTY, USER),
            "Parties and users who took part.",
            many=True,
            row="participantId",
            properties=(PARTICIPATED_IN.properties["role"],),
        ),
        Ref(
            "regarding",
            (OPPORTUNITY, DOCUMENT, CASE, PRODUCT),
            "What it was about.",
            required=False,
            many=True,
        ),
    ),
    creates=(
        Create(
            "interaction",
            INTERACTION,
            (
                "at", "channel", "direction", "subject", "body", "language", "sentiment",
                "durationSeconds", "visibility", "thread",
            ),
            kinds=(CALL, MEETING, CHAT, VISIT, POST, LETTER, NOTE, SURVEY),
            optional=("at", "channel"),
        ),
    ),
    links=(
        Link("participants", PARTICIPATED_IN, "interaction"),
        Link("interaction", REGARDING, "regarding"),
    ),
    prepare=_prepare,
    returns=(Return("interaction", "interaction", "Interaction"),),
)  # fmt: skip

ACTIONS = (INTERACTION_LOG,)
