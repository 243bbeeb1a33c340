"""Relationships between parties: employment, hierarchy, households, partnership, referral.

What ends in the world gets its last day, `to`, and stays; what was wrong is retracted. There is one
relationship of a type between two nodes: an employment that begins anew takes the place of the one
that ended, which is kept as a former state.
"""

from datetime import date

from graph.actions.periods import begin, end, ended, ending, lasting, missing, within
from graph.model.kinds import Property, Type
from graph.model.parties import (
    COMPANY,
    HOUSEHOLD,
    LIVES_IN,
    PARTNERS_WITH,
    PARTY,
    PERSON,
    REFERRED,
    SERVES,
    WORKS_AT,
)
from graph.model.programs import ENROLLED_IN, PROGRAM
from graph.write.actions import Action, Draft, Given, Guard, Link, Ref, Return, Unlink, Update

_PERSON = Ref("person", (PERSON,), "The person.")
_COMPANY = Ref("company", (COMPANY,), "The company.")
_HOUSEHOLD = Ref("household", (HOUSEHOLD,), "The household.")
_JOB = ("title", "department", "primary", "from", "to")
_OF_PERSON = (Return("person", "person", "Person"), Return("company", "company", "Company"))
_OF_COMPANY = Return("company", "company", "Company")

_MAIN = Guard(
    "NOT_ALLOWED",
    "Another present employment is the main one; end that one or set its `primary` to false first.",
    "r.links.l0.primary AND EXISTS { MATCH (person)-[x:WORKS_AT]->(o:Company) WHERE o <> company "
    "AND x.primary AND (x.to IS NULL OR x.to >= r.values.today) }",
    ("primary",),
)


def _start(draft: Draft) -> None:
    """The whole relationship anew: what is not given is not known of the new employment."""
    values = begin(draft, "WORKS_AT")
    for name in _JOB:
        values.setdefault(name, None)
    draft.values["overlap"] = draft.given.get("allowOverlap") is True


EMPLOYMENT_START = Action(
    "employmentStart",
    "Records that a person begins, or began, to work for a company.",
    refs=(_PERSON, _COMPANY),
    updates=(Update("person"),),
    links=(Link("person", WORKS_AT, "company", _JOB),),
    given=(
        Given(
            Property(
                "allowOverlap",
                Type.BOOLEAN,
                "True to replace an employment at this company whose time overlaps; else refused.",
            )
        ),
    ),
    guards=(
        Guard(
            "OVERLAP",
            "The person is employed there at that time already; change that employment, or allow "
            "the overlap to replace it.",
            "NOT r.values.overlap AND EXISTS { MATCH (person)-[x:WORKS_AT]->(company) "
            "WHERE coalesce(x.from, '') <= r.values.to AND r.values.from <= coalesce(x.to, '9999') "
            "}",
            ("from",),
        ),
        _MAIN,
    ),
    prepare=_start,
    returns=_OF_PERSON,
)
EMPLOYMENT_UPDATE = Action(
    "employmentUpdate",
    "Corrects an employment: what is not given stays, null takes away.",
    refs=(_PERSON, _COMPANY),
    updates=(Update("person"),),
    links=(Link("person", WORKS_AT, "company", _JOB),),
    guards=(
        missing("person", "WORKS_AT", "company"),
        *within("person", "WORKS_AT", "company"),
        _MAIN,
    ),
    prepare=lasting("WORKS_AT"),
    returns=_OF_PERSON,
)
EMPLOYMENT_END = Action(
    "employmentEnd",
    "Records the last day of an employment; today unless another day is given.",
    refs=(_PERSON, _COMPANY),
    updates=(Update("person"),),
    links=(Link("person", WORKS_AT, "company", ("to",)),),
    guards=(
        missing("person", "WORKS_AT", "company"),
        ended("person", "WORKS_AT", "company"),
        *within("person", "WORKS_AT", "company"),
    ),
    prepare=ending("WORKS_AT"),
    returns=_OF_PERSON,
)


_HOME = (Return("person", "person", "Person"), Return("household", "household", "Household"))


def _join(draft: Draft) -> None:
    values = begin(draft, "LIVES_IN")
    values.setdefault("to", None)


HOUSEHOLD_JOIN = Action(
    "householdJoin",
    "Records that a person belongs to a household.",
    refs=(_PERSON, _HOUSEHOLD),
    updates=(Update("person"),),
    links=(Link("person", LIVES_IN, "household", ("from", "to")),),
    prepare=_join,
    returns=_HOME,
)
HOUSEHOLD_LEAVE = Action(
    "householdLeave",
    "Records the last day of a person in a household; today unless another day is given.",
    refs=(_PERSON, _HOUSEHOLD),
    updates=(Update("person"),),
    links=(Link("person", LIVES_IN, "household", ("to",)),),
    guards=(
        missing("person", "LIVES_IN", "household"),
        ended("person", "LIVES_IN", "household"),
        *within("person", "LIVES_IN", "household"),
    ),
    prepare=ending("LIVES_IN"),
    returns=_HOME,
)

_PROGRAM = Ref("program", (PROGRAM,), "The partner program.")
_ENROLLED = (_OF_COMPANY, Return("program", "program", "Program"))


def _enroll(draft: Draft) -> None:
    values = begin(draft, "ENROLLED_IN")
    values.setdefault("to", None)
    draft.values["level"] = values.get("level")


PARTNER_ENROLL = Action(
    "partnerEnroll",
    "Enrols a company in a partner program, or changes its level; it becomes a partner.",
    refs=(_COMPANY, _PROGRAM),
    updates=(Update("company"),),
    links=(Link("company", ENROLLED_IN, "program", ("level", "from", "to")),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The program has only these levels: {}.",
            "size(coalesce(program.levels, [])) > 0 AND r.values.level IS NOT NULL "
            "AND NOT r.values.level IN program.levels",
            ("level",),
            detail="reduce(all = '', each IN program.levels | "
            "all + CASE all WHEN '' THEN '' ELSE ', ' END + each)",
        ),
    ),
    prepare=_enroll,
    returns=_ENROLLED,
)
PARTNER_LEAVE = Action(
    "partnerLeave",
    "Records the last day of a company in a partner program; today unless another day is given.",
    refs=(_COMPANY, _PROGRAM),
    updates=(Update("company"),),
    links=(Link("company", ENROLLED_IN, "program", ("to",)),),
    guards=(
        missing("company", "ENROLLED_IN", "program"),
        ended("company", "ENROLLED_IN", "program"),
        *within("company", "ENROLLED_IN", "program"),
    ),
    prepare=ending("ENROLLED_IN"),
    returns=_ENROLLED,
)

_ALLY = Ref("ally", (COMPANY,), "The other company.")
_ALLIED = (_OF_COMPANY, Return("ally", "ally", "Company"))
_TYPE = Given(
    Property("type", Type.STRING, "How they work together; null for the one without a type.")
)


def _partner(draft: Draft) -> None:
    values = begin(draft, "PARTNERS_WITH")
    values.setdefault("type", None)
    _distinct(draft, "company", "ally")


def _distinct(draft: Draft, one: str, other: str) -> None:
    first, second = draft.one(one), draft.one(other)
    if first is not None and second is not None and first.id == second.id:
        draft.refuse("NOT_ALLOWED", "Name two different parties.", other + "Id")


PARTNERSHIP_SET = Action(
    "partnershipSet",
    "Says that two companies work together, and how; one relationship for each type.",
    refs=(_COMPANY, _ALLY),
    updates=(Update("company"),),
    links=(Link("company", PARTNERS_WITH, "ally", ("type", "from", "to")),),
    prepare=_partner,
    returns=_ALLIED,
)


def _part(draft: Draft) -> None:
    end(draft, "PARTNERS_WITH").setdefault("type", None)
    draft.values["type"] = draft.link("PARTNERS_WITH")["type"]


_SAME_TYPE = "coalesce(x.type, '') = coalesce(r.values.type, '')"
PARTNERSHIP_END = Action(
    "partnershipEnd",
    "Records the last day on which two companies work together; today unless given.",
    refs=(_COMPANY, _ALLY),
    updates=(Update("company"),),
    links=(Link("company", PARTNERS_WITH, "ally", ("type", "to")),),
    guards=(
        Guard(
            "NOT_FOUND",
            "There is no such relationship between the two.",
            "NOT EXISTS { MATCH (company)-[x:PARTNERS_WITH]->(ally) "
            "WHERE coalesce(x.type, '') = coalesce(r.values.type, '') }",
            ("allyId",),
        ),
        Guard(
            "ENDS_BEFORE_START",
            "It must not end before its first day.",
            "EXISTS { MATCH (company)-[x:PARTNERS_WITH]->(ally) "
            "WHERE coalesce(x.type, '') = coalesce(r.values.type, '') AND x.from > r.links.l0.to }",
            ("to",),
        ),
    ),
    prepare=_part,
    returns=_ALLIED,
)

_PARTNER = Ref("partner", (COMPANY,), "The partner, a company.")
_ACCOUNT = Ref("customer", (PARTY,), "The party it looks after.")
_SERVED = (Return("partner", "partner", "Company"), Return("customer", "customer", "Customer"))


def _serve(draft: Draft) -> None:
    begin(draft, "SERVES").setdefault("to", None)
    _distinct(draft, "partner", "customer")


PARTNER_SERVE = Action(
    "partnerServe",
    "Says that a partner looks after a party.",
    refs=(_PARTNER, _ACCOUNT),
    updates=(Update("partner"),),
    links=(Link("partner", SERVES, "customer", ("territory", "productLine", "from", "to")),),
    prepare=_serve,
    returns=_SERVED,
)
PARTNER_RELEASE = Action(
    "partnerRelease",
    "Records the last day on which a partner looks after a party; today unless given.",
    refs=(_PARTNER, _ACCOUNT),
    updates=(Update("partner"),),
    links=(Link("partner", SERVES, "customer", ("to",)),),
    guards=(
        missing("partner", "SERVES", "customer"),
        ended("partner", "SERVES", "customer"),
        *within("partner", "SERVES", "customer"),
    ),
    prepare=ending("SERVES"),
    returns=_SERVED,
)

_REFERRER = Ref("referrer", (PARTY,), "Who brought us the other.")
_REFERRED = Ref("customer", (PARTY,), "Who was brought to us.")
_REFERRAL = (
    Return("referrer", "referrer", "Customer"),
    Return("customer", "customer", "Customer"),
)


def _refer(draft: Draft) -> None:
    values = draft.link("REFERRED")
    day = values.get("on")
    if isinstance(day, str | date) and str(day) > draft.now[:10]:
        draft.refuse("OUT_OF_RANGE", "on must not lie in the future.", "on")
    values.setdefault("on", draft.now[:10])
    _distinct(draft, "referrer", "customer")


REFERRAL_RECORD = Action(
    "referralRecord",
    "Records that a party brought us another.",
    refs=(_REFERRER, _REFERRED),
    updates=(Update("referrer"),),
    links=(Link("referrer", REFERRED, "customer", ("on", "note")),),
    guards=(
        Guard(
            "CYCLE",
            "The other one brought this one; only one can have brought the other.",
            "EXISTS { (customer)-[:REFERRED]->(referrer) }",
            ("customerId",),
        ),
    ),
    prepare=_refer,
    returns=_REFERRAL,
)
REFERRAL_RETRACT = Action(
    "referralRetract",
    "Takes back that a party brought us another; the history keeps that it was said.",
    refs=(_REFERRER, _REFERRED),
    updates=(Update("referrer"),),
    unlinks=(Unlink("referrer", REFERRED, "customer"),),
    guards=(missing("referrer", "REFERRED", "customer"),),
    returns=_REFERRAL,
)

ACTIONS = (
    EMPLOYMENT_START, EMPLOYMENT_UPDATE, EMPLOYMENT_END, HOUSEHOLD_JOIN, HOUSEHOLD_LEAVE,
    PARTNER_ENROLL, PARTNER_LEAVE, PARTNERSHIP_SET, PARTNERSHIP_END, PARTNER_SERVE,
    PARTNER_RELEASE, REFERRAL_RECORD, REFERRAL_RETRACT,
)  # fmt: skip
