"""Who is in charge of something, and with whom it is shared."""

from dataclasses import replace

from graph.actions.periods import begin, missing
from graph.audiences import PARTNERS
from graph.model.cases import CASE
from graph.model.declare import string
from graph.model.interactions import INTERACTION
from graph.model.links import ASSIGNED_TO, SHARED_WITH
from graph.model.marketing import CAMPAIGN
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.organisation import TEAM, USER
from graph.model.parties import COMPANY, PARTY
from graph.model.programs import REQUEST
from graph.write.actions import Action, Draft, Given, Guard, Link, Ref, Return, Unlink, Update

_SUBJECT = Ref(
    "subject",
    (PARTY, OPPORTUNITY, DOCUMENT, CASE, INTERACTION, REQUEST, CAMPAIGN),
    "What somebody is in charge of.",
)
_ASSIGNEE = Ref("assignee", (USER, TEAM, COMPANY), "A user, a team or a partner.")
_ASSIGNED = (Return("subject", "subject", "Node"), Return("assignee", "assignee", "Actor"))
_ONLY_PARTNERS = Guard(
    "NOT_ALLOWED",
    "A company must be a partner for this; enrol it in a program first.",
    "assignee:Company AND NOT assignee:Partner",
    ("assigneeId",),
)


def _assign(draft: Draft) -> None:
    draft.link("ASSIGNED_TO").setdefault("role", None)


ASSIGNMENT_ADD = Action(
    "assignmentAdd",
    "Puts somebody in charge, in a role, beside whoever else is.",
    refs=(_SUBJECT, _ASSIGNEE),
    updates=(Update("subject"),),
    links=(Link("subject", ASSIGNED_TO, "assignee", ("role", "topic")),),
    guards=(_ONLY_PARTNERS,),
    prepare=_assign,
    returns=_ASSIGNED,
)
ASSIGNMENT_SET = Action(
    "assignmentSet",
    "Puts somebody in charge, in a role, instead of whoever was.",
    refs=(_SUBJECT, _ASSIGNEE),
    updates=(Update("subject"),),
    links=(Link("subject", ASSIGNED_TO, "assignee", ("role", "topic"), only=True),),
    guards=(_ONLY_PARTNERS,),
    prepare=_assign,
    returns=_ASSIGNED,
)


def _unassign(draft: Draft) -> None:
    draft.values["role"] = draft.given.get("role")


ASSIGNMENT_REMOVE = Action(
    "assignmentRemove",
    "Says that somebody is no longer in charge, in one role or in all.",
    refs=(_SUBJECT, _ASSIGNEE),
    updates=(Update("subject"),),
    unlinks=(
        Unlink(
            "subject",
            ASSIGNED_TO,
            "assignee",
            where="r.values.role IS NULL OR x.role = r.values.role",
        ),
    ),
    given=(Given(string("role", "In which role; null for all.")),),
    guards=(
        Guard(
            "NOT_FOUND",
            "It is not in charge in this role.",
            "NOT EXISTS { MATCH (subject)-[x:ASSIGNED_TO]->(assignee) "
            "WHERE r.values.role IS NULL OR x.role = r.values.role }",
            ("assigneeId",),
        ),
    ),
    prepare=_unassign,
    returns=_ASSIGNED,
)

_SHARED = Ref(
    "subject", (PARTY, OPPORTUNITY, DOCUMENT, CASE, INTERACTION), "What is shared with somebody."
)
_READER = Ref("reader", (USER, TEAM, COMPANY), "A user, a team or a partner.")
_SHARING = (Return("subject", "subject", "Node"), Return("reader", "reader", "Actor"))


def _share(draft: Draft) -> None:
    values = begin(draft, "SHARED_WITH")
    by = draft.one("by")
    values["by"] = by.id if by is not None else None
    values.setdefault("from", draft.now[:10])
    values.setdefault("to", None)


SHARE_GRANT = Action(
    "shareGrant",
    "Lets a user, a team or a partner see something, to a level and for a time.",
    refs=(
        _SHARED,
        _READER,
        Ref("by", (USER,), "Who shares it; null when nobody in particular.", required=False),
    ),
    updates=(Update("subject"),),
    links=(Link("subject", SHARED_WITH, "reader", ("level", "purpose", "from", "to")),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "A company must be a partner for this; enrol it in a program first.",
            "reader:Company AND NOT reader:Partner",
            ("readerId",),
        ),
    ),
    prepare=_share,
    returns=_SHARING,
)
SHARE_REVOKE = Action(
    "shareRevoke",
    "Takes back that somebody may see something; a partner gives back what it was given.",
    refs=(_SHARED, replace(_READER, mark="VIEWER")),
    updates=(Update("subject"),),
    unlinks=(Unlink("subject", SHARED_WITH, "reader"),),
    guards=(missing("subject", "SHARED_WITH", "reader"),),
    returns=_SHARING,
    audiences=PARTNERS,
)

ACTIONS = (ASSIGNMENT_ADD, ASSIGNMENT_SET, ASSIGNMENT_REMOVE, SHARE_GRANT, SHARE_REVOKE)
