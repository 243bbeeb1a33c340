"""Parties: what a source says becomes a SourceRecord, and the party's golden values follow."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from graph.database import Row
from graph.errors import Conflict, InvalidInput
from graph.model.identity import RESOLVES_TO, SOURCE_RECORD
from graph.model.kinds import COMMON, Node
from graph.write import formats, statements
from graph.write.batch import Key, NodeRow, Nodes, slices
from graph.write.deriving import derive_anew
from graph.write.digest import digest
from graph.write.golden import OWN_SOURCE
from graph.write.identifying import Stated, identify_new
from graph.write.links import Wish
from graph.write.nodes import change, check_required, ready
from graph.write.resolving import Arrived, Join, Verdict
from graph.write.suppression import ERASABLE, suppressed
from graph.write.unit import Unit, new_id
from graph.write.waves import waves

_KEPT = frozenset(each.name for each in COMMON)


@dataclass(slots=True)
class _Record:
    """One row on its way: which record, which party."""

    row: NodeRow
    key: Key
    of: int | None = None  # number of the party that the record shall speak of
    home: str | None = None  # id of the party that it truly speaks of, if that is merged
    place: int | None = None
    party: int | None = None
    join: Join | None = None  # whose party a new record was found to speak of


@dataclass(slots=True)
class _Sorted:
    """Rows of one slice by what has to happen to them."""

    new: list[_Record] = field(default_factory=list[_Record])
    attach: list[_Record] = field(default_factory=list[_Record])
    old: list[_Record] = field(default_factory=list[_Record])


async def write_parties(unit: Unit, part: Nodes) -> None:
    """Write what a source says of parties, in waves: a record after the one it refers to."""
    rows = ready(part)
    unit.count_node(part.node.name)
    for row in rows:
        _observe(part.node, row)
    for wave in waves(rows):
        for some in slices(wave):
            await _write_slice(unit, part.node, some)


def _observe(node: Node, row: NodeRow) -> None:
    """Make the time of observation, where it is given, one of the values that a record states."""
    if row.observed_at is None:
        return
    try:
        row.observed_at = formats.moment(row.observed_at)
    except ValueError as error:
        raise InvalidInput(f"A row of {node.name}: observed_at {error}.") from None
    row.properties["observedAt"] = row.observed_at


async def _write_slice(unit: Unit, node: Node, rows: list[NodeRow]) -> None:
    count = unit.count_node(node.name)
    work, unchanged = await _sort(unit, node, rows)
    await _leave_erased(unit, node, work)
    verdict = await _resolve(unit, node, work)
    raced = await _create(unit, node, [one for one in work.new if one.join is None])
    raced += await _attach(unit, node, work.attach)
    joined = [one for one in work.new if one.join is not None]
    raced += await _join(unit, node, work.new, joined)
    old = work.old + raced
    differing = await change(
        unit,
        "SourceRecord",
        [[i, one.place, one.row.properties, _mark(one.row)] for i, one in enumerate(old)],
    )
    changed = [old[i] for i in differing]
    told = set(differing)
    late = {id(one) for one in raced}
    attached = [one for one in (*work.attach, *joined) if id(one) not in late]
    more = [one for i, one in enumerate(old) if one.row.custom and i not in told]
    altered = await _refresh(unit, node, changed + attached + more)
    if verdict is not None and unit.resolver is not None:
        there = [_arrived(one) if id(one) not in late else None for one in work.new]
        if there:
            await unit.resolver.arrived(unit, node, verdict, there)
        said = changed + [one for one in work.attach if id(one) not in late]
        if said:
            places = [one.place for one in said if one.place is not None]
            await unit.resolver.changed(unit, node, places)
    for one in (*work.new, *work.attach, *work.old):
        if one.row.seal is not None and one.place is not None:
            unit.ledger.seals[one.place] = one.row.seal
    created = len(work.new) + len(work.attach) - len(raced)
    count.created += created
    # Custom fields are the party's own: no record states them.
    differ = len(changed) + sum(one.party in altered for one in more)
    count.changed += differ
    count.unchanged += unchanged + len(old) - differ


async def _resolve(unit: Unit, node: Node, work: _Sorted) -> Verdict | None:
    """Have new records resolved, where somebody does that; None where nobody does.

    Parties that turn out to be one in consequence are so for the other rows from now on.
    """
    if unit.resolver is None or not unit.resolver.takes(node):
        return None
    verdict = Verdict([])
    if work.new:
        said = [one.row.properties for one in work.new]
        verdict = await unit.resolver.arrive(unit, node, said)
        for one, join in zip(work.new, verdict.joins, strict=True):
            one.join = join
    for one in (*work.attach, *work.old):
        if one.of in verdict.moved:
            one.of, home = verdict.moved[one.of]
            one.home = one.home or home
        if one.party in verdict.moved:
            one.party, home = verdict.moved[one.party]
            one.home = one.home or home
    return verdict


def _arrived(one: _Record) -> Arrived | None:
    if one.place is None or one.party is None:
        return None
    return Arrived(one.place, one.party, one.row.properties)


async def _leave_erased(unit: Unit, node: Node, work: _Sorted) -> None:
    """Leave out new records that would bring back a person who was erased, and count them."""
    if node.name not in ERASABLE:
        return
    new = [*work.new, *work.attach]
    asked = [((one.key[0], one.key[1]), one.row.properties) for one in new]
    gone = await suppressed(unit.transaction, asked) if asked else set[int]()
    if gone:
        left = {id(one) for i, one in enumerate(new) if i in gone}
        unit.suppressed.update((node.name, new[i].row.key) for i in gone)
        work.new = [one for one in work.new if id(one) not in left]
        work.attach = [one for one in work.attach if id(one) not in left]
        unit.count_node(node.name).suppressed += len(gone)


def _mark(row: NodeRow) -> str:
    return digest(row.properties)


async def _sort(unit: Unit, node: Node, rows: list[NodeRow]) -> tuple[_Sorted, int]:
    """Tell new rows from known ones; report those whose `of_party` is not there."""
    records = [
        _Record(row, row.key if len(row.key) == 2 else (OWN_SOURCE, row.key[0])) for row in rows
    ]
    found = await _find(unit, records)
    named = {one.row.of_party for one in records if one.row.of_party is not None}
    named |= {one.row.key for one in records if len(one.row.key) == 1}
    parties = await unit.resolve(node, named)
    work, unchanged = _Sorted(), 0
    for i, one in enumerate(records):
        there = found.get(i)
        if there is not None:
            _take(unit, node, one, there)
            if there[2] == _mark(one.row) and not one.row.custom:
                unchanged += 1
            else:
                work.old.append(one)
            continue
        of = one.row.of_party or (one.row.key if one.row.key in parties else None)
        if of is None:
            work.new.append(one)
        elif of in parties:
            one.of = parties[of]
            one.home = unit.homes.get((node.name, of))
            work.attach.append(one)
        else:
            unit.count_node(node.name).missing.append((one.row.key, of))
    return work, unchanged


async def _find(unit: Unit, records: list[_Record]) -> dict[int, Row]:
    rows = [[i, *one.key] for i, one in enumerate(records)]
    return {row[0]: row for row in await unit.each(statements.FIND_RECORDS, rows)}


def _take(unit: Unit, node: Node, one: _Record, there: Row) -> None:
    """Note where a record that exists is, and whose."""
    _, one.place, _, kind, one.party, record, party, one.home = there
    if kind != node.name.upper():
        raise Conflict(
            f"A source record of this {node.name} batch is known as a {kind.lower()}; "
            "give it another external id, or write it as what it is."
        )
    if one.party is not None:
        unit.ledger.names[there[1]] = (record, SOURCE_RECORD.name)
        unit.ledger.names[one.party] = (party, node.name)
        _note(unit, node, one, record)


def _note(unit: Unit, node: Node, one: _Record, record: str) -> None:
    for key in {one.key, one.row.key}:
        if one.party is not None:
            unit.places[node.name, key] = one.party
            unit.records[node.name, key] = record
            if one.home is not None:
                unit.homes[node.name, key] = one.home


def _state(unit: Unit, node: Node, one: _Record, record: str) -> dict[str, Any]:
    """All properties of a source record as it is created, its key apart."""
    return {
        **one.row.properties,
        "observedAt": one.row.observed_at or unit.now,
        "kind": node.name.upper(),
        "id": record,
        "version": 1,
        "createdAt": unit.now,
        "changedAt": unit.now,
        "hash": _mark(one.row),
    }


def _record_id(one: _Record) -> str:
    """A new id, or one that follows from the id given for the party."""
    given = one.row.id if one.row.id is not None or len(one.row.key) == 2 else one.row.key[0]
    if given is None:
        return new_id()
    try:
        return str(uuid5(UUID(given), "\x00".join(one.key)))
    except ValueError as error:
        raise InvalidInput("The id given for a party must be a UUID.") from error


async def _create(unit: Unit, node: Node, records: list[_Record]) -> list[_Record]:
    """Create records with a party of their own; return those that another writer created."""
    ids = [_record_id(one) for one in records]
    rows: list[list[Any]] = [
        [i, *one.key, _state(unit, node, one, ids[i]), _own_party(unit, node, one)]
        for i, one in enumerate(records)
    ]
    statement = statements.CREATE_PARTY[node.name]
    created = await unit.each(statement, rows, rule="NEW", actor=unit.writer.actor, now=unit.now)
    fresh = _created(unit, node, records, rows, created, "NEW")
    unit.fresh.update(one.party for one in fresh if one.party is not None)
    for row in created:
        party = rows[row[0]][4]
        values = {name: value for name, value in party.items() if name not in _KEPT}
        unit.ledger.created(row[2], (party["id"], node.name), values)
    await identify_new(
        unit,
        [
            Stated(one.place, one.party, ids[int(row[0])], one.row.properties)
            for row, one in zip(created, fresh, strict=True)
            if one.place is not None and one.party is not None
        ],
    )
    return await _raced(unit, node, records)


def _own_party(unit: Unit, node: Node, one: _Record) -> dict[str, Any]:
    """All properties of the party that a new record speaks of by itself."""
    check_required(node, NodeRow(one.key, one.row.properties))
    values = one.row.properties
    kept = {
        name: values[name]
        for name in node.properties
        if name in values and not node.properties[name].internal
    }
    return kept | {
        "id": one.row.id or (one.row.key[0] if len(one.row.key) == 1 else new_id()),
        "version": 1,
        "createdAt": unit.now,
        "changedAt": unit.now,
        **one.row.custom,
    }


async def _join(
    unit: Unit, node: Node, new: list[_Record], records: list[_Record]
) -> list[_Record]:
    """Create records that were found to speak of a party that is there; return late ones.

    Each has a party of its own, put away from the first moment: so to take it out again is to
    undo a merge, and gives what would be there without it.
    """
    if not records:
        return []
    rows: list[list[Any]] = []
    ready: list[_Record] = []
    for one in records:
        join = one.join
        of = None if join is None else join.party
        if join is not None and join.leader is not None:
            of = new[join.leader].party
        if join is None or of is None:
            continue
        own = _own_party(unit, node, one)
        one.of, one.home = of, own["id"]
        state = _state(unit, node, one, _record_id(one))
        rows.append([len(ready), *one.key, state, of, own, join.rule, join.score])
        ready.append(one)
    await unit.lock(one.of for one in ready if one.of is not None)
    labels = list(node.labels)
    created = await unit.each(
        statements.JOIN, rows, rule="NEW", actor=unit.writer.actor, now=unit.now, labels=labels
    )
    for row in created:
        own = rows[row[0]][5]
        values = {name: value for name, value in own.items() if name not in _KEPT}
        unit.ledger.created(row[3], (own["id"], node.name), values)
        unit.ledger.put_away(row[3], (own["id"], node.name), archived=True)
    _created(unit, node, ready, rows, created, "NEW")
    return await _raced(unit, node, ready)


async def _attach(unit: Unit, node: Node, records: list[_Record]) -> list[_Record]:
    """Create records that speak of parties that exist; return those that were there already."""
    ids = [_record_id(one) for one in records]
    rows = [
        [i, *one.key, _state(unit, node, one, ids[i]), one.of, one.home]
        for i, one in enumerate(records)
    ]
    await unit.lock(one.of for one in records if one.of is not None)
    created = await unit.each(
        statements.ATTACH, rows, rule="STATED", actor=unit.writer.actor, now=unit.now
    )
    _created(unit, node, records, rows, created, "STATED")
    return await _raced(unit, node, records)


def _created(
    unit: Unit,
    node: Node,
    records: list[_Record],
    sent: list[list[Any]],
    rows: list[Row],
    rule: str,
) -> list[_Record]:
    """Note the records that were created, as they were sent, and that they speak of a party."""
    decided = {"rule": rule, "decidedBy": unit.writer.actor, "from": unit.now}
    fresh: list[_Record] = []
    links: list[Wish] = []
    for row in rows:
        i: int = row[0]
        one = records[i]
        one.place, one.party = row[1], row[2]
        unit.fresh.add(row[1])
        state: dict[str, Any] = sent[i][3]
        _note(unit, node, one, state["id"])
        said = {name: value for name, value in state.items() if name not in _KEPT}
        said |= {"source": one.key[0], "externalId": one.key[1]}
        unit.ledger.created(row[1], (state["id"], SOURCE_RECORD.name), said)
        links.append(Wish(row[1], row[2], decided, None))
        fresh.append(one)
    unit.ledger.linked(RESOLVES_TO, links)
    return fresh


async def _raced(unit: Unit, node: Node, records: list[_Record]) -> list[_Record]:
    """Records that another writer created since we looked, with their places."""
    late = [one for one in records if one.place is None]
    if late:
        found = await _find(unit, late)
        for i, one in enumerate(late):
            _take(unit, node, one, found[i])
    return late


async def _refresh(unit: Unit, node: Node, touched: list[_Record]) -> set[int]:
    """Bring golden values and identifiers in line with the records; return what parties changed."""
    if not touched:
        return set()
    parties = sorted({one.party for one in touched if one.party is not None})
    await unit.lock(parties)
    custom = {one.party: one.row.custom for one in touched if one.row.custom}
    changed = {one.place for one in touched if one.place is not None}
    return await derive_anew(unit, node, parties, changed, custom)
