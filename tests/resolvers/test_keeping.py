"""Through the whole server side: what may be kept is kept, and a write is seen at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
import redis.asyncio

from graph.engines import Endpoints
from loaders.execution import Executor
from loaders.keeping import Keeper
from loaders.responses import Responses, bump
from loaders.viewer import Audience, Viewer
from tests.resolvers.conftest import STAFF, RecordingGraph

pytestmark = pytest.mark.anyio

ORDERS = "{ orders(first: 5) { edges { node { number lines(first: 2) { edges { line } } } } } }"
CONSENTS = "{ people(first: 2) { edges { node { name consents { edges { node { id } } } } } } }"
OVERDUE = "{ invoices(first: 2) { edges { node { number isOverdue } } } }"

Ask = Callable[..., Awaitable[tuple[Any, int]]]


@pytest.fixture
async def ask(
    executor: Executor, graph: RecordingGraph, endpoints: Endpoints
) -> AsyncIterator[Ask]:
    """Ask, and count the statements it took."""
    async with redis.asyncio.from_url(endpoints.redis_url) as cache:
        await cache.flushall()
        keeper = Keeper(executor, Responses(cache))

        async def asked(query: str, viewer: Viewer = STAFF, stale: str = "") -> tuple[Any, int]:
            if stale:
                await bump(cache, [stale])
            graph.sent.clear()
            found = await keeper.execute(query, None, None, viewer)
            answer = orjson.loads(found) if isinstance(found, bytes) else found
            return answer, len(graph.sent)

        yield asked


async def test_an_answer_is_kept_until_something_it_reads_changes(ask: Ask) -> None:
    first, statements = await ask(ORDERS)
    assert (statements, "errors" in first) == (1, False)

    assert await ask(ORDERS) == (first, 0)
    assert await ask(ORDERS, stale="Campaign") == (first, 0)
    for tag in ("Order", "CONTAINS", "Product", "*"):
        assert await ask(ORDERS, stale=tag) == (first, 1), tag


async def test_another_viewer_is_another_answer(ask: Ask) -> None:
    await ask(ORDERS)

    other = Viewer(Audience.STAFF, STAFF.issuer, "somebody-else")
    partner = Viewer(Audience.PARTNER, STAFF.issuer, STAFF.subject)

    assert (await ask(ORDERS, other))[1] == 1
    assert (await ask(ORDERS, partner))[0] == {"data": {"orders": {"edges": []}}}


@pytest.mark.parametrize("query", [CONSENTS, OVERDUE, "{ viewer { __typename } }"])
async def test_what_decides_a_right_or_depends_on_the_day_is_not_kept(ask: Ask, query: str) -> None:
    _, first = await ask(query)

    assert (await ask(query))[1] == first


async def test_refusals_and_errors_are_answered_and_not_kept(ask: Ask) -> None:
    for query in (
        "{ nope }",
        '{ customer(id: "x") { name } }',
        "{ orders(first: -1) { totalCount } }",
    ):
        answer, statements = await ask(query)
        assert answer["errors"]
        assert statements == 0
        assert await ask(query) == (answer, 0)
