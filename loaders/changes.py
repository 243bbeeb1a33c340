"""Changes for those who ask for them: pages of the chain, and the chain as it grows."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import redis.asyncio

from graph.changes import Event, since
from graph.database import Graph
from graph.write.secret import secret
from loaders.errors import BadRequest, Code
from loaders.ids import encode_id
from loaders.positions import decode_position, encode_position, invalid_position
from loaders.registry import REGISTRY
from loaders.rereading import Answers, Rereading
from loaders.tail import Tail
from loaders.viewer import Audience, Viewer

MAX_CHANGES = 200
Wanted = Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """An event with its cursor for one viewer."""

    cursor: str
    event: Event


class Feed:
    """The changes of one graph, for the requests of one process. Close it at the end.

    Args:
        graph: Where all events are.
        cache: Where the stream is.
        answers: Answers the queries that read changed nodes.
    """

    def __init__(self, graph: Graph, cache: redis.asyncio.Redis, answers: Answers) -> None:
        self._graph = graph
        self._answers = answers
        self._key: bytes | None = None
        self.tail = Tail(graph, cache)

    async def close(self) -> None:
        """Stop following the stream."""
        await self.tail.close()

    def rereading(self, viewer: Viewer) -> Rereading:
        """Return what reads changed nodes for one request."""
        return Rereading(self._answers, viewer)

    async def page(
        self,
        viewer: Viewer,
        after: str | None,
        first: int,
        labels: list[str] | None,
        entity: str | None,
    ) -> tuple[list[Position], bool]:
        """Return the next changes after a cursor, and whether more follow.

        Args:
            viewer: Who asks; only staff sees changes yet.
            after: A cursor of this viewer; None begins with the first change.
            first: How many, 1 to `MAX_CHANGES`.
            labels: Only of nodes of these labels; None for all.
            entity: Only of the node of this id; None for all.

        Raises:
            BadRequest: INVALID_PAGE or INVALID_CURSOR.
            GraphError: the graph is away.
        """
        if not 0 < first <= MAX_CHANGES:
            message = f"first must be a number from 1 to {MAX_CHANGES}."
            raise BadRequest(Code.INVALID_PAGE, message)
        if viewer.audience is not Audience.STAFF:
            return [], False
        key = await self._secret()
        seq = decode_position(key, viewer, after) if after is not None else 0
        found = await since(self._graph, seq, first + 1, labels=labels, entity=entity)
        shown = [Position(encode_position(key, viewer, each.seq), each) for each in found[:first]]
        return shown, len(found) > first

    async def follow(
        self, viewer: Viewer, after: str | None, wanted: Wanted
    ) -> AsyncGenerator[Position]:
        """Yield every wanted change after a cursor, in the order of the chain, without an end.

        Args:
            viewer: Who asks.
            after: A cursor of this viewer; None begins with the next change.
            wanted: Which changes are yielded.

        Raises:
            BadRequest: FORBIDDEN or INVALID_CURSOR.
            GraphError: the graph is away; the viewer goes on later from its last cursor.
        """
        if viewer.audience is not Audience.STAFF:
            raise BadRequest(Code.FORBIDDEN, "Only staff may follow changes yet.")
        key = await self._secret()
        seq = last = await self.tail.position()
        if after is not None:
            seq = decode_position(key, viewer, after)
            if seq > last:
                # Of a chain that was set back: what follows is not what the viewer waits for.
                raise invalid_position()
        while True:
            for each in await self.tail.after(seq):
                seq = each.seq
                if wanted(each):
                    yield Position(encode_position(key, viewer, seq), each)

    async def _secret(self) -> bytes:
        if self._key is None:
            self._key = await secret(self._graph, "positions")
        return self._key


def labels_of(types: list[str] | None) -> list[str] | None:
    """Return the labels of GraphQL types, an interface standing for all its types.

    Raises:
        BadRequest: INVALID_ARGUMENT for a name that is no type of a node.
    """
    if types is None:
        return None
    found: set[str] = set()
    for name in types:
        kind = REGISTRY.kinds.get(name)
        if kind is None:
            message = "types must be names of types that stand for nodes, such as Person or Order."
            raise BadRequest(Code.INVALID_ARGUMENT, message)
        found.update(
            each.node.name for each in REGISTRY.kinds.values() if each.node.is_a(kind.node)
        )
    return sorted(found)


def global_id(event: Event) -> str:
    """Return the global id of the node that changed."""
    return encode_id(event.label or "Node", event.entity)
