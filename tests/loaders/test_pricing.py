"""A price is what could come, by the sizes that were asked: known before anything is sent."""

import pytest

from loaders.execution import Executor, Explained
from tests.loaders.conftest import ACME

LINES = "edges { node { lines(first: 5) { edges { line node { sku } } } } }"


@pytest.mark.parametrize(
    ("query", "points"),
    [
        (f'{{ customer(id: "{ACME}") {{ name city }} }}', 1),
        ("{ customers(first: 10) { edges { node { name } } } }", 10),
        ("{ customers { edges { node { name } } } }", 20),
        ("{ customers(last: 7) { edges { cursor } } }", 7),
        ("{ customers(first: 100) { totalCount } }", 1),
        ("{ customers(first: 0) { edges { node { name } } } }", 1),
        (f'{{ customer(id: "{ACME}") {{ orders(first: 10) {{ {LINES} }} }} }}', 1 + 10 * (1 + 5)),
        (
            f'{{ customer(id: "{ACME}") {{ a: orders(first: 2) {{ totalCount edges {{ cursor }} }}'
            " b: orders(first: 3) { edges { cursor } } } }",
            1 + (1 + 2) + 3,
        ),
        (f'{{ nodes(ids: ["{ACME}", "{ACME}"]) {{ id }} }}', 2),
        (
            "{ interactions(first: 2) { edges { node { id ... on Email { messageId }"
            " ... on Call { participants(first: 9) { edges { role } } } } } } }",
            2 * (1 + 9),
        ),
    ],
)
def test_the_price_of_a_root_field(executor: Executor, query: str, points: int) -> None:
    found = executor.explain(query, None, None)

    assert [each.price for each in found if isinstance(each, Explained)] == [points]


def test_a_price_follows_the_variables(executor: Executor) -> None:
    query = "query Q($n: Int!) { customers(first: $n) { edges { node { name } } } }"
    prices: list[int] = []
    for size in (1, 50, 100):
        (found,) = executor.explain(query, {"n": size}, None)
        assert isinstance(found, Explained)
        prices.append(found.price)

    assert prices == [1, 50, 100]
