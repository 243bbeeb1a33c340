"""What a batch expects to find, and the names of what it wrote: for callers that act on ids."""

from graph.errors import NOT_THERE, NotFound, Outdated, Suppressed
from graph.statements import Kind, Statement
from graph.write.batch import Batch
from graph.write.statements import KEEP_PLAN
from graph.write.unit import Unit

STATES = Statement(
    "write.states",
    Kind.WRITE,
    KEEP_PLAN + "UNWIND $p.ids AS i\nMATCH (n) WHERE id(n) = i\n"
    "RETURN collect([i, n.id, n.version])",
)
"""`$ids` of nodes to `[id(n), own id, version]`."""


async def expect(unit: Unit, batch: Batch) -> None:
    """Lock the nodes that a batch expects, and refuse it when they are not as expected.

    Raises:
        NotFound: one is not there.
        Outdated: one has another version.
    """
    if not batch.expected:
        return
    wanted: dict[int, int | None] = {}
    for each in batch.expected:
        found = await unit.resolve(each.node, [(each.id,)])
        if not found:
            raise NotFound(NOT_THERE)
        wanted[found[(each.id,)]] = each.version
    await unit.lock(wanted)
    for number, _, version in await unit.run(STATES, ids=sorted(wanted)):
        if wanted[number] not in (None, version):
            raise Outdated(f"It has version {version} by now; look at it again.")


async def name(unit: Unit, batch: Batch) -> None:
    """Note the ids of the nodes that the caller wants to know, in the outcome.

    Raises:
        Suppressed: one of them was left out, since it would bring back somebody who was erased.
    """
    wanted = {(node.name, key) for node, key in (batch.named or {}).values()}
    if not wanted.isdisjoint(unit.suppressed):
        raise Suppressed(
            "Somebody with this record, address or number was erased; leave it out, or have the "
            "erasure's suppression lifted first."
        )
    numbers = {
        variable: unit.places[node.name, key]
        for variable, (node, key) in (batch.named or {}).items()
        if (node.name, key) in unit.places
    }
    if not numbers:
        return
    ids = {row[0]: row[1] for row in await unit.run(STATES, ids=sorted(set(numbers.values())))}
    for variable, number in numbers.items():
        label = (batch.named or {})[variable][0].name
        unit.outcome.named[variable] = (ids[number], label)
