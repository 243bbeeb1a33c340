"""People: written by what systems say of them, changed by what is said here."""

from graph.actions.stating import FROM_SOURCE, patch, said_of, upsert
from graph.model.parties import PERSON
from graph.write.actions import Create, Procedure, Ref, Return, Update

_SAID = said_of(PERSON)

PERSON_UPSERT = Procedure(
    "personUpsert",
    "Says what a system knows of a person: known by source and external id, else new.",
    creates=(Create("person", PERSON, _SAID, optional=("name",)),),
    given=FROM_SOURCE,
    returns=(Return("person", "person", "Person"),),
    run=upsert,
)
PERSON_PATCH = Procedure(
    "personPatch",
    "Changes a person: what is given holds from now on, null takes away, the rest stays.",
    refs=(Ref("person", (PERSON,), "The person."),),
    updates=(Update("person", _SAID),),
    returns=(Return("person", "person", "Person"),),
    run=patch,
)

ACTIONS = (PERSON_UPSERT, PERSON_PATCH)
