"""The seam to the layers below: what answers a GraphQL request, and for whom."""

from typing import Any

import redis.asyncio
from graphql import GraphQLError, parse, validate

from api.tokens import AudienceName, Principal
from graph.database import Graph
from loaders.changes import Feed
from loaders.execution import Executor, Planned
from loaders.keeping import Keeper
from loaders.limits.prices import Prices
from loaders.readings import Readings
from loaders.responses import Responses
from loaders.stream import Waker
from loaders.subscribing import is_subscription, subscribe
from loaders.viewer import Audience, Viewer
from resolvers import schema

Result = dict[str, Any]

__all__ = [
    "Executor", "Keeper", "Planned", "Prices", "Readings", "Responses", "Result", "executor",
    "follow_changes", "is_subscription", "problems", "sdl", "subscribe", "viewer",
]  # fmt: skip


def executor(graph: Graph, max_batch: int) -> Executor:
    """Return the executor of this process.

    Args:
        graph: Where statements run.
        max_batch: Most concurrent requests that share a statement.
    """
    # Strawberry keeps the graphql-core schema that it is built on to itself.
    whole = schema.SCHEMA._schema  # pyright: ignore[reportPrivateUsage]
    return Executor(whole, graph, max_batch=max_batch)


def follow_changes(made: Executor, graph: Graph, cache: redis.asyncio.Redis) -> Feed:
    """Let an executor answer subscriptions, and its mutations wake the relay.

    Args:
        made: The executor, behind its keeper if it has one.
        graph: The graph it asks.
        cache: Where changes are announced.

    Returns:
        What follows the changes; its caller closes it.
    """
    feed = made.feed = Feed(graph, cache, made.answers, made.backing.narrowed)
    waker, forget = Waker(cache), made.writes.changed

    async def changed(touched: frozenset[str]) -> None:
        waker.wake()
        if forget is not None:
            await forget(touched)

    made.writes.changed = changed
    return feed


def problems(document: str) -> list[str]:
    """Return why a document cannot be run; empty when it fits the schema."""
    whole = schema.SCHEMA._schema  # pyright: ignore[reportPrivateUsage]
    try:
        return [error.message for error in validate(whole, parse(document))]
    except GraphQLError as error:
        return [error.message]


def viewer(principal: Principal) -> Viewer:
    """Return the viewer a verified token speaks for."""
    return Viewer(
        audience=Audience(principal.audience),
        issuer=principal.issuer,
        subject=principal.subject,
        name=principal.name,
        scopes=principal.scopes,
    )


def sdl(audience: AudienceName | None = None) -> str:
    """Return the schema definition language of the API as an audience knows it; None for all."""
    return schema.sdl(Audience(audience) if audience is not None else None)
