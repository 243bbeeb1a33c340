"""What follows from all records of a party: its golden values and its identifiers."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph.errors import InvalidInput
from graph.model.kinds import Node
from graph.write import statements
from graph.write.batch import slices
from graph.write.golden import Values, golden
from graph.write.identifying import Known, reconcile
from graph.write.nodes import change
from graph.write.unit import Unit
from graph.write.validation import required


async def derive_anew(
    unit: Unit,
    node: Node,
    parties: Iterable[int],
    changed: set[int],
    custom: Mapping[int | None, Values] | None = None,
) -> set[int]:
    """Bring golden values and identifiers of parties in line with their records.

    Args:
        unit: The transaction; the parties are locked.
        node: The kind of all of them.
        parties: Their numbers.
        changed: Numbers of the records that say something else than before.
        custom: Custom fields by party, which no record states.

    Returns:
        The parties that changed.

    Raises:
        InvalidInput: one of them, or one that was merged into it, would be left without a value
            that is required.
    """
    updates: list[list[Any]] = []
    known: Known = {}
    for ids in slices(sorted(parties)):
        for place, _, records in await unit.run(statements.RECORDS_OF, ids=ids):
            known[place] = [(each[0], each[1]) for each in records]
            said = [values for _, values in known[place]]
            best = golden(node, said)
            _check(node, said, best)
            updates.append([place, place, {**best, **(custom or {}).get(place, {})}, None])
    altered = await change(unit, node.name, updates)
    await reconcile(unit, node, known, changed)
    return set(altered)


def _check(node: Node, records: list[Values], best: Values) -> None:
    """See that enough is known, also of each party that is part of this one: it may leave again."""
    homes = {said.get("of") for said in records}
    for home in homes:
        own = (said for said in records if said.get("of") == home)
        values = best if len(homes) == 1 else golden(node, own)
        for name in required(node):
            if values[name] is None:
                raise InvalidInput(f"A {node.name} would lose {name}, which is required.")
