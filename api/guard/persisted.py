"""Operations by the hash of their text: those clients have sent before, and those that are trusted.

The form is that of automatic persisted queries: `extensions.persistedQuery` with `version` 1 and
`sha256Hash`. A text that was sent with its hash is found again by the hash alone, by callers of the
same audience, for a day. Trusted operations are the files of `C360_OPERATIONS_DIR`; they are found
by their hash at any time.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, cast

import redis.asyncio
from redis.exceptions import RedisError

from api.refusals import Refusal
from graph.breaker import Breaker

PREFIX = "c360:text:"
KEPT_SECONDS = 86_400
CALL_SECONDS = 0.25
MAX_TEXTS = 1_000
MAX_CHARS = 4_000_000
VERSION = 1

_HASH = re.compile("[0-9a-f]{64}")


def persisted_hash(extensions: dict[str, Any] | None) -> str | None:
    """Return the hash a request names; None when it names none.

    Raises:
        Refusal: 400, what it names is no hash of this form.
    """
    named = (extensions or {}).get("persistedQuery")
    if named is None:
        return None
    if isinstance(named, dict):
        members = cast("dict[str, Any]", named)
        found = members.get("sha256Hash")
        version = members.get("version")
        if version == VERSION and isinstance(found, str) and _HASH.fullmatch(found.lower()):
            return found.lower()
    message = "`extensions.persistedQuery` must have `version` 1 and `sha256Hash`, 64 hex digits."
    raise Refusal(400, "BAD_REQUEST", message)


class Persisted:
    """The texts that are known by their hash."""

    def __init__(
        self, cache: redis.asyncio.Redis, breaker: Breaker, trusted: Iterable[str] = ()
    ) -> None:
        """Remember texts in Redis; without Redis, those this process has seen."""
        self._cache = cache
        self._breaker = breaker
        self._trusted = {_hash_of(each): each for each in trusted}
        self._trusted_texts = frozenset(self._trusted.values())
        self._seen: OrderedDict[str, str] = OrderedDict()
        self._chars = 0

    def is_trusted(self, text: str) -> bool:
        """Whether a text is one of the trusted operations, to the letter."""
        return text in self._trusted_texts

    async def find(self, audience: str, hash_: str) -> str | None:
        """Return the text with this hash that the audience has sent; None when there is none."""
        name = f"{audience}:{hash_}"
        found = self._trusted.get(hash_) or self._seen.get(name)
        if found is None:
            found = await self._fetch(name)
            if found is not None:
                self._remember(name, found)
        return found

    async def keep(self, audience: str, hash_: str, text: str) -> None:
        """Remember a text by its hash.

        Raises:
            Refusal: 400, it is the hash of another text.
        """
        name = f"{audience}:{hash_}"
        if self._trusted.get(hash_) == text or self._seen.get(name) == text:
            return
        if _hash_of(text) != hash_:
            message = "`sha256Hash` is not the SHA-256 of `query`: send both as they belong."
            raise Refusal(400, "PERSISTED_QUERY_MISMATCH", message)
        self._remember(name, text)
        if self._breaker.open:
            return
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._cache.set(PREFIX + name, text.encode(), ex=KEPT_SECONDS)
        except (RedisError, OSError, TimeoutError) as error:
            self._breaker.failed(error)

    def _remember(self, name: str, text: str) -> None:
        if name not in self._seen:
            self._chars += len(text)
        self._seen[name] = text
        while len(self._seen) > MAX_TEXTS or self._chars > MAX_CHARS:
            self._chars -= len(self._seen.popitem(last=False)[1])

    async def _fetch(self, name: str) -> str | None:
        if self._breaker.open:
            return None
        try:
            async with asyncio.timeout(CALL_SECONDS):
                found = cast("bytes | None", await self._cache.get(PREFIX + name))
        except (RedisError, OSError, TimeoutError) as error:
            self._breaker.failed(error)
            return None
        return found.decode() if found is not None else None


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
