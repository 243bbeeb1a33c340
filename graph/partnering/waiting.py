"""What the clock does: deals that wait are promoted, and what has run out of time ends.

Both are done by nobody in particular, `c360|clock`; what a kill leaves undone the next sweep does.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.database import Graph
from graph.model.programs import DEAL_REGISTRATION
from graph.partnering.standing import RIVAL, standing_of
from graph.partnering.states import Actor, move_of
from graph.partnering.stepping import granting, plain
from graph.statements import Kind, Statement
from graph.write.actions import Action, Caller, Named, Work
from graph.write.actions.performing import perform_one
from graph.write.formats import moment

ACTOR = "c360|clock"
PROTECTION_DAYS = 180
"""Days for which an approved deal is protected unless somebody says otherwise."""

_PROMOTED = granting("dealPromote")
_EXPIRED = plain("requestExpire")
_NEXT = Statement(
    "partnering.next",
    Kind.READ,
    "MATCH (request:DealRegistration {state: 'WAITLISTED'}) "
    "WITH request, COLLECT { MATCH (request)-[:ABOUT]->(q:Party) RETURN q } AS parties "
    "WHERE NOT request.id IN $tried AND NOT " + RIVAL + " "
    "RETURN request.id ORDER BY request.at, request.id LIMIT 1",
)
"""The deal that has waited longest among those that nothing is in the way of."""

_LATE = Statement(
    "partnering.late",
    Kind.READ,
    "MATCH (n:DealRegistration {state: 'APPROVED'}) WHERE n.protectedUntil < toString(date()) "
    "RETURN n.id, 'DealRegistration' AS label "
    "UNION ALL MATCH (n:LeadOffer {state: 'SUBMITTED'}) WHERE n.expiresAt < $now "
    "RETURN n.id, 'LeadOffer' AS label",
)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep has done: requests that expired, and deals that were promoted."""

    expired: int
    promoted: int


def _clock(graph: Graph) -> Work:
    now = moment(datetime.now(UTC))
    return Work(graph, Caller(ACTOR, now), lambda request: perform_one(graph, request))


async def promote(graph: Graph) -> set[str]:
    """Approve every deal that waits and need not any more, in order of arrival; what was written.

    Raises:
        Unavailable: the database cannot be reached.
    """
    work, tried = _clock(graph), set[str]()
    while True:
        rows = await work.read(_NEXT, tried=sorted(tried))
        if not rows:
            return work.touched
        tried.add(rows[0][0])
        await _take(work, rows[0][0], DEAL_REGISTRATION.name, "PROMOTE", _PROMOTED)


async def sweep(graph: Graph) -> Swept:
    """End requests whose time is over, and promote what waited for them.

    Raises:
        Unavailable: the database cannot be reached.
    """
    work = _clock(graph)
    expired = 0
    for id_, label in await work.read(_LATE, now=work.caller.now):
        expired += await _take(work, id_, label, "EXPIRE", _EXPIRED)
    before = await work.read(_COUNT)
    await promote(graph)
    after = await work.read(_COUNT)
    return Swept(expired, before[0][0] - after[0][0])


_COUNT = Statement(
    "partnering.waiting",
    Kind.READ,
    "MATCH (n:DealRegistration {state: 'WAITLISTED'}) RETURN count(n)",
)


async def _take(work: Work, id_: str, label: str, wanted: str, action: Action) -> bool:
    """Take a step of the clock; False when somebody was faster."""
    standing = await standing_of(work, id_)
    move = standing and move_of(standing.course, standing.state, Actor.CLOCK, wanted)
    if standing is None or move is None:
        return False
    inner = work.sketch(action, {"request": Named(id_, label)}, {})
    props: dict[str, Any] = {"state": move.target, "decidedAt": work.caller.now}
    if wanted == "PROMOTE":
        props["protectedUntil"] = protection(work.caller.now)
        inner.refs["parties"] = [*standing.parties]
        inner.values["rival"] = False
    inner.props["request"] = props
    inner.values["version"] = standing.version
    return not (await work.perform(action, inner)).refusals


def protection(now: str) -> str:
    """The last day of the protection of a deal that is approved now."""
    last = datetime.fromisoformat(now).date() + timedelta(days=PROTECTION_DAYS)
    return last.isoformat()
