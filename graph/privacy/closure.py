"""The closure: everything in the graph that belongs to one person, and what becomes of it.

One walk serves the export of personal data, the plan of an erasure and the erasure itself, so what
is exported is what is erased, apart from what is kept for a reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph.database import Transaction
from graph.errors import GraphError
from graph.model import MODEL
from graph.model.kinds import Walk
from graph.model.parties import PARTY
from graph.privacy import statements
from graph.privacy.rules import (
    BELONGINGS,
    PASSED_OVER,
    Belonging,
    Kept,
    Reason,
    base,
    concrete,
    kept,
)
from graph.statements import Statement
from graph.write.batch import slices
from graph.write.formats import moment

Values = dict[str, Any]


class NotFound(GraphError):
    """There is no person of this id."""

    code = "NOT_FOUND"


@dataclass(slots=True)
class Part:
    """A node that belongs to the person, or in which the person has a part.

    Attributes:
        number: Internal number.
        label: Concrete label.
        values: Properties.
        shared: Whether somebody else has a part in it, too.
        authored: Whether the person wrote it.
        kept: Why it is kept; None if it is deleted.
        versions: Former states, by number.
    """

    number: int
    label: str
    values: Values
    shared: bool = False
    authored: bool = False
    kept: Kept | None = None
    versions: dict[int, Values] = field(default_factory=dict[int, Values])

    @property
    def id(self) -> str:
        """Id of the node."""
        return str(self.values["id"])


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship of something that belongs to the person, standing or former.

    Attributes:
        number: Internal number.
        kind: Its type, with the suffix of former states.
        start: Number of its start.
        end: Number of its end.
        ends: Label and id of both.
        values: Properties.
    """

    number: int
    kind: str
    start: int
    end: int
    ends: tuple[tuple[str, str | None], tuple[str, str | None]]
    values: Values


@dataclass(slots=True)
class Closure:
    """Everything that belongs to a person at a time.

    Attributes:
        person: Id of the person.
        at: When it was read; decides what is still kept by law.
        root: Internal number of the person.
        parts: Nodes by number, the person first.
        ties: Relationships by number.
        events: Events by id: of the parts, and those of others that tell of their relationships.
        aliases: Former ids of the person, by number.
        answers: Kept answers that name something of it, by number.
        jobs: What jobs were asked to do, by number; they are nobody's, but may name the person.
        holds: Ids of the legal holds in force.
    """

    person: str
    at: datetime
    root: int
    parts: dict[int, Part] = field(default_factory=dict[int, Part])
    ties: dict[int, Tie] = field(default_factory=dict[int, Tie])
    events: dict[str, Values] = field(default_factory=dict[str, Values])
    aliases: dict[int, Values] = field(default_factory=dict[int, Values])
    answers: dict[int, Values] = field(default_factory=dict[int, Values])
    jobs: dict[int, str] = field(default_factory=dict[int, str])
    holds: list[str] = field(default_factory=list[str])

    @property
    def gone(self) -> set[int]:
        """Numbers of the nodes that an erasure deletes."""
        return {part.number for part in self.parts.values() if part.kept is None}

    def kept_tie(self, tie: Tie) -> Kept | None:
        """Why a relationship is kept; None if it goes with one of its ends."""
        ends = [self.parts[each] for each in (tie.start, tie.end) if each in self.parts]
        reasons = [part.kept for part in ends]
        return None if None in reasons else reasons[0]


@dataclass(slots=True)
class _Walk:
    """The state of one walk: what was found, what has still to be looked at."""

    transaction: Transaction
    found: Closure
    unwalked: set[int] = field(default_factory=set[int])
    doubtful: dict[int, list[Belonging]] = field(default_factory=dict[int, list[Belonging]])

    async def ask(self, statement: Statement, ids: Iterable[int], **more: Any) -> list[Any]:
        rows: list[Any] = []
        for some in slices(sorted(ids)):
            rows += (await self.transaction.run(statement, {"p": {"ids": some, **more}}))[0][0]
        return rows

    async def each(self, statement: Statement, rows: list[Any]) -> list[Any]:
        found: list[Any] = []
        for some in slices(rows):
            found += (await self.transaction.run(statement, {"p": {"rows": some}}))[0][0]
        return found


async def closure(transaction: Transaction, person: str, at: datetime) -> Closure:
    """Return everything that belongs to a person.

    Args:
        transaction: In which it is read.
        person: Id of the person, now or before a merge.
        at: When; decides what is still kept by law.

    Raises:
        NotFound: there is no such person.
    """
    rows = await transaction.run(statements.FIND, {"id": person})
    if not rows:
        raise NotFound("There is no person of this id; look the person up again.")
    number, own = rows[0]
    walk = _Walk(transaction, Closure(own, at, number))
    await _take(walk, [number])
    while walk.unwalked or walk.doubtful:
        await _step(walk)
        if not walk.unwalked:
            await _settle(walk)
    await _share(walk)
    await _decide(walk)
    await _records(walk)
    return walk.found


async def _take(walk: _Walk, numbers: Iterable[int]) -> None:
    """Take nodes in as belonging to the person as a whole."""
    for number, labels, values in await walk.ask(statements.NODES, numbers):
        walk.found.parts[number] = Part(number, concrete(labels), values)
        walk.doubtful.pop(number, None)
        walk.unwalked.add(number)


async def _step(walk: _Walk) -> None:
    """Walk every relationship of what was taken in last, and note what may belong to it."""
    numbers, walk.unwalked = walk.unwalked, set()
    for row in await walk.ask(statements.TIES, numbers):
        here, number, kind, outgoing, values, there, far_id, far_labels = row
        part, far = walk.found.parts[here], (concrete(far_labels), far_id)
        near = (part.label, part.values.get("id"))
        start, end = (here, there) if outgoing else (there, here)
        ends = (near, far) if outgoing else (far, near)
        walk.found.ties[number] = Tie(number, kind, start, end, ends, values)
        if there in walk.found.parts:
            continue
        for rule in _rules(part.label, base(kind), far[0], outgoing=outgoing):
            rules = walk.doubtful.setdefault(there, [])
            if rule not in rules:
                rules.append(rule)


def _rules(owner: str, kind: str, far: str, *, outgoing: bool) -> Iterator[Belonging]:
    for rule in BELONGINGS:
        if (
            rule.walk.relationship.name == kind
            and rule.walk.outgoing is outgoing
            and rule.owner.name in MODEL.by_label[owner].labels
            and rule.node.name in MODEL.by_label[far].labels
        ):
            yield rule


def _types(walks: Iterable[Walk], *, outgoing: bool, former: bool) -> list[str]:
    return [
        each.relationship.was if former else each.relationship.name
        for each in walks
        if each.outgoing is outgoing
    ]


async def _settle(walk: _Walk) -> None:
    """Take in what nobody else has a part in; when there is none, the rest is shared."""
    rows: list[list[Any]] = []
    for number, rules in walk.doubtful.items():
        walks = [each for rule in rules for each in rule.others]
        rows.append(
            [number]
            + [
                _types(walks, outgoing=outgoing, former=former)
                for former in (False, True)
                for outgoing in (True, False)
            ]
        )
    others: dict[int, set[int]] = {}
    for number, far, labels in await walk.each(statements.OTHERS, rows):
        label = concrete(labels)
        only_parties = all(rule.parties for rule in walk.doubtful[number])
        party = label in MODEL.by_label and PARTY.name in MODEL.by_label[label].labels
        if far not in walk.found.parts and label not in PASSED_OVER and (party or not only_parties):
            others.setdefault(number, set()).add(far)
    alone = [number for number in walk.doubtful if number not in others]
    if alone:
        await _take(walk, alone)
        return
    for number, labels, values in await walk.ask(statements.NODES, walk.doubtful):
        walk.found.parts[number] = Part(number, concrete(labels), values, shared=True)
    walk.doubtful.clear()


async def _share(walk: _Walk) -> None:
    """Note what the person wrote of what is shared, and flagged identifiers as shared."""
    found = walk.found
    for part in found.parts.values():
        if part.label == "Identifier" and part.values.get("shared"):
            part.shared = True
    for tie in found.ties.values():
        wrote = base(tie.kind) == "PARTICIPATED_IN" and tie.values.get("role") == "FROM"
        if wrote and tie.start == found.root:
            found.parts[tie.end].authored = True


async def _decide(walk: _Walk) -> None:
    """Say of every part why it is kept, if it is."""
    found = walk.found
    now = moment(found.at)
    whole = [part.number for part in found.parts.values() if not part.shared]
    found.holds = sorted(await walk.ask(statements.HOLDS, whole, now=now))
    for part in found.parts.values():
        if found.holds:
            part.kept = Kept(Reason.LEGAL_HOLD)
        elif part.shared:
            part.kept = Kept(Reason.SHARED)
        else:
            part.kept = kept(part.label, part.values, found.at)


async def _records(walk: _Walk) -> None:
    """Read former states, events, former ids and kept answers."""
    found = walk.found
    for number, version, values in await walk.ask(statements.VERSIONS, found.parts):
        found.parts[number].versions[version] = values
    rows: dict[str, list[Any]] = {}
    for tie in found.ties.values():
        for _, far in tie.ends:
            if far is not None:
                rows.setdefault(far, [far, []])[1].append(base(tie.kind))
    for part in found.parts.values():
        rows[part.id] = [part.id, None]
    whole = [part.id for part in found.parts.values() if not part.shared]
    for (event,) in await walk.each(statements.EVENTS, list(rows.values())):
        text = event.get("patch") or ""
        if rows[event["entity"]][1] is None or any(each in text for each in whole):
            found.events[event["id"]] = event
    found.aliases = await _named(walk, statements.ALIASES, whole)
    found.answers = await _named(walk, statements.ANSWERS, whole)
    found.jobs = dict((await walk.transaction.run(statements.JOBS))[0][0])


async def _named(walk: _Walk, statement: Statement, ids: list[str]) -> dict[int, Values]:
    rows = (await walk.transaction.run(statement, {"p": {"ids": ids}}))[0][0]
    return dict(rows)
