"""Privacy: what is known of a person, its erasure, and what is kept without need. Staff only."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from graph import privacy
from graph.errors import GraphError
from graph.model.kinds import Pii
from graph.privacy.minimising import minimisation_report as report
from loaders.ids import decode_id, encode_id
from loaders.payloads import UserError
from loaders.writes import request_of
from resolvers.context import Info, all_seen, for_staff, nothing_hidden, told

EVERY_CLASS = tuple(each.value for each in Pii if each is not Pii.NONE)
"""Kinds of personal data in all that is known of a person."""

PersonId = Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the person.")]


@strawberry.type(description="Everything that is known of a person, to read and to take elsewhere.")
class PersonalData:
    """Everything that is known of a person (GDPR articles 15 and 20)."""

    at: datetime = strawberry.field(description="When it was read, UTC.")
    data: JSON = strawberry.field(
        description="`groups` by label with `entries`, `relationships`, `events` and `other`, by "
        "the names of the model; docs/privacy.md describes it."
    )


@strawberry.type(description="How many values of one property go.")
class ErasedProperty:
    """How many values of one property an erasure takes."""

    kind: str = strawberry.field(description="Label or relationship type.")
    property: str = strawberry.field(description="Name of the property.")
    count: int = strawberry.field(description="Number of values.")


@strawberry.type(description="Something that is kept although it belongs to the person.")
class RetainedThing:
    """Something that an erasure keeps, and why."""

    kind: str = strawberry.field(description="Label or relationship type.")
    id: str = strawberry.field(description="Names it within its kind.")
    reason: str = strawberry.field(description="Code of the reason; docs/privacy.md lists them.")
    until: datetime | None = strawberry.field(
        description="Until when, UTC; null until something else changes."
    )
    properties: list[str] = strawberry.field(description="Names of the values that are kept.")


@strawberry.type(description="What an erasure would do; nothing is changed by asking.")
class ErasurePlan:
    """What an erasure would do."""

    at: datetime = strawberry.field(description="When it was made, UTC.")
    plan_hash: str = strawberry.field(description="To be given to `erase`, which does just this.")
    erased: list[ErasedProperty] = strawberry.field(description="What goes, by property.")
    counts: JSON = strawberry.field(
        description="Number of nodes, versions, relationships, events and others that go or are "
        "blanked, by `node`, `version`, `relationship`, `event`, `alias` and `answer`."
    )
    retained: list[RetainedThing] = strawberry.field(description="What is kept, and why.")
    holds: list[strawberry.ID] = strawberry.field(
        description="Legal holds in force; while there is one, nothing is erased."
    )


@strawberry.type(description="Proof of an erasure, without personal data.")
class ErasureReceipt:
    """Proof of an erasure."""

    id: str = strawberry.field(description="To be given to `verifyErasure`.")
    plan_hash: str = strawberry.field(description="Of the plan that was carried out.")
    at: datetime = strawberry.field(description="When, UTC.")
    counts: JSON = strawberry.field(description="As in the plan.")


@strawberry.type(description="Where something of an erased person was found.")
class ErasureRemnant:
    """Where something was left."""

    where: str = strawberry.field(description="Label, relationship type or search index.")
    id: str | None = strawberry.field(description="Id of the node; null of a relationship.")
    property: str | None = strawberry.field(
        description="Name of the property; null for the node itself."
    )


@strawberry.type(description="What a search of the whole graph found of an erased person.")
class ErasureVerification:
    """What was found of an erased person."""

    clean: bool = strawberry.field(description="True when nothing was found.")
    left: list[ErasureRemnant] = strawberry.field(description="What was found.")


@strawberry.type(description="How one property of one label is used.")
class MinimisationRow:
    """How one property is used."""

    label: str = strawberry.field(description="The label.")
    property: str = strawberry.field(description="Name of the property; `x_...` is a custom field.")
    pii: str | None = strawberry.field(
        description="Kind of personal data it holds, NONE for none; null of a custom field."
    )
    purpose: str | None = strawberry.field(description="Why it is kept; null when nobody said.")
    retention: str | None = strawberry.field(
        description="ISO 8601 duration after the last change, or RECORD; null when nobody said."
    )
    filled: int = strawberry.field(description="Number of nodes that have a value.")
    nodes: int = strawberry.field(description="Number of nodes of the label.")
    past: int = strawberry.field(description="Number of values whose time is over.")
    findings: list[str] = strawberry.field(
        description="NO_PURPOSE, NEVER_FILLED or PAST_RETENTION; empty for a property in order."
    )


async def _person(info: Info, id_: str) -> str:
    """The id in the graph of a person whom the viewer may see.

    Raises:
        NotFound: the id names nobody, or nobody whom the viewer may see.
    """
    found = decode_id(id_)
    named = found.type in {"Person", "Customer"}
    if not named or not await all_seen(info, [encode_id("Person", found.id)]):
        raise privacy.NotFound("There is no person of this id; look the person up again.")
    return found.id


async def personal_data(info: Info, person: PersonId) -> PersonalData:
    """Everything that is known of a person."""
    id_ = await _person(info, person)
    data = await privacy.personal_data(for_staff(info).graph, id_)
    told(info, EVERY_CLASS, [id_])
    return PersonalData(at=data["at"], data=cast("JSON", data))


async def erasure_plan(info: Info, person: PersonId) -> ErasurePlan:
    """What an erasure of a person would do."""
    plan = await privacy.erasure_plan(for_staff(info).graph, await _person(info, person))
    erased = [
        ErasedProperty(kind=kind, property=name, count=count)
        for kind, names in sorted(plan.erased.items())
        for name, count in sorted(names.items())
    ]
    retained = [
        RetainedThing(
            kind=each.kind,
            id=each.id,
            reason=each.reason.value,
            until=cast("Any", each.until),
            properties=list(each.properties),
        )
        for each in plan.retained
    ]
    return ErasurePlan(
        at=cast("Any", plan.at),
        plan_hash=plan.plan_hash,
        erased=erased,
        counts=cast("JSON", plan.counts),
        retained=retained,
        holds=[strawberry.ID(encode_id("LegalHold", each)) for each in plan.holds],
    )


async def minimisation_report(
    info: Info,
    only_findings: Annotated[
        bool, strawberry.argument(description="Only properties with something to think about.")
    ] = True,
) -> list[MinimisationRow]:
    """How every property of the model is used."""
    await nothing_hidden(info)
    found = await report(for_staff(info).graph, datetime.now(UTC))
    return [
        MinimisationRow(
            label=each.label,
            property=each.property,
            pii=each.pii.value if each.pii else None,
            purpose=each.purpose,
            retention=each.retention,
            filled=each.filled,
            nodes=each.nodes,
            past=each.past,
            findings=[one.value for one in each.findings],
        )
        for each in found
        if each.findings or not only_findings
    ]


@strawberry.input(description="Input of erase.")
class EraseInput:
    """Input of erase."""

    person_id: strawberry.ID = strawberry.field(description="Opaque id of the person.")
    plan_hash: str = strawberry.field(
        description="Of the plan to carry out; with another state of the data nothing is done."
    )
    reason: str | None = strawberry.field(
        default=None, description="Why; kept with the receipt, so it must not name the person."
    )
    client_mutation_id: str | None = strawberry.field(
        default=None,
        description="Makes it repeatable: the same id and input again is answered with the same "
        "receipt, at most 100 characters.",
    )


@strawberry.type(description="What became of erase.")
class ErasePayload:
    """What became of erase."""

    receipt: ErasureReceipt | None = strawberry.field(
        description="Proof of what was done; null when nothing was done."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description="As it was given.")


@strawberry.input(description="Input of verifyErasure.")
class VerifyErasureInput:
    """Input of verifyErasure."""

    receipt: str = strawberry.field(description="Id of the receipt.")
    words: list[str] = strawberry.field(
        default_factory=list[str],
        description="Up to 50 texts to look for in every property, such as a former name.",
    )


@strawberry.type(description="What became of verifyErasure.")
class VerifyErasurePayload:
    """What became of verifyErasure."""

    verification: ErasureVerification | None = strawberry.field(
        description="What was found; null when nothing could be looked for."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why it was not looked for; empty when it was."
    )


def _refusal(error: GraphError) -> list[UserError]:
    if error.code in {"UNAVAILABLE", "TIMEOUT"}:
        raise error
    return [UserError(code=error.code, message=str(error), field=[])]


async def erase(
    info: Info, input: Annotated[EraseInput, strawberry.argument(description="What to erase.")]
) -> ErasePayload:
    """Erase a person."""
    backing, viewer, client = for_staff(info), info.context.viewer, input.client_mutation_id
    actor = f"{viewer.issuer}|{viewer.subject}"
    try:
        person = await _person(info, input.person_id)
        given = ["erase", person, input.plan_hash, input.reason]
        request = None if client is None else await request_of(backing.graph, viewer, client, given)
        receipt = await privacy.erase(
            backing.graph, person, input.plan_hash, actor, input.reason, request=request
        )
    except GraphError as error:
        return ErasePayload(receipt=None, user_errors=_refusal(error), client_mutation_id=client)
    if backing.exports is not None:
        await asyncio.to_thread(backing.exports.forget)
    if backing.purge is not None:
        await backing.purge()
    told = ErasureReceipt(
        id=receipt.id,
        plan_hash=receipt.plan_hash,
        at=cast("Any", receipt.at),
        counts=cast("JSON", receipt.counts),
    )
    return ErasePayload(receipt=told, user_errors=[], client_mutation_id=client)


async def verify_erasure(
    info: Info,
    input: Annotated[VerifyErasureInput, strawberry.argument(description="What to look for.")],
) -> VerifyErasurePayload:
    """Search the whole graph for what an erasure may have left."""
    await nothing_hidden(info)
    try:
        found = await privacy.verify_erasure(for_staff(info).graph, input.receipt, input.words)
    except GraphError as error:
        return VerifyErasurePayload(verification=None, user_errors=_refusal(error))
    left = [ErasureRemnant(where=e.where, id=e.id, property=e.property) for e in found.left]
    return VerifyErasurePayload(
        verification=ErasureVerification(clean=found.clean, left=left), user_errors=[]
    )


@strawberry.type
class PrivacyMutation:
    """Mutations that are no single action on the graph."""

    erase: ErasePayload = strawberry.field(
        resolver=erase,
        description="Erases a person as a plan says, and keeps it from coming back by an import.",
    )
    verify_erasure: VerifyErasurePayload = strawberry.field(
        resolver=verify_erasure,
        description="Searches the whole graph for what an erasure may have left; changes nothing.",
    )


@strawberry.type
class PrivacyQuery:
    """Root fields about privacy."""

    personal_data: PersonalData = strawberry.field(
        resolver=personal_data, description="Everything that is known of a person."
    )
    erasure_plan: ErasurePlan = strawberry.field(
        resolver=erasure_plan, description="What an erasure of a person would do."
    )
    minimisation_report: list[MinimisationRow] = strawberry.field(
        resolver=minimisation_report,
        description="Which properties have no purpose, are never filled, or are past their time.",
    )
