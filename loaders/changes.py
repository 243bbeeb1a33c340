"""Changes for those who ask for them: pages of the chain, and the chain as it grows."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from functools import cache

import redis.asyncio

from graph.access import RULES
from graph.access.wholly import sees_everything
from graph.changes import MAX_EVENTS, Event, since, told_in_full
from graph.database import Graph
from graph.model.parties import PARTY
from graph.write.secret import secret
from loaders.errors import BadRequest, Code
from loaders.ids import encode_id
from loaders.positions import decode_position, encode_position, invalid_position
from loaders.registry import REGISTRY
from loaders.rereading import Answers, Rereading, seen
from loaders.tail import Tail
from loaders.viewer import Audience, Viewer

MAX_CHANGES = 200
MAX_LOOKED_AT = 20_000
"""Changes of which one page looks whether the viewer may see them."""
Wanted = Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """An event with its cursor for one viewer."""

    cursor: str
    event: Event


@dataclass(frozen=True, slots=True)
class Portion:
    """A page of changes.

    Attributes:
        shown: Those that the viewer may see.
        end: Cursor to go on from: of the last that is shown, else the one that was given.
        more: Whether more follow it.
    """

    shown: list[Position]
    end: str | None
    more: bool


@cache
def _party_labels() -> frozenset[str]:
    return frozenset(each.node.name for each in REGISTRY.kinds.values() if each.node.is_a(PARTY))


class Feed:
    """The changes of one graph, for the requests of one process. Close it at the end.

    Args:
        graph: Where all events are.
        cache: Where the stream is.
        answers: Answers the queries that read changed nodes.
        narrowed: Whether there are rules that narrow staff.
    """

    def __init__(
        self,
        graph: Graph,
        cache: redis.asyncio.Redis,
        answers: Answers,
        narrowed: Callable[[], bool],
    ) -> None:
        self._graph = graph
        self._answers = answers
        self._narrowed = narrowed
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
    ) -> Portion:
        """Return the next changes after a cursor that the viewer may see, and where to go on.

        Whether more follow, and where to go on, follows from what the viewer sees alone. Only if
        there are `MAX_LOOKED_AT` changes without enough to see is a page short while more follow.

        Args:
            viewer: Who asks; only staff is shown pages.
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
            return Portion([], after, more=False)
        key = await self._secret()
        seq = decode_position(key, viewer, after) if after is not None else 0
        shown, last = await self._shown(viewer, seq, first + 1, labels, entity)
        found = [Position(encode_position(key, viewer, each.seq), each) for each in shown[:first]]
        if last is not None:
            return Portion(found, encode_position(key, viewer, last), more=True)
        end = found[-1].cursor if found else after
        return Portion(found, end, more=len(shown) > first)

    async def _shown(
        self, viewer: Viewer, seq: int, wanted: int, labels: list[str] | None, entity: str | None
    ) -> tuple[list[Event], int | None]:
        """The next changes that the viewer may see, and the last looked at if it gave up."""
        shown: list[Event] = []
        everything = await self._everything(viewer)
        size = wanted if everything else MAX_EVENTS
        for _ in range(MAX_LOOKED_AT // MAX_EVENTS):
            found = await since(self._graph, seq, size, labels=labels, entity=entity)
            shown += found if everything else await self._seen(viewer, found)
            if len(shown) >= wanted or len(found) < size:
                return shown, None
            seq = found[-1].seq
        return shown, seq

    async def _everything(self, viewer: Viewer) -> bool:
        """Whether nothing is hidden from the viewer, nor was: of what is gone he is told, too."""
        if viewer.audience is not Audience.STAFF:
            return False
        if not self._narrowed():
            return True
        return await sees_everything(self._graph, viewer.issuer, viewer.subject)

    async def follow(
        self, viewer: Viewer, after: str | None, wanted: Wanted
    ) -> AsyncGenerator[Position]:
        """Yield every wanted change after a cursor, in the order of the chain, without an end.

        What the viewer may see is found out anew with each change: a right that is gone ends what
        is told, and a node that is gone itself is told of to those alone who see everything.

        Args:
            viewer: Who asks.
            after: A cursor of this viewer; None begins with the next change.
            wanted: Which changes are yielded.

        Raises:
            BadRequest: INVALID_CURSOR.
            GraphError: the graph is away; the viewer goes on later from its last cursor.
        """
        key = await self._secret()
        seq = last = await self.tail.position()
        if after is not None:
            seq = decode_position(key, viewer, after)
            if seq > last:
                # Of a chain that was set back: what follows is not what the viewer waits for.
                raise invalid_position()
        while True:
            events = await self.tail.after(seq)
            seq = events[-1].seq if events else seq
            for each in await self._seen(viewer, [each for each in events if wanted(each)]):
                yield Position(encode_position(key, viewer, each.seq), each)

    async def _seen(self, viewer: Viewer, events: list[Event]) -> list[Event]:
        """Those of some events that the viewer may be told of."""
        if not events or await self._everything(viewer):
            return events
        shown = await seen(self._answers, sorted({global_id(each) for each in events}), viewer)
        events = [each for each in events if global_id(each) in shown]
        rules = RULES[viewer.audience]
        if not rules.full:
            return events
        # Of a party of which not all is told, a change of the rest would tell that there is one.
        asked = {"issuer": viewer.issuer, "subject": viewer.subject}
        of_party = _party_labels()
        parties = {
            each.entity
            for each in events
            if each.label in of_party and not rules.profile & set(each.fields)
        }
        if not parties:
            return events
        found = await self._graph.run(told_in_full(rules), {**asked, "ids": [*parties]})
        full: set[str] = set(found[0][0]) if found else set()
        return [
            each
            for each in events
            if each.entity not in parties or each.entity in full or rules.profile & set(each.fields)
        ]

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
