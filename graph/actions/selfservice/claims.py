"""Identifiers that are added and proved: by staff at once, by customers with a code.

What a customer claims is no identifier of the party until the code that was sent there comes back:
else anybody could attach an address of somebody else. A code is tried at most five times, and each
try counts before it is compared, so that many at once gain nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from graph.actions.identifiers import ADD_GIVEN, CODES, VERIFY, add, normal, prefer
from graph.actions.stating import apply, patch
from graph.audiences import CUSTOMERS, Audience
from graph.errors import NOT_THERE
from graph.identity.settling import Choose
from graph.model.declare import string
from graph.model.identity import HAS_IDENTIFIER, IDENTIFIER
from graph.model.parties import PARTY
from graph.model.selfservice import CLAIMS, VERIFICATION
from graph.selfservice import codes
from graph.selfservice.messages import QUEUED
from graph.selfservice.standing import acting_for, as_customer, label_of, principal
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
    sketch,
)
from graph.write.actions.draft import node_of
from graph.write.formats import moment
from graph.write.secret import secret
from graph.write.unit import new_id

TRIES = 3
_PARTY = Ref("party", (PARTY,), "The party it points to: the person who asks, or a company.")
_VERIFICATION = Ref("verification", (VERIFICATION,), "What was sent a code.", required=False)
_RETURNS = (
    Return("identifier", "identifier", "Identifier"),
    Return("verification", "verification", "Verification"),
    Return("party", "party", "Customer"),
)

PENDING = as_customer(
    "pending",
    """MATCH (v:Verification {id: $verification})<-[:CLAIMS]-(party:Party)
WHERE party IN whole
RETURN v.version, coalesce(v.attempts, 0), v.expiresAt, v.verifiedAt, v.kind, v.value, v.display,
  v.label, v.intent, EXISTS { (:Identifier {kind: v.kind, value: v.value}) }, party.id, """
    + label_of("party")
    + " LIMIT 1",
)
"""A verification of a party that the customer acts for."""

_CLAIM = Action(
    "identifierAdd",
    "Sends a code to an address or number.",
    refs=(_PARTY,),
    creates=(Create("verification", VERIFICATION),),
    links=(Link("party", CLAIMS, "verification"),),
    guards=(
        Guard(
            "LIMIT_REACHED",
            f"There were {codes.PER_HOUR} codes within an hour; try again later.",
            "COUNT { MATCH (party)-[:CLAIMS]->(v:Verification) WHERE v.at > r.values.since } "
            ">= r.values.most",
        ),
    ),
    extra=QUEUED,
    returns=(_RETURNS[1], _RETURNS[2]),
)
_ATTEMPT = Action(
    "identifierVerify",
    "Counts a code that is tried.",
    refs=(_VERIFICATION,),
    updates=(Update("verification"),),
)


async def _add(work: Work, draft: Draft) -> None:
    if draft.viewer.audience is Audience.CUSTOMER:
        await _claim(work, draft)
    else:
        await add(work, draft)


async def _claim(work: Work, draft: Draft) -> None:
    found = await acting_for(work, draft, "party")
    kind = str(draft.given["kind"])
    if found is None:
        return
    if kind not in {"EMAIL", "PHONE"}:
        message = "Only an e-mail address or a telephone number can be proved; ask us for others."
        draft.refuse("NOT_ALLOWED", message, "kind")
        return
    try:
        one = normal(kind, draft.given["value"])
    except ValueError as error:
        draft.refuse(CODES.get(kind, "INVALID"), f"value {error}.", "value")
        return
    inside = work.trusted()
    inner = inside.sketch(_CLAIM, {"party": found[1]}, {})
    now, id_ = datetime.fromisoformat(draft.now), inner.ids["verification"]
    inner.props["verification"] = {
        "kind": kind, "value": one.value, "display": one.display,
        "label": draft.given.get("label"), "at": draft.now, "attempts": 0,
        "expiresAt": moment(now + timedelta(minutes=codes.MINUTES)),
        "intent": "MAIN" if draft.given.get("primary") else "FURTHER",
    }  # fmt: skip
    inner.values |= {"since": moment(now - timedelta(hours=1)), "most": codes.PER_HOUR,
                     "job": new_id(), "about": id_}  # fmt: skip
    draft.take(await inside.perform(_CLAIM, inner))


IDENTIFIER_ADD = Procedure(
    "identifierAdd",
    "Says that an address, number, device or account belongs to a party. From a customer it is a "
    "claim: a code is sent there, and identifierVerify proves it.",
    refs=(_PARTY,),
    given=ADD_GIVEN,
    returns=_RETURNS,
    run=_add,
    audiences=CUSTOMERS,
    staff_fields=("verifiedAt", "shared"),
)


@dataclass(frozen=True, slots=True)
class _Pending:
    """A claim as it was read."""

    id: str
    version: int
    attempts: int
    expires_at: str
    verified_at: str | None
    kind: str
    value: str
    display: str | None
    label: str | None
    intent: str | None
    known: bool
    party: Named


async def _verify(work: Work, draft: Draft) -> None:
    if draft.viewer.audience is not Audience.CUSTOMER:
        inner = sketch(VERIFY, draft.caller, draft.refs, draft.given)
        draft.take(await work.perform(VERIFY, inner))
        await prefer(work, draft)
        return
    code = str(draft.given.get("code") or "")
    for name, value in (("verificationId", draft.one("verification")), ("code", code)):
        if not value:
            draft.refuse("REQUIRED", "Name what was sent a code, and the code.", name)
    claim = None if draft.refusals else await _tried(work, draft)
    if claim is None:
        return
    key = await secret(work.graph, codes.SECRET)
    if not codes.is_code_of(key, claim.id, code):
        left = codes.ATTEMPTS - claim.attempts - 1
        draft.refuse("WRONG_CODE", f"This is not the code; {left} more may be tried.", "code")
        return
    await _prove(work, draft, claim)


async def _tried(work: Work, draft: Draft) -> _Pending | None:
    """The claim, with one more try counted; None when it is refused."""
    inside = work.trusted()
    for _ in range(TRIES):
        claim = await _pending(work, draft)
        if claim is None:
            return None
        inner = inside.sketch(
            _ATTEMPT,
            {"verification": Named(claim.id, VERIFICATION.name)},
            {"ifVersion": claim.version},
        )
        inner.caller = replace(inner.caller, key=None)
        inner.props["verification"]["attempts"] = claim.attempts + 1
        outcome = await inside.perform(_ATTEMPT, inner)
        if not outcome.refusals:
            return claim
    draft.refuse("CONFLICT", "Several codes are tried at once; try again.", "code")
    return None


async def _pending(work: Work, draft: Draft) -> _Pending | None:
    asked = draft.one("verification")
    id_ = asked.id if asked else ""
    rows = await work.read(PENDING, **principal(work), verification=id_)
    if not rows:
        draft.refuse("NOT_FOUND", NOT_THERE, "verificationId")
        return None
    *read, party, label = rows[0]
    claim = _Pending(id_, *read, party=Named(party, label))
    if claim.verified_at is not None:
        draft.refuse("NOT_ALLOWED", "It is proved already.", "verificationId")
    elif claim.expires_at <= draft.now:
        draft.refuse("EXPIRED", "The code has ended; add it again for a new one.", "code")
    elif claim.attempts >= codes.ATTEMPTS:
        message = "Too many codes were tried; add it again for a new one."
        draft.refuse("LIMIT_REACHED", message, "code")
    return None if draft.refusals else claim


async def _prove(work: Work, draft: Draft, claim: _Pending) -> None:
    """Make what was proved an identifier of the party, its main one if that was asked for."""
    node = node_of(claim.party.label)
    if claim.intent == "MAIN":
        name = "email" if claim.kind == "EMAIL" else "phone"
        step = Work(work.graph, replace(work.caller, key=None), work.send, work.touched)
        saying = _SAYING[claim.party.label]
        inner = sketch(saying, step.caller, {"party": claim.party}, {name: claim.value})
        await patch(step, inner)
        draft.refusals += inner.refusals
        if draft.refusals:
            return
    said: dict[str, Any] = {"verifiedAt": draft.now}
    if claim.label is not None:
        said["label"] = claim.label
    key, party = (claim.kind, claim.value), (claim.party.id,)
    proved = NodeRow((claim.id,), {"verifiedAt": draft.now})
    batch = Batch(
        [
            Nodes(IDENTIFIER, [NodeRow(key, _shown(claim))]),
            Links(HAS_IDENTIFIER, node, IDENTIFIER, [LinkRow(party, key, said)]),
            Nodes(VERIFICATION, [proved]),
        ],
        named={
            "identifier": (IDENTIFIER, key),
            "party": (node, party),
            "verification": (VERIFICATION, (claim.id,)),
        },
        steps=[Choose(claim.party.id)],
    )
    await apply(work, draft, batch, "verificationId")


def _shown(claim: _Pending) -> dict[str, Any]:
    """How a new identifier is shown; one that is known stays as it is."""
    new = not claim.known and claim.intent != "MAIN" and claim.display
    return {"display": claim.display} if new else {}


def _saying(label: str) -> Procedure:
    """What states the main address and number of a kind of party."""
    return Procedure(
        "identifierVerify",
        "States the main address or number of a party.",
        refs=(Ref("party", (node_of(label),), "The party."),),
        updates=(Update("party", ("email", "phone")),),
        run=patch,
    )


_SAYING = {label: _saying(label) for label in ("Person", "Company", "Household")}

IDENTIFIER_VERIFY = Procedure(
    "identifierVerify",
    "Records that the party proved to have an identifier; now unless a time is given. A customer "
    "proves what was added by the code that was sent there.",
    refs=(*(replace(each, required=False) for each in VERIFY.refs), _VERIFICATION),
    updates=VERIFY.updates,
    links=VERIFY.links,
    given=(Given(string("code", "The six digits that were sent.")),),
    returns=_RETURNS,
    run=_verify,
    audiences=CUSTOMERS,
    staff_fields=("partyId", "identifierId", "verifiedAt"),
)

ACTIONS = (IDENTIFIER_ADD, IDENTIFIER_VERIFY)
