"""Answers kept in Redis, for as long as nothing they read has changed.

A key is made of the request and its viewer, so an answer is never given to another viewer. An entry
holds the versions of its tags as they were read *before* the graph was asked: a write that comes in
between makes the entry stale at birth. Versions are random, never counted, so a Redis that lost its
memory, or parts of it, can lose answers but not bring back an old one.

Redis is asked once per request, for entry and versions together, and concurrent requests ask
together. A Redis that fails is left alone for a moment; answers then come from the graph.
"""

import asyncio
import hashlib
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, cast

import orjson
import redis.asyncio
from redis.exceptions import RedisError

from graph.breaker import Breaker
from loaders.tags import EVERYTHING
from loaders.viewer import Viewer

PREFIX = "c360:"
MAX_BYTES = 1_000_000
MAX_KEYS = 2_000
SECONDS = 0.25
# The same while this process is late itself: the graph would be later still.
LATE_SECONDS = 1.0
REST_SECONDS = 1.0
_AWAY = object()

Make = Callable[[], Awaitable[tuple[bytes, bool]]]
"""Makes an answer, and says whether it may be kept."""


class Responses:
    """A cache of answers in Redis.

    Attributes:
        counts: How often a request was a `hit`, a `miss`, `shared` the work of another, or found
            Redis `away`.
        breaker: Open while Redis is away; None where nobody watches.
    """

    def __init__(self, cache: redis.asyncio.Redis, *, watched: bool = False) -> None:
        """Keep answers in a Redis that belongs to somebody else, who closes it.

        Args:
            cache: That Redis.
            watched: Whether a breaker, which the caller closes, finds out its return; otherwise it
                is asked again after a second.
        """
        self._redis = cache
        self.breaker = Breaker(self._catch_up) if watched else None
        self._owed: set[str] = set()
        self._reader = _Reader(cache)
        self._making: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}
        self._away_until = 0.0
        self.counts: Counter[str] = Counter()

    async def get(self, key: str, tags: frozenset[str], seconds: int, make: Make) -> bytes:
        """The kept answer, or one made now and, if it may be, kept.

        Args:
            key: As `request_key` makes it.
            tags: What the answer depends on.
            seconds: For how long it may be kept at most, which bounds what writers outside of this
                program can make stale.
            make: Makes the answer; several concurrent requests of one key make it once.

        Raises:
            Exception: what `make` raises.
        """
        names = [PREFIX + "r:" + key, *(_tag(each) for each in sorted(tags))]
        found = await self._read(names)
        if found is None:
            self.counts["away"] += 1
            return (await make())[0]
        entry, versions = found[0], found[1:]
        state = _state(versions)
        if entry is not None and None not in versions:
            known, _, body = entry.partition(b"\n")
            if known == state:
                self.counts["hit"] += 1
                return body
        # Only who found the same versions may share: a write in between was promised to be seen.
        task = self._making.get((key, state))
        if task is None:
            self.counts["miss"] += 1
            task = asyncio.create_task(self._make(names, versions, seconds, make))
            self._making[key, state] = task
            task.add_done_callback(lambda _: self._making.pop((key, state), None))
        else:
            self.counts["shared"] += 1
        # Whoever gives up must not take the answer away from the others.
        return await asyncio.shield(task)

    async def forget(self, tags: Iterable[str]) -> None:
        """Make every kept answer stale that depends on one of the tags; call it after the commit.

        A Redis that is away hears of it before it is asked for answers again; where nobody watches
        it, their time ends them.
        """
        names = set(tags)
        away = self.breaker is not None and self.breaker.open
        if away or await self._try(bump(self._redis, names), owed=True) is _AWAY:
            self._owed |= names

    async def _catch_up(self) -> None:
        """A sign of life of Redis, which knows by it what has changed in the meantime."""
        # The client types the options of its commands as unknown keywords.
        await self._redis.ping()  # pyright: ignore[reportUnknownMemberType]
        while self._owed:
            owed, self._owed = self._owed, set()
            try:
                await bump(self._redis, owed)
            except BaseException:
                self._owed |= owed
                raise

    async def purge(self) -> None:
        """Delete every kept answer at once: for an erasure, after which none may lie about.

        A Redis that is away ends them itself, when their time is over.
        """
        await self.forget([EVERYTHING])
        await self._try(self._delete_all())

    async def _delete_all(self) -> None:
        # The client types its options as unknown keywords.
        names = cast("AsyncIterator[bytes]", self._redis.scan_iter(match=PREFIX + "r:*"))  # pyright: ignore[reportUnknownMemberType]
        async for name in names:
            await self._redis.unlink(name)

    async def _make(
        self, names: list[str], versions: list[bytes | None], seconds: int, make: Make
    ) -> bytes:
        if None in versions:
            versions = await self._first_versions(names[1:])
        body, keep = await make()
        if keep and None not in versions and len(body) <= MAX_BYTES:
            await self._try(self._redis.set(names[0], _state(versions) + b"\n" + body, ex=seconds))
        return body

    async def _first_versions(self, tags: list[str]) -> list[bytes | None]:
        """Give versions to tags without one, and read them all again."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in tags:
                pipe.set(name, _version(), nx=True)
            pipe.mget(tags)
            found = await self._try(pipe.execute())
        return [None] if found is _AWAY else found[-1]

    async def _read(self, names: list[str]) -> list[bytes | None] | None:
        if time.monotonic() < self._away_until or (self.breaker and self.breaker.open):
            return None
        found = await self._try(self._reader.read(names))
        return None if found is _AWAY else found

    async def _try(self, asked: Awaitable[Any], *, owed: bool = False) -> Any:
        """What Redis says; `_AWAY` when it is, and then it is not asked for a moment.

        What is owed must be made up for before Redis is asked again, whyever it was not said.
        """
        late = self.breaker is not None and self.breaker.late()
        try:
            async with asyncio.timeout(LATE_SECONDS if late else SECONDS):
                return await asked
        except (RedisError, OSError, TimeoutError) as error:
            if self.breaker is None:
                self._away_until = time.monotonic() + REST_SECONDS
            elif owed:
                self.breaker.trip()
            else:
                self.breaker.failed(error)
            return _AWAY


class _Reader:
    """Reads keys of several requests with one command: the next one waits for the one in flight."""

    def __init__(self, cache: redis.asyncio.Redis) -> None:
        self._redis = cache
        self._waiting: list[tuple[list[str], asyncio.Future[list[bytes | None]]]] = []
        self._task: asyncio.Task[None] | None = None

    async def read(self, names: list[str]) -> list[bytes | None]:
        """The values of keys, in order; None where there is none."""
        answer: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()
        self._waiting.append((names, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return await answer

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch: list[tuple[list[str], asyncio.Future[list[bytes | None]]]] = []
                count = 0
                while self._waiting and count < MAX_KEYS:
                    batch.append(self._waiting.pop(0))
                    count += len(batch[-1][0])
                await self._answer(batch)
        finally:
            self._task = None

    async def _answer(
        self, batch: list[tuple[list[str], asyncio.Future[list[bytes | None]]]]
    ) -> None:
        together = dict.fromkeys(name for names, _ in batch for name in names)
        try:
            values = cast("list[bytes | None]", await self._redis.mget(list(together)))
        except Exception as error:  # noqa: BLE001 - it is each reader's, who awaits it
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        found = dict(zip(together, values, strict=True))
        for names, answer in batch:
            if not answer.done():
                answer.set_result([found[name] for name in names])


def request_key(
    query: str, operation_name: str | None, variables: dict[str, Any] | None, viewer: Viewer
) -> str:
    """The key of a request: one viewer's one question."""
    scope = [viewer.audience.value, viewer.issuer, viewer.subject]
    asked = orjson.dumps([query, operation_name, variables, scope])
    return hashlib.sha256(asked).hexdigest()


async def bump(cache: redis.asyncio.Redis, tags: Iterable[str]) -> None:
    """Make every kept answer stale that depends on one of the tags; call it after the commit.

    Raises:
        RedisError: Redis is away; answers stay until their time is over.
    """
    await cache.mset({_tag(each): _version() for each in tags})


async def drop(cache: redis.asyncio.Redis, tags: Iterable[str]) -> None:
    """As `bump`, for tags of which there are many: a tag without a version is as good as a new one.

    Raises:
        RedisError: Redis is away.
    """
    if names := [_tag(each) for each in tags]:
        await cache.unlink(*names)


def _state(versions: list[bytes | None]) -> bytes:
    return b" ".join(each or b"-" for each in versions)


def _tag(name: str) -> str:
    return PREFIX + "t:" + name


def _version() -> bytes:
    return secrets.token_hex(8).encode()
