"""What follows from the records of a party: its golden values, its identifiers, its labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.identity.clusters import Cluster, load
from graph.model import MODEL
from graph.write import identity as statements
from graph.write import sight
from graph.write.deriving import derive_anew
from graph.write.unit import Unit


async def settle(
    unit: Unit, cluster: Cluster, parties: set[int], now: str, seen: Iterable[int]
) -> None:
    """Derive everything anew that follows from the records of some parties.

    Args:
        unit: The transaction.
        cluster: The parties, by number.
        parties: Numbers of those that answer for themselves.
        now: When it happens.
        seen: Numbers of further parties of whom it may have changed who sees them.

    Raises:
        InvalidInput: one of them would be left without a value that is required.
    """
    by_label: dict[str, list[int]] = {}
    for number in sorted(parties):
        by_label.setdefault(cluster.members[number].label, []).append(number)
    for label, numbers in by_label.items():
        await derive_anew(unit, MODEL.by_label[label], numbers, set())
    await unit.over(statements.ROLES, parties)
    served = await unit.over(statements.SIGHTED, parties)
    await unit.over(sight.KEEP, {*parties, *served, *seen}, now=now)


@dataclass(slots=True)
class Choose:
    """A party whose values are chosen anew, since something else speaks for one: part of a batch.

    Attributes:
        party: Its id.
    """

    party: str

    async def apply(self, unit: Unit) -> None:
        """Choose them.

        Raises:
            NotFound: there is no such party, or another one answers for it.
        """
        cluster = await load(unit, [self.party])
        number = next(n for n, one in cluster.members.items() if one.id == self.party)
        node = MODEL.by_label[cluster.members[number].label]
        await derive_anew(unit, node, [number], set())
