"""Relationships of parties that are joined or taken apart: where each stands, and which one waits.

A relationship belongs to the party of which it was said. It stands at whoever answers for that
party, and remembers the true one in `startOf` and `endOf`. Two that would be equal, or one between
two parties that are now one, cannot both stand: the one that stands stays, the other waits at its
true ends, as a former relationship that is `held`, until the parties are taken apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from graph.identity.clusters import Cluster
from graph.model import MODEL
from graph.model.identity import HAS_IDENTIFIER, RESOLVES_TO
from graph.write import identity as statements
from graph.write.batch import slices
from graph.write.links import Wish, positional
from graph.write.unit import Unit

Place = tuple[Any, ...]

_KEYS = {each.name: list(each.key) for each in MODEL.relationships}
_POSITIONAL = frozenset(each.name for each in MODEL.relationships if positional(each))


class Tie(NamedTuple):
    """A standing relationship: its ends, whose they truly are, what record said so, key, since."""

    number: int
    kind: str
    start: int
    end: int
    start_of: str | None
    end_of: str | None
    via: str | None
    key: list[Any] | None
    since: str | None


class Because(StrEnum):
    """Why what arrived for parties that are one is of the one or the other."""

    NAMED = "NAMED"  # the row named a record, or a former id, of that party
    SAID = "SAID"  # the record that says so speaks of that party
    REMAINS = "REMAINS"  # nothing says whose it is: it stays with the one that answers


class Arrival(NamedTuple):
    """A relationship that came while parties were one: its type, the far end, whose it is, why."""

    kind: str
    node: int
    party: int
    because: Because


class Waiting(NamedTuple):
    """A relationship that is held; its ends are the true ones."""

    number: int
    kind: str
    start: int
    end: int
    start_live: int | None
    end_live: int | None
    start_id: str
    end_id: str
    true: bool
    key: list[Any] | None


class End(NamedTuple):
    """One end of a relationship: who it truly is, who answers, and the id to remember."""

    true: int
    live: int
    of: str | None


@dataclass(slots=True)
class Moves:
    """What has to be done to relationships, as rows of the statements."""

    move: list[list[Any]] = field(default_factory=list[list[Any]])
    hold: list[list[Any]] = field(default_factory=list[list[Any]])
    end: list[int] = field(default_factory=list[int])
    promote: list[list[Any]] = field(default_factory=list[list[Any]])
    release: list[int] = field(default_factory=list[int])
    records: list[tuple[Tie, int]] = field(default_factory=list[tuple[Tie, int]])


class Planner:
    """Decides for each relationship of some parties where it stands from now on.

    Args:
        cluster: The parties, and who answers for whom from now on.
        homes: For each record that spoke of a member before any merge, that member's number.
        former: Who answered for each member until now.
    """

    def __init__(self, cluster: Cluster, homes: dict[str, int], former: dict[int, int]) -> None:
        self._cluster = cluster
        self._former = former
        self._homes = homes
        self._numbers = {one.id: number for number, one in cluster.members.items()}
        self._taken: set[Place] = set()
        self.moves = Moves()

    def _ends(self, tie: Tie) -> tuple[End, End]:
        """Where the two ends of a standing relationship belong."""
        guessed = self._guessed(tie)
        home = self._homes.get(tie.via or "")
        return (
            self._end(tie.start, tie.start_of, home if guessed == tie.start else None),
            self._end(tie.end, tie.end_of, home if guessed == tie.end != tie.start else None),
        )

    def _end(self, number: int, of: str | None, home: int | None) -> End:
        true = self._numbers.get(of) if of is not None else home
        if true is None and (of is not None or number not in self._cluster.live):
            return End(number, number, of)
        true = number if true is None else true
        answers = self._cluster.live[true]
        return End(true, answers, None if answers == true else self._cluster.members[true].id)

    def _guessed(self, tie: Tie) -> int | None:
        """The end of which only the record tells that it is truly of another party."""
        home = self._homes.get(tie.via or "")
        if home is None or tie.start_of is not None or tie.end_of is not None:
            return None
        number = self._former[home]
        return number if number != home and number in (tie.start, tie.end) else None

    def arrived(self, ties: Iterable[Tie], since: str) -> list[Arrival]:
        """What has come since some moment, and whose it is; identifiers follow from the rest."""
        found: list[Arrival] = []
        members = self._cluster.members
        for tie in sorted(set_of(ties), key=lambda tie: tie.number):
            start, end = self._ends(tie)
            guessed = self._guessed(tie) is not None
            for mine, other, of in ((start, end, tie.start_of), (end, start, tie.end_of)):
                if tie.kind == HAS_IDENTIFIER.name or mine.true not in members:
                    continue
                if (tie.since or "") > max(since, members[mine.true].joined):
                    named = Because.NAMED if of is not None else Because.REMAINS
                    because = Because.SAID if guessed else named
                    found.append(Arrival(tie.kind, other.live, mine.live, because))
        return found

    def _place(self, kind: str, start: int, end: int, key: list[Any] | None) -> Place:
        free = kind in _POSITIONAL
        return (kind, start, None if free else end, *(key or ()))

    def standing(self, ties: Iterable[Tie]) -> list[tuple[Tie, End, End]]:
        """Note what stays where it is, and return what does not."""
        leaving: list[tuple[Tie, End, End]] = []
        for tie in sorted(set_of(ties), key=lambda tie: tie.number):
            start, end = self._ends(tie)
            if (start.live, end.live) == (tie.start, tie.end):
                self._taken.add(self._place(tie.kind, tie.start, tie.end, tie.key))
            else:
                leaving.append((tie, start, end))
        return leaving

    def plan(self, ties: Iterable[Tie], waiting: Iterable[Waiting]) -> Moves:
        """Decide: what is remembered to be of a party goes first, then what waited, then the rest.

        The rest was said while the parties were one, by a record of one of them. Identifiers that
        waited go before all, since those that stand may have come to be another's.
        """
        waiting = list(waiting)
        leaving = self.standing(ties)
        sure = [each for each in leaving if self._guessed(each[0]) is None]
        for one in waiting:
            if one.kind == HAS_IDENTIFIER.name:
                self._return(one)
        for each in sure:
            self._leave(*each)
        for one in waiting:
            if one.kind != HAS_IDENTIFIER.name:
                self._return(one)
        for each in leaving:
            if self._guessed(each[0]) is not None:
                self._leave(*each)
        return self.moves

    def _leave(self, tie: Tie, start: End, end: End) -> None:
        place = self._place(tie.kind, start.live, end.live, tie.key)
        if start.live == end.live and start.true != end.true:
            self.moves.hold.append([tie.number, start.true, end.true])
        elif place not in self._taken:
            self._taken.add(place)
            self.moves.move.append([tie.number, start.live, end.live, start.of, end.of])
            if tie.kind == RESOLVES_TO.name:
                self.moves.records.append((tie, end.live))
        elif self._guessed(tie) is not None or (
            tie.kind == HAS_IDENTIFIER.name and start.true == start.live
        ):
            self.moves.end.append(tie.number)
        else:
            self.moves.hold.append([tie.number, start.true, end.true])

    def _return(self, one: Waiting) -> None:
        """Let what waited stand where it can; forget it where it is not true any more."""
        live, members = self._cluster.live, self._cluster.members
        start, end = (
            live.get(number, answers if answers is not None else number)
            for number, answers in ((one.start, one.start_live), (one.end, one.end_live))
        )
        place = self._place(one.kind, start, end, one.key)
        if start == end or place in self._taken:
            return
        if not one.true:
            if {one.start, one.end} & {n for n in members if live[n] == n}:
                self.moves.release.append(one.number)
            return
        self._taken.add(place)
        start_of = None if start == one.start else one.start_id
        end_of = None if end == one.end else one.end_id
        self.moves.promote.append([one.number, start, end, start_of, end_of])
        self.moves.release.append(one.number)


def set_of(ties: Iterable[Tie]) -> list[Tie]:
    """Each relationship once: one between two of the parties is read from both ends."""
    return list({tie.number: tie for tie in ties}.values())


async def rearrange(
    unit: Unit,
    cluster: Cluster,
    former: dict[int, int],
    homes: dict[str, int],
    now: str,
    since: str | None = None,
) -> list[Arrival]:
    """Bring all relationships of some parties in line with who answers for whom.

    Args:
        unit: The transaction.
        cluster: The parties, and who answers for whom from now on.
        former: Who answered for each of them until now.
        homes: For each record the number of the member that it spoke of before any merge.
        now: When it happens.
        since: A moment.

    Returns:
        What has come since that moment, and whose it is; nothing without one.
    """
    parties = {*former.values(), *cluster.live.values()}
    ties = [Tie(*row) for row in await unit.over(statements.TIES, parties, keys=_KEYS)]
    waiting = [
        Waiting(*row) for row in await unit.over(statements.HELD, cluster.members, keys=_KEYS)
    ]
    once = {one.number: one for one in waiting}
    planner = Planner(cluster, homes, former)
    moves = planner.plan(ties, once.values())
    for statement, rows in (
        (statements.HOLD, moves.hold),
        (statements.MOVE, moves.move),
        (statements.PROMOTE, moves.promote),
    ):
        for some in slices(rows):
            await unit.run(statement, rows=some, now=now)
    await unit.over(statements.END, moves.end, now=now)
    await unit.over(statements.RELEASE, moves.release)
    _tell(unit, moves)
    return [] if since is None else planner.arrived(ties, since)


def _tell(unit: Unit, moves: Moves) -> None:
    """Have the events tell which records speak of whom now; the rest follows from that."""
    for tie, end in moves.records:
        unit.ledger.unlinked(RESOLVES_TO, (tie.start, tie.end), {}, None)
        unit.ledger.linked(RESOLVES_TO, [Wish(tie.start, end, {}, None)])
