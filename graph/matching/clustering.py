"""Who is one, of a whole graph: a union of pairs, the surest first, within limits.

Records that speak of one party already stay together. No cluster outgrows `SIZE`, and none joins
parties that somebody told apart, however sure a pair looks: the next pair is tried instead.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from graph.matching.pairs import Pair

SIZE = 50
"""Parties of one cluster: more than that are one by mistake, such as a shared address."""


@dataclass(slots=True)
class Clusters:
    """Parties that turn out to be one.

    Attributes:
        joined: Pairs that made two clusters one, with the parties' numbers, the surest first.
        apart: How many pairs were passed over since somebody told them apart.
        large: How many since the cluster would have outgrown `SIZE`.
    """

    joined: list[tuple[int, int, Pair]] = field(default_factory=list[tuple[int, int, Pair]])
    apart: int = 0
    large: int = 0


def cluster(
    parties: Sequence[int], pairs: Iterable[Pair], apart: Collection[tuple[int, int]]
) -> Clusters:
    """Join parties along the pairs of their records.

    Args:
        parties: The number of each record's party, by the record's number.
        pairs: Pairs of records; equally sure ones follow each other by their numbers.
        apart: Parties that are never joined, two and two.
    """
    union = _Union(max(parties, default=-1) + 1, apart)
    found = Clusters()
    for pair in sorted(pairs, key=lambda each: (-each.weight, each.left, each.right)):
        mine, theirs = parties[pair.left], parties[pair.right]
        one, other = union.root(mine), union.root(theirs)
        if one == other:
            continue
        if union.are_apart(one, other):
            found.apart += 1
        elif union.size[one] + union.size[other] > SIZE:
            found.large += 1
        else:
            union.join(one, other)
            found.joined.append((mine, theirs, pair))
    return found


class _Union:
    """Disjoint sets of parties, some of which never become one (Tarjan 1975, by size)."""

    def __init__(self, count: int, apart: Collection[tuple[int, int]]) -> None:
        self._above, self.size = list(range(count)), [1] * count
        # Only few have somebody whom they must not join.
        self._never: dict[int, set[int]] = {}
        for one, other in apart:
            self._never.setdefault(one, set()).add(other)
            self._never.setdefault(other, set()).add(one)

    def root(self, party: int) -> int:
        """Whoever stands for the set of a party."""
        above = self._above
        while above[party] != party:
            above[party] = party = above[above[party]]
        return party

    def are_apart(self, one: int, other: int) -> bool:
        """Whether two sets, by who stands for them, must not be joined."""
        fewer, more = (one, other) if self.size[one] < self.size[other] else (other, one)
        return any(self.root(each) == more for each in self._never.get(fewer, ()))

    def join(self, one: int, other: int) -> None:
        """Make two sets one, by who stands for them."""
        fewer, more = (one, other) if self.size[one] < self.size[other] else (other, one)
        self._above[fewer] = more
        self.size[more] += self.size[fewer]
        if fewer in self._never:
            self._never.setdefault(more, set()).update(self._never.pop(fewer))


def groups(found: Clusters) -> list[list[int]]:
    """The parties of each cluster that was joined, the largest first, each in order."""
    group_of: dict[int, set[int]] = {}
    for one, other, _ in found.joined:
        merged = group_of.get(one, {one}) | group_of.get(other, {other})
        for each in merged:
            group_of[each] = merged
    distinct = {id(each): sorted(each) for each in group_of.values()}
    return sorted(distinct.values(), key=lambda each: (-len(each), each))
