"""Upserting relationships: told apart by start, end and key; former states move to `<TYPE>_WAS`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from graph.model.kinds import Relationship
from graph.write.batch import slices
from graph.write.link_statements import BESIDE, CREATE_OF, LINKS, LinkStatements
from graph.write.roles import Roles
from graph.write.unit import Unit

Identity = tuple[Any, ...]
Pair = tuple[int, int]


def positional(relationship: Relationship) -> bool:
    """Whether start and key alone identify a relationship, whatever its end.

    True when every property of the key is required, as for the lines of a document: line 3 that
    names another product than before is the same line, corrected. A key that may be empty only
    tells several relationships between the same two nodes apart.
    """
    names = relationship.key
    return bool(names) and all(relationship.properties[name].required for name in names)


@dataclass(slots=True)
class Wish:
    """A relationship that shall be there, between internal numbers of nodes.

    `of` are the parties that it is truly of, at its start and its end, while these are merged into
    those: see `graph.identity`.
    """

    start: int
    end: int
    properties: dict[str, Any]
    via: str | None
    of: tuple[str | None, str | None] | None = None


@dataclass(slots=True)
class Standing:
    """A relationship that is there now, as the database says it.

    Attributes:
        values: `via`, then the type's own properties in the model's order.
        of: The parties that it is truly of, as in `Wish`.
        kind: Whether its end is of the kind asked for.
    """

    start: int
    end: int
    place: int
    values: list[Any]
    of: list[str | None]
    kind: bool = True


@dataclass(slots=True)
class Applied:
    """What became of the wishes, and which pairs were retracted beyond them."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    retracted: list[Pair] = field(default_factory=list[Pair])


@dataclass(slots=True)
class _Plan:
    """What has to be done so that the wishes hold."""

    create: list[Wish] = field(default_factory=list[Wish])
    change: list[tuple[Standing, dict[str, Any]]] = field(
        default_factory=list[tuple[Standing, dict[str, Any]]]
    )
    replace: list[Standing] = field(default_factory=list[Standing])
    retract: list[Standing] = field(default_factory=list[Standing])
    beside: list[Wish] = field(default_factory=list[Wish])
    unchanged: int = 0

    @property
    def touched(self) -> set[int]:
        """Every node at an end of what is to be done."""
        ends = {place for one in self.create + self.beside for place in (one.start, one.end)}
        standing = [*self.retract, *self.replace, *(one for one, _ in self.change)]
        return ends | {place for one in standing for place in (one.start, one.end)}


@dataclass(slots=True)
class Demand:
    """Everything that shall hold of one relationship type.

    Attributes:
        wishes: Relationships that shall be there, by identity.
        whole: Starts of which the wishes are all relationships towards nodes of `label`.
        held: Identities that `whole` leaves alone although nobody wishes for them.
        drop: Pairs that shall not be there.
        strict: Whether `via` must be as wished, too; else the record that said so first stays.
    """

    relationship: Relationship
    wishes: dict[Identity, Wish]
    whole: set[int] = field(default_factory=set[int])
    label: str = ""
    held: set[Identity] = field(default_factory=set[Identity])
    drop: set[Pair] = field(default_factory=set[Pair])
    strict: bool = False


def identify(relationship: Relationship, wishes: Iterable[Wish]) -> dict[Identity, Wish]:
    """Wishes by identity; of equal ones the later wins, property by property."""
    names, free = relationship.key, positional(relationship)
    found: dict[Identity, Wish] = {}
    for wish in wishes:
        end = None if free else wish.end
        values = wish.properties
        identity = (wish.start, end, *[values.get(name) for name in names])
        earlier = found.get(identity)
        if earlier is not None:
            wish.properties = {**earlier.properties, **values}
        found[identity] = wish
    return found


def identity_of(
    names: tuple[str, ...], start: int, end: int | None, values: dict[str, Any]
) -> Identity:
    """What tells a relationship from others of its type."""
    return (start, end, *(values.get(name) for name in names))


async def apply(unit: Unit, demand: Demand, roles: Roles | None = None) -> Applied:
    """Make the demand hold, writing only what differs.

    Looks without locks first; only if something differs, locks the nodes concerned, looks again,
    and acts on what it then sees. Nodes created in this transaction need neither.
    """
    new, known = _split(unit, demand)
    done = Applied()
    # Of a node that nobody can have linked yet, the wishes are all there is.
    demand.whole = demand.whole - {wish.start for wish in new} if new else demand.whole
    if known or demand.whole or demand.drop:
        plan = _compare(demand, known, await _read(unit, demand, known))
        touched = plan.touched
        if touched - unit.fresh:
            await unit.lock(touched)
            plan = _compare(demand, known, await _read(unit, demand, known))
        await _act(unit, demand.relationship, plan)
        done.changed = len(plan.change) + len(plan.replace) + len(plan.beside)
        done.created = len(plan.create) - len(plan.replace)
        done.unchanged = plan.unchanged
        done.retracted = [(one.start, one.end) for one in plan.retract]
        if roles is not None:
            await roles.gained(unit, plan.create)
            await roles.lost(unit, [*plan.retract, *plan.replace])
    await _create(unit, demand.relationship, new)
    if roles is not None:
        await roles.gained(unit, new)
    done.created += len(new)
    return done


def _split(unit: Unit, demand: Demand) -> tuple[list[Wish], dict[Identity, Wish]]:
    """Wishes at a node that nobody can have linked yet, and those that need a look."""
    linked = unit.linked.setdefault(demand.relationship.name, set())
    untouched = unit.fresh - linked if linked else unit.fresh
    free = positional(demand.relationship)
    new: list[Wish] = []
    known: dict[Identity, Wish] = {}
    for identity, wish in demand.wishes.items():
        fresh = wish.start in untouched or (not free and wish.end in untouched)
        if fresh and (wish.start not in demand.whole or wish.start in untouched):
            new.append(wish)
        else:
            known[identity] = wish
    if unit.fresh:
        for wish in demand.wishes.values():
            linked.add(wish.start)
            linked.add(wish.end)
    return new, known


async def _read(
    unit: Unit, demand: Demand, known: dict[Identity, Wish]
) -> dict[Identity, Standing]:
    """The relationships that the wishes are about, and all of every whole start."""
    relationship = demand.relationship
    texts, free = LINKS[relationship.name], positional(relationship)
    key = [texts.columns[name] for name in relationship.key]
    starts = set(demand.whole)
    if free:
        starts.update(wish.start for wish in known.values())
    found: dict[Identity, Standing] = {}
    for ids in slices(sorted(starts)):
        for row in await unit.run(texts.read_starts, ids=ids, label=demand.label):
            one = Standing(*row)
            end = None if free else one.end
            found[one.start, end, *[one.values[i] for i in key]] = one
    pairs = {(wish.start, wish.end) for wish in known.values() if wish.start not in starts}
    pairs |= {pair for pair in demand.drop if pair[0] not in starts}
    asked = [list(pair) for pair in sorted(pairs)]
    for row in await unit.each(texts.read_pairs, asked):
        one = Standing(*row)
        found[one.start, one.end, *[one.values[i] for i in key]] = one
    return found


def _compare(
    demand: Demand, known: dict[Identity, Wish], standing: dict[Identity, Standing]
) -> _Plan:
    plan = _Plan()
    texts = LINKS[demand.relationship.name]
    columns = texts.columns
    for identity, wish in known.items():
        there = standing.get(identity)
        if _waits(demand, wish, there):
            plan.beside.append(wish)
            continue
        if there is None:
            plan.create.append(wish)
            continue
        wanted = wish.properties
        if demand.strict:
            wanted = {**wanted, "via": wish.via}
        if there.end != wish.end:
            merged = {**_former(texts, there), **wish.properties}
            plan.create.append(Wish(wish.start, wish.end, merged, wish.via))
            plan.replace.append(there)
        elif _differs(there.values, wanted, columns):
            plan.change.append((there, wanted))
        else:
            plan.unchanged += 1
    for identity, there in standing.items():
        if identity in known or identity in demand.wishes:
            continue
        surplus = there.start in demand.whole and there.kind and identity not in demand.held
        if surplus or (there.start, there.end) in demand.drop:
            plan.retract.append(there)
    return plan


def _waits(demand: Demand, wish: Wish, there: Standing | None) -> bool:
    """Whether an equal one of another party, merged with this one, stands in its place.

    Identifiers follow from the records of all of them, whoever said so first.
    """
    if there is None:
        return wish.of is not None and wish.start == wish.end
    return not demand.strict and there.of != list(wish.of or (None, None))


def _differs(values: list[Any], wanted: dict[str, Any], columns: dict[str, int]) -> bool:
    for name, value in wanted.items():  # noqa: SIM110 - half the time of any()
        if values[columns[name]] != value:
            return True
    return False


async def _act(unit: Unit, relationship: Relationship, plan: _Plan) -> None:
    texts = LINKS[relationship.name]
    gone = [*plan.retract, *plan.replace]
    late: dict[int, str] = dict(
        await unit.over(texts.retract, (one.place for one in gone), now=unit.now)
    )
    for one in gone:
        ends = one.start, one.end
        unit.ledger.unlinked(relationship, ends, _former(texts, one), late.get(one.place))
    changes = sorted(([one.place, values] for one, values in plan.change), key=itemgetter(0))
    late.update([(place, at) for place, at in await unit.each(texts.change, changes, now=unit.now)])
    for one, values in plan.change:
        ends = one.start, one.end
        former = _former(texts, one)
        unit.ledger.relinked(relationship, ends, former, values, late.get(one.place))
    await _create(unit, relationship, plan.create)
    if plan.beside:
        rows = [
            [one.start, one.end, one.properties, *(one.of or (None, None)), one.via]
            for one in plan.beside
        ]
        key = list(relationship.key)
        await unit.each(BESIDE[relationship.name], rows, key=key, now=unit.now)


def _former(texts: LinkStatements, one: Standing) -> dict[str, Any]:
    """A standing relationship's own properties."""
    return dict(zip(texts.names, one.values[1:], strict=True))


async def _create(unit: Unit, relationship: Relationship, wishes: list[Wish]) -> None:
    texts = LINKS[relationship.name]
    names = texts.names
    merged = [wish for wish in wishes if wish.of is not None]
    if merged:
        rows = [
            [one.start, one.end, {**one.properties, "via": one.via}, *(one.of or ())]
            for one in merged
        ]
        await unit.each(CREATE_OF[relationship.name], rows, now=unit.now)
    for some in slices([wish for wish in wishes if wish.of is None] if merged else wishes):
        rows = [[one.start, one.end, one.via, *map(one.properties.get, names)] for one in some]
        await unit.run(texts.create, rows=rows, now=unit.now)
    unit.ledger.linked(relationship, wishes)
