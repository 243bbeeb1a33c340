"""Webhooks: addresses that are told of changes."""

import re
from base64 import b64decode
from binascii import Error as NotBase64

from graph.model.machinery import WEBHOOK
from graph.write.actions import Action, Create, Draft, Ref, Return, Update

_SAID = ("url", "events", "selection", "active", "secret")
_WEBHOOK = Ref("webhook", (WEBHOOK,), "The webhook.")
_RETURNS = (Return("webhook", "webhook", "Webhook"),)
_SECRET = re.compile(r"whsec_([A-Za-z0-9+/]+={0,2})\Z")


def _checked(draft: Draft) -> None:
    """See that a secret is one of Standard Webhooks: 24 to 64 bytes."""
    given = draft.props["webhook"].get("secret")
    if given is None:
        return
    found = _SECRET.match(str(given))
    try:
        size = len(b64decode(found[1], validate=True)) if found else 0
    except NotBase64:
        size = 0
    if not 24 <= size <= 64:
        message = "secret must be whsec_ and 24 to 64 bytes in base64, as Standard Webhooks says."
        draft.refuse("INVALID", message, "secret")


def _create(draft: Draft) -> None:
    values = draft.props["webhook"]
    values.setdefault("active", True)
    if values.get("secret") is None:
        draft.refuse("REQUIRED", "Choose a secret that signs what is sent.", "secret")
    _checked(draft)


WEBHOOK_CREATE = Action(
    "webhookCreate",
    "Has an address told of changes; its secret signs what is sent.",
    creates=(Create("webhook", WEBHOOK, _SAID),),
    prepare=_create,
    returns=_RETURNS,
)
WEBHOOK_UPDATE = Action(
    "webhookUpdate",
    "Changes a webhook, or switches it on or off.",
    refs=(_WEBHOOK,),
    updates=(Update("webhook", _SAID),),
    prepare=_checked,
    returns=_RETURNS,
)
ACTIONS = (WEBHOOK_CREATE, WEBHOOK_UPDATE)
