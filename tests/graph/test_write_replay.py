"""Random histories: what the events tell of any moment is what the graph recorded of it."""

import random
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, write
from graph.write.actions import Caller, Named
from graph.write.archiving import Put, put
from tests.graph.asking import COMPANY, ORDER, PERSON, PRODUCT, WORKS_AT, lines, orders_of
from tests.graph.conftest import WRITER
from tests.graph.replaying import events, recorded, replayed
from tests.graph.test_write_random import WIPE

pytestmark = pytest.mark.anyio

THERE = Statement(
    "test.there",
    Kind.READ,
    "MATCH (n:Person|Company|Order|Product) "
    "RETURN n.id, [l IN labels(n) WHERE l IN ['Person', 'Company', 'Order', 'Product']][0] "
    "ORDER BY n.id",
)
KEYS = st.sampled_from("abc")
EMAILS = st.sampled_from(["x@example.org", "y@example.org", None])
WORDS = st.sampled_from(["x", "y", None])


@dataclass(frozen=True)
class Said:
    """One batch in plain words; lists are applied in this order."""

    later: int
    persons: list[tuple[str, dict[str, Any], str | None]]
    companies: list[tuple[str, dict[str, Any]]]
    products: list[tuple[str, dict[str, Any]]]
    orders: list[tuple[str, dict[str, Any]]]
    employments: list[tuple[str, str, dict[str, Any]]]
    owners: list[tuple[str, str]]
    lines: list[tuple[str, int, str, float]]
    complete: bool


def _values(**kinds: Any) -> Any:
    return st.fixed_dictionaries({}, optional=kinds)


SAID = st.builds(
    Said,
    st.integers(0, 2),
    st.lists(st.tuples(KEYS, _values(city=WORDS, email=EMAILS), st.none() | KEYS), max_size=4),
    st.lists(st.tuples(KEYS, _values(city=WORDS)), max_size=3),
    st.lists(st.tuples(KEYS, _values(unit=WORDS, category=WORDS)), max_size=4),
    st.lists(st.tuples(KEYS, _values(channel=st.sampled_from(["WEB", "PHONE"]))), max_size=3),
    st.lists(st.tuples(KEYS, KEYS, _values(title=WORDS)), max_size=3),
    st.lists(st.tuples(KEYS, KEYS), max_size=3),
    st.lists(st.tuples(KEYS, st.integers(1, 3), KEYS, st.sampled_from([1.0, 2.0])), max_size=5),
    st.booleans(),
)


def batch_of(said: Said) -> Batch:
    at = "2026-01-01T00:00:00Z"
    persons = [
        NodeRow(("crm", key), {"name": key, **values}, of_party=("crm", of) if of else None)
        for key, values, of in said.persons
    ]
    companies = [NodeRow(("crm", key), {"name": key, **values}) for key, values in said.companies]
    products = [
        NodeRow(("shop", key), {"sku": key, "name": key, **values}) for key, values in said.products
    ]
    orders = [
        NodeRow(("shop", key), {"number": key, "at": at, **values}) for key, values in said.orders
    ]
    jobs = [LinkRow(("crm", p), ("crm", c), values) for p, c, values in said.employments]
    bought = [
        LinkRow(
            ("shop", number),
            ("shop", sku),
            {"line": position, "quantity": quantity, "unitPrice": 1, "amount": 1},
        )
        for number, position, sku, quantity in said.lines
    ]
    # Companies have keys of their own: a record is known as one kind of party.
    companies = [replace(row, key=("crm", row.key[1] + "-c")) for row in companies]
    jobs = [replace(row, end=("crm", row.end[1] + "-c")) for row in jobs]
    return Batch(
        [
            Nodes(PERSON, persons),
            Nodes(COMPANY, companies),
            Nodes(PRODUCT, products),
            Nodes(ORDER, orders),
            Links(WORKS_AT, PERSON, COMPANY, jobs),
            orders_of(*((number, ("crm", name)) for number, name in said.owners)),
            lines(*bought, complete=said.complete),
        ]
    )


def _moment(hour: int, minute: int = 0) -> str:
    return f"2026-11-22T{hour:02}:{minute:02}:00.000Z"


async def _move(graph: Graph, node: Named, moment: str, *, restore: bool) -> None:
    request = Put(node, "node", "nodeRestore" if restore else "nodeArchive", restore=restore)
    await put(graph, MODEL.by_label[node.label], request, Caller("tester", moment))


async def _agrees(graph: Graph, batches: list[Said]) -> None:
    """Batches, and after each of them two nodes are put away; before the next they come back."""
    await graph.run(WIPE)
    hour, away = 2, list[Named]()
    dice = random.Random(repr(batches))
    for said in batches:
        dice.shuffle(away)
        for minute, node in enumerate(away, 40):
            await _move(graph, node, _moment(hour, minute), restore=True)
        hour += 1 if away else said.later
        await write(graph, batch_of(said), replace(WRITER, now=_moment(hour)))
        there = await graph.run(THERE)
        away = [Named(*each) for each in dice.sample(there, min(2, len(there)))]
        for minute, node in enumerate(away, 20):
            await _move(graph, node, _moment(hour, minute), restore=False)
    told = await events(graph)
    hours = {1, hour, *(dice.randint(2, hour) for _ in range(3))}
    for moment in (*map(_moment, hours), _moment(dice.randint(2, hour), 30)):
        assert replayed(told, moment) == await recorded(graph, moment), moment


HISTORIES = st.lists(SAID, min_size=2, max_size=4)
# Each example begins by wiping the graph, so sharing the fixture is no matter.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=15, suppress_health_check=SHARED, derandomize=True)
@given(batches=HISTORIES)
async def test_events_replayed_to_a_moment_are_the_graph_at_that_moment(
    graph: Graph, batches: list[Said]
):
    await _agrees(graph, batches)


@pytest.mark.full
@pytest.mark.timeout(3000)
@settings(max_examples=250, suppress_health_check=SHARED)
@given(batches=HISTORIES)
async def test_events_of_many_histories_replay_to_the_graph(graph: Graph, batches: list[Said]):
    await _agrees(graph, batches)
