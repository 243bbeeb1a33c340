"""What is said anew of a party that is known, in one statement: of its record and of the party.

A batch finds, locks, compares, chooses and tells in a dozen statements, since it may be about
anything. Most of what is said changes no identifier and no merged party: then what was read tells
all that follows, and the write makes sure, after its locks, that nothing of it has changed.
"""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any, LiteralString
from uuid import UUID, uuid5

from graph.model.identity import RESOLVES_TO, SOURCE_RECORD
from graph.model.kinds import Node
from graph.write import NodeRow
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Named,
    Ref,
    Return,
    Update,
    Work,
)
from graph.write.golden import OWN_SOURCE, golden
from graph.write.identifiers import derive
from graph.write.validation import required

STALE = "STALE"
"""Never shown: what was read has changed, so it is read again."""
TRIES = 3
"""How often it is read again before a batch waits for whoever keeps changing it."""

_OWN = {("ifVersion",), ("clientMutationId",)}
"""What a refusal is about that reading again would not change."""


class Way(Enum):
    """How it went."""

    DONE = auto()
    STALE = auto()
    BATCH = auto()


@dataclass(frozen=True, slots=True)
class Known:
    """A party and all its records, as they were read; `of` is set on one of a merged party."""

    party: dict[str, Any]
    records: list[dict[str, Any]]

    def heads(self) -> dict[str, Any]:
        """What tells whether anything of it has changed."""
        records = sorted(f"{each['id']} {each.get('head') or ''}" for each in self.records)
        return {"head": self.party.get("head") or "", "records": records}

    def record(self, key: tuple[str, ...]) -> dict[str, Any] | None:
        """What the record of a key says; None when there is none."""
        return next((r for r in self.records if (r["source"], r["externalId"]) == key), None)


@cache
def _restating(op: LiteralString, name: LiteralString, node: Node, *, fresh: bool) -> Action:
    """The write: a change of the party and of its record, or with a record that is fresh."""
    records: LiteralString = (
        "COLLECT { MATCH (" + name + ")<-[:RESOLVES_TO]-(s:SourceRecord) "
        "RETURN s.id + ' ' + coalesce(s.head, '') ORDER BY s.id }"
    )
    party = Ref(name, (node,), "The party.")
    record = Ref("record", (SOURCE_RECORD,), "Its record.")
    return Action(
        op,
        "Says something anew of a party.",
        refs=(party,) if fresh else (party, record),
        creates=(Create("record", SOURCE_RECORD),) if fresh else (),
        updates=(Update(name),) if fresh else (Update(name), Update("record")),
        links=(Link("record", RESOLVES_TO, name),) if fresh else (),
        guards=(
            Guard(STALE, "It changed.", "coalesce(" + name + ".head, '') <> r.values.head"),
            Guard(STALE, "What is said of it changed.", records + " <> r.values.records"),
        ),
        # What a record says of its own party is known from itself.
        extra="MATCH (record)-[x:RESOLVES_TO]->(" + name + ") SET x.via = record.id"
        if fresh
        else None,
        returns=(Return(name, name, node.name),),
    )


async def restate(
    work: Work, draft: Draft, name: LiteralString, node: Node, row: NodeRow, known: Known
) -> Way:
    """Write what a row says of a known party, if one statement can.

    Args:
        work: The access to the graph.
        draft: What was asked for; gets what it returns, or why it is refused.
        name: The party's name in it.
        node: Its kind.
        row: What is said, checked.
        known: What was read.
    """
    key = row.key if len(row.key) == 2 else (OWN_SOURCE, row.key[0])
    own = known.record(key)
    said = {**(own or _blank(draft, node, key)), **row.properties}
    if row.observed_at is not None:
        said["observedAt"] = row.observed_at
    others = [each for each in known.records if each is not own]
    chosen = golden(node, [*others, said])
    if not _is_simple(work, node, known, (own or {}, said), chosen):
        return Way.BATCH
    record = {each: value for each, value in said.items() if own is None or own.get(each) != value}
    wanted = {**(chosen if record else {}), **row.custom}
    party = {each: value for each, value in wanted.items() if known.party.get(each) != value}
    inside, id_ = work.trusted(), str(known.party["id"])
    action = _restating(draft.mutation.name, name, node, fresh=own is None)
    refs: dict[str, Named | list[Named] | None] = {name: Named(id_, node.name)}
    if own is not None:
        refs["record"] = Named(own["id"], SOURCE_RECORD.name)
    inner = inside.sketch(action, refs, {"ifVersion": draft.given.get("ifVersion")})
    inner.custom = {name: party, "record": record}
    if own is None:
        _begin(inner, key, id_)
    inner.values = known.heads()
    outcome = await inside.perform(action, inner)
    if any(each.path not in _OWN for each in outcome.refusals):
        return Way.STALE
    draft.take(outcome)
    return Way.DONE


def _blank(draft: Draft, node: Node, key: tuple[str, ...]) -> dict[str, Any]:
    """A record of which nothing is said yet."""
    return {
        "source": key[0], "externalId": key[1], "kind": node.name.upper(), "observedAt": draft.now
    }  # fmt: skip


def _begin(inner: Draft, key: tuple[str, ...], party: str) -> None:
    """Complete a record that is fresh: its id follows from the party's, as in a batch."""
    inner.ids["record"] = str(uuid5(UUID(party), "\x00".join(key)))
    record = inner.custom["record"]
    inner.props["record"] = {each: record.pop(each) for each in ("source", "externalId", "kind")}
    inner.link("RESOLVES_TO").update(
        {"rule": "STATED", "decidedBy": inner.caller.actor, "from": inner.now}
    )


def _is_simple(
    work: Work,
    node: Node,
    known: Known,
    said: tuple[dict[str, Any], dict[str, Any]],
    chosen: dict[str, Any],
) -> bool:
    """Whether nothing follows but properties: no identifier, no resolution, no merged party."""
    before, after = said
    try:
        UUID(str(known.party.get("id")))
    except ValueError:
        return False
    return (
        work.graph.resolver is None
        and not any(each.get("of") for each in known.records)
        and all(chosen[each] is not None for each in required(node))
        and set(derive(before)) == set(derive(after))
        and set(derive(known.party)) == set(derive(chosen))
    )
