"""Rights over personal data, as the person exercises them: a copy of everything, and erasure."""

from datetime import datetime, timedelta
from typing import LiteralString

import orjson

from graph.audiences import CUSTOMERS
from graph.commerce.numbers import numbered
from graph.model.parties import PERSON
from graph.model.programs import ABOUT, BY, PRIVACY_REQUEST
from graph.selfservice.copies import KIND
from graph.selfservice.standing import person_of
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Procedure,
    Ref,
    Return,
    Work,
)
from graph.write.formats import moment
from graph.write.unit import new_id

DAYS = 30
"""Within how many days a request must be answered (GDPR article 12(3): one month)."""
COPIES_A_DAY = 3

_RETURNS = (Return("request", "request", "PrivacyRequest"),)
_UNDER_WAY = Guard(
    "NOT_ALLOWED",
    "This was asked for already, as {}, and is not decided yet.",
    "EXISTS { MATCH (person)<-[:BY]-(p:PrivacyRequest) WHERE p.right = r.creates.request.right "
    "AND p.state IN ['SUBMITTED', 'IN_REVIEW', 'RETURNED', 'APPROVED'] }",
    detail="head(COLLECT { MATCH (person)<-[:BY]-(p:PrivacyRequest) "
    "WHERE p.right = r.creates.request.right "
    "AND p.state IN ['SUBMITTED', 'IN_REVIEW', 'RETURNED', 'APPROVED'] RETURN p.number })",
)
_QUEUED: LiteralString = (
    "CREATE (:Job {id: r.values.job, kind: r.values.kind, key: r.creates.request.id, version: 1, "
    "createdAt: r.now, changedAt: r.now, state: 'QUEUED', dueAt: r.now, "
    "parameters: r.values.asked, attempts: 0, done: 0})"
)


def _asking(
    name: LiteralString, description: str, *guards: Guard, extra: LiteralString | None = None
) -> Action:
    return Action(
        name,
        description,
        refs=(Ref("person", (PERSON,), "Whose data it is.", lock=True),),
        creates=(Create("request", PRIVACY_REQUEST),),
        links=(Link("request", BY, "person"), Link("request", ABOUT, "person")),
        guards=(_UNDER_WAY, *guards),
        extra=extra,
        returns=_RETURNS,
    )


_ERASURE = _asking("erasureRequest", "Asks for the erasure of a person's data.")
_COPY = _asking(
    "personalDataExport",
    "Asks for a copy of a person's data, and has it written.",
    Guard(
        "LIMIT_REACHED",
        f"There were {COPIES_A_DAY} copies within a day; fetch the last one.",
        "COUNT { MATCH (person)<-[:BY]-(p:PrivacyRequest) "
        "WHERE p.right = 'ACCESS' AND p.at > r.values.since } >= r.values.most",
    ),
    extra=_QUEUED,
)


async def _ask(work: Work, draft: Draft, action: Action, right: str) -> None:
    mine = await person_of(work, draft)
    if mine is None:
        return
    inside = work.trusted()
    inner = inside.sketch(action, {"person": mine.person}, {})
    now = datetime.fromisoformat(draft.now)
    inner.props["request"] = {
        "number": numbered("PR", draft.now[:10]), "right": right, "state": "SUBMITTED",
        "at": draft.now, "dueAt": moment(now + timedelta(days=DAYS)),
    }  # fmt: skip
    inner.values |= {
        "since": moment(now - timedelta(days=1)), "most": COPIES_A_DAY, "job": new_id(),
        "kind": KIND, "asked": orjson.dumps({"request": inner.ids["request"]}).decode(),
    }  # fmt: skip
    draft.take(await inside.perform(action, inner))


async def _erasure(work: Work, draft: Draft) -> None:
    await _ask(work, draft, _ERASURE, "ERASURE")


async def _copy(work: Work, draft: Draft) -> None:
    await _ask(work, draft, _COPY, "ACCESS")


ERASURE_REQUEST = Procedure(
    "erasureRequest",
    "Asks that the data of the person who asks be erased (GDPR article 17). It is decided within "
    f"{DAYS} days; what the law wants kept is told then.",
    returns=_RETURNS,
    run=_erasure,
    audiences=CUSTOMERS,
    staff=False,
)
PERSONAL_DATA_EXPORT = Procedure(
    "personalDataExport",
    "Has a copy written of everything that is known of the person who asks (GDPR articles 15 and "
    "20). The request is DONE when it can be fetched: see personalDataDownload.",
    returns=_RETURNS,
    run=_copy,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (PERSONAL_DATA_EXPORT, ERASURE_REQUEST)
