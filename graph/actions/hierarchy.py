"""Hierarchies: who reports to whom, and which company belongs to which.

A hierarchy has no cycle, also when several requests change it at once: each locks everything above
the one it names, and is repeated when that has changed since it was read.
"""

from typing import LiteralString

from graph.actions.periods import begin, ended, ending, missing, within
from graph.model.kinds import Node
from graph.model.parties import COMPANY, PERSON, REPORTS_TO, SUBSIDIARY_OF
from graph.statements import Kind, Statement
from graph.write.actions import (
    Action,
    Draft,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Return,
    Unlink,
    Update,
    Work,
)

ATTEMPTS = 3
_CHANGED = "HIERARCHY_CHANGED"
_CYCLE = "The two would be above each other, directly or through others; name another."

ABOVE_MANAGER = Statement(
    "hierarchy.above_manager",
    Kind.READ,
    "MATCH (p:Person {id: $id}) RETURN COLLECT { "
    "MATCH (p)-[:REPORTS_TO*0..16]->(a:Person) RETURN DISTINCT a.id ORDER BY a.id }",
)
ABOVE_PARENT = Statement(
    "hierarchy.above_parent",
    Kind.READ,
    "MATCH (p:Company {id: $id}) RETURN COLLECT { "
    "MATCH (p)-[:SUBSIDIARY_OF*0..9]->(a:Company) RETURN DISTINCT a.id ORDER BY a.id }",
)


def _above(node: Node) -> Ref:
    """Everything above the one that is named, locked, so that nothing changes there meanwhile."""
    text = "Everything above it, itself included."
    return Ref("above", (node,), text, required=False, many=True, lock=True)


def _unchanged(pattern: LiteralString) -> Guard:
    return Guard(
        _CHANGED,
        "The hierarchy is being changed by others; try again.",
        "r.values.above <> COLLECT { MATCH " + pattern + " RETURN DISTINCT a.id ORDER BY a.id }",
    )


async def _climb(
    work: Work, draft: Draft, action: Action, read: Statement, names: tuple[str, str]
) -> None:
    """Perform an action that locks everything above the second of the two named."""
    lower, upper = (draft.one(name) for name in names)
    if lower is None or upper is None:
        return
    for attempt in range(ATTEMPTS):
        rows = await work.read(read, id=upper.id)
        above: list[str] = rows[0][0] if rows else []
        chain = [Named(each, upper.label) for each in above]
        inner = work.sketch(
            action, {names[0]: lower, names[1]: upper, "above": chain}, dict(draft.given)
        )
        inner.values["above"] = above
        outcome = await work.perform(action, inner)
        changed = any(each.code == _CHANGED for each in outcome.refusals)
        if not changed or attempt == ATTEMPTS - 1:
            draft.take(outcome)
            return


_PERSON = Ref("person", (PERSON,), "The person.")
_MANAGER = Ref("manager", (PERSON,), "The manager.")
_REPORTING = (Link("person", REPORTS_TO, "manager", ("from", "to"), only=True),)
_REPORTED = (Return("person", "person", "Person"), Return("manager", "manager", "Person"))


def _report(draft: Draft) -> None:
    begin(draft, "REPORTS_TO").setdefault("to", None)


_SET_MANAGER = Action(
    "managerSet",
    "Says whom a person reports to.",
    refs=(_PERSON, _MANAGER, _above(PERSON)),
    updates=(Update("person"),),
    links=_REPORTING,
    guards=(
        _unchanged("(manager)-[:REPORTS_TO*0..16]->(a:Person)"),
        Guard("CYCLE", _CYCLE, "person.id IN r.values.above", ("managerId",)),
    ),
    prepare=_report,
    returns=_REPORTED,
)


async def _set_manager(work: Work, draft: Draft) -> None:
    await _climb(work, draft, _SET_MANAGER, ABOVE_MANAGER, ("person", "manager"))


MANAGER_SET = Procedure(
    "managerSet",
    "Says whom a person reports to. The former manager is kept in the history.",
    refs=(_PERSON, _MANAGER),
    updates=(Update("person"),),
    links=_REPORTING,
    returns=_REPORTED,
    run=_set_manager,
)
MANAGER_UNSET = Action(
    "managerUnset",
    "Says that a person reports to nobody. The former manager is kept in the history.",
    refs=(_PERSON,),
    updates=(Update("person"),),
    unlinks=(Unlink("person", REPORTS_TO),),
    returns=(Return("person", "person", "Person"),),
)

_COMPANY = Ref("company", (COMPANY,), "The company.")
_PARENT = Ref("parent", (COMPANY,), "The parent company.")
_BELONGING = (Link("company", SUBSIDIARY_OF, "parent", ("share", "from", "to")),)
_GROUP = (Return("company", "company", "Company"), Return("parent", "parent", "Company"))
_PRESENT: LiteralString = "all(x IN relationships(p) WHERE x.to IS NULL OR x.to >= r.values.today)"


def _levels(pattern: LiteralString) -> LiteralString:
    """How many levels there are above or below, as of today."""
    return (
        "coalesce(head(COLLECT { MATCH p = " + pattern + " WHERE " + _PRESENT
        + " RETURN max(length(p)) }), 0)"
    )  # fmt: skip


def _belong(draft: Draft) -> None:
    values = begin(draft, "SUBSIDIARY_OF")
    share = values.get("share")
    if isinstance(share, int) and not 0 <= share <= 100:
        draft.refuse("OUT_OF_RANGE", "share must be from 0 to 100 percent.", "share")
    draft.values["share"] = share


_SET_PARENT = Action(
    "subsidiarySet",
    "Says that a company belongs to a parent.",
    refs=(_COMPANY, _PARENT, _above(COMPANY)),
    updates=(Update("company"),),
    links=_BELONGING,
    guards=(
        _unchanged("(parent)-[:SUBSIDIARY_OF*0..9]->(a:Company)"),
        Guard(
            "CYCLE",
            _CYCLE,
            "EXISTS { MATCH p = (parent)-[:SUBSIDIARY_OF*0..16]->(company) WHERE "
            + _PRESENT
            + " }",
            ("parentId",),
        ),
        Guard(
            "TOO_DEEP",
            "The hierarchy would be more than 8 levels deep; name a parent further up.",
            "1 + "
            + _levels("(parent)-[:SUBSIDIARY_OF*1..9]->(:Company)")
            + " + "
            + _levels("(company)<-[:SUBSIDIARY_OF*1..9]-(:Company)")
            + " > 8",
            ("parentId",),
        ),
        Guard(
            "OUT_OF_RANGE",
            "The shares of all present parents would exceed 100 percent.",
            "r.values.share + reduce(sum = 0, part IN COLLECT { "
            "MATCH (company)-[x:SUBSIDIARY_OF]->(o:Company) WHERE o <> parent "
            "AND (x.to IS NULL OR x.to >= r.values.today) RETURN coalesce(x.share, 0) } "
            "| sum + part) > 100",
            ("share",),
        ),
    ),
    prepare=_belong,
    returns=_GROUP,
)


async def _set_parent(work: Work, draft: Draft) -> None:
    await _climb(work, draft, _SET_PARENT, ABOVE_PARENT, ("company", "parent"))


SUBSIDIARY_SET = Procedure(
    "subsidiarySet",
    "Says that a company belongs to a parent, and with which share.",
    refs=(_COMPANY, _PARENT),
    updates=(Update("company"),),
    links=_BELONGING,
    returns=_GROUP,
    run=_set_parent,
)
SUBSIDIARY_END = Action(
    "subsidiaryEnd",
    "Records the last day on which a company belongs to a parent; today unless given.",
    refs=(_COMPANY, _PARENT),
    updates=(Update("company"),),
    links=(Link("company", SUBSIDIARY_OF, "parent", ("to",)),),
    guards=(
        missing("company", "SUBSIDIARY_OF", "parent"),
        ended("company", "SUBSIDIARY_OF", "parent"),
        *within("company", "SUBSIDIARY_OF", "parent"),
    ),
    prepare=ending("SUBSIDIARY_OF"),
    returns=_GROUP,
)

ACTIONS = (MANAGER_SET, MANAGER_UNSET, SUBSIDIARY_SET, SUBSIDIARY_END)
