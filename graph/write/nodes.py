"""Upserting nodes that are not parties: by key, with a Version of every former state."""

from typing import Any, NamedTuple

from graph.errors import InvalidInput
from graph.model.kinds import Node
from graph.write import statements
from graph.write.away import named_away
from graph.write.batch import Key, NodeRow, Nodes, slices
from graph.write.digest import digest
from graph.write.unit import Unit, check_keys, new_id
from graph.write.validation import key_names, required, validate_many


def checked(part: Nodes) -> list[NodeRow]:
    """Validate and normalise rows, merge those with equal keys, and sort them by key.

    Raises:
        InvalidInput: naming the row and the property.
    """
    node = part.node
    if node not in statements.WRITABLE:
        raise InvalidInput(f"{node.name} cannot be written directly; name a concrete kind of node.")
    results = validate_many(node, (_without_key(node, row) for row in part.rows), creating=False)
    merged: dict[Key, NodeRow] = {}
    for number, (row, result) in enumerate(zip(part.rows, results, strict=True), 1):
        place = f"Row {number} of {node.name}"
        if isinstance(result, list):
            raise InvalidInput(f"{place}: {result[0].property} {result[0].message}.")
        check_keys(node, (row.key,), place)
        earlier = merged.get(row.key)
        custom = row.custom
        if earlier is not None:
            result = {**earlier.properties, **result}
            custom = {**earlier.custom, **custom}
        if custom and not statements.is_party(node):
            result = {**result, **custom}
        seal = row.seal if earlier is None else None
        merged[row.key] = NodeRow(
            row.key, result, row.id, row.observed_at, row.of_party, custom, seal
        )
    return [merged[key] for key in sorted(merged)]


def ready(part: Nodes) -> list[NodeRow]:
    """As `checked`, or what was made ready before; a repeated write checks again."""
    rows, part.ready = part.ready, None
    return checked(part) if rows is None else rows


def _without_key(node: Node, row: NodeRow) -> dict[str, Any]:
    """The row's properties without those that repeat its key."""
    names = key_names(node)
    if statements.is_party(node) or len(row.key) != len(names):
        return row.properties
    return {
        name: value
        for name, value in row.properties.items()
        if name not in names or row.key[names.index(name)] != value
    }


def check_required(node: Node, row: NodeRow) -> None:
    """Raise `InvalidInput` unless everything is there that a new node needs."""
    for name in required(node):
        if row.properties.get(name) is None:
            raise InvalidInput(f"A new {node.name} lacks {name}, which is required.")
    if len(row.key) == 1:
        for name in key_names(node):
            if node.properties[name].required and row.properties.get(name) is None:
                raise InvalidInput(f"A new {node.name} lacks {name}, which is part of its key.")


class _Made(NamedTuple):
    """What the database says of a row that was sent to be created."""

    i: int
    place: int
    was_there: bool


async def write_nodes(unit: Unit, part: Nodes) -> None:
    """Create the nodes that are not there, change those that differ, and count.

    What was put away stays as it is, and counts as unchanged.
    """
    node, count = part.node, unit.count_node(part.node.name)
    for rows in slices(ready(part)):
        found = await unit.find(node, (row.key for row in rows))
        new: list[NodeRow] = []
        old: list[list[Any]] = []
        for i, row in enumerate(rows):
            there = found.get(row.key)
            if there is None:
                new.append(row)
                continue
            unit.places[node.name, row.key] = there[1]
            mark = digest(row.properties)
            if there[2] != mark:
                old.append([i, there[1], row.properties, mark])
        away = await named_away(unit, node.name, (row.key for row in new), sourced=node.sourced)
        if away:
            new = [row for row in new if row.key not in away]
        raced = await create(unit, node, new)
        changed = await change(unit, node.name, old + raced)
        for row in rows:
            if row.seal is not None and row.key not in away:
                unit.ledger.seals[unit.places[node.name, row.key]] = row.seal
        count.created += len(new) - len(raced)
        count.changed += len(changed)
        count.unchanged += len(rows) - (len(new) - len(raced)) - len(changed)


async def create(unit: Unit, node: Node, rows: list[NodeRow]) -> list[list[Any]]:
    """Create nodes; rows that another writer created in between come back to be changed."""
    raced: list[list[Any]] = []
    for length, table in ((1, statements.CREATE_BY_ID), (2, statements.CREATE)):
        some = [row for row in rows if len(row.key) == length]
        if not some:
            continue
        sent: list[list[Any]] = []
        marks: list[str] = []
        for i, row in enumerate(some):
            check_required(node, row)
            mark = digest(row.properties)
            marks.append(mark)
            sent.append([i, *row.key, _state(unit, row, mark)])
        for found in await unit.each(table[node.name], sent):
            i, place, was_there = _Made(*found)
            row = some[i]
            unit.places[node.name, row.key] = place
            if was_there:
                raced.append([-1 - len(raced), place, row.properties, marks[i]])
            else:
                unit.fresh.add(place)
                id_ = sent[i][-1]["id"]
                unit.ledger.created(place, (id_, node.name), _stated(node, row))
    return raced


def _stated(node: Node, row: NodeRow) -> dict[str, Any]:
    """What is said of a new node, its key included."""
    names = key_names(node)
    if len(row.key) != len(names) or len(row.key) == 1:
        return row.properties
    return {**dict(zip(names, row.key, strict=True)), **row.properties}


def _state(unit: Unit, row: NodeRow, mark: str) -> dict[str, Any]:
    """All properties of a node as it is created."""
    return {
        **row.properties,
        "id": row.key[0] if len(row.key) == 1 else row.id or new_id(),
        "version": 1,
        "createdAt": unit.now,
        "changedAt": unit.now,
        "hash": mark,
    }


async def change(unit: Unit, label: str, rows: list[list[Any]]) -> list[int]:
    """Apply rows `[i, number, properties, hash]` to nodes; return the i of those that differed.

    Every row has an i of its own, or one below 0 for rows that nobody asks for.
    """
    rows.sort(key=lambda row: row[1])
    by_place = {row[0]: row for row in rows}
    changed: list[int] = []
    for i, differing in await unit.each(statements.CHANGE, rows, now=unit.now, label=label):
        _, number, values, _ = by_place[i]
        unit.ledger.changed(number, {name: values[name] for name in differing})
        changed.append(i)
    return changed
