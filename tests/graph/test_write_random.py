"""Random batches against a model of dictionaries: same states, same counts, same history."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.database import Graph
from graph.statements import Kind, Statement
from graph.write import Batch, Count, LinkRow, NodeRow, Nodes, write
from tests.graph.asking import ORDER, PRODUCT, ask, lines, orders_of, people
from tests.graph.conftest import WRITER

pytestmark = pytest.mark.anyio
WIPE = Statement("test.wipe", Kind.WRITE, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")

KEYS = st.sampled_from("abc")
WORDS = st.sampled_from(["x", "y", None])


@dataclass(frozen=True)
class Said:
    """One batch in plain words; lists are applied in this order."""

    products: list[tuple[str, dict[str, Any]]]
    persons: list[tuple[str, dict[str, Any]]]
    orders: list[str]
    lines: list[tuple[str, int, str, float]]
    owners: list[tuple[str, str]]
    complete: bool


SAID = st.builds(
    Said,
    st.lists(st.tuples(KEYS, st.dictionaries(st.sampled_from(["unit", "category"]), WORDS))),
    st.lists(st.tuples(KEYS, st.dictionaries(st.sampled_from(["city", "region"]), WORDS))),
    st.lists(KEYS),
    st.lists(st.tuples(KEYS, st.integers(1, 3), KEYS, st.sampled_from([1.0, 2.0]))),
    st.lists(st.tuples(KEYS, KEYS)),
    st.booleans(),
)


@dataclass
class Naive:
    """What the graph should hold, kept in dictionaries."""

    nodes: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {"Product": {}, "Person": {}, "Order": {}}
    )
    versions: dict[str, int] = field(
        default_factory=lambda: {"Product": 0, "Person": 0, "Order": 0}
    )
    lines: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)
    owners: set[tuple[str, str]] = field(default_factory=set)
    former: int = 0

    def upsert(self, label: str, rows: list[tuple[str, dict[str, Any]]]) -> Count:
        """Apply rows of one label."""
        count, merged = Count(), dict[str, dict[str, Any]]()
        for key, values in rows:
            merged.setdefault(key, {}).update(values)
        for key, values in merged.items():
            known = {name: value for name, value in values.items() if value is not None}
            if key not in self.nodes[label]:
                self.nodes[label][key] = known
                count.created += 1
                continue
            old = self.nodes[label][key]
            new = {**{name: v for name, v in old.items() if name not in values}, **known}
            count.changed += new != old
            count.unchanged += new == old
            self.versions[label] += new != old
            self.nodes[label][key] = new
        return count

    def line_up(self, said: Said) -> Count:
        """Apply order lines."""
        count, wished = Count(), dict[tuple[str, int], tuple[str, float]]()
        held: set[tuple[str, int]] = set()
        for number, position, sku, quantity in said.lines:
            if number in self.nodes["Order"] and sku in self.nodes["Product"]:
                wished[number, position] = (sku, quantity)
            else:
                count.missing.append((("shop", number), ("shop", sku)))
                held.add((number, position))
        for place, values in wished.items():
            old = self.lines.get(place)
            count.created += old is None
            count.changed += old is not None and old != values
            count.unchanged += old == values
            self.lines[place] = values
        if said.complete:
            starts = {number for number, *_ in said.lines}
            for place in list(self.lines):
                if place[0] in starts and place not in wished and place not in held:
                    count.retracted += 1
                    del self.lines[place]
        self.former += count.changed + count.retracted
        return count

    def own(self, said: Said) -> Count:
        """Say whom orders are for."""
        count = Count()
        for number, name in dict.fromkeys(said.owners):
            if number not in self.nodes["Order"] or name not in self.nodes["Person"]:
                continue
            count.created += (number, name) not in self.owners
            count.unchanged += (number, name) in self.owners
            self.owners.add((number, name))
        count.missing = [
            (("shop", number), ("crm", name))
            for number, name in said.owners
            if number not in self.nodes["Order"] or name not in self.nodes["Person"]
        ]
        return count


def batch_of(said: Said) -> Batch:
    at = "2026-01-01T00:00:00Z"
    products = [
        NodeRow(("shop", key), {"sku": key, "name": key, **values}) for key, values in said.products
    ]
    persons = [NodeRow(("crm", key), {"name": key, **values}) for key, values in said.persons]
    orders = [NodeRow(("shop", key), {"number": key, "at": at}) for key in said.orders]
    rows = [
        LinkRow(
            ("shop", number),
            ("shop", sku),
            {"line": position, "quantity": quantity, "unitPrice": 1, "amount": 1},
        )
        for number, position, sku, quantity in said.lines
    ]
    return Batch(
        [
            Nodes(PRODUCT, products),
            people(*persons),
            Nodes(ORDER, orders),
            lines(*rows, complete=said.complete),
            orders_of(*((number, ("crm", name)) for number, name in said.owners)),
        ]
    )


async def holds(graph: Graph, naive: Naive) -> None:
    for label, names in (("Product", ["unit", "category"]), ("Person", ["city", "region"])):
        text = f"MATCH (n:{label}) RETURN n.name, properties(n)"
        there = {
            name: {each: values[each] for each in names if each in values}
            for name, values in await ask(graph, text)
        }
        assert there == naive.nodes[label]
        text = f"MATCH (:{label})-[:WAS]->(v) RETURN count(v)"
        assert (await ask(graph, text))[0][0] == naive.versions[label]
    text = "MATCH (o:Order)-[x:CONTAINS]->(p) RETURN o.number, x.line, p.sku, x.quantity"
    rows = await ask(graph, text)
    assert sorted(rows) == sorted([*place, *values] for place, values in naive.lines.items())
    rows = await ask(graph, "MATCH (o:Order)-[:FOR]->(p) RETURN o.number, p.name")
    assert sorted(map(tuple, rows)) == sorted(naive.owners)
    former = await ask(graph, "MATCH ()-[x:CONTAINS_WAS]->() RETURN count(x)")
    assert former[0][0] == naive.former
    customers = await ask(graph, "MATCH (p:Customer) RETURN p.name")
    assert {row[0] for row in customers} == {name for _, name in naive.owners}


async def _agrees(graph: Graph, batches: list[Said]) -> None:
    await graph.run(WIPE)
    naive = Naive()
    for hour, said in enumerate(batches, 10):
        writer = replace(WRITER, now=f"2026-11-22T{hour}:00:00Z")
        dry = await write(graph, batch_of(said), writer, dry_run=True)
        await holds(graph, naive)
        outcome = await write(graph, batch_of(said), writer)
        assert dry == outcome
        assert outcome.nodes["Product"] == naive.upsert("Product", said.products)
        assert outcome.nodes["Person"] == naive.upsert("Person", said.persons)
        naive.upsert("Order", [(key, {}) for key in said.orders])
        assert outcome.links["CONTAINS"] == naive.line_up(said)
        assert outcome.links["FOR"] == naive.own(said)
        await holds(graph, naive)
        again = await write(graph, batch_of(replace(said, complete=False)), writer)
        for count in (*again.nodes.values(), *again.links.values()):
            assert (count.created, count.changed) == (0, 0)


BATCHES = st.lists(SAID, min_size=1, max_size=3)
# Each example begins by wiping the graph, so sharing the fixture is no matter.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=12, suppress_health_check=SHARED, derandomize=True)
@given(batches=BATCHES)
async def test_a_few_random_batches_agree_with_the_dictionaries(graph: Graph, batches: list[Said]):
    await _agrees(graph, batches)


@pytest.mark.full
@pytest.mark.timeout(3000)
@settings(max_examples=400, suppress_health_check=SHARED)
@given(batches=BATCHES)
async def test_many_random_batches_agree_with_the_dictionaries(graph: Graph, batches: list[Said]):
    await _agrees(graph, batches)
