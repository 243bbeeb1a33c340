"""Who a customer is to us: the person behind the account, and the parties it acts for.

Every read of a customer's mutation begins with the clauses that bind what the customer may see
(`graph.access`), so that what is not theirs is not found.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from graph.access.customers import PROLOGUE
from graph.errors import NOT_THERE
from graph.statements import Kind, Statement
from graph.write.actions import Draft, Named, Work

NOBODY = "There is no person behind this account; ask us to connect it."


def label_of(variable: LiteralString) -> LiteralString:
    """An expression for the label of a party."""
    return (
        "CASE WHEN " + variable + ":Person THEN 'Person' WHEN " + variable
        + ":Household THEN 'Household' WHEN " + variable + ":Company THEN 'Company' END"
    )  # fmt: skip


def as_customer(name: str, text: LiteralString) -> Statement:
    """A read in which `me`, `self`, `mine` and `whole` are those of $ISSUER and $SUBJECT."""
    return Statement("selfservice." + name, Kind.READ, PROLOGUE + "\n" + text)


STANDING = as_customer(
    "standing",
    "WITH me, self, head([each IN whole WHERE each.id = $party]) AS party\n"
    "RETURN me.id, me.name, self.id, self.name, self.givenName, self.familyName, party.id, "
    + label_of("party"),
)
"""The account, its person, and of `$party` id and label if the account acts for all of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks.

    Attributes:
        user: The account.
        person: The person behind it; None when nobody is known.
        name: Name of the person, or of the account.
        given: Given names of the person.
        family: Family names of the person.
        party: The party asked for, if the account acts for all of it: itself, or a company.
    """

    user: Named
    person: Named | None
    name: str
    given: str | None
    family: str | None
    party: Named | None


def principal(work: Work) -> dict[str, Any]:
    """Issuer and subject of who asks, as reads for customers take them."""
    return {"ISSUER": work.caller.issuer, "SUBJECT": work.caller.subject}


async def standing(work: Work, party: str | None = None) -> Standing | None:
    """Who asks; None when the graph knows no such active customer."""
    rows = await work.read(STANDING, **principal(work), party=party)
    if not rows:
        return None
    user, user_name, person, name, given, family, found, label = rows[0]
    return Standing(
        Named(user, "User"),
        Named(person, "Person") if person else None,
        name or user_name,
        given,
        family,
        Named(found, label) if found else None,
    )


async def person_of(work: Work, draft: Draft) -> Standing | None:
    """Who asks, who must be a person; refuses the draft and returns None otherwise."""
    found = await standing(work)
    if found is None or found.person is None:
        draft.refuse("NOT_ALLOWED", NOBODY)
        return None
    return found


async def acting_for(work: Work, draft: Draft, ref: str) -> tuple[Standing, Named] | None:
    """Who asks, and the party of a ref; refuses the draft unless the account acts for all of it."""
    asked = draft.one(ref)
    found = await standing(work, asked.id if asked else None)
    if found is None or found.party is None:
        draft.refuse("NOT_FOUND", NOT_THERE, ref + "Id")
        return None
    return found, found.party
