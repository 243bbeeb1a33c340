"""The customer's own profile: what the person says of itself, and how it wants to be told."""

from dataclasses import replace
from typing import LiteralString

from graph.actions.stating import apply, patch
from graph.audiences import CUSTOMERS
from graph.model.declare import integer
from graph.model.parties import PERSON
from graph.model.selfservice import PREFERENCE, PREFERS
from graph.selfservice.preferences import preference_id
from graph.selfservice.standing import Standing, person_of
from graph.write import Batch, Expected, LinkRow, Links, NodeRow, Nodes
from graph.write.actions import (
    Draft,
    Given,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
    sketch,
)

IF_VERSION = Given(
    integer("ifVersion", "Version it must still have; with another one nothing is done (CONFLICT).")
)
_SAID: tuple[LiteralString, ...] = (
    "name", "givenName", "familyName", "honorific", "birthDate", "jobTitle", "street",
    "postalCode", "city", "region", "country", "language", "timezone", "preferredChannel",
    "maxContactsPerMonth",
)  # fmt: skip
_RETURNS = (Return("person", "person", "Person"),)


async def _patch(work: Work, draft: Draft) -> None:
    await patch(work, draft)


_PATCH = Procedure(
    "profileUpdate",
    "Changes what the person says of itself.",
    refs=(Ref("person", (PERSON,), "Who it is."),),
    updates=(Update("person", _SAID),),
    returns=_RETURNS,
    run=_patch,
)


async def _update(work: Work, draft: Draft) -> None:
    mine = await person_of(work, draft)
    if mine is None:
        return
    limit = draft.given.get("maxContactsPerMonth")
    if isinstance(limit, int) and not 0 <= limit <= 1_000:
        message = "maxContactsPerMonth must be from 0 to 1000."
        draft.refuse("OUT_OF_RANGE", message, "maxContactsPerMonth")
        return
    given = draft.given | _whole_name(draft, mine)
    inner = sketch(_PATCH, draft.caller, {"person": mine.person}, given)
    await patch(work, inner)
    draft.refusals += inner.refusals
    draft.returned |= inner.returned


def _whole_name(draft: Draft, mine: Standing) -> dict[str, str]:
    """The full name that follows from a part of it, unless it is given itself."""
    given = draft.given
    if "name" in given or not {"givenName", "familyName"} & set(given):
        return {}
    first = given.get("givenName", mine.given)
    last = given.get("familyName", mine.family)
    whole = " ".join(each.strip() for each in (first, last) if each and each.strip())
    return {"name": whole} if whole else {}


def _owner(name: str) -> LiteralString:
    return "Person" if name in {each.name for each in PERSON.own} else "Party"


PROFILE_UPDATE = Procedure(
    "profileUpdate",
    "Changes what is known of the person who asks. The main e-mail address and telephone number "
    "must be proved: use identifierAdd and identifierVerify.",
    given=(
        *(
            Given(replace(PERSON.properties[name], required=False), owner=_owner(name))
            for name in _SAID
        ),
        IF_VERSION,
    ),
    returns=_RETURNS,
    run=_update,
    audiences=CUSTOMERS,
    staff=False,
)


async def _prefer(work: Work, draft: Draft) -> None:
    mine = await person_of(work, draft)
    if mine is None or mine.person is None:
        return
    topic = str(draft.given["topic"])
    id_ = preference_id(mine.person.id, topic)
    version = draft.given.get("ifVersion")
    said = {name: draft.given[name] for name in ("topic", "channel", "frequency")}
    link = LinkRow((mine.person.id,), (id_,), {})
    expected = [Expected(PERSON, mine.person.id)]
    if version is not None:
        expected.append(Expected(PREFERENCE, id_, version))
    batch = Batch(
        [Nodes(PREFERENCE, [NodeRow((id_,), said)]), Links(PREFERS, PERSON, PREFERENCE, [link])],
        expected=expected,
        named={"preference": (PREFERENCE, (id_,)), "person": (PERSON, (mine.person.id,))},
    )
    await apply(work, draft, batch, "ifVersion")


PREFERENCE_SET = Procedure(
    "preferenceSet",
    "Says how and how often the person who asks wants to hear of one topic, in the place of what "
    "was said of it before.",
    given=(
        *(
            Given(PREFERENCE.properties[name], required=True, owner="Preference")
            for name in ("topic", "channel", "frequency")
        ),
        IF_VERSION,
    ),
    returns=(Return("preference", "preference", "Preference"), *_RETURNS),
    run=_prefer,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (PROFILE_UPDATE, PREFERENCE_SET)
