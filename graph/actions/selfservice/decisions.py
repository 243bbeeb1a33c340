"""What customers decide about being contacted: one decision after the other, none ever changed."""

from graph.actions.consents import CONSENT_GIVE, CONSENT_WITHDRAW
from graph.audiences import CUSTOMERS
from graph.errors import NOT_THERE
from graph.model.declare import flag
from graph.model.identity import IDENTIFIER
from graph.model.marketing import CONSENT
from graph.selfservice.standing import NOBODY, as_customer, principal
from graph.write.actions import Draft, Given, Named, Procedure, Ref, Return, Work

METHOD = "SELF_SERVICE"
EVIDENCE = "Decided by the person in the self-service; the history tells by which account."

OWN = as_customer(
    "own_identifiers",
    "RETURN self.id, COLLECT { MATCH (self)-[:HAS_IDENTIFIER]->(i:Identifier) "
    "WHERE i.id IN $asked RETURN i.id }",
)
"""The person who asks, and which of some identifiers are the person's."""


async def _set(work: Work, draft: Draft) -> None:
    asked = [each.id for each in draft.many("identifiers")]
    rows = await work.read(OWN, **principal(work), asked=asked)
    if not rows or rows[0][0] is None:
        draft.refuse("NOT_ALLOWED", NOBODY)
        return
    person, own = rows[0]
    for place, each in enumerate(asked):
        if each not in own:
            draft.refuse("NOT_FOUND", NOT_THERE, "identifiers", str(place))
            return
    action = CONSENT_GIVE if draft.given["granted"] else CONSENT_WITHDRAW
    said = {name: draft.given[name] for name in ("purpose", "channel")}
    refs = {"person": Named(person, "Person"), "identifiers": draft.many("identifiers")}
    inside = work.trusted()
    inner = inside.sketch(action, {**refs}, {**said, "method": METHOD, "evidence": EVIDENCE})
    draft.take(await inside.perform(action, inner))


CONSENT_SET = Procedure(
    "consentSet",
    "Records that the person who asks agrees to be contacted for a purpose over a channel, or "
    "refuses; the former decisions stay on record.",
    refs=(
        Ref(
            "identifiers",
            (IDENTIFIER,),
            "Own addresses and numbers that the decision is about; none means all.",
            required=False,
            many=True,
        ),
    ),
    given=(
        Given(CONSENT.properties["purpose"], required=True, owner="Consent"),
        Given(CONSENT.properties["channel"], required=True, owner="Consent"),
        Given(flag("granted", "True to agree, false to refuse."), required=True),
    ),
    returns=(Return("consent", "consent", "Consent"), Return("person", "person", "Person")),
    run=_set,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (CONSENT_SET,)
