"""Pairs that a person shall decide: noted in the graph until somebody does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.errors import InvalidInput
from graph.write.batch import slices
from graph.write.duplicates import APART, ENDS, IDS, NOTE
from graph.write.unit import Unit


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two parties that may be one.

    Attributes:
        left: Number of one.
        right: Number of the other.
        score: Probability from 0 to 1; None for a certain rule that only had no leave to act.
        rule: What found them, such as SAME_EMAIL_AND_NAME or SCORE.
        model: Name and version of the model that scored them.
    """

    left: int
    right: int
    score: float | None
    rule: str
    model: str | None = None


async def apart(unit: Unit, numbers: Iterable[int]) -> frozenset[frozenset[int]]:
    """Pairs among parties that must not be joined without a person's decision."""
    ids = sorted(set(numbers))
    if len(ids) < 2:
        return frozenset()
    rows = await unit.run(APART, ids=ids)
    return frozenset(frozenset((one, other)) for one, other in rows)


async def note(unit: Unit, proposals: Iterable[Proposal]) -> None:
    """Note pairs of parties by number, once each; the same again changes nothing.

    The party with the lesser id is the start. Pairs that were told apart are passed over.
    """
    wanted = [one for one in proposals if one.left != one.right]
    numbers = {end for one in wanted for end in (one.left, one.right)}
    if not numbers:
        return
    told = await apart(unit, numbers)
    ids: dict[int, str] = dict(await unit.over(IDS, numbers))
    rows: dict[tuple[int, int], list[Any]] = {}
    for one in sorted(wanted, key=lambda one: one.score or 0.0):
        if frozenset((one.left, one.right)) not in told:
            start, end = sorted((one.left, one.right), key=lambda number: ids[number])
            rows[start, end] = [start, end, one.score, one.rule, one.model]
    if rows:
        await unit.each(NOTE, [rows[pair] for pair in sorted(rows)], now=unit.now)


@dataclass(slots=True)
class Propose:
    """Pairs of parties by id for a person to decide: a step of a batch of the write path.

    Attributes:
        pairs: Two ids, the score from 0 to 1, and the rule of each.
        model: Name and version of the model that scored them.
        missing: Pairs of which one party is not there, when it was done.
    """

    pairs: list[tuple[str, str, float | None, str]]
    model: str | None = None
    missing: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def apply(self, unit: Any) -> None:
        """Note them.

        Raises:
            InvalidInput: a party with itself, or a score that is no probability.
        """
        for left, right, score, _ in self.pairs:
            if left == right:
                raise InvalidInput("A party cannot be its own duplicate; name two.")
            if score is not None and not 0.0 <= score <= 1.0:
                raise InvalidInput("The score of a pair is a probability from 0 to 1.")
        ids = sorted({end for pair in self.pairs for end in pair[:2]})
        numbers: dict[str, int] = {}
        for part in slices(ids):
            numbers.update(await unit.run(ENDS, rows=part))
        found: list[Proposal] = []
        for left, right, score, rule in self.pairs:
            if left in numbers and right in numbers:
                found.append(Proposal(numbers[left], numbers[right], score, rule, self.model))
            else:
                self.missing.append((left, right))
        await note(unit, found)
