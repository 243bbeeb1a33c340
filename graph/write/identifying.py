"""Keeping the identifiers of records and parties in line with what the records say."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graph.model.identity import HAS_IDENTIFIER, IDENTIFIER
from graph.model.kinds import Node
from graph.statements import Kind, Statement
from graph.write import identity
from graph.write.batch import Key, NodeRow, slices
from graph.write.golden import golden
from graph.write.identifiers import Derived, derive
from graph.write.links import Demand, Pair, Wish, apply, identify
from graph.write.nodes import create
from graph.write.statements import KEEP_PLAN
from graph.write.unit import Unit

WHOSE = Statement(
    "write.identifiers.whose",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.ids AS i
MATCH (n) WHERE id(n) = i
MATCH (n)-[x:HAS_IDENTIFIER]->() WHERE x.startOf IS NULL
MATCH (:SourceRecord {id: x.via})-[r:RESOLVES_TO]->(n) WHERE r.endOf IS NOT NULL
SET x.startOf = r.endOf
RETURN count(*)""",
)
"""Of parties by number: identifiers that only a party merged into them has are that one's."""

ASTRAY = Statement(
    "write.identifiers.astray",
    Kind.WRITE,
    KEEP_PLAN
    + """UNWIND $p.rows AS r
MATCH (n) WHERE id(n) = r[0]
MATCH (i) WHERE id(i) = r[1]
MATCH (n)-[x:HAS_IDENTIFIER]->(i) WHERE x.startOf <> coalesce(r[2], n.id)
MATCH (n)<-[:MERGED_INTO]-(of) WHERE of.id = x.startOf
RETURN collect([id(x), id(of), of.id, id(n), id(i), r[2], COLLECT {
  MATCH (i)<-[w:HAS_IDENTIFIER_WAS]-(o)
  WHERE w.held AND o.id = coalesce(r[2], n.id) AND (o = n OR EXISTS { (o)-[:MERGED_INTO]->(n) })
  RETURN id(w)
}])""",
)
"""Rows `[party, identifier, id of the merged party that shall have it, or null for its own]`.

`[number, whose it is, by number and id, party, identifier, that id, those that wait]` of what is
another party's.
"""

Known = dict[int, list[tuple[int, dict[str, Any]]]]
"""Parties by number, each with its records: their numbers and all that they say."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A new record of a new party: their numbers, the record's id, and what it says."""

    record: int
    party: int
    via: str
    values: dict[str, Any]


async def identify_new(unit: Unit, records: list[Stated]) -> None:
    """Give new records and their new parties the identifiers that follow from the values."""
    derived = [list(derive(one.values)) for one in records]
    numbers = await places(unit, (one for some in derived for one in some))
    wishes = [
        Wish(start, numbers[one.kind, one.value], {"primary": True}, record.via)
        for record, identifiers in zip(records, derived, strict=True)
        for one in identifiers
        for start in (record.record, record.party)
    ]
    await apply(unit, Demand(HAS_IDENTIFIER, identify(HAS_IDENTIFIER, wishes)))


async def reconcile(unit: Unit, node: Node, known: Known, changed: set[int]) -> None:
    """Retract identifiers that no record states any more, and add the new ones.

    Args:
        unit: The transaction.
        node: The kind of party.
        known: The parties concerned with all their records, as they are now.
        changed: Numbers of the records that said something new.
    """
    said = {place: list(derive(values)) for records in known.values() for place, values in records}
    numbers = await places(unit, (one for some in said.values() for one in some))
    of_records = [
        Wish(place, numbers[one.kind, one.value], {"primary": True}, values["id"])
        for records in known.values()
        for place, values in records
        if place in changed
        for one in said[place]
    ]
    of_parties = _of_parties(node, known, numbers)
    gone = await apply(
        unit,
        Demand(
            HAS_IDENTIFIER,
            identify(HAS_IDENTIFIER, of_records),
            whole=changed,
            label=IDENTIFIER.name,
            strict=True,
        ),
    )
    kept = [(place, numbers[one.kind, one.value]) for place in said for one in said[place]]
    untrue = _of_owners(known, gone.retracted) - _of_owners(known, kept)
    lost = {(party, end) for party, _, end in untrue}
    merged = {
        place for place, records in known.items() if any(each.get("of") for _, each in records)
    }
    await _change_hands(unit, [one for one in of_parties.values() if one.start in merged], untrue)
    wishes = identify(HAS_IDENTIFIER, of_parties.values())
    await apply(unit, Demand(HAS_IDENTIFIER, wishes, drop=lost - of_parties.keys(), strict=True))
    await unit.over(WHOSE, merged)


def _of_owners(known: Known, pairs: Iterable[Pair]) -> set[tuple[int, str | None, int]]:
    """Pairs of records and identifiers, by party and the id of who was merged into it, if any."""
    owner = {
        place: (party, values.get("of"))
        for party, records in known.items()
        for place, values in records
    }
    return {(*owner[place], end) for place, end in pairs}


async def _change_hands(
    unit: Unit, wishes: list[Wish], untrue: set[tuple[int, str | None, int]]
) -> None:
    """Let what stands of one of several who are one wait, where it shall stand of another.

    Args:
        unit: The transaction.
        wishes: What parties shall have, that others were merged into.
        untrue: Parties, ids of those who were merged into them, and identifiers that the records of
            these do not state any more: nothing of that waits.
    """
    rows = [[one.start, one.end, one.of[0] if one.of else None] for one in wishes]
    for some in slices(rows):
        astray = await unit.run(ASTRAY, rows=some)
        if not astray:
            continue
        ending, hold, stand = list[int](), list[list[Any]](), list[list[Any]]()
        for number, owner, former, party, identifier, of, waiting in astray:
            if (party, former, identifier) in untrue:
                ending.append(number)
            else:
                hold.append([number, owner, identifier])
            if waiting:
                stand.append([waiting[0], party, identifier, of, None])
        await unit.over(identity.END, ending, now=unit.now)
        await unit.run(identity.HOLD, rows=hold, now=unit.now)
        await unit.run(identity.PROMOTE, rows=stand, now=unit.now)
        await unit.over(identity.RELEASE, [int(row[0]) for row in stand])


def _of_parties(node: Node, known: Known, numbers: dict[Key, int]) -> dict[Pair, Wish]:
    """What parties shall have: `via` their oldest record that says so."""
    found: dict[Pair, Wish] = {}
    for party, records in known.items():
        chosen = golden(node, (values for _, values in records))
        primary = {(one.kind, one.value) for one in derive(chosen)}
        for _, values in sorted(records, key=_seniority):
            for one in derive(values):
                key = (one.kind, one.value)
                of = None if values.get("of") is None else (values["of"], None)
                wish = Wish(party, numbers[key], {"primary": key in primary}, values["id"], of)
                found.setdefault((party, wish.end), wish)
    return found


def _seniority(record: tuple[int, dict[str, Any]]) -> tuple[str, str, str]:
    """The party's own records before those of parties merged into it, then the oldest."""
    values = record[1]
    return (values.get("of") or "", values["createdAt"], values["id"])


async def places(unit: Unit, wanted: Iterable[Derived]) -> dict[Key, int]:
    """The numbers of identifiers; those that are not there are created."""
    by_key = {
        (one.kind, one.value): one for one in sorted(set(wanted), key=lambda one: one.display)
    }
    there = await unit.resolve(IDENTIFIER, by_key)
    new = [
        NodeRow(key, {"kind": one.kind, "value": one.value, "display": one.display})
        for key, one in sorted(by_key.items())
        if key not in there
    ]
    if new:
        await create(unit, IDENTIFIER, new)
    return {key: unit.places[IDENTIFIER.name, key] for key in by_key}
