"""The queue of pairs of parties that may be one, for those who decide."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from graph.identity import reviewing
from graph.identity.reviewing import Place
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id, encode_id
from resolvers.context import Info, for_staff

MAX_PAGE = 100
MAX_LOOKS = 50
"""Pages that are looked through for pairs which the viewer may see."""
# Its name is that of the read in the record of who was told personal data.
_SEEN = (
    "query duplicates($ids: [ID!]!) { nodes(ids: $ids) { id ... on Person { name } "
    "... on Company { name } } }"
)


@strawberry.enum(description="A kind of party that may be there twice.")
class DuplicateKind(Enum):
    """A kind of party that may be there twice."""

    PERSON = strawberry.enum_value("Person", description="Pairs of people that may be one.")
    COMPANY = strawberry.enum_value("Company", description="Pairs of companies that may be one.")


_LABELS = {DuplicateKind.PERSON: "Person", DuplicateKind.COMPANY: "Company"}


@strawberry.type(description="One of two parties that may be one.")
class DuplicateParty:
    """One of two parties that may be one."""

    id: strawberry.ID = strawberry.field(description="Its opaque id.")
    name: str | None = strawberry.field(description="Its name.")


@strawberry.type(description="How two parties compare in one respect.")
class DuplicateEvidence:
    """How two parties compare in one respect."""

    field: str = strawberry.field(description="What is compared, such as surname or address.")
    level: str = strawberry.field(description="How alike it is, such as equal or missing.")
    weight: float = strawberry.field(
        description="What that says, in bits: positive speaks for one party, negative for two."
    )


@strawberry.type(description="Two parties that may be one.")
class Duplicate:
    """Two parties that may be one."""

    party: DuplicateParty = strawberry.field(description="One of the two.")
    other: DuplicateParty = strawberry.field(description="The other one.")
    rule: str = strawberry.field(
        description="What found them, such as SAME_EMAIL_AND_NAME or SCORE."
    )
    score: float | None = strawberry.field(
        description="Probability that they are one; null for a certain rule."
    )
    model: str | None = strawberry.field(description="Model that scored them; null for a rule.")
    found_at: datetime = strawberry.field(description="When they were found, UTC.")
    evidence: list[DuplicateEvidence] = strawberry.field(
        description="How they compare today, by the model that comes along; none for companies."
    )


@strawberry.type(description="Pairs that wait for a decision.")
class DuplicatePage:
    """Pairs that wait for a decision."""

    duplicates: list[Duplicate] = strawberry.field(description="The pairs.")
    next: strawberry.ID | None = strawberry.field(
        description="To be given as `after` for the next page; null at the end."
    )


def _place(after: strawberry.ID | None) -> Place:
    if after is None:
        return Place()
    try:
        rank, left, right = decode_id(after).id.split("|")
        return Place(float(rank), left, right)
    except ValueError:
        raise BadRequest(Code.INVALID_CURSOR, "`after` must be `next` of a page before.") from None


async def _names(info: Info, ids: list[str]) -> dict[str, DuplicateParty]:
    """The parties that the viewer may see, by opaque id."""
    rows: Any = (await for_staff(info).answers(_SEEN, {"ids": ids}, info.context.viewer))["nodes"]
    if isinstance(rows, Exception):
        raise rows
    return {
        row["id"]: DuplicateParty(id=strawberry.ID(row["id"]), name=row.get("name"))
        for row in rows
        if row
    }


async def duplicates(
    info: Info,
    kind: Annotated[DuplicateKind, strawberry.argument(description="The kind of party.")],
    min_score: Annotated[
        float, strawberry.argument(description="Least probability, from 0 to 1.")
    ] = 0.0,
    first: Annotated[int, strawberry.argument(description="Most pairs, 1 to 100.")] = 20,
    after: Annotated[
        strawberry.ID | None, strawberry.argument(description="`next` of the page before.")
    ] = None,
) -> DuplicatePage:
    """Pairs that wait for a decision."""
    graph = for_staff(info).graph
    if not 1 <= first <= MAX_PAGE:
        raise BadRequest(Code.INVALID_PAGE, f"`first` must be from 1 to {MAX_PAGE}.")
    if not 0.0 <= min_score <= 1.0:
        raise BadRequest(Code.INVALID_ARGUMENT, "`minScore` must be from 0 to 1.")
    label, place = _LABELS[kind], _place(after)
    pairs: list[tuple[reviewing.Duplicate, Duplicate]] = []
    for _ in range(MAX_LOOKS):
        found = await reviewing.duplicates(graph, label, min_score, place, MAX_PAGE)
        pairs += await _seen(info, label, found)
        if len(found) < MAX_PAGE or len(pairs) > first:
            break
        place = found[-1].place
    # Only what is told names the place: nobody learns of pairs that are hidden.
    last = pairs[first - 1][0].place if len(pairs) > first else None
    following = encode_id("Duplicate", f"{last.rank}|{last.left}|{last.right}") if last else None
    return DuplicatePage(
        duplicates=[each for _, each in pairs[:first]],
        next=strawberry.ID(following) if following else None,
    )


async def _seen(
    info: Info, label: str, found: list[reviewing.Duplicate]
) -> list[tuple[reviewing.Duplicate, Duplicate]]:
    """The pairs of which the viewer may see both."""
    ids = {end: encode_id(label, end) for each in found for end in (each.left, each.right)}
    seen = await _names(info, sorted(ids.values())) if ids else {}
    return [
        (each, _pair(each, seen[ids[each.left]], seen[ids[each.right]]))
        for each in found
        if ids[each.left] in seen and ids[each.right] in seen
    ]


def _pair(found: reviewing.Duplicate, party: DuplicateParty, other: DuplicateParty) -> Duplicate:
    return Duplicate(
        party=party,
        other=other,
        rule=found.rule,
        score=found.score,
        model=found.model,
        found_at=datetime.fromisoformat(found.at),
        evidence=[
            DuplicateEvidence(field=name, level=each.label, weight=each.weight)
            for name, each in found.evidence.items()
        ],
    )


@strawberry.type
class DuplicateQuery:
    """The root field about pairs that may be one."""

    duplicates: DuplicatePage = strawberry.field(
        resolver=duplicates,
        description="Pairs of parties that may be one, certain rules first, then the likest. "
        "Staff only.",
    )
