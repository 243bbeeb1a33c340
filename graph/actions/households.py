"""Households: written by what systems say of them, changed by what is said here."""

from graph.actions.stating import FROM_SOURCE, patch, said_of, upsert
from graph.model.parties import HOUSEHOLD
from graph.write.actions import Create, Procedure, Ref, Return, Update

_SAID = said_of(HOUSEHOLD)

HOUSEHOLD_UPSERT = Procedure(
    "householdUpsert",
    "Says what a system knows of a household: known by source and external id, else new.",
    creates=(Create("household", HOUSEHOLD, _SAID, optional=("name",)),),
    given=FROM_SOURCE,
    returns=(Return("household", "household", "Household"),),
    run=upsert,
)
HOUSEHOLD_PATCH = Procedure(
    "householdPatch",
    "Changes a household: what is given holds from now on, null takes away, the rest stays.",
    refs=(Ref("household", (HOUSEHOLD,), "The household."),),
    updates=(Update("household", _SAID),),
    returns=(Return("household", "household", "Household"),),
    run=patch,
)

ACTIONS = (HOUSEHOLD_UPSERT, HOUSEHOLD_PATCH)
