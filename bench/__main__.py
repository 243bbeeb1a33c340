"""`python -m bench`: latency of the 360 query at one connection, written to bench/results.md.

The world is the demo world with 20,000 people and two customers alike in all but their number of
orders, 10 and 1,000. They are asked in turn over HTTP on loopback, with a token, one connection.
"""

import argparse
import platform
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench.client import Client, Times, interleaved
from bench.server import running

RESULTS = Path(__file__).with_name("results.md")
WARM_UP = 2_500  # requests of each query; Java compiles what it runs often
QUERY = """
query Customer360($record: RecordKey!) {
  customer(by: {record: $record}) {
    id name lifecycle email city country
    ... on Company { people(first: 5) { edges { title node { id name } } } }
    ... on Person { companies(first: 5) { edges { title node { id name } } } }
    partners(first: 3) { edges { node { id name } } }
    interactions(first: 10) { edges { node { id at channel subject } } }
    orders(first: 10) { edges { node {
      id number at total { amount currency }
      lines(first: 20) { edges { line quantity unitPrice { amount } node { id sku name } } }
    } } }
  }
}
"""


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="people in the world")
    parser.add_argument("--rounds", type=int, default=1_000, help="counted requests of each query")
    chosen = parser.parse_args()
    with running(chosen.people) as server:
        client = Client(server.port, server.token)
        bodies = {
            f"{orders:,} orders": orjson.dumps(
                {
                    "query": QUERY,
                    "variables": {
                        "record": {"source": "crm", "externalId": f"bench-{orders}-orders"}
                    },
                }
            )
            for orders in (10, 1_000)
        }
        for name, body in bodies.items():
            _check(name, orjson.loads(client.send(body)))
        found = interleaved(client, bodies, chosen.rounds, warm_up=WARM_UP)
        client.close()
    table = _table(found, chosen.people)
    RESULTS.write_text(table, encoding="utf-8")
    print(table)


def _check(name: str, answer: dict[str, object]) -> None:
    """Refuse to time an answer that is not a whole 360."""
    data = answer.get("data")
    customer = data.get("customer") if isinstance(data, dict) else None
    if not isinstance(customer, dict) or len(customer["orders"]["edges"]) != 10:
        raise SystemExit(f"{name}: not a 360 answer: {orjson.dumps(answer)[:300]!r}")


def _table(found: dict[str, Times], people: int) -> str:
    rows = "\n".join(
        f"| 360, customer with {name} | {each.p50:.2f} | {each.p99:.2f} | {each.count} |"
        for name, each in found.items()
    )
    few, many = found.values()
    return (
        "# Results\n\n"
        f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, "
        f"Python {platform.python_version()}, demo world of {people:,} people, embedded Neo4j, "
        "one server process, one connection, over HTTP with a token, "
        f"after {WARM_UP:,} requests of each.\n\n"
        "| query | p50 ms | p99 ms | requests |\n|---|---|---|---|\n"
        f"{rows}\n\n"
        f"1,000 orders against 10 (p50): {many.p50 / few.p50:.2f}\n"
    )


if __name__ == "__main__":
    main()
