"""Identifiers: further addresses, numbers, devices and accounts that point to a party.

The main e-mail address, telephone number, tax id and website are properties of the party, whose
identifiers follow from them. identifierAdd and identifierVerify, which customers use, too, stand in
`graph.actions.selfservice.claims`.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from graph.actions.periods import missing
from graph.actions.restating import STALE, TRIES
from graph.actions.stating import apply
from graph.errors import NotFound
from graph.identity.settling import Choose
from graph.model.declare import flag, moment, string
from graph.model.identity import HAS_IDENTIFIER, IDENTIFIER
from graph.model.parties import PARTY
from graph.statements import Kind, Statement
from graph.write import Batch, Expected, LinkRow, Links, NodeRow, Nodes, formats, write
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Named,
    Ref,
    Return,
    Unlink,
    Update,
    Work,
)
from graph.write.actions.draft import node_of
from graph.write.actions.spec import Values
from graph.write.actions.work import writer_of
from graph.write.identifiers import Derived, derive

KNOWN = Statement(
    "identifiers.known",
    Kind.READ,
    "OPTIONAL MATCH (p:Party {id: $party}) "
    "OPTIONAL MATCH (i:Identifier {kind: $kind, value: $value}) "
    "RETURN i.id, p.head, COLLECT { MATCH (p)-[x:HAS_IDENTIFIER]->(o:Identifier) "
    "WHERE o.kind = $kind AND o.value <> $value AND x.primary RETURN [o.id, o.value] }",
)

OUTDONE = Statement(
    "identifiers.outdone",
    Kind.READ,
    "MATCH (p:Party {id: $party})-[:HAS_IDENTIFIER]->(i:Identifier {id: $identifier}) "
    "WHERE CASE i.kind WHEN 'EMAIL' THEN p.email <> i.value WHEN 'PHONE' THEN p.phone <> i.value "
    "ELSE false END RETURN p.id",
)

_PARTY = Ref("party", (PARTY,), "The party it points to.")
_IDENTIFIER = Ref("identifier", (IDENTIFIER,), "The identifier.")
_RETURNS = (
    Return("identifier", "identifier", "Identifier"),
    Return("party", "party", "Customer"),
)
_FROM_PROPERTY = {"EMAIL": "email", "PHONE": "phone", "TAX_ID": "taxId", "DOMAIN": "website"}


def normal(kind: str, written: str) -> Derived:
    """An identifier as the graph keeps it.

    Raises:
        ValueError: with what the value must be.
    """
    written = written.strip()
    if not 0 < len(written) <= 1_000 or not written.isprintable():
        raise ValueError("must be one line of 1 to 1,000 characters")
    if kind == "EMAIL":
        written = formats.email(written)
    elif kind == "PHONE":
        written = formats.phone(written)
    elif kind == "DOMAIN" and "//" not in written:
        written = formats.url("https://" + written)
    name = _FROM_PROPERTY.get(kind)
    found = next(derive({name: written}), None) if name else Derived(kind, written, written)
    if found is None:
        raise ValueError("must hold letters or digits")
    return found


def _attaching(*, new: bool) -> Action:
    """The write of identifierAdd, for an identifier that is there or one that is new."""
    former = Ref("former", (IDENTIFIER,), "Those first until now.", required=False, many=True)
    return Action(
        "identifierAdd",
        "Attaches an identifier to a party.",
        refs=(_PARTY, former) if new else (_PARTY, former, _IDENTIFIER),
        creates=(Create("identifier", IDENTIFIER),) if new else (),
        updates=(Update("party"),) if new else (Update("party"), Update("identifier")),
        links=(
            Link("party", HAS_IDENTIFIER, "identifier"),
            Link("party", HAS_IDENTIFIER, "former"),
        ),
        guards=(Guard(STALE, "It changed.", "coalesce(party.head, '') <> r.values.head"),),
        returns=_RETURNS,
    )


_ATTACH, _ATTACH_NEW = _attaching(new=False), _attaching(new=True)
CODES = {"EMAIL": "NOT_AN_EMAIL", "PHONE": "NOT_A_PHONE", "DOMAIN": "NOT_A_URL"}


async def add(work: Work, draft: Draft) -> None:
    """Attach an identifier to a party, its first of that kind if that is asked for."""
    party, kind = draft.one("party"), str(draft.given["kind"])
    if party is None:
        return
    primary = draft.given.get("primary") is True
    try:
        one = normal(kind, draft.given["value"])
    except ValueError as error:
        draft.refuse(CODES.get(kind, "INVALID"), f"value {error}.", "value")
        return
    if primary and kind in _FROM_PROPERTY:
        message = f"The main one follows from the party's {_FROM_PROPERTY[kind]}; change that."
        draft.refuse("NOT_ALLOWED", message, "primary")
        return
    values = {name: draft.given[name] for name in ("label", "verifiedAt") if name in draft.given}
    if "primary" in draft.given:
        values["primary"] = primary
    properties = {"display": one.display}
    if draft.given.get("shared") is not None:
        properties["shared"] = draft.given["shared"]
    known: list[Any] = []
    for _ in range(TRIES):
        [known] = await work.read(KNOWN, kind=kind, value=one.value, party=party.id)
        if await _adding(work, draft, one, known, (values, properties)):
            break
    else:
        await _add_by_batch(work, draft, one, known, (values, properties))
    if values.get("verifiedAt") is not None:
        await prefer(work, draft)


async def _adding(
    work: Work, draft: Draft, one: Derived, known: list[Any], said: tuple[Values, Values]
) -> bool:
    """Attach it in one statement, given what was read; False when that is no longer so."""
    there, head, others = known
    values, properties = said
    inside, party = work.trusted(), draft.one("party")
    former = [Named(each[0], IDENTIFIER.name) for each in others] if values.get("primary") else []
    refs: dict[str, Named | list[Named] | None] = {"party": party, "former": former}
    if there is not None:
        refs["identifier"] = Named(there, IDENTIFIER.name)
    action = _ATTACH if there is not None else _ATTACH_NEW
    inner = inside.sketch(action, refs, {})
    inner.values["head"] = head or ""
    inner.links[0] |= values
    inner.links[1]["primary"] = False
    if there is None:
        inner.props["identifier"] = {"kind": one.kind, "value": one.value, **properties}
    elif "shared" in properties:
        inner.props["identifier"]["shared"] = properties["shared"]
    outcome = await inside.perform(action, inner)
    if any(each.code == STALE or not each.path for each in outcome.refusals):
        return False
    draft.take(outcome)
    return True


async def _add_by_batch(
    work: Work, draft: Draft, one: Derived, known: list[Any], said: tuple[Values, Values]
) -> None:
    """Attach it by a batch, which waits for whoever keeps changing the party."""
    party, (values, properties) = draft.one("party"), said
    if party is None:
        return
    key, node = (one.kind, one.value), node_of(party.label)
    links = [LinkRow((party.id,), key, values)]
    if values.get("primary"):
        links += [LinkRow((party.id,), (one.kind, o[1]), {"primary": False}) for o in known[2]]
    if known[0] is not None:
        properties = {each: value for each, value in properties.items() if each != "display"}
    batch = Batch(
        [
            Nodes(IDENTIFIER, [NodeRow(key, properties)]),
            Links(HAS_IDENTIFIER, node, IDENTIFIER, links),
        ],
        expected=[Expected(node, party.id)],
        named={"identifier": (IDENTIFIER, key), "party": (node, (party.id,))},
    )
    await apply(work, draft, batch, "partyId")


ADD_GIVEN = (
    Given(IDENTIFIER.properties["kind"], required=True),
    Given(string("value", "The identifier, however it is written."), required=True),
    Given(string("label", "Use of it, such as work or home.")),
    Given(flag("primary", "True for the one of its kind to use first.")),
    Given(moment("verifiedAt", "When its holder proved to have it, UTC.")),
    Given(flag("shared", "True when several parties use it, such as info@.")),
)
"""What identifierAdd takes beside the party."""
IDENTIFIER_REMOVE = Action(
    "identifierRemove",
    "Takes an identifier away from a party.",
    refs=(_PARTY, _IDENTIFIER),
    updates=(Update("party"),),
    unlinks=(Unlink("party", HAS_IDENTIFIER, "identifier"),),
    guards=(
        missing("party", "HAS_IDENTIFIER", "identifier"),
        Guard(
            "NOT_ALLOWED",
            "It follows from what a source says of the party; change the party's property.",
            "EXISTS { (party)<-[:RESOLVES_TO]-(:SourceRecord)-[:HAS_IDENTIFIER]->(identifier) }",
            ("identifierId",),
        ),
    ),
    returns=_RETURNS,
)


def _verify(draft: Draft) -> None:
    values = draft.link("HAS_IDENTIFIER")
    if values.get("verifiedAt") is None:
        values["verifiedAt"] = draft.now
    elif formats.moment(values["verifiedAt"]) > draft.now:
        draft.refuse("OUT_OF_RANGE", "verifiedAt must not lie in the future.", "verifiedAt")


VERIFY = Action(
    "identifierVerify",
    "Records that the party proved to have an identifier; now unless a time is given.",
    refs=(_PARTY, _IDENTIFIER),
    updates=(Update("party"),),
    links=(Link("party", HAS_IDENTIFIER, "identifier", ("verifiedAt",)),),
    guards=(missing("party", "HAS_IDENTIFIER", "identifier"),),
    prepare=_verify,
    returns=_RETURNS,
)


async def prefer(work: Work, draft: Draft) -> None:
    """Choose the main address or number of a party anew where another one was proved just now."""
    party, identifier = draft.returned.get("party"), draft.returned.get("identifier")
    if draft.refusals or party is None or identifier is None:
        return
    if await work.read(OUTDONE, party=party.id, identifier=identifier.id):
        writer = writer_of(replace(work.caller, key=None), draft.mutation.name)
        with suppress(NotFound):  # it was archived or merged meanwhile, and is settled by that
            await write(work.graph, Batch([], steps=[Choose(party.id)]), writer)


ACTIONS = (IDENTIFIER_REMOVE,)
