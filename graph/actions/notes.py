"""Notes: what we write down for ourselves, and whom of us it should reach."""

from typing import Any

from graph.actions.checking import once, some
from graph.actions.interactions import REGARDED
from graph.engagement.mentions import MOST, mentioned
from graph.model.interactions import NOTE, PARTICIPATED_IN
from graph.model.links import REGARDING
from graph.model.organisation import USER
from graph.model.parties import PARTY
from graph.write.actions import Action, Create, Draft, Link, Named, Ref, Return, Update
from graph.write.events import Patch, event_of
from graph.write.validation import TEXT

MENTION = "noteMention"
"""What the event of somebody who was mentioned is called."""


def _add(draft: Draft) -> None:
    values = draft.props["note"]
    values |= {"at": draft.now, "channel": "INTERNAL", "direction": "INTERNAL"}
    body = str(values.get("body") or "")
    if not body.strip():
        draft.refuse("REQUIRED", "Say in body what is to be noted.", "body")
    once(draft, "parties", "regarding", "mentions")
    some(draft, ("parties", "regarding"))
    draft.links[0]["role"] = "SUBJECT"
    draft.links[2]["role"] = "MENTIONED"
    if len(body) <= TEXT:
        # What is longer is refused by the model; nobody reads it before.
        _mention(draft, body)
    draft.values["notices"] = _notices(draft)


def _mention(draft: Draft, body: str) -> None:
    """Add whom the text names to those named beside it."""
    named = draft.many("mentions")
    known = {each.id for each in named}
    more = [Named(id_, USER.name) for id_ in mentioned(body) if id_ not in known]
    if len(named) + len(more) > MOST:
        draft.refuse("TOO_LONG", f"Mention at most {MOST} users.", "mentions")
        return
    draft.refs["mentions"] = [*named, *more]


def _notices(draft: Draft) -> list[dict[str, Any]]:
    """One event for each user mentioned; the link itself is told by the event of the note."""
    return [
        event_of(
            Patch(),
            op=MENTION,
            actor=draft.caller.actor,
            entity=each.id,
            label=USER.name,
            reason=None,
        )
        | {"fields": ["PARTICIPATED_IN"], "parties": []}
        for each in draft.many("mentions")
    ]


NOTE_ADD = Action(
    "noteAdd",
    "Writes a note about parties or things. Users mentioned, by `mentions` or in the text as @ and "
    "their id, take part in it and get an event of their own.",
    refs=(
        Ref("parties", (PARTY,), "Parties it is about.", required=False, many=True),
        REGARDED,
        Ref(
            "mentions",
            (USER,),
            "Users whose attention it wants, beside those in the text.",
            required=False,
            many=True,
            lock=True,
        ),
    ),
    creates=(Create("note", NOTE, ("subject", "body", "pinned", "visibility", "language")),),
    links=(
        Link("parties", PARTICIPATED_IN, "note"),
        Link("note", REGARDING, "regarding"),
        Link("mentions", PARTICIPATED_IN, "note"),
    ),
    prepare=_add,
    extra=(
        "UNWIND r.values.notices AS notice MATCH (u:User {id: notice.entity}) "
        "CREATE (told:ChangeEvent:Outbox) SET told = notice "
        "SET told.version = u.version, told.prev = u.head, "
        "told.at = CASE WHEN r.now > u.changedAt THEN r.now ELSE u.changedAt END "
        "SET u.head = told.digest"
    ),
    returns=(Return("note", "note", "Note"),),
)


def _update(draft: Draft) -> None:
    values = draft.props["note"]
    if "body" in values and not str(values["body"] or "").strip():
        draft.refuse("REQUIRED", "Say in body what is to be noted.", "body")


NOTE_UPDATE = Action(
    "noteUpdate",
    "Changes a note; its former text stays in the history.",
    refs=(Ref("note", (NOTE,), "The note."),),
    updates=(Update("note", ("subject", "body", "pinned", "visibility", "language")),),
    prepare=_update,
    returns=(Return("note", "note", "Note"),),
)

ACTIONS = (NOTE_ADD, NOTE_UPDATE)
