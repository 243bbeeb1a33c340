"""Which records share an identifier with records that arrive, read once for all of a batch."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.matching.resolving.deciding import Tie, Who
from graph.matching.resolving.rules import RULES, SHARED_BY, Values, agree, name_key, usable
from graph.model.identity import IDENTIFIER
from graph.model.kinds import Node
from graph.write.duplicates import HOLDERS
from graph.write.identifiers import Derived, derive
from graph.write.identifying import places
from graph.write.nodes import change
from graph.write.unit import Unit

TOO_MANY = 1_000
"""Relationships of one identifier that are looked at; one with more counts as shared."""


class Subject(NamedTuple):
    """A record that is resolved: a new one, or one of a party that is there."""

    who: Who
    values: Values


class Age(NamedTuple):
    """What orders parties that turn out to be one: the least stays."""

    created_at: str
    id: str


@dataclass(slots=True)
class Found:
    """Ties between those that are resolved and others, and how old the parties are."""

    ties: set[Tie] = field(default_factory=set[Tie])
    ages: dict[int, Age] = field(default_factory=dict[int, Age])


@dataclass(slots=True)
class _Holder:
    who: Who
    values: Values
    verified: bool = False


async def ties_of(unit: Unit, node: Node, subjects: list[Subject]) -> Found:
    """Find who shares an identifier with these, and what rule makes them one.

    The identifiers are locked until the end, so that of two who bring the same person at the same
    time the second sees what the first one wrote.
    """
    stated: dict[Derived, list[Subject]] = {}
    for subject in subjects:
        for one in derive(dict(subject.values)):
            if usable(node, one):
                stated.setdefault(one, []).append(subject)
    found = Found()
    if not stated:
        return found
    numbers = await places(unit, stated)
    await unit.lock({numbers[one.kind, one.value] for one in stated})
    by_number: dict[int, tuple[str, list[Subject]]] = {}
    for one, some in stated.items():
        by_number.setdefault(numbers[one.kind, one.value], (one.kind, []))[1].extend(some)
    known = await unit.over(HOLDERS, by_number, kind=node.name.upper(), most=TOO_MANY)
    shared: list[int] = []
    rows: dict[int, list[Any]] = {number: holders for number, _, holders in known}
    closed = {number for number, flagged, _ in known if flagged}
    for number, (kind, some) in sorted(by_number.items()):
        if number in closed:
            continue
        holders = [_holder(found, row) for row in rows.get(number, ())]
        if _is_shared(node.name, some, holders):
            shared.append(number)
        else:
            _compare(found, node.name, kind, some, holders)
    await _mark_shared(unit, shared)
    return found


def _holder(found: Found, row: list[Any]) -> _Holder:
    number, id_, created_at, name, born, verified = row
    found.ages[number] = Age(created_at, id_)
    return _Holder(("party", number), {"name": name, "birthDate": born}, bool(verified))


def _is_shared(label: str, some: list[Subject], holders: list[_Holder]) -> bool:
    """Whether more parties hold it than one identifier is believed to point to."""
    names = {name_key(label, one.values) for one in holders}
    more = {name_key(label, one.values) for one in some if one.who[0] == "new"} - names
    return len({one.who for one in holders}) + len(more) > SHARED_BY


def _compare(
    found: Found, label: str, kind: str, some: list[Subject], holders: list[_Holder]
) -> None:
    """Note the ties of the records of one identifier."""
    # Of new records that say the same one stands for all: ties are transitive.
    first: dict[tuple[Any, ...], _Holder] = {}
    for subject in some:
        for other in (*holders, *first.values()):
            if other.who == subject.who:
                continue
            place = agree(label, kind, subject.values, other.values, verified=other.verified)
            if place is not None:
                left, right = sorted((subject.who, other.who))
                found.ties.add(Tie((float(place),), left, right, RULES[place].name))
        alike = (name_key(label, subject.values), subject.values.get("birthDate"))
        first.setdefault(alike, _Holder(subject.who, subject.values))


async def _mark_shared(unit: Unit, numbers: list[int]) -> None:
    rows = [[i, number, {"shared": True}, None] for i, number in enumerate(numbers)]
    if rows:
        await change(unit, IDENTIFIER.name, rows)
