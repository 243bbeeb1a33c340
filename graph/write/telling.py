"""The last step of a transaction: one event for every entity that it changed."""

from graph.write import statements
from graph.write.batch import slices
from graph.write.ledger import Known, concrete
from graph.write.unit import Unit

EVENTS = 2_000
"""Events that one statement carries."""


async def tell(unit: Unit) -> None:
    """Append an event to every changed entity, to be published; nothing if nothing changed."""
    ledger = unit.ledger
    entities = ledger.entities()
    if not entities:
        return
    for number, id_, labels in await unit.over(
        statements.NAMES, ledger.ends() - ledger.names.keys()
    ):
        ledger.names[number] = (id_, concrete(labels))
    known = {
        number: Known(changed_at, parties)
        for number, changed_at, parties in await unit.over(
            statements.CONCERNED, entities - unit.fresh
        )
    }
    events = ledger.events(unit.writer, known)
    for rows in slices(events, EVENTS):
        await unit.run(statements.APPEND, rows=rows)
