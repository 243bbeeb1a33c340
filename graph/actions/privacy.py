"""Legal holds: a reason why a person's data must not be erased, placed and lifted."""

from graph.model.machinery import HELD_BY, LEGAL_HOLD
from graph.model.parties import PERSON
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return, Update


def _place(draft: Draft) -> None:
    # The reason of the change is the reason of the hold: the input has one field for both.
    draft.props["hold"].setdefault("reason", draft.caller.reason)
    draft.props["hold"].setdefault("from", draft.now)


def _lift(draft: Draft) -> None:
    draft.props["hold"] |= {"to": draft.now}


LEGAL_HOLD_PLACE = Action(
    "legalHoldPlace",
    "Forbids the erasure of people, until the hold is lifted or its time is over.",
    refs=(Ref("people", (PERSON,), "Whom it protects.", many=True),),
    creates=(Create("hold", LEGAL_HOLD, ("reason", "from", "to")),),
    links=(Link("people", HELD_BY, "hold"),),
    prepare=_place,
    returns=(Return("legalHold", "hold", "LegalHold"),),
)

LEGAL_HOLD_LIFT = Action(
    "legalHoldLift",
    "Ends a legal hold: whom it protected may be erased again.",
    refs=(Ref("hold", (LEGAL_HOLD,), "The hold to lift."),),
    updates=(Update("hold"),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The hold has ended already.",
            "hold.to IS NOT NULL AND hold.to <= r.now",
            ("holdId",),
        ),
    ),
    prepare=_lift,
    returns=(Return("legalHold", "hold", "LegalHold"),),
)

ACTIONS = (LEGAL_HOLD_PLACE, LEGAL_HOLD_LIFT)
