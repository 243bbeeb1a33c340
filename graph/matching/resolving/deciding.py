"""Who is one: a union of pairs, the surest first, that never joins what somebody told apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

Who = tuple[str, int]
"""`("party", number)` of one that is there, `("new", place)` of a record that arrives."""

Pairs = frozenset[frozenset[int]]
"""Numbers of parties, two and two."""


class Tie(NamedTuple):
    """Two that a rule or a score holds to be one; the least sorts first and is surest.

    What does not join is only proposed.
    """

    rank: tuple[float, ...]
    left: Who
    right: Who
    rule: str
    score: float | None = None
    joins: bool = True


@dataclass(slots=True)
class Groups:
    """A union of parties and new records.

    Attributes:
        apart: Parties that are never joined.
        ties: For each that was joined to another the tie that did it.
    """

    apart: Pairs
    ties: list[Tie] = field(default_factory=list[Tie])
    _root: dict[Who, Who] = field(default_factory=dict[Who, Who])
    _parties: dict[Who, set[int]] = field(default_factory=dict[Who, set[int]])

    def root(self, who: Who) -> Who:
        """Whoever stands for the group of this one."""
        above = self._root.setdefault(who, who)
        if above == who:
            return who
        self._root[who] = found = self.root(above)
        return found

    def parties(self, who: Who) -> set[int]:
        """Numbers of the parties that are in the group of this one."""
        root = self.root(who)
        own = {root[1]} if root[0] == "party" else set[int]()
        return self._parties.setdefault(root, own)

    def join(self, tie: Tie) -> bool:
        """Make two groups one; False when that would join what is apart."""
        left, right = self.root(tie.left), self.root(tie.right)
        if left == right:
            return True
        mine, theirs = self.parties(left), self.parties(right)
        if any(frozenset((one, other)) in self.apart for one in mine for other in theirs):
            return False
        self._root[right] = left
        mine |= theirs
        self.ties.append(tie)
        return True

    def members(self) -> dict[Who, list[Who]]:
        """All of every group that was joined, by its root, in order."""
        found: dict[Who, list[Who]] = {}
        for who in sorted(self._root):
            found.setdefault(self.root(who), []).append(who)
        return {root: some for root, some in found.items() if len(some) > 1}


def decide(ties: Iterable[Tie], apart: Pairs) -> Groups:
    """Join along ties, the surest first; those against `apart` are passed over."""
    groups = Groups(apart)
    for tie in sorted(ties):
        groups.join(tie)
    return groups
