"""Where a case stands, and changes that follow from it: read first, written if it is still so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.engagement import levels
from graph.errors import NOT_THERE
from graph.model.cases import CASE
from graph.model.organisation import USER
from graph.statements import Kind, Statement
from graph.write.actions import Action, Draft, Guard, Named, Ref, Return, Work

ATTEMPTS = 8

CASE_REF = Ref("case", (CASE,), "The case.")
RETURNS = (Return("case", "case", "Case"),)

STANDING = Statement(
    "cases.standing",
    Kind.READ,
    """OPTIONAL MATCH (case:Case {id: $case})
RETURN case.status, case.kind, case.priority, case.openedAt, case.dueAt, case.waitingSince,
  case.firstRespondedAt, case.closedAt,
  head(COLLECT { MATCH (case)-[x:FOR]->(p:Party)
    RETURN p.tier ORDER BY coalesce(x.role, 'CUSTOMER') <> 'CUSTOMER', p.id LIMIT 1 }),
  head(COLLECT { MATCH (case)-[x:FOR]->(p:Party) RETURN [p.id, labels(p)]
    ORDER BY coalesce(x.role, 'CUSTOMER') <> 'CONTACT', p.id LIMIT 1 }),
  head(COLLECT { MATCH (u:User {issuer: $issuer, subject: $subject}) RETURN u.id })""",
)
"""Where a case stands, whom it is for, and which user asks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, as it was read."""

    read: list[str | None]
    status: str
    kind: str | None
    priority: str | None
    opened_at: str
    due_at: str | None
    waiting_since: str | None
    first_responded_at: str | None
    closed_at: str | None
    tier: str | None
    speaker: Named | None
    user: Named | None

    def level(self, kind: str | None = None, priority: str | None = None) -> levels.Level:
        """Its service level, or the one it would have."""
        return levels.level(kind or self.kind, priority or self.priority, self.tier)

    def running(self, now: str) -> dict[str, Any]:
        """What must change for the clock to run on; nothing when it runs."""
        if self.waiting_since is None:
            return {}
        if self.due_at is None:
            return {"waitingSince": None}
        due_at = levels.resumed(self.due_at, self.waiting_since, now)
        return {"waitingSince": None, "dueAt": due_at}

    def moving(self, status: str, now: str) -> dict[str, Any]:
        """What must change for the case to go to OPEN or PENDING."""
        changes: dict[str, Any] = {"status": status}
        if status != "PENDING":
            return changes | self.running(now)
        return changes if self.waiting_since else changes | {"waitingSince": now}


AS_READ = Guard(
    "CONFLICT",
    "Somebody else changes the case right now; try again.",
    "any(i IN range(0, 4) WHERE coalesce("
    "[case.status, case.kind, case.priority, case.dueAt, case.waitingSince][i] <> r.values.read[i],"
    " ([case.status, case.kind, case.priority, case.dueAt, case.waitingSince][i] IS NULL) "
    "<> (r.values.read[i] IS NULL)))",
    ("caseId",),
)
"""Holds unless the case stands where it stood when it was read."""


async def _standing(work: Work, draft: Draft) -> Standing | None:
    """Where the case of a draft stands; refuses it when there is none."""
    case = draft.one("case")
    issuer, _, subject = work.caller.actor.rpartition("|")
    wanted = case.id if case else None
    row = (await work.read(STANDING, case=wanted, issuer=issuer, subject=subject))[0]
    if row[3] is None:
        draft.refuse("NOT_FOUND", NOT_THERE, "caseId")
        return None
    speaker = Named(row[9][0], _party_label(row[9][1])) if row[9] else None
    user = Named(row[10], USER.name) if row[10] else None
    read = [row[0], row[1], row[2], row[4], row[5]]
    return Standing(read, row[0] or "NEW", *row[1:9], speaker=speaker, user=user)


def _party_label(labels: list[str]) -> str:
    return next(each for each in ("Person", "Company", "Household") if each in labels)


Change = Callable[[Draft, Draft, Standing], None]
"""Completes the draft of the write from what was read; refuses by the first draft."""


async def change_case(work: Work, draft: Draft, action: Action, change: Change) -> None:
    """Read where a case stands and write what follows, anew when it has changed in between."""
    for attempt in range(ATTEMPTS):
        standing = await _standing(work, draft)
        if standing is None:
            return
        inner = work.sketch(action, dict(draft.refs), draft.given)
        inner.values["read"] = standing.read
        change(draft, inner, standing)
        if draft.refusals:
            return
        outcome = await work.perform(action, inner)
        raced = any(
            each.code == "CONFLICT" and each.path == ("caseId",) for each in outcome.refusals
        )
        if not raced or attempt == ATTEMPTS - 1:
            draft.take(outcome)
            return
