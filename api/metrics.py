"""What the server counts, for Prometheus: requests, statements by name, caches, breakers, queues.

Counting costs a request two observations; everything that is counted elsewhere anyway is only read
when somebody asks. No figure has a label that a caller chooses, so their number is bounded.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REQUEST_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STATEMENT_BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)

Reading = tuple[str, str, str, Mapping[str, float]]
"""Name, kind (`counter` or `gauge`), what it is, and a figure for each value of the label `of`."""
Read = Callable[[], Iterable[Reading]]


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "c360_request_seconds",
            "Seconds from an accepted token to the answer.",
            ["audience"],
            buckets=REQUEST_BUCKETS,
            registry=self._registry,
        )
        self._statements = Histogram(
            "c360_statement_seconds",
            "Seconds of a statement, by its name.",
            ["name"],
            buckets=STATEMENT_BUCKETS,
            registry=self._registry,
        )
        self._errors = Counter(
            "c360_errors",
            "Errors in answers, by extensions.code.",
            ["code"],
            registry=self._registry,
        )
        self._of: dict[str, Histogram] = {}
        self._named: dict[str, Histogram] = {}

    def answered(self, audience: str, seconds: float) -> None:
        """Count a request that was let in."""
        found = self._of.get(audience)
        if found is None:
            found = self._of[audience] = self._seconds.labels(audience)
        found.observe(seconds)

    def statement(self, name: str, seconds: float) -> None:
        """Count a statement that was answered."""
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self._statements.labels(name)
        found.observe(seconds)

    def failed(self, code: str) -> None:
        """Count an error by its code."""
        self._errors.labels(code).inc()

    def read(self, readings: Read) -> None:
        """Read these figures whenever somebody asks."""
        self._registry.register(_Readings(readings))

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        return generate_latest(self._registry)


class _Readings(Collector):
    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        for name, kind, description, figures in self._read():
            family = GaugeMetricFamily if kind == "gauge" else CounterMetricFamily
            metric = family(name, description, labels=["of"])
            for of, figure in figures.items():
                metric.add_metric([of], figure)
            yield metric


def may_read(sent: str | None, token: str | None) -> bool:
    """Whether an Authorization header opens the figures; without a token they are open."""
    if token is None:
        return True
    scheme, _, given = (sent or "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(
        given.strip().encode(), token.encode()
    )
