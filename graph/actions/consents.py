"""Consents: decisions of people about being contacted, one after the other, none ever changed."""

from graph.model.identity import IDENTIFIER
from graph.model.marketing import CONSENT, COVERS, GAVE
from graph.model.parties import PERSON
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return
from graph.write.formats import moment

_REFS = (
    Ref("person", (PERSON,), "Who decided."),
    Ref(
        "identifiers",
        (IDENTIFIER,),
        "Addresses and numbers of the person that the decision is about; none means all.",
        required=False,
        many=True,
    ),
)
_SAID = ("purpose", "channel", "at", "method", "evidence", "expiresAt")
_LINKS = (Link("person", GAVE, "consent"), Link("consent", COVERS, "identifiers"))
_GUARDS = (
    Guard(
        "NOT_ALLOWED",
        "An identifier is not the person's; add it to the person first.",
        "any(each IN identifiers WHERE NOT EXISTS { (person)-[:HAS_IDENTIFIER]->(each) })",
        ("identifiers",),
    ),
    Guard(
        "NOT_ALLOWED",
        "An identifier is of another kind than the channel.",
        "any(each IN identifiers WHERE NOT each.kind IN CASE r.creates.consent.channel "
        "WHEN 'EMAIL' THEN ['EMAIL'] WHEN 'PHONE' THEN ['PHONE'] WHEN 'SMS' THEN ['PHONE'] "
        "ELSE [each.kind] END)",
        ("identifiers",),
    ),
)
_RETURNS = (Return("consent", "consent", "Consent"), Return("person", "person", "Person"))


def _decide(draft: Draft, status: str) -> None:
    values = draft.props["consent"]
    values["status"] = status
    if values.get("at") is None:
        values["at"] = draft.now
    at, expires = moment(values["at"]), values.get("expiresAt")
    if at > draft.now:
        draft.refuse("OUT_OF_RANGE", "at must not lie in the future.", "at")
    if expires is not None and moment(expires) <= at:
        draft.refuse("ENDS_BEFORE_START", "expiresAt must lie after the decision.", "expiresAt")
    if status == "GRANTED" and not str(values.get("evidence") or "").strip():
        draft.refuse("REQUIRED", "evidence must say what proves the agreement.", "evidence")


def _give(draft: Draft) -> None:
    _decide(draft, "GRANTED")


def _withdraw(draft: Draft) -> None:
    _decide(draft, "WITHDRAWN")


CONSENT_GIVE = Action(
    "consentGive",
    "Records that a person agreed to be contacted for a purpose over a channel.",
    refs=_REFS,
    creates=(Create("consent", CONSENT, _SAID, optional=("at",)),),
    links=_LINKS,
    guards=_GUARDS,
    prepare=_give,
    returns=_RETURNS,
)
CONSENT_WITHDRAW = Action(
    "consentWithdraw",
    "Records that a person refused, or took an agreement back.",
    refs=_REFS,
    creates=(Create("consent", CONSENT, _SAID[:-1], optional=("at",)),),
    links=_LINKS,
    guards=_GUARDS,
    prepare=_withdraw,
    returns=_RETURNS,
)

ACTIONS = (CONSENT_GIVE, CONSENT_WITHDRAW)
