"""Parties and what was merged into them: who is truly who, and who answers for whom."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.errors import NOT_THERE, NotFound
from graph.write import identity as statements
from graph.write.ledger import concrete
from graph.write.unit import Unit


@dataclass(slots=True)
class Member:
    """A party as it was before any merge.

    Attributes:
        number: Internal number.
        id: Its own id.
        label: Concrete label.
        changed_at: When it last changed, UTC.
        parent: Id of the party it was merged into directly; None for one that answers for itself.
        joined: When it was merged; empty for one that answers for itself.
    """

    number: int
    id: str
    label: str
    changed_at: str
    parent: str | None
    joined: str = ""


@dataclass(slots=True)
class Cluster:
    """Parties that are there, with all that was merged into them.

    Attributes:
        members: All of them by number.
        live: For each member the number of the party that answers for it.
    """

    members: dict[int, Member] = field(default_factory=dict[int, Member])
    live: dict[int, int] = field(default_factory=dict[int, int])

    def number(self, id_: str) -> int | None:
        """The number of a member by its id; None for anybody else."""
        return next((one.number for one in self.members.values() if one.id == id_), None)

    def of(self, live: int) -> set[int]:
        """Numbers of all members for which a party answers, itself included."""
        return {number for number, answers in self.live.items() if answers == live}

    def depth(self, number: int) -> int:
        """How many merges lie between a member and the party that answers for it."""
        by_id = {one.id: one for one in self.members.values()}
        steps, one = 0, self.members[number]
        while one.parent is not None and one.parent in by_id:
            steps, one = steps + 1, by_id[one.parent]
        return steps


async def load(unit: Unit, ids: Iterable[str]) -> Cluster:
    """Read parties with all that was merged into them, and lock them until the end.

    Raises:
        NotFound: one of the ids is of no party that answers for itself.
    """
    wanted = sorted(set(ids))
    first = await _read(unit, wanted)
    await unit.lock(first.members)
    found = await _read(unit, wanted)
    if {one.id for one in found.members.values() if one.parent is None} != set(wanted):
        raise NotFound(NOT_THERE)
    return found


async def _read(unit: Unit, ids: list[str]) -> Cluster:
    found = Cluster()
    for id_, number, labels, changed_at, merged in await unit.run(statements.PARTIES, ids=ids):
        found.members[number] = Member(number, id_, concrete(labels), changed_at, None)
        found.live[number] = number
        for inner, place, names, at, parent, joined in merged:
            found.members[place] = Member(place, inner, concrete(names), at, parent, joined)
            found.live[place] = number
    return found
