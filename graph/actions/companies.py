"""Companies: written by what systems say of them, changed by what is said here."""

from graph.actions.stating import FROM_SOURCE, patch, said_of, upsert
from graph.model.parties import COMPANY
from graph.write.actions import Create, Procedure, Ref, Return, Update

_SAID = said_of(COMPANY)

COMPANY_UPSERT = Procedure(
    "companyUpsert",
    "Says what a system knows of a company: known by source and external id, else new.",
    creates=(Create("company", COMPANY, _SAID, optional=("name",)),),
    given=FROM_SOURCE,
    returns=(Return("company", "company", "Company"),),
    run=upsert,
)
COMPANY_PATCH = Procedure(
    "companyPatch",
    "Changes a company: what is given holds from now on, null takes away, the rest stays.",
    refs=(Ref("company", (COMPANY,), "The company."),),
    updates=(Update("company", _SAID),),
    returns=(Return("company", "company", "Company"),),
    run=patch,
)

ACTIONS = (COMPANY_UPSERT, COMPANY_PATCH)
