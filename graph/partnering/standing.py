"""Where a request stands, and which partner somebody acts for: reads before a step is taken."""

from dataclasses import dataclass
from typing import Any, LiteralString

from graph.access.partners import PROLOGUE
from graph.audiences import Audience
from graph.errors import NOT_THERE
from graph.partnering.states import COURSES, Course
from graph.statements import Kind, Statement
from graph.write.actions import Draft, Named, Work

RIVAL: LiteralString = (
    "EXISTS { UNWIND parties AS party MATCH (party)<-[:ABOUT]-(other:DealRegistration) "
    "WHERE other <> request AND (other.state = 'APPROVED' OR other.state = 'WON' "
    "AND coalesce(other.protectedUntil, '9999') >= toString(date())) "
    "AND (EXISTS { (request)-[:ABOUT]->(:Product)<-[:ABOUT]-(other) } "
    "OR NOT EXISTS { (request)-[:ABOUT]->(:Product) } "
    "OR NOT EXISTS { (other)-[:ABOUT]->(:Product) }) }"
)
"""Whether another deal than `request` for one of `parties` and the same product has been granted.

It lasts while it is approved or, when it was won, protected. One that names no product is about
all of them.
"""

CLAIMED: LiteralString = (
    "reduce(sum = 0, each IN COLLECT { MATCH (request)<-[:ABOUT]-(claim:FundClaim) "
    "WHERE claim.state IN ['SUBMITTED', 'IN_REVIEW', 'APPROVED', 'DONE'] "
    "RETURN coalesce(claim.amount, 0) } | sum + each)"
)
"""What has been claimed of a fund request, in minor units; refused and withdrawn claims apart."""

COMMITTED: LiteralString = (
    "reduce(sum = 0, each IN COLLECT { "
    "MATCH (partner)<-[:BY]-(asked:FundRequest)-[:ABOUT]->(fund) "
    "WHERE asked.state IN ['APPROVED', 'DONE'] RETURN CASE asked.state WHEN 'DONE' THEN "
    + CLAIMED.replace("request", "asked")
    + " ELSE coalesce(asked.amount, 0) END } | sum + each)"
)
"""What of a fund has been promised to a partner or spent by it, in minor units."""


def _course() -> LiteralString:
    whens: list[LiteralString] = [
        "WHEN " + text.replace("THIS", "request") + " THEN '" + course.value + "'"
        for course, text in COURSES.items()
    ]
    between: LiteralString = " "
    return "CASE " + between.join(whens) + " END"


_LABEL: LiteralString = (
    "CASE WHEN q:Person THEN 'Person' WHEN q:Household THEN 'Household' ELSE 'Company' END"
)
STANDING = Statement(
    "partnering.standing",
    Kind.READ,
    "MATCH (request:Request {id: $id})\n"
    "WITH request, COLLECT { MATCH (request)-[:ABOUT]->(q:Party) RETURN q "
    "UNION MATCH (q:Party {id: $customer}) RETURN q } AS parties\n"
    "RETURN {state: request.state, version: request.version, course: " + _course() + ",\n"
    "  amount: coalesce(request.amount, 0), currency: request.currency,\n"
    "  expires: request.expiresAt, protected: request.protectedUntil,\n"
    "  share: {level: request.level, purpose: request.purpose, from: request.from, to: request.to},"
    "\n  partner: head(COLLECT { MATCH (request)-[:BY|ASSIGNED_TO]->(p:Company) RETURN p.id }),\n"
    "  parties: COLLECT { MATCH (request)-[:ABOUT]->(q:Party) RETURN [q.id, " + _LABEL + "] "
    "ORDER BY q.id },\n"
    "  fund: head(COLLECT { MATCH (request)-[:ABOUT]->(f:Fund) RETURN "
    "{id: f.id, left: coalesce(f.remaining, f.amount, 0), currency: f.currency} }),\n"
    "  granted: head(COLLECT { MATCH (request)-[:ABOUT]->(fund:Fund) "
    "MATCH (request)-[:BY]->(partner:Company) OPTIONAL MATCH (fund)-[x:ALLOCATED_TO]->(partner) "
    "RETURN {share: coalesce(x.amount, 0), committed: " + COMMITTED + "} "
    "}),\n"
    "  claimed: CASE WHEN request:FundRequest THEN " + CLAIMED + " ELSE 0 END,\n"
    "  rival: request:DealRegistration AND " + RIVAL + "}",
)  # fmt: skip
"""Everything of the request `$id` that a step depends on, as one map.

`$customer` is the end customer of a deal that is named only now, or null.
"""

OWN = Statement("partnering.own", Kind.READ, PROLOGUE + "\nRETURN viewer.id, me.id")
"""The partner that $ISSUER and $SUBJECT act for, and their user."""

USER_OF = Statement(
    "partnering.user",
    Kind.READ,
    "MATCH (u:User {issuer: $issuer, subject: $subject}) RETURN u.id",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands.

    Attributes:
        course: Which steps there are.
        state: Its state.
        version: Its version.
        facts: All else that was read, by name.
    """

    course: Course
    state: str
    version: int
    facts: dict[str, Any]

    @property
    def partner(self) -> Named | None:
        """The partner that asks, or to which something is offered."""
        id_ = self.facts["partner"]
        return Named(id_, "Company") if id_ else None

    @property
    def parties(self) -> list[Named]:
        """The parties it is about."""
        return [Named(id_, label) for id_, label in self.facts["parties"]]


async def standing_of(work: Work, id_: str, customer: str | None = None) -> Standing | None:
    """Where a request stands; None when there is none with this id.

    `customer` is the end customer of a deal that is named only now.
    """
    rows = await work.read(STANDING, id=id_, customer=customer)
    if not rows:
        return None
    facts: dict[str, Any] = rows[0][0]
    return Standing(Course(facts["course"]), facts["state"], facts["version"], facts)


async def partner_of(work: Work, draft: Draft) -> Named | None:
    """The partner for which somebody asks: its own, or the one that staff names as `partnerId`.

    Refuses the draft and returns None when there is none.
    """
    asked = draft.one("partner")
    if work.caller.audience is Audience.STAFF:
        if asked is None:
            draft.refuse("REQUIRED", "Name the partner.", "partnerId")
        return asked
    caller = work.caller
    rows = await work.read(OWN, ISSUER=caller.issuer, SUBJECT=caller.subject)
    if not rows or (asked is not None and asked.id != rows[0][0]):
        draft.refuse("NOT_FOUND", NOT_THERE, "partnerId")
        return None
    return Named(rows[0][0], "Company")


async def user_of(work: Work) -> Named | None:
    """The user who asks; None when the graph knows none."""
    caller = work.caller
    rows = await work.read(USER_OF, issuer=caller.issuer, subject=caller.subject)
    return Named(rows[0][0], "User") if rows else None
