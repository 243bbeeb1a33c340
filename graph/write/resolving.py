"""What the write path asks of whoever resolves new records of parties, and what it is told."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from graph.model.kinds import Node


@dataclass(frozen=True, slots=True)
class Join:
    """A new record speaks of a party that is there, or of that of another new record.

    Attributes:
        party: Number of the party; None when it is that of another new record.
        leader: Place of that other record among the new ones; it joins nobody itself.
        rule: What decided it.
        score: Probability that it is right; None for a certain rule.
    """

    party: int | None
    leader: int | None
    rule: str
    score: float | None = None


Moved = dict[int, tuple[int, str]]
"""Numbers of parties that were put away, to whoever answers for them, and their own ids."""


@dataclass(slots=True)
class Verdict:
    """What was decided of new records: for each the party that it joins, None for one of its own.

    Attributes:
        joins: One for each record, in their order.
        notes: What the resolver itself remembers until the records are there.
        moved: Parties that turned out to be another one.
    """

    joins: list[Join | None]
    notes: Any = None
    moved: Moved = field(default_factory=dict[int, tuple[int, str]])


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record that is there now: its number, its party's, and whatever it says."""

    record: int
    party: int
    values: dict[str, Any] = field(repr=False)


class Resolver(Protocol):
    """Resolves records in the transaction that writes them; `unit` is its `Unit`."""

    def takes(self, node: Node) -> bool:
        """Whether records of this kind are resolved."""
        ...

    async def arrive(self, unit: Any, node: Node, values: list[dict[str, Any]]) -> Verdict:
        """Decide whose parties new records join, and make parties one that they prove to be one.

        Whoever asks at the same time with an identifier of these waits until the end of the
        transaction.
        """
        ...

    async def arrived(
        self, unit: Any, node: Node, verdict: Verdict, records: list[Arrived | None]
    ) -> None:
        """Note what follows once the records are there, in their order; None was left out."""
        ...

    async def changed(self, unit: Any, node: Node, records: list[int]) -> None:
        """Look again at records that say something new: only a certain rule makes parties one."""
        ...
