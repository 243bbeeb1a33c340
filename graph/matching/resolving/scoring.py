"""Weaker evidence: records that have a blocking key in common, and how alike they are.

A record keeps the digests of its blocking keys in four properties of its own, each with an index:
nothing is shared that two writers could wait for, and what is erased with the record is all of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

from graph.matching.resolving.candidates import Age, Found, Subject
from graph.matching.resolving.deciding import Tie
from graph.matching.resolving.rules import RULES, Values
from graph.model.kinds import Node
from graph.write.duplicates import ALIKE, REMEMBER
from graph.write.unit import Unit

SLOTS = 4
"""Blocking keys that a record keeps."""

DENSE = 50
"""Records that one key may have for it to be worth a look."""

RULE = "SCORE"
"""The rule of what a score decided."""


class Scorer(Protocol):
    """Tells how probable it is that two records speak of one party."""

    @property
    def model(self) -> str:
        """Name and version of the model."""
        ...

    @property
    def rule(self) -> str:
        """The rule that a merge names which it decided."""
        ...

    @property
    def joins(self) -> bool:
        """Whether what it is sure of is joined, and not only proposed."""
        ...

    def keys(self, values: Values) -> Collection[str]:
        """What a record must have in common with another for the two to be compared."""
        ...

    def probability(self, left: Values, right: Values) -> float:
        """How probable it is that the two speak of one party, from 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class _Alike:
    number: int
    values: Values
    party: int


def digests(scorer: Scorer, values: Values) -> list[str]:
    """Digests of a record's blocking keys, at most as many as it keeps."""
    keys = sorted(set(scorer.keys(values)))[:SLOTS]
    return [blake2b(key.encode(), digest_size=12).hexdigest() for key in keys]


async def remember(unit: Unit, scorer: Scorer, records: list[tuple[int, Values]]) -> None:
    """Keep the blocking keys of records by number, so that later ones find them."""
    rows: list[list[Any]] = []
    for number, values in records:
        found: list[str | None] = [*digests(scorer, values)]
        rows.append([number, *found, *[None] * (SLOTS - len(found))])
    await unit.each(REMEMBER, rows)


async def scored(unit: Unit, node: Node, scorer: Scorer, subjects: list[Subject]) -> Found:
    """Ties to the parties of records that have a blocking key in common, with their scores.

    Of several records of one party the likest counts. New records are compared with each other,
    too. Keys that more than `DENSE` records have are passed over: they tell nobody apart.
    """
    found = Found()
    wanted = [(one, digests(scorer, one.values)) for one in subjects]
    by_key: dict[str, list[_Alike]] = {}
    keys = sorted({key for _, some in wanted for key in some})
    for key, number, values, party, id_, created_at in await unit.each(
        ALIKE, keys, kind=node.name.upper(), most=DENSE + 1
    ):
        by_key.setdefault(key, []).append(_Alike(number, values, party))
        found.ages[party] = Age(created_at, id_)
    best: dict[tuple[Any, Any], float] = {}
    earlier: dict[str, list[Subject]] = {}
    for subject, some in wanted:
        others = {
            one.number: (("party", one.party), one.values)
            for key in some
            for one in (by_key.get(key, ()) if len(by_key.get(key, ())) <= DENSE else ())
        }
        new = {each.who: each.values for key in some for each in earlier.get(key, ())[-DENSE:]}
        for who, values in (*others.values(), *new.items()):
            if who != subject.who:
                left, right = sorted((subject.who, who))
                score = scorer.probability(subject.values, values)
                best[left, right] = max(score, best.get((left, right), 0.0))
        if subject.who[0] == "new":
            for key in some:
                earlier.setdefault(key, []).append(subject)
    # After every rule, the likest first.
    found.ties = {
        Tie((float(len(RULES)), -score), left, right, scorer.rule, score)
        for (left, right), score in best.items()
    }
    return found
