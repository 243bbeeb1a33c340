"""The root field `identity`: why a party is one, and where its values come from."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph.errors import InvalidInput
from graph.identity import describing
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id, encode_id
from resolvers.context import Info, for_staff
from resolvers.telling import SEEN, TOLD, seen_parties


@strawberry.type(description="A source record of an identity.")
class IdentityRecord:
    """A source record of an identity."""

    id: strawberry.ID = strawberry.field(description="Opaque id of the record.")
    source: str = strawberry.field(description="Name of the system.")
    external_id: str = strawberry.field(description="Id of the record in that system.")
    observed_at: datetime | None = strawberry.field(description="When the system said so, UTC.")
    spoke_of: strawberry.ID = strawberry.field(
        description="Opaque id of the party that it spoke of before any merge."
    )
    rule: str | None = strawberry.field(
        description="What decided that it speaks of that party, such as NEW or SAME_EMAIL."
    )
    score: float | None = strawberry.field(
        description="Probability that it does; null for a certain rule."
    )
    decided_by: str | None = strawberry.field(description="Who or what decided.")
    decided_at: datetime | None = strawberry.field(description="When, UTC.")


@strawberry.type(description="A merge that holds.")
class IdentityStep:
    """A merge that holds."""

    party: strawberry.ID = strawberry.field(description="Former id of the party that was merged.")
    into: strawberry.ID = strawberry.field(description="Id of the party that it became part of.")
    rule: str | None = strawberry.field(
        description="What decided it, such as MANUAL or SAME_EMAIL."
    )
    score: float | None = strawberry.field(
        description="Probability that it is right; null for a person's decision."
    )
    decided_by: str | None = strawberry.field(description="Who or what decided.")
    decided_at: datetime | None = strawberry.field(description="When, UTC.")


@strawberry.type(description="What would fall apart without one merge.")
class IdentityFragility:
    """What would fall apart without one merge."""

    if_removed: IdentityStep = strawberry.field(description="The merge.")
    splits_into: list[list[strawberry.ID]] = strawberry.field(
        description="The parties that would stay, and those that would leave, by former id."
    )


@strawberry.type(description="How two records compare in one respect.")
class IdentityEvidence:
    """How two records compare in one respect."""

    field: str = strawberry.field(
        description="What is compared, such as surname or address; of others than people the name "
        "of a property."
    )
    level: str = strawberry.field(
        description="How alike it is, such as equal or missing; of others than people EQUAL, "
        "DIFFERENT, or ONE where only one record states it."
    )
    weight: float | None = strawberry.field(
        description="What that says, in bits: positive speaks for one party, negative for two; "
        "null for others than people."
    )


@strawberry.type(description="Why two records speak of one party.")
class IdentityWhy:
    """Why two records speak of one party."""

    steps: list[IdentityStep] = strawberry.field(
        description="The merges that joined them, the oldest first; none for records that were of "
        "one party from the start."
    )
    evidence: list[IdentityEvidence] = strawberry.field(description="How the records compare.")


@strawberry.type(description="A value that a record states.")
class StatedValue:
    """A value that a record states."""

    value: JSON = strawberry.field(description="The value; amounts are in minor units.")
    record: IdentityRecord = strawberry.field(description="The record.")


@strawberry.type(description="Where the value of a property comes from.")
class Provenance:
    """Where the value of a property comes from."""

    field: str = strawberry.field(description="Name of the property.")
    rule: str = strawberry.field(
        description="LATEST: observed last. TRUSTED: of the source believed most. FREQUENT: stated "
        "by most records. VERIFIED: proved by its holder, or stated here since."
    )
    value: JSON | None = strawberry.field(description="The value; null when nobody states one.")
    record: IdentityRecord | None = strawberry.field(description="The record it comes from.")
    losers: list[StatedValue] = strawberry.field(
        description="What other records state, in the order in which it would hold instead."
    )


@strawberry.type(description="A party explained by its records and the decisions about them.")
class Identity:
    """A party explained by its records and the decisions about them."""

    id: strawberry.ID = strawberry.field(description="Opaque id of the party that answers.")
    records: list[IdentityRecord] = strawberry.field(
        description="What systems said of it, the oldest record first."
    )
    how: list[IdentityStep] = strawberry.field(
        description="The merges that made it, the oldest first."
    )
    fragile: list[IdentityFragility] = strawberry.field(
        description="For each merge what would fall apart without it."
    )
    found: strawberry.Private[describing.Identity]

    @strawberry.field(description="Why two of its records speak of one party.")
    def why(
        self,
        a: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of a record.")],
        b: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of another.")],
    ) -> IdentityWhy:
        """Why two of its records speak of one party."""
        one, other = decode_id(a).id, decode_id(b).id
        try:
            steps = self.found.between(one, other)
        except InvalidInput as error:
            raise BadRequest(Code.INVALID_ARGUMENT, str(error)) from None
        evidence = self.found.evidence(one, other)
        return IdentityWhy(
            steps=[_step(self.found, each) for each in steps],
            evidence=[
                IdentityEvidence(field=each.field, level=each.level, weight=each.weight)
                for each in evidence
            ],
        )

    @strawberry.field(description="Where its values come from.")
    async def provenance(
        self,
        info: Info,
        fields: Annotated[
            list[str] | None,
            strawberry.argument(description="Names of properties; null for all that are stated."),
        ] = None,
    ) -> list[Provenance]:
        """Where its values come from."""
        try:
            found = self.found.provenance(fields or [])
        except InvalidInput as error:
            raise BadRequest(Code.INVALID_ARGUMENT, str(error)) from None
        await seen_parties(info, TOLD["identity"], [self.id])
        return [_origin(self.found, each) for each in found]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _record(identity: describing.Identity, record: describing.Record) -> IdentityRecord:
    values = record.values
    return IdentityRecord(
        id=strawberry.ID(encode_id("SourceRecord", values["id"])),
        source=values["source"],
        external_id=values["externalId"],
        observed_at=_moment(values.get("observedAt")),
        spoke_of=_id(identity, record.home),
        rule=record.rule,
        score=record.score,
        decided_by=record.decided_by,
        decided_at=_moment(record.at),
    )


def _id(identity: describing.Identity, id_: str) -> strawberry.ID:
    return strawberry.ID(encode_id(identity.label, id_))


def _step(identity: describing.Identity, step: describing.Step) -> IdentityStep:
    return IdentityStep(
        party=_id(identity, step.party),
        into=_id(identity, step.into),
        rule=step.rule,
        score=step.score,
        decided_by=step.decided_by,
        decided_at=_moment(step.at),
    )


def _origin(identity: describing.Identity, origin: describing.Origin) -> Provenance:
    name = origin.field
    stated = [
        StatedValue(value=each.values[name], record=_record(identity, each))
        for each in origin.records
    ]
    return Provenance(
        field=name,
        rule=origin.rule,
        value=stated[0].value if stated else None,
        record=stated[0].record if stated else None,
        losers=stated[1:],
    )


def _fragility(identity: describing.Identity, step: describing.Step) -> IdentityFragility:
    parts = identity.without(step)
    return IdentityFragility(
        if_removed=_step(identity, step),
        splits_into=[[_id(identity, each) for each in part] for part in parts],
    )


async def identity(
    info: Info,
    id: Annotated[
        strawberry.ID,
        strawberry.argument(description="Opaque id of the party, or a former one."),
    ],
) -> Identity | None:
    """A party explained."""
    (seen,) = await seen_parties(info, SEEN, [id])
    found = await describing.identity(for_staff(info).graph, decode_id(seen).id) if seen else None
    if found is None:
        return None
    return Identity(
        id=_id(found, found.id),
        records=[_record(found, each) for each in found.records],
        how=[_step(found, each) for each in found.steps],
        fragile=[_fragility(found, each) for each in found.steps],
        found=found,
    )


@strawberry.type
class IdentityQuery:
    """Root fields about identities."""

    identity: Identity | None = strawberry.field(
        resolver=identity,
        description="A party explained: its records, the merges that made it, where its values "
        "come from; null for one that is not there. Staff only.",
    )
