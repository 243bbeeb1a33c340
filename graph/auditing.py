"""The audit trail, verified: the chain from its first event to its end, and every digest.

What was erased, patch and salt, cannot be compared any more, but stays in the chain by its digest.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graph.changes import COLUMNS, Event, chained, end, event
from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write.events import digest_of

PORTION = 2_000

LINKS = Statement(
    "audit.links",
    Kind.READ,
    "MATCH (e:ChangeEvent) WHERE e.seq > $since WITH e ORDER BY e.seq LIMIT $limit "
    "RETURN collect([" + COLUMNS + ", e.chain, e.salt, e.patch])",
)
"""The next events of the chain with all that is verified of them."""

UNCHAINED = Statement("audit.unchained", Kind.READ, "RETURN COUNT { (:Outbox) }")
"""Events that have no number yet."""


@dataclass(slots=True)
class Audit:
    """What a verification found.

    Attributes:
        events: Events verified, from the first.
        digests: How many of them had their patch, so that its digest was compared.
        waiting: Events that have no place in the chain yet; they are not verified.
        broken: Number at which the chain breaks; None when it holds.
        reason: What is wrong there, in one sentence; None when nothing is.
    """

    events: int = 0
    digests: int = 0
    waiting: int = 0
    broken: int | None = None
    reason: str | None = None


async def verify(graph: Graph, on_progress: Callable[[int, int], None] | None = None) -> Audit:
    """Walk the chain and report its first break.

    Args:
        graph: The graph.
        on_progress: Told how many events of how many are verified.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    last, final = await end(graph)
    found = Audit(waiting=(await graph.run(UNCHAINED))[0][0])
    value = ""
    while found.events < last and found.broken is None:
        rows = (await graph.run(LINKS, {"since": found.events, "limit": PORTION}))[0][0]
        for columns, chain, salt, patch in rows:
            one = event(columns)
            if one.seq > last:
                break  # numbered while we looked
            value = chained(value, one)
            found.reason = _wrong(one, found.events + 1, (chain, value), salt, patch)
            if found.reason is not None:
                found.broken = found.events + 1
                break
            found.events += 1
            found.digests += patch is not None
        if not rows:
            found.broken, found.reason = found.events + 1, "The event is missing."
        if on_progress is not None:
            on_progress(found.events, last)
    if found.broken is None and value != final:
        found.broken, found.reason = last, "The end of the chain is not the one that was recorded."
    return found


def _wrong(
    one: Event, expected: int, chain: tuple[str | None, str], salt: str | None, patch: str | None
) -> str | None:
    """What is wrong with an event; None when nothing is."""
    if one.seq != expected:
        return "The event is missing."
    if chain[0] != chain[1]:
        return "The event, or one before it, is not what it was."
    if salt is not None and patch is not None and digest_of(salt, patch) != one.digest:
        return "The values of the event are not what was written."
    return None


def all_statements() -> tuple[Statement, ...]:
    """Every statement of the verification."""
    return (LINKS, UNCHAINED)
