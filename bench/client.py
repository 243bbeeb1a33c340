"""One connection that asks one query again and again, with little cost of its own."""

import http.client
import statistics
import time
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Times:
    """Latencies in milliseconds."""

    p50: float
    p99: float
    count: int


class Client:
    """A keep-alive connection to a server on loopback."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer without errors."""
        body = orjson.dumps({"query": query, "variables": variables})
        answer = orjson.loads(self.send(body))
        if answer.get("errors"):
            raise RuntimeError(answer["errors"][0]["message"])
        return answer["data"]

    def send(self, body: bytes) -> bytes:
        """The bytes of one answer."""
        self._connection.request("POST", "/graphql", body, self._headers)
        return self._connection.getresponse().read()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def interleaved(
    client: Client, bodies: dict[str, bytes], rounds: int, warm_up: int
) -> dict[str, Times]:
    """Latency of each body, measured in turn so that noise hits all alike."""
    for body in bodies.values():
        for _ in range(warm_up):
            client.send(body)
    found: dict[str, list[float]] = {name: [] for name in bodies}
    for _ in range(rounds):
        for name, body in bodies.items():
            start = time.perf_counter()
            client.send(body)
            found[name].append((time.perf_counter() - start) * 1e3)
    return {name: times(each) for name, each in found.items()}


def times(milliseconds: list[float]) -> Times:
    """Median and 99th percentile."""
    ordered = sorted(milliseconds)
    return Times(statistics.median(ordered), ordered[int(len(ordered) * 0.99)], len(ordered))
