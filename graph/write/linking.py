"""From rows that name nodes by key to relationships that shall be there."""

from collections.abc import Callable
from typing import Any

from graph.errors import InvalidInput
from graph.model.identity import RESOLVES_TO
from graph.model.kinds import Node
from graph.model.parties import COMPANY, PARTNER
from graph.write.batch import Key, LinkRow, Links
from graph.write.link_statements import LINKS
from graph.write.links import Demand, Identity, Wish, apply, identify, identity_of, positional
from graph.write.roles import roles_of
from graph.write.statements import FIND_RECORDS, WRITABLE, is_party
from graph.write.unit import Unit, check_keys
from graph.write.validation import validate_many


async def write_links(unit: Unit, part: Links) -> None:
    """Create the relationships that are not there, change those that differ, and count."""
    values, part.ready = part.ready, None
    if values is None:
        values = checked(part)
    starts = await unit.resolve(part.start, (row.start for row in part.rows))
    ends = await unit.resolve(part.end, (row.end for row in part.rows))
    records = await _records(unit, part)
    count = unit.count_link(part.relationship.name)
    speaker = _speaker(unit, part)
    wishes: list[Wish] = []
    held: set[Identity] = set()
    for row, properties in zip(part.rows, values, strict=True):
        start, end = starts.get(row.start), ends.get(row.end)
        if start is None or end is None or (row.via is not None and row.via not in records):
            lost = row.end if start is None or end is None else row.via or row.end
            count.missing.append((row.start, lost))
            if start is not None:
                unit.ledger.incomplete.add(start)
                held.add(_held(part, start, end, properties))
            continue
        via = speaker(row) if row.via is None else records[row.via]
        wishes.append(Wish(start, end, properties, via, _whose(unit, part, row)))
    demand = Demand(
        part.relationship,
        identify(part.relationship, wishes),
        whole=set(starts.values()) if part.complete else set(),
        label=part.end.name,
        held=held,
    )
    done = await apply(unit, demand, roles_of(part.relationship, part.start))
    count.created += done.created
    count.changed += done.changed
    count.unchanged += done.unchanged
    count.retracted += len(done.retracted)


def admits(kinds: tuple[Node, ...], node: Node) -> bool:
    """A partner is a company: where partners may stand, companies may."""
    return any(node.is_a(kind) or (kind == PARTNER and node == COMPANY) for kind in kinds)


def _check_kinds(part: Links) -> None:
    relationship, start, end = part.relationship, part.start, part.end
    if relationship.name not in LINKS or relationship == RESOLVES_TO:
        raise InvalidInput(f"{relationship.name} is kept by the write path and cannot be written.")
    for node in (start, end):
        if node not in WRITABLE:
            raise InvalidInput(f"{node.name} cannot be linked; name a concrete kind of node.")
    if not admits(relationship.starts, start) or not admits(relationship.ends, end):
        raise InvalidInput(f"{relationship.name} does not lead from {start.name} to {end.name}.")


def checked(part: Links) -> list[dict[str, Any]]:
    """Validate and normalise the rows' properties, in the order of the rows.

    Raises:
        InvalidInput: naming the row and the property.
    """
    _check_kinds(part)
    name = part.relationship.name
    rows: list[dict[str, Any]] = []
    results = validate_many(part.relationship, (row.properties for row in part.rows))
    for number, result in enumerate(results, 1):
        if isinstance(result, list):
            problem = result[0]
            raise InvalidInput(f"Row {number} of {name}: {problem.property} {problem.message}.")
        rows.append(result)
    place = f"A row of {name}"
    check_keys(part.start, {row.start for row in part.rows}, place)
    check_keys(part.end, {row.end for row in part.rows}, place)
    return rows


def _whose(unit: Unit, part: Links, row: LinkRow) -> tuple[str | None, str | None] | None:
    """The parties that a row names, where others answer for them."""
    if not unit.homes:
        return None
    start = unit.homes.get((part.start.name, row.start))
    end = unit.homes.get((part.end.name, row.end))
    return None if start is None and end is None else (start, end)


async def _records(unit: Unit, part: Links) -> dict[Key, str]:
    """Ids of the source records that rows name as `via`."""
    keys = sorted({row.via for row in part.rows if row.via is not None})
    for key in keys:
        if len(key) != 2:
            raise InvalidInput("via must name a source record by its source and external id.")
    rows = await unit.each(FIND_RECORDS, [[i, *key] for i, key in enumerate(keys)])
    return {keys[row[0]]: row[5] for row in rows}


def _held(part: Links, start: int, end: int | None, properties: dict[str, Any]) -> Identity:
    free = positional(part.relationship)
    return identity_of(part.relationship.key, start, None if free else end, properties)


def _speaker(unit: Unit, part: Links) -> Callable[[LinkRow], str | None]:
    """How to tell which record a row without `via` comes from."""
    known = unit.records
    if is_party(part.start):
        label = part.start.name
        return lambda row: known.get((label, row.start))
    if is_party(part.end):
        label = part.end.name
        return lambda row: known.get((label, row.end))
    return lambda _: None
