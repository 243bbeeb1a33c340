"""API keys: made and rotated by `graph.keys`, which alone knows the secret; revoked by anybody."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString

from graph.model.declare import integer
from graph.model.organisation import ACTS_FOR, API_KEY, STANDS_FOR, USER
from graph.model.parties import PARTY
from graph.write.actions import Action, Create, Draft, Given, Guard, Link, Ref, Return, Update
from graph.write.formats import moment

MOST_DAYS = 400
MOST_SCOPES = 50
MOST_OVERLAP_HOURS = 168
ISSUER = "c360"
"""Who vouches for the users that are made for services."""

_SAID: tuple[LiteralString, ...] = ("name", "audience", "scopes", "expiresAt")
_NEW = Create("apiKey", API_KEY, _SAID, optional=("digest",))
_SERVICE = Create("user", USER, (), optional=("issuer", "subject", "kind", "name"))
_LINK = Link("apiKey", STANDS_FOR, "user")
_KEY = Ref("apiKey", (API_KEY,), "The API key.")
_RETURNS = (Return("apiKey", "apiKey", "ApiKey"),)


def _new(draft: Draft) -> None:
    values = draft.props["apiKey"]
    values["digest"] = draft.values.pop("digest")
    draft.values["audience"] = values["audience"]
    ends, now = str(values["expiresAt"]), datetime.now(UTC)
    if not moment(now) < ends <= moment(now + timedelta(days=MOST_DAYS)):
        message = f"expiresAt must be in the future and within {MOST_DAYS} days."
        draft.refuse("OUT_OF_RANGE", message, "expiresAt")
    if not 0 < len(values["scopes"]) <= MOST_SCOPES:
        message = f"Name 1 to {MOST_SCOPES} scopes: read, write, or names of root fields."
        draft.refuse("OUT_OF_RANGE", message, "scopes")


def _service(draft: Draft) -> None:
    """Make the user that the key is, too."""
    _new(draft)
    draft.props["user"] |= {
        "issuer": ISSUER,
        "subject": f"service:{draft.ids['apiKey']}",
        "kind": "SERVICE",
        "name": draft.props["apiKey"]["name"],
        "active": True,
    }


def _for_staff(draft: Draft) -> None:
    _service(draft)
    if draft.values["audience"] != "STAFF":
        message = "Name the user it stands for, or the party it acts for."
        draft.refuse("REQUIRED", message, "actsForId")


def _for_party(draft: Draft) -> None:
    _service(draft)
    draft.link("ACTS_FOR").update({"scope": "COMPANY", "from": draft.now[:10], "to": None})


FOR_USER = Action(
    "apiKeyCreate",
    "Makes an API key that stands for a user.",
    refs=(Ref("user", (USER,), "The user it stands for.", lock=True),),
    creates=(_NEW,),
    links=(_LINK,),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "A user of kind {} cannot have a key for that audience.",
            "user.kind <> 'SERVICE' AND user.kind <> r.values.audience",
            ("audience",),
            detail="user.kind",
        ),
        Guard("NOT_ALLOWED", "The user may not sign in.", "user.active = false", ("userId",)),
        Guard(
            "LIMIT_REACHED",
            "The user has 20 keys already; revoke one first.",
            "COUNT { MATCH (user)<-[:STANDS_FOR]-(k:ApiKey) WHERE k.revokedAt IS NULL "
            "AND k.expiresAt > r.now } >= 20",
            ("userId",),
        ),
    ),
    prepare=_new,
    returns=_RETURNS,
)
FOR_SERVICE = Action(
    "apiKeyCreate",
    "Makes an API key and the service it stands for.",
    creates=(_NEW, _SERVICE),
    links=(_LINK,),
    prepare=_for_staff,
    returns=_RETURNS,
)
FOR_PARTY = Action(
    "apiKeyCreate",
    "Makes an API key and the service it stands for, which acts for a party.",
    refs=(Ref("party", (PARTY,), "The party it acts for."),),
    creates=(_NEW, _SERVICE),
    links=(_LINK, Link("user", ACTS_FOR, "party")),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "A key for staff acts for nobody else: leave actsForId out.",
            "r.values.audience = 'STAFF'",
            ("actsForId",),
        ),
        Guard(
            "NOT_ALLOWED",
            "The party must be a partner for this; enrol it in a program first.",
            "r.values.audience = 'PARTNER' AND NOT party:Partner",
            ("actsForId",),
        ),
    ),
    prepare=_for_party,
    returns=_RETURNS,
)


def _rotate(draft: Draft) -> None:
    hours = int(draft.given.get("overlapHours") or 0)
    if not 0 <= hours <= MOST_OVERLAP_HOURS:
        message = f"overlapHours must be a number from 0 to {MOST_OVERLAP_HOURS}."
        draft.refuse("OUT_OF_RANGE", message, "overlapHours")
        return
    until = datetime.fromisoformat(draft.now) + timedelta(hours=hours)
    draft.values["hours"] = hours
    draft.props["apiKey"] |= {
        "digest": draft.values.pop("digest"),
        "rotatedAt": draft.now,
        "formerUntil": moment(until) if hours else None,
    }


ROTATE = Action(
    "apiKeyRotate",
    "Gives an API key a new secret.",
    refs=(_KEY,),
    updates=(Update("apiKey"),),
    given=(Given(integer("overlapHours", "For how long the former secret works, too.")),),
    guards=(
        Guard("NOT_ALLOWED", "It was revoked; make a new one.", "apiKey.revokedAt IS NOT NULL"),
        Guard("EXPIRED", "It has ended; make a new one.", "apiKey.expiresAt <= r.now"),
        Guard(
            "NOT_ALLOWED",
            "Its former secret works until {}: rotate after that, or with 0 overlapHours.",
            "apiKey.formerUntil > r.now AND r.values.hours > 0",
            ("overlapHours",),
            detail="apiKey.formerUntil",
        ),
    ),
    prepare=_rotate,
    # What the node had before is in the state that was just kept.
    extra="MATCH (apiKey)-[:WAS]->(v:Version) WHERE v.version = apiKey.version - 1 "
    "SET apiKey.formerDigest = CASE WHEN r.values.hours > 0 THEN v.digest END",
    returns=_RETURNS,
)


def _revoke(draft: Draft) -> None:
    draft.props["apiKey"] |= {"revokedAt": draft.now, "formerUntil": None, "formerDigest": None}


REVOKE = Action(
    "apiKeyRevoke",
    "Ends an API key for good, within seconds.",
    refs=(_KEY,),
    updates=(Update("apiKey"),),
    guards=(Guard("NOT_ALLOWED", "It was revoked already.", "apiKey.revokedAt IS NOT NULL"),),
    prepare=_revoke,
    returns=_RETURNS,
)
ACTIONS = (REVOKE,)
"""Those that the API offers as they are; the others tell a secret once."""
