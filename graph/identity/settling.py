"""What follows from the records of a party: its golden values, its identifiers, its labels."""

from collections.abc import Iterable
from typing import Any

from graph.errors import InvalidInput
from graph.identity.clusters import Cluster
from graph.model import MODEL
from graph.write import identity as statements
from graph.write import sight
from graph.write import statements as writing
from graph.write.golden import golden
from graph.write.identifying import Known, reconcile
from graph.write.nodes import change
from graph.write.unit import Unit
from graph.write.validation import required


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
        await _values(unit, label, numbers)
    await unit.over(statements.ROLES, parties)
    served = await unit.over(statements.SIGHTED, parties)
    await unit.over(sight.KEEP, {*parties, *served, *seen}, now=now)


async def _values(unit: Unit, label: str, numbers: list[int]) -> None:
    node = MODEL.by_label[label]
    known: Known = {}
    updates: list[list[Any]] = []
    for place, _, records in await unit.run(writing.RECORDS_OF, ids=numbers):
        known[place] = [(each[0], each[1]) for each in records]
        best = golden(node, (values for _, values in known[place]))
        for name in required(node):
            if best[name] is None:
                raise InvalidInput(f"A {label} would lose {name}, which is required.")
        updates.append([place, place, best, None])
    await change(unit, label, updates)
    await reconcile(unit, node, known, set())
