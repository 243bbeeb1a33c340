"""Resolving records in the transaction that writes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.identity.merging import Merge
from graph.matching.resolving.candidates import (
    Age,
    Found,
    Subject,
    ties_of,
)
from graph.matching.resolving.deciding import Groups, Tie, Who, decide
from graph.matching.resolving.policy import Policy
from graph.matching.resolving.queue import Proposal, apart, note
from graph.matching.resolving.rules import KINDS
from graph.matching.resolving.scoring import Scorer, remember, scored
from graph.model.kinds import Node
from graph.write.duplicates import SAID
from graph.write.resolving import Arrived, Join, Moved, Verdict
from graph.write.unit import Unit

_AT_ONCE = 50
"""Parties that one step of merging puts away."""


@dataclass(slots=True)
class _Notes:
    """What waits until the records are there: ties that a person shall decide."""

    doubts: list[Tie] = field(default_factory=list[Tie])


@dataclass(frozen=True, slots=True)
class Resolving:
    """Resolves new and changed records of parties.

    Attributes:
        policy: What may be done without asking.
        scorers: Judges of weaker evidence by kind of party; without one, rules alone decide.
    """

    policy: Policy
    scorers: dict[str, Scorer] = field(default_factory=dict[str, Scorer])

    def takes(self, node: Node) -> bool:
        """Whether records of this kind are resolved."""
        return node.name in KINDS

    async def arrive(self, unit: Unit, node: Node, values: list[dict[str, Any]]) -> Verdict:
        """Decide whose parties new records join; see `graph.write.resolving.Resolver`."""
        subjects = [Subject(("new", i), one) for i, one in enumerate(values)]
        found = await ties_of(unit, node, subjects)
        doubts: list[Tie] = []
        if self.policy.mode == "review":
            found, doubts = Found(ages=found.ages), sorted(found.ties)
        await self._weigh(unit, node, subjects, found, doubts)
        groups = decide(found.ties, await apart(unit, _parties(found.ties)))
        moved = await _join_parties(unit, groups, found.ages)
        joins = _joins(groups, len(values), moved)
        return Verdict(joins, _Notes(doubts), moved)

    async def _weigh(
        self, unit: Unit, node: Node, subjects: list[Subject], found: Found, doubts: list[Tie]
    ) -> None:
        """Score the candidates of those whom no rule ties to anybody."""
        scorer = self.scorers.get(node.name)
        if scorer is None:
            return
        tied = {who for tie in (*found.ties, *doubts) for who in (tie.left, tie.right)}
        waiting = [one for one in subjects if one.who not in tied]
        weighed = await scored(unit, node, scorer, waiting)
        found.ages |= weighed.ages
        for tie in sorted(weighed.ties):
            score = tie.score or 0.0
            if score >= self.policy.accept and self.policy.mode == "auto" and tie.joins:
                found.ties.add(tie)
            elif score >= self.policy.review:
                doubts.append(tie)

    async def arrived(
        self, unit: Unit, node: Node, verdict: Verdict, records: list[Arrived | None]
    ) -> None:
        """Propose what nobody was sure of, and remember what later candidates are found by."""
        there = [one for one in records if one is not None]
        scorer = self.scorers.get(node.name)
        if scorer is not None and there:
            await remember(unit, scorer, [(one.record, one.values) for one in there])
        notes: _Notes = verdict.notes
        numbers = {("new", i): one.party for i, one in enumerate(records) if one is not None}
        await self._propose(unit, notes.doubts, numbers, verdict.moved)

    async def changed(self, unit: Unit, node: Node, records: list[int]) -> None:
        """Look again at records that say something new; only a rule makes their parties one."""
        rows = await unit.over(SAID, records)
        subjects = [Subject(("party", row[2]), row[1]) for row in rows]
        found = await ties_of(unit, node, subjects)
        found.ages |= {row[2]: Age(row[4], row[3]) for row in rows}
        ties, doubts = found.ties, list[Tie]()
        if self.policy.mode == "review":
            ties, doubts = set[Tie](), sorted(found.ties)
        scorer = self.scorers.get(node.name)
        if scorer is not None:
            await remember(unit, scorer, [(row[0], row[1]) for row in rows])
            weighed = await scored(unit, node, scorer, subjects)
            doubts += [t for t in sorted(weighed.ties) if (t.score or 0.0) >= self.policy.review]
        groups = decide(ties, await apart(unit, _parties(ties)))
        moved = await _join_parties(unit, groups, found.ages)
        await self._propose(unit, doubts, {}, moved)

    async def _propose(
        self, unit: Unit, doubts: Iterable[Tie], numbers: dict[Who, int], moved: Moved
    ) -> None:
        """Propose pairs of parties to a person, except those that are one or were told apart."""
        pairs: list[Proposal] = []
        for tie in doubts:
            ends = [
                who[1] if who[0] == "party" else numbers.get(who) for who in (tie.left, tie.right)
            ]
            left, right = (None if end is None else moved.get(end, (end, ""))[0] for end in ends)
            if left is not None and right is not None and left != right:
                pairs.append(Proposal(left, right, tie.score, tie.rule))
        await note(unit, pairs)


def _parties(ties: Iterable[Tie]) -> set[int]:
    return {who[1] for tie in ties for who in (tie.left, tie.right) if who[0] == "party"}


def _why(groups: Groups) -> dict[Who, Tie]:
    """For each that was joined the surest tie that it has a part in."""
    found: dict[Who, Tie] = {}
    for tie in groups.ties:
        found.setdefault(tie.left, tie)
        found.setdefault(tie.right, tie)
    return found


async def _join_parties(unit: Unit, groups: Groups, ages: dict[int, Age]) -> Moved:
    """Make the parties of each group one, the oldest stays; who was put away, and into whom."""
    moved: Moved = {}
    why = _why(groups)
    for members in groups.members().values():
        parties = sorted((ages[n], n) for kind, n in members if kind == "party")
        if len(parties) < 2:
            continue
        (_, survivor), *losers = parties
        by_rule: dict[tuple[str, float | None], list[tuple[Age, int]]] = {}
        for age, number in losers:
            tie = why["party", number]
            by_rule.setdefault((tie.rule, tie.score), []).append((age, number))
            moved[number] = (survivor, age.id)
        for (rule, score), some in by_rule.items():
            for start in range(0, len(some), _AT_ONCE):
                ids = [age.id for age, _ in some[start : start + _AT_ONCE]]
                await Merge(ages[survivor].id, ids, rule, score, _NAME).apply(unit)
                unit.outcome.named.pop(_NAME, None)
        # Others see relationships of these now that this transaction did not make one by one.
        unit.fresh -= {number for _, number in parties}
    _forward(unit, moved)
    return moved


_NAME = "resolving"


def _forward(unit: Unit, moved: Moved) -> None:
    """What this transaction knows by key leads to the parties that answer now."""
    if not moved:
        return
    for name, number in unit.places.items():
        if number in moved:
            unit.places[name], home = moved[number]
            unit.homes.setdefault(name, home)


def _joins(groups: Groups, count: int, moved: Moved) -> list[Join | None]:
    """For each new record whom it joins."""
    joins: list[Join | None] = [None] * count
    why = _why(groups)
    for members in groups.members().values():
        parties = [n for kind, n in members if kind == "party"]
        new = [place for kind, place in members if kind == "new"]
        if not new:
            continue
        party = moved.get(parties[0], (parties[0], ""))[0] if parties else None
        leader = new[0] if party is None else None
        for place in new[1:] if party is None else new:
            tie = why["new", place]
            joins[place] = Join(party, leader, tie.rule, tie.score)
    return joins
