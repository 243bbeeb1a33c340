"""Identity: parties that are one, parties that are not, and the undoing of both."""

from typing import LiteralString

from graph.errors import NOT_THERE, Conflict, InvalidInput, NotFound
from graph.identity.dropping import Drop
from graph.identity.merging import AT_MOST, Merge, Unmerge
from graph.identity.reviewing import Accept
from graph.model.declare import string
from graph.model.identity import NOT_SAME_AS, SOURCE_RECORD
from graph.model.parties import PARTY
from graph.write import Batch, Request, write
from graph.write.actions import (
    Action,
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
)
from graph.write.actions.work import writer_of
from graph.write.batch import Step

_TOUCHED = {
    "Party", "Person", "Company", "Household", "Customer", "Partner", "SourceRecord", "Identifier",
    "Archived", "Alias", "Version", "ChangeEvent", "WAS",
}  # fmt: skip
_KINDS = (
    "RESOLVES_TO", "HAS_IDENTIFIER", "MERGED_INTO", "FOR", "PARTICIPATED_IN", "WORKS_AT",
    "SHARED_WITH", "ASSIGNED_TO", "MEMBER_OF", "GAVE", "HAS_SCORE", "OWNS", "NOT_SAME_AS",
    "CAN_SEE",
)  # fmt: skip


async def _apply(work: Work, draft: Draft, step: Step, place: str) -> None:
    """Apply a step in the caller's name, and note what is returned or why it is refused."""
    caller = work.caller
    work.touched |= {*_TOUCHED, *_KINDS, *(kind + "_WAS" for kind in _KINDS)}
    request = Request(caller.key, caller.request) if caller.key and caller.request else None
    batch = Batch([], named={}, steps=[step])
    try:
        outcome = await write(
            work.graph, batch, writer_of(caller, draft.mutation.name), request=request
        )
    except NotFound:
        draft.refuse("NOT_FOUND", NOT_THERE, place)
    except InvalidInput as error:
        draft.refuse("INVALID", str(error), place)
    except Conflict as error:
        draft.refuse("NOT_ALLOWED", str(error), place)
    else:
        draft.returned |= {name: Named(*each) for name, each in outcome.named.items()}


async def _merge(work: Work, draft: Draft) -> None:
    ids = [each.id for each in draft.many("parties")]
    if not 1 < len(ids) <= AT_MOST:
        draft.refuse(
            "INVALID", f"Name 2 to {AT_MOST} parties, the one that stays first.", "parties"
        )
        return
    await _apply(work, draft, Merge(ids[0], ids[1:], name="parties"), "parties")


async def _unmerge(work: Work, draft: Draft) -> None:
    identity = draft.one("identity")
    if identity is not None:
        records = [each.id for each in draft.many("records")]
        await _apply(work, draft, Unmerge(identity.id, records), "records")


async def _drop(work: Work, draft: Draft) -> None:
    record = draft.one("record")
    if record is not None:
        await _apply(work, draft, Drop([record.id]), "recordId")


async def _accept(work: Work, draft: Draft) -> None:
    party, other = draft.one("party"), draft.one("other")
    if party is not None and other is not None:
        await _apply(work, draft, Accept(party.id, other.id, "party"), "otherId")


def _distinct(draft: Draft) -> None:
    party, other = draft.one("party"), draft.one("other")
    if party is None or other is None:
        return
    if party.id == other.id:
        draft.refuse("INVALID", "A party is the same as itself; name two.", "otherId")
    elif party.label != other.label:
        draft.refuse("INVALID", "Only parties of one kind can be mistaken; name two.", "otherId")
    values = draft.link("NOT_SAME_AS")
    values["decidedBy"] = draft.caller.actor
    if draft.given.get("because") is not None:
        values["reason"] = draft.given["because"]


PARTIES_MERGE = Procedure(
    "partiesMerge",
    "Makes several parties one, of which the first stays; the others' ids keep answering.",
    refs=(Ref("parties", (PARTY,), "Those that are one, the one that stays first.", many=True),),
    returns=(Return("party", "parties", "Customer"),),
    run=_merge,
)
PARTIES_UNMERGE = Procedure(
    "partiesUnmerge",
    "Takes merged parties apart again: each is what it would be without the merge.",
    refs=(
        Ref("identity", (PARTY,), "The party that was merged."),
        Ref("records", (SOURCE_RECORD,), "All records of those that leave.", many=True),
    ),
    returns=(Return("party", "identity", "Customer"),),
    run=_unmerge,
)
SOURCE_RECORD_DROP = Procedure(
    "sourceRecordDrop",
    "Takes back what a source said: each value falls to the next record that states one, and the "
    "record says nothing until its source sends it again. Refused for the last one with a name.",
    refs=(Ref("record", (SOURCE_RECORD,), "The record."),),
    returns=(Return("party", "party", "Customer"),),
    run=_drop,
)
DUPLICATE_ACCEPT = Procedure(
    "duplicateAccept",
    "Decides that a proposed pair is one: the first party stays, the other's id keeps answering.",
    refs=(
        Ref("party", (PARTY,), "The one that stays."),
        Ref("other", (PARTY,), "The one that becomes part of it."),
    ),
    returns=(Return("party", "party", "Customer"),),
    run=_accept,
)


def _apart(name: LiteralString, description: str, *guards: Guard) -> Action:
    """Two parties that are told apart, for good."""
    return Action(
        name,
        description,
        refs=(
            Ref("party", (PARTY,), "One of the two.", lock=True),
            Ref("other", (PARTY,), "The other one.", lock=True),
        ),
        updates=(Update("party"),),
        links=(Link("party", NOT_SAME_AS, "other"),),
        given=(Given(string("because", "Why they are not the same.")),),
        guards=(
            *guards,
            Guard(
                "NOT_ALLOWED",
                "They were noted as different before.",
                "EXISTS { (party)-[:NOT_SAME_AS]-(other) }",
            ),
        ),
        prepare=_distinct,
        returns=(Return("party", "party", "Customer"),),
    )


MARK_NOT_SAME = _apart(
    "markNotSame", "Notes that two parties are not the same: they are never merged."
)
DUPLICATE_REJECT = _apart(
    "duplicateReject",
    "Decides that a proposed pair is not one: it is never merged, nor proposed again.",
    Guard(
        "NOT_FOUND",
        NOT_THERE,
        "NOT EXISTS { (party)-[:POSSIBLE_DUPLICATE]-(other) }",
    ),
)

ACTIONS = (
    PARTIES_MERGE, PARTIES_UNMERGE, MARK_NOT_SAME, SOURCE_RECORD_DROP, DUPLICATE_ACCEPT,
    DUPLICATE_REJECT,
)  # fmt: skip
