"""Figures that other parts of a running server keep anyway, as `/metrics` shows them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from api.metrics import Reading

if TYPE_CHECKING:
    from api.backend import Backend


def readings(backend: "Backend") -> Iterator[Reading]:
    """All of them, each with a figure for every value of its label."""
    yield from _work(backend)
    yield from _away(backend)
    yield from _places(backend)


def _work(backend: "Backend") -> Iterator[Reading]:
    counters, kept = backend.executor.counters, backend.keeper.responses
    work = {"statements": counters.statements, "fallbacks": counters.fallbacks}
    yield "c360_executor", "counter", "Statements sent, and answers that graphql-core made.", work
    found = {str(size): n for size, n in sorted(backend.executor.lanes.batches.items())}
    yield "c360_batches", "counter", "Statements by how many requests they carried.", found
    if kept is not None:
        became = {each: kept.counts[each] for each in ("hit", "miss", "shared", "away")}
        yield "c360_kept_answers", "counter", "What became of requests for kept answers.", became


def _away(backend: "Backend") -> Iterator[Reading]:
    vigil = backend.graph.vigil
    breakers = {"redis": backend.breaker} | ({"neo4j": vigil.breaker} if vigil else {})
    is_open = {name: float(each.open) for name, each in breakers.items()}
    yield "c360_breaker_open", "gauge", "1 while a dependency is known to be away.", is_open
    times = {name: each.opened for name, each in breakers.items()}
    yield "c360_breaker_opened", "counter", "How often a dependency was found to be away.", times


def _places(backend: "Backend") -> Iterator[Reading]:
    admission, budgets = backend.guard.admission, backend.guard.budgets
    present = {"running": admission.running, "waiting": admission.waiting}
    yield "c360_places", "gauge", "Requests that run, and that wait for a place.", present
    late = backend.guard.lateness.refused
    refused = {"place": admission.refused, "points": budgets.refused, "late": late}
    said = "Requests without a place, without the points, or that waited too long to be looked at."
    yield "c360_refused", "counter", said, refused
