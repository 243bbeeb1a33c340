"""Joining parties into one, and taking them apart again: parts of a batch of the write path."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.errors import Conflict, InvalidInput
from graph.identity.clusters import Cluster, load
from graph.identity.moving import Arrival, rearrange
from graph.identity.settling import settle
from graph.write import identity as statements
from graph.write.unit import Unit

AT_MOST = 100
"""Parties that one merge may join."""


@dataclass(slots=True)
class Merge:
    """Parties that become one: a part of a batch.

    Attributes:
        survivor: Id of the party that answers for all of them.
        losers: Ids of the others; they keep answering, as aliases.
        rule: What decided it, such as MANUAL or SAME_EMAIL.
        score: Probability that it is right; None for a certain rule or a person's decision.
        name: By which the outcome names the survivor.
    """

    survivor: str
    losers: list[str]
    rule: str = "MANUAL"
    score: float | None = None
    name: str = "identity"

    async def apply(self, unit: Unit) -> None:
        """Join them.

        Raises:
            InvalidInput: a party with itself, or parties of different kinds.
            Conflict: somebody decided that two of them are not the same.
            NotFound: one of them is not there.
        """
        if self.survivor in self.losers or len(set(self.losers)) < len(self.losers):
            raise InvalidInput("A party cannot be merged with itself; name different ones.")
        if not 0 < len(self.losers) < AT_MOST:
            raise InvalidInput(f"Name 2 to {AT_MOST} parties.")
        cluster = await load(unit, [self.survivor, *self.losers])
        if len({one.label for one in cluster.members.values()}) > 1:
            raise InvalidInput("Parties of different kinds cannot be merged; name one kind.")
        standing = _numbers(cluster, [self.survivor, *self.losers])
        if await unit.over(statements.CONTRADICTED, standing):
            raise Conflict("Somebody decided that they are not the same; take that back first.")
        await self._join(unit, cluster, standing)

    async def _join(self, unit: Unit, cluster: Cluster, standing: list[int]) -> None:
        now = _now(unit, cluster)
        homes = await homes_of(unit, cluster)
        survivor, *losers = standing
        former = dict(cluster.live)
        away = {each for each, live in former.items() if live != survivor and each not in losers}
        why = {row[0]: row[1:] for row in await unit.over(statements.LEAVE, away, now=now)}
        rows = [[each, survivor, cluster.members[each].label] for each in sorted(losers)]
        seen = await unit.over(statements.SIGHTED, losers)
        for each in losers:
            cluster.members[each].parent = self.survivor
        for each in cluster.members:
            cluster.live[each] = survivor
        await rearrange(unit, cluster, former, homes, now)
        await unit.run(statements.HIDE, rows=rows, now=now)
        mine = [self.rule, self.score, unit.writer.actor, now]
        joined = [
            [each, survivor, *why.get(each, mine), cluster.depth(each)]
            for each in sorted({*losers, *away})
        ]
        await unit.run(statements.JOIN, rows=joined, now=now)
        for each in losers:
            unit.ledger.put_away(each, _of(cluster, each), archived=True)
        await settle(unit, cluster, {survivor}, now, seen)
        _name(unit, cluster, survivor, self.name)


@dataclass(slots=True)
class Unmerge:
    """Records that speak of somebody else: the parties that they spoke of stand for themselves.

    Attributes:
        identity: Id of the party that answers for them.
        records: Ids of source records: all those that spoke of a party before it was merged, of
            one or of several.
        parties: Ids of the parties that stand for themselves again, when it was done.
        arrived: What has come since the first of the merges that are undone, and whose it is.
    """

    identity: str
    records: list[str]
    parties: list[str] = field(default_factory=list[str])
    arrived: list[Arrival] = field(default_factory=list[Arrival])

    async def apply(self, unit: Unit) -> None:
        """Take them apart.

        Raises:
            NotFound: there is no such party.
            InvalidInput: a record speaks of somebody else, records of a party that was merged are
                missing, or none would stay.
        """
        cluster = await load(unit, [self.identity])
        homes = await homes_of(unit, cluster)
        root = next(n for n, one in cluster.members.items() if one.id == self.identity)
        leaving = self._leaving(homes, root, set(cluster.members))
        now = _now(unit, cluster)
        former = dict(cluster.live)
        tops = _regroup(cluster, leaving)
        moved = {each for each in leaving if each not in tops}
        parents = [[n, one.parent] for n, one in sorted(cluster.members.items()) if one.parent]
        why = {row[0]: row[1:] for row in await unit.over(statements.LEAVE, leaving, now=now)}
        await unit.over(statements.SHOW, tops, now=now)
        seen = await unit.over(statements.SIGHTED, {root})
        since = min(cluster.members[each].joined for each in leaving)
        self.arrived = await rearrange(unit, cluster, former, homes, now, since)
        joined = [[n, cluster.live[n], *why[n], cluster.depth(n)] for n in sorted(moved)]
        await unit.run(statements.JOIN, rows=joined, now=now)
        await unit.run(statements.PARENT, rows=parents)
        for each in tops:
            unit.ledger.put_away(each, _of(cluster, each), archived=False)
        await settle(unit, cluster, {root, *tops}, now, seen)
        self.parties = [cluster.members[each].id for each in sorted(tops)]
        _name(unit, cluster, root, "identity")

    def _leaving(self, homes: dict[str, int], root: int, members: set[int]) -> set[int]:
        """The members that leave: whole ones, and never the one that answers."""
        asked = set(self.records)
        if not asked or not asked <= homes.keys():
            raise InvalidInput("Name records that speak of this party.")
        touched = {homes[each] for each in asked}
        whole = {each for record, each in homes.items() if record not in asked}
        if touched & whole:
            raise InvalidInput(
                "Name all records that a party had before it was merged, or none of them."
            )
        if root in touched:
            touched = members - touched
        if not touched:
            raise InvalidInput("Nothing was merged that these records could be taken from.")
        return touched


def _regroup(cluster: Cluster, leaving: set[int]) -> list[int]:
    """Note who answers for whom without those that leave; return those that stand again."""
    by_id = {one.id: number for number, one in cluster.members.items()}
    tops: list[int] = []
    parents: dict[int, int | None] = {}
    for number, one in cluster.members.items():
        parent = by_id.get(one.parent or "")
        while parent is not None and (parent in leaving) is not (number in leaving):
            parent = by_id.get(cluster.members[parent].parent or "")
        if parent is None and number in leaving:
            tops.append(number)
        parents[number] = parent
    for number, parent in parents.items():
        cluster.members[number].parent = None if parent is None else cluster.members[parent].id
    for number in cluster.members:
        answers = number
        while (above := parents[answers]) is not None:
            answers = above
        cluster.live[number] = answers
    return sorted(tops)


async def homes_of(unit: Unit, cluster: Cluster) -> dict[str, int]:
    """For each record of some parties the member that it spoke of before any merge."""
    by_id = {one.id: number for number, one in cluster.members.items()}
    live = {number for number, answers in cluster.live.items() if number == answers}
    rows = await unit.over(statements.RECORDS, live)
    return {record: by_id[home] for record, home, _ in rows if home in by_id}


def _numbers(cluster: Cluster, ids: Iterable[str]) -> list[int]:
    by_id = {one.id: number for number, one in cluster.members.items()}
    return [by_id[each] for each in ids]


def _now(unit: Unit, cluster: Cluster) -> str:
    """When it happens: not before any of them last changed."""
    return max(unit.now, *(one.changed_at for one in cluster.members.values()))


def _of(cluster: Cluster, number: int) -> tuple[str, str]:
    one = cluster.members[number]
    return one.id, one.label


def _name(unit: Unit, cluster: Cluster, number: int, name: str) -> None:
    unit.ledger.changed(number, {})
    unit.outcome.named[name] = _of(cluster, number)
