"""A migrated, empty graph, an empty stream, and events as writers leave them."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import pytest
import redis.asyncio
import uuid_utils

from api.connections import graph_at
from graph.changes import Event, since
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.statements import Kind, Statement
from graph.write.events import digest_of
from loaders.relay import Relay

LEAVE = Statement(
    "test.leave",
    Kind.WRITE,
    "UNWIND $rows AS row CREATE (e:ChangeEvent:Outbox) SET e = row RETURN count(*)",
)
COUNTS = Statement(
    "test.counts",
    Kind.READ,
    "RETURN COUNT { (:Outbox) }, COUNT { (:Numbered) }, COUNT { (:ChangeEvent) }",
)

Change = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture(scope="session")
async def shared(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it once."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


@pytest.fixture
async def graph(shared: Graph, clean_graph: None) -> Graph:  # noqa: ARG001
    """Return an empty graph with every constraint and index of the model."""
    return shared


@pytest.fixture
async def cache(endpoints: Endpoints) -> AsyncIterator[redis.asyncio.Redis]:
    """Connect to the session's Valkey, emptied."""
    async with redis.asyncio.from_url(endpoints.redis_url, socket_timeout=2) as opened:
        await opened.flushall()
        yield opened


class Writer:
    """Leaves events in the outbox, each with the digest of its entity's previous one."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._heads: dict[str, tuple[str, int]] = {}
        self._clock = count()

    async def leave(self, *entities: str, label: str = "Person") -> list[dict[str, Any]]:
        """Leave one event for each entity named, in one transaction."""
        rows = [self._row(each, label) for each in entities]
        await self._graph.run(LEAVE, {"rows": rows})
        return rows

    def _row(self, entity: str, label: str) -> dict[str, Any]:
        prev, version = self._heads.get(entity, (None, 0))
        salt, patch = secrets.token_hex(16), '{"set":{"name":"Ana"}}'
        digest = digest_of(salt, patch)
        self._heads[entity] = (digest, version + 1)
        second = next(self._clock)
        return {
            "id": str(uuid_utils.uuid7()), "actor": "test|ana", "op": "personUpdate",
            "entity": entity, "label": label, "fields": ["name"], "version": version + 1,
            "at": f"2026-11-22T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}Z",
            "parties": [entity], "prev": prev, "digest": digest, "salt": salt, "patch": patch,
        }  # fmt: skip


@pytest.fixture
def writer(graph: Graph) -> Writer:
    """Leave events as the write path does."""
    return Writer(graph)


@pytest.fixture
def relay(graph: Graph, cache: redis.asyncio.Redis) -> Relay:
    """Return a relay that does one step at a time."""
    return Relay(graph, cache)


async def counts(graph: Graph) -> list[int]:
    """Events in the outbox, events numbered and not announced, all events."""
    return (await graph.run(COUNTS))[0]


async def chain(graph: Graph) -> list[Event]:
    """All events of the chain, in its order."""
    found: list[Event] = []
    while more := await since(graph, found[-1].seq if found else 0, 1_000):
        found += more
    return found
