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
from graph.write.digest import digest
from graph.write.golden import golden
from graph.write.identifying import Known, Stated, identify_new, reconcile
from graph.write.links import Wish
from graph.write.nodes import change, check_required, ready
from graph.write.suppression import ERASABLE, suppressed
from graph.write.unit import Unit, new_id
from graph.write.validation import required

_KEPT = frozenset(each.name for each in COMMON)
OWN_SOURCE = "c360"
"""The source of what is said here, not by another system."""


@dataclass(slots=True)
class _Record:
    """One row on its way: which record, which party."""

    row: NodeRow
    key: Key
    of: int | None = None  # number of the party that the record shall speak of
    home: str | None = None  # id of the party that it truly speaks of, if that is merged
    place: int | None = None
    party: int | None = None


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


def waves(rows: list[NodeRow]) -> list[list[NodeRow]]:
    """Order rows so that each comes in a later wave than the row that its `of_party` names."""
    waiting = {row.key: row for row in rows}
    done: list[list[NodeRow]] = []
    while waiting:
        wave = [row for row in waiting.values() if row.of_party not in waiting]
        wave = wave or list(waiting.values())  # a circle: none of them has a party to refer to
        for row in wave:
            del waiting[row.key]
        done.append(wave)
    return done


async def _write_slice(unit: Unit, node: Node, rows: list[NodeRow]) -> None:
    count = unit.count_node(node.name)
    work, unchanged = await _sort(unit, node, rows)
    await _leave_erased(unit, node, work)
    raced = await _create(unit, node, work.new)
    raced += await _attach(unit, node, work.attach)
    old = work.old + raced
    differing = await change(
        unit,
        "SourceRecord",
        [[i, one.place, one.row.properties, _mark(one.row)] for i, one in enumerate(old)],
    )
    changed = [old[i] for i in differing]
    attached = [one for one in work.attach if one not in raced]
    more = [one for one in old if one.row.custom and one not in changed]
    await _refresh(unit, node, changed + attached + more)
    for one in (*work.new, *work.attach, *work.old):
        if one.row.seal is not None and one.place is not None:
            unit.ledger.seals[one.place] = one.row.seal
    created = len(work.new) + len(work.attach) - len(raced)
    count.created += created
    count.changed += len(changed)
    count.unchanged += unchanged + len(old) - len(changed)


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
    said = [name for name in node.properties if not node.properties[name].internal]
    rows: list[list[Any]] = []
    ids: list[str] = []
    for i, one in enumerate(records):
        check_required(node, NodeRow(one.key, one.row.properties))
        ids.append(_record_id(one))
        values = one.row.properties
        party = {name: values[name] for name in said if name in values}
        party |= {
            "id": one.row.id or (one.row.key[0] if len(one.row.key) == 1 else new_id()),
            "version": 1,
            "createdAt": unit.now,
            "changedAt": unit.now,
            **one.row.custom,
        }
        rows.append([i, *one.key, _state(unit, node, one, ids[i]), party])
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


async def _refresh(unit: Unit, node: Node, touched: list[_Record]) -> None:
    """Bring golden values and identifiers in line with what the records of parties now say."""
    if not touched:
        return
    parties = sorted({one.party for one in touched if one.party is not None})
    await unit.lock(parties)
    updates: list[list[Any]] = []
    known: Known = {}
    custom = {one.party: one.row.custom for one in touched if one.row.custom}
    for ids in slices(parties):
        for place, _, records in await unit.run(statements.RECORDS_OF, ids=ids):
            known[place] = [(each[0], each[1]) for each in records]
            best = golden(node, (values for _, values in known[place]))
            for name in required(node):
                if best[name] is None:
                    raise InvalidInput(f"A {node.name} would lose {name}, which is required.")
            updates.append([place, place, {**best, **custom.get(place, {})}, None])
    await change(unit, node.name, updates)
    changed = {one.place for one in touched if one.place is not None}
    await reconcile(unit, node, known, changed)
