"""What `partnership` shows, and what may be done with a request: patterns and expressions.

THIS is the partner's node, or the request; `viewer` is that of `graph.access.partners`.
"""

from collections.abc import Iterable
from typing import LiteralString

from graph.model.cases import CASE
from graph.model.opportunities import OPPORTUNITY
from graph.model.organisation import USER
from graph.model.parties import COMPANY
from graph.model.programs import FUND_CLAIM, LEAD_OFFER, PROGRAM, REQUEST
from graph.partnering.standing import COMMITTED
from graph.partnering.states import COURSES, MOVES, Actor, Course, Move
from graph.statements import Expression, Pattern

GROUP = 5
"""Parties of which only the number is told are counted in whole groups of so many."""

PARTNERSHIP = Pattern("partnering.partnership", "WITH *, viewer AS NODE", targets=(COMPANY,))
"""The partner that asks."""

COMPANY_OF = Pattern("partnering.company", "MATCH (NODE:Company {id: THIS.id})")
PROGRAM_OF = Pattern(
    "partnering.program",
    "MATCH (THIS)-[EDGE:ENROLLED_IN]->(NODE:Program) "
    "WHERE coalesce(EDGE.from, '') <= toString(date()) "
    "AND coalesce(EDGE.to, '9999') >= toString(date()) "
    "WITH NODE, EDGE",
    targets=(PROGRAM,),
)
"""Programs that it takes part in today."""

_ENROLMENT: LiteralString = (
    "MATCH (THIS)-[x:ENROLLED_IN]->(p:Program) "
    "WHERE coalesce(x.from, '') <= toString(date()) AND coalesce(x.to, '9999') >= toString(date()) "
)
LEVEL = Expression(
    "partnering.level",
    "head(COLLECT { " + _ENROLMENT + "RETURN x.level ORDER BY p.name, p.id LIMIT 1 })",
)
BENEFITS = Expression(
    "partnering.benefits",
    "COLLECT { " + _ENROLMENT + "UNWIND p.benefits AS benefit "
    "RETURN DISTINCT benefit ORDER BY benefit }",
)
ALLOCATIONS = Expression(
    "partnering.allocations",
    "COLLECT { MATCH (fund:Fund)-[x:ALLOCATED_TO]->(THIS) "
    "WITH fund, x, THIS AS partner "
    "WITH fund, coalesce(x.currency, fund.currency) AS currency, coalesce(x.amount, 0) AS share, "
    + COMMITTED
    + " AS committed ORDER BY fund.name, fund.id "
    "RETURN {fund: fund.name, share: [share, currency], committed: [committed, currency], "
    "left: [share - committed, currency]} }",
)
COUNTS = Expression(
    "partnering.counts",
    "head(COLLECT { OPTIONAL MATCH (THIS)-[see:CAN_SEE]->(:Party) "
    "WHERE coalesce(see.until, '9999') >= toString(date()) "
    "RETURN {full: count(CASE see.level WHEN 'FULL' THEN 1 END), "
    "profile: count(CASE see.level WHEN 'PROFILE' THEN 1 END), "
    "countOnly: count(CASE see.level WHEN 'COUNT' THEN 1 END) / 5 * 5} })",
)
"""Parties by level. Those of which nothing but the number may be told are rounded down to 5s."""

LEADS = Pattern(
    "partnering.leads", "MATCH (THIS)<-[:ASSIGNED_TO]-(NODE:LeadOffer)", targets=(LEAD_OFFER,)
)
REQUESTS = Pattern(
    "partnering.requests",
    "MATCH (THIS)<-[:BY|ASSIGNED_TO]-(NODE:Request)",
    distinct=True,
    targets=(REQUEST,),
)
"""What it asked for, and what it is asked."""

OPPORTUNITIES = Pattern(
    "partnering.opportunities",
    """
    CALL (THIS) {
      MATCH (THIS)<-[:ASSIGNED_TO|SHARED_WITH]-(NODE:Opportunity) RETURN NODE
      UNION
      MATCH (THIS)<-[:BY|ASSIGNED_TO]-(:Request)-[:ABOUT]->(NODE:Opportunity) RETURN NODE
    }
    WITH NODE
    """,
    distinct=True,
    targets=(OPPORTUNITY,),
)
CASES = Pattern(
    "partnering.cases",
    """
    CALL (THIS) {
      MATCH (THIS)<-[:ASSIGNED_TO|SHARED_WITH|FOR]-(NODE:Case) RETURN NODE
      UNION
      MATCH (THIS)-[:CAN_SEE {level: 'FULL'}]->(:Party)<-[:FOR]-(NODE:Case) RETURN NODE
    }
    WITH NODE
    """,
    distinct=True,
    targets=(CASE,),
)
COLLEAGUES = Pattern(
    "partnering.colleagues",
    "MATCH (THIS)<-[EDGE:ACTS_FOR]-(NODE:User) "
    "WHERE coalesce(EDGE.from, '') <= toString(date()) "
    "AND coalesce(EDGE.to, '9999') >= toString(date()) WITH NODE, EDGE",
    targets=(USER,),
)
CLAIMS = Pattern(
    "partnering.claims", "MATCH (THIS)<-[:ABOUT]-(NODE:FundClaim)", targets=(FUND_CLAIM,)
)


def _joined(parts: Iterable[LiteralString], between: LiteralString) -> LiteralString:
    return between.join(parts)


def _quoted(names: Iterable[LiteralString]) -> LiteralString:
    return "[" + _joined(["'" + name + "'" for name in names], ", ") + "]"


def _said(moves: list[Move]) -> LiteralString:
    """What may be done by some steps: a map of actions and editable fields."""
    actions: list[LiteralString] = [each.action for each in moves]
    fields: list[LiteralString] = list(
        dict.fromkeys(name for each in moves for name in each.fields)
    )
    return "{actions: " + _quoted(actions) + ", editableFields: " + _quoted(fields) + "}"


def _of_actor(actor: Actor) -> LiteralString:
    """A CASE over course and state."""
    courses: list[LiteralString] = []
    for course in Course:
        states: dict[LiteralString, list[Move]] = {}
        for each in MOVES:
            if each.course is course and each.actor is actor:
                states.setdefault(each.state, []).append(each)
        if states:
            whens: list[LiteralString] = [
                "WHEN '" + state + "' THEN " + _said(moves) for state, moves in states.items()
            ]
            inner: LiteralString = "CASE THIS.state " + _joined(whens, " ") + " ELSE NONE END"
            courses.append("WHEN " + COURSES[course] + " THEN " + inner)
        else:
            courses.append("WHEN " + COURSES[course] + " THEN NONE")
    return "CASE " + _joined(courses, " ") + " ELSE NONE END"


_NONE: LiteralString = "{actions: [], editableFields: []}"
ALLOWED = Expression(
    "partnering.allowed",
    (
        "CASE WHEN SEEN_ChangeEvent(THIS) THEN "
        + _of_actor(Actor.STAFF)
        + " ELSE "
        + _of_actor(Actor.PARTNER)
        + " END"
    ).replace("NONE", _NONE),
)
"""What whoever asks may do with a request; the mark tells staff, who see events, from partners."""
