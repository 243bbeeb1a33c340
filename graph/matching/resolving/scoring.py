"""Weaker evidence: records that have a blocking key in common, and how alike they are.

A record keeps the digests of its blocking keys in four properties of its own, each with an index:
nothing is shared that two writers could wait for, and what is erased with the record is all of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from graph.matching.resolving.candidates import Age, Found, Subject
from graph.matching.resolving.deciding import Tie, Who
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


class Judgement(NamedTuple):
    """How probable it is that two records speak of one party, and what may follow from that.

    Attributes:
        score: From 0 to 1.
        rule: The rule that a merge or a proposal names.
        joins: Whether it is joined where it is sure enough; else it is only proposed.
    """

    score: float
    rule: str = RULE
    joins: bool = True


class Scorer(Protocol):
    """Tells how probable it is that two records speak of one party."""

    @property
    def model(self) -> str:
        """Name and version of the model."""
        ...

    def keys(self, values: Values) -> Collection[str]:
        """What a record must have in common with another for the two to be compared."""
        ...

    def judge(self, left: Values, right: Values) -> Judgement:
        """Whether the two speak of one party."""
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
    best: dict[tuple[Who, Who], Judgement] = {}
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
                judged = scorer.judge(subject.values, values)
                best[left, right] = max(judged, best.get((left, right), judged))
        if subject.who[0] == "new":
            for key in some:
                earlier.setdefault(key, []).append(subject)
    found.ties = {_tie(ends, judged) for ends, judged in best.items()}
    return found


def _tie(ends: tuple[Who, Who], judged: Judgement) -> Tie:
    """A tie that comes after those of every rule, the likest first."""
    rank = (float(len(RULES)), -judged.score)
    return Tie(rank, *ends, judged.rule, judged.score, judged.joins)
