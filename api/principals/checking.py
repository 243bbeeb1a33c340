"""From what somebody sends to who that is, right now.

A token is checked by its signature and claims (`api/tokens.py`), an API key by the digest that the
graph keeps of it. Then the graph says whether the user may sign in: what it said is at most 30
seconds old, and forgotten within a second or two of a change where the stream of changes is read.
While the graph is away, what is known is used until it is 30 seconds old; then nobody is let in.
"""

import asyncio
import hmac
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from api.principals.keyring import Keyring
from api.principals.recent import Recent
from api.tokens import AudienceName, InvalidToken, Principal, UnknownKey, Verifier
from graph.database import Graph
from graph.errors import GraphError
from graph.keys import PREFIX, StoredKey, digest, key_by_id, key_of
from graph.keys.minting import SECRET
from graph.principals import Standing, standing
from graph.write.formats import moment
from graph.write.keys import note_use
from graph.write.secret import secret
from loaders import stream
from loaders.stopping import stop

logger = structlog.stdlib.get_logger(__name__)

RECHECK_SECONDS = 5.0
SILENT_SECONDS = 45.0
"""How long a subscription goes on while the graph cannot be asked whether it may."""
BLOCK_MILLIS = 1_000
AWAY_SECONDS = 2.0
PORTION = 500
_FOLLOWED = frozenset({"User", "ApiKey"})


@dataclass(frozen=True, slots=True)
class _Key:
    """An API key as it is remembered: what the graph knows, and who it is."""

    stored: StoredKey
    principal: Principal
    former_until: float


class Principals:
    """Tells who sends a token or an API key.

    Args:
        verifier: Checks tokens.
        graph: Knows users and API keys.
    """

    def __init__(self, verifier: Verifier, graph: Graph) -> None:
        self._verifier = verifier
        self._graph = graph
        self._keyring = Keyring(verifier.source, verifier) if verifier.source else None
        self._pepper: bytes | None = None
        self._standings = Recent[tuple[str, str], Standing | None](self._read_standing)
        self._keys = Recent[str, _Key | None](self._read_key)
        self._noting: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        """Whether tokens can be checked: the issuer's keys are known."""
        return self._keyring is None or self._keyring.loaded

    async def prepare(self) -> None:
        """Have the database plan what is asked for every principal, so that nobody waits for it.

        Raises:
            GraphError: the database is away.
        """
        self._pepper = await secret(self._graph, SECRET)
        await standing(self._graph, "", "")
        await key_by_id(self._graph, "")
        await note_use(self._graph, "", "")

    async def of(self, text: str) -> Principal:
        """Return who a token or an API key speaks for.

        Raises:
            InvalidToken: it is not accepted.
            KeysMissing: the issuer's keys have never arrived; nothing is known of the token.
            GraphError: the graph is away, and was for too long.
        """
        if text.startswith(PREFIX):
            return await self._of_key(text)
        try:
            principal = self._verifier.verify(text)
        except UnknownKey:
            if self._keyring is None or not await self._keyring.look_again():
                raise
            principal = self._verifier.verify(text)
        await self._stand(principal)
        return principal

    async def ended(self, principal: Principal) -> str:
        """Wait until a principal is not accepted any more; return why, in one sentence.

        For what stays open: sockets and event streams. It never returns early, and at the latest
        with the end of the token or key.
        """
        heard_at = time.monotonic()
        while (left := principal.expires_at - time.time()) > 0:
            await asyncio.sleep(min(left, RECHECK_SECONDS))
            try:
                await self.check(principal)
            except InvalidToken as error:
                return str(error)
            except GraphError:
                if time.monotonic() - heard_at > SILENT_SECONDS:
                    return "It cannot be checked any more whether you may go on: subscribe again."
            else:
                heard_at = time.monotonic()
        return "The token has expired."

    async def check(self, principal: Principal) -> None:
        """See that somebody who was let in would be let in again.

        Raises:
            InvalidToken: not any more.
            GraphError: the graph is away, and was for too long.
        """
        if principal.key is None:
            if principal.expires_at <= time.time():
                raise InvalidToken("The token has expired.")
            await self._stand(principal)
        else:
            _valid(await self._keys.get(principal.key))

    @asynccontextmanager
    async def served(self, cache: redis.asyncio.Redis) -> AsyncGenerator[None]:
        """Keep the issuer's keys fresh and hear of changes while this lasts."""
        tasks = [asyncio.create_task(self._follow(cache))]
        if self._keyring is not None:
            tasks.append(asyncio.create_task(self._keyring.serve()))
        try:
            yield
        finally:
            await stop(*tasks, *self._noting)

    # --- tokens ---------------------------------------------------------------------------------

    async def _stand(self, principal: Principal) -> None:
        """See that the user may sign in; one that the graph does not know is the issuer's alone."""
        known = await self._standings.get((principal.issuer, principal.subject))
        if known is None:
            return
        if not known.active:
            raise InvalidToken("The user may not sign in any more.")
        if known.revoked_at is not None and principal.issued_at <= _seconds(known.revoked_at):
            raise InvalidToken("The session was ended: sign in again.")

    async def _read_standing(self, named: tuple[str, str]) -> Standing | None:
        return await standing(self._graph, *named)

    # --- API keys -------------------------------------------------------------------------------

    async def _of_key(self, text: str) -> Principal:
        if self._pepper is None:
            self._pepper = await secret(self._graph, SECRET)
        id_ = key_of(self._pepper, text)
        if id_ is None:
            raise InvalidToken("The API key is not known.")
        known = await self._keys.get(id_)
        if known is None or not _is(known, digest(self._pepper, text)):
            raise InvalidToken("The API key is not known.")
        return _valid(known)

    async def _read_key(self, id_: str) -> _Key | None:
        stored = await key_by_id(self._graph, id_)
        if stored is None:
            return None
        self._note(stored)
        until = _seconds(stored.former_until) if stored.former_until else 0.0
        return _Key(stored, _principal(stored), until)

    def _note(self, stored: StoredKey) -> None:
        """Note the hour of a key's use beside the request, which does not wait for it."""
        now = datetime.now(UTC)
        hour = moment(now.replace(minute=0, second=0, microsecond=0))
        if (stored.last_used_at or "") < hour < stored.expires_at and not stored.revoked_at:
            task = asyncio.create_task(self._noted(stored.id, hour))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)

    async def _noted(self, id_: str, hour: str) -> None:
        try:
            await note_use(self._graph, id_, hour)
        except GraphError as error:
            logger.warning("the use of a key cannot be noted", code=error.code)

    # --- changes --------------------------------------------------------------------------------

    async def _follow(self, cache: redis.asyncio.Redis) -> None:
        """Forget what has changed, as soon as the stream of changes tells."""
        seq: int | None = None
        while True:
            try:
                if seq is None:
                    seq = await stream.last(cache)
                found = await stream.read(cache, seq, BLOCK_MILLIS, PORTION)
                # A stream that was set back begins with small numbers again.
                seq = found[-1].seq if found else min(seq, await stream.last(cache))
            except (RedisError, OSError):
                seq = None
                await asyncio.sleep(AWAY_SECONDS)
                continue
            if touched := {each.entity for each in found if each.label in _FOLLOWED}:
                self.forget(touched)

    def forget(self, ids: set[str]) -> None:
        """Read users and API keys of these ids again, and users that were not there before."""
        self._standings.forget(lambda known: known is None or known.user in ids)
        self._keys.forget(
            lambda known: known is None or known.stored.id in ids or known.stored.user in ids
        )


def _is(known: _Key, found: str) -> bool:
    """Whether a digest is that of a key, or of the key before it while that is accepted."""
    stored = known.stored
    if hmac.compare_digest(stored.digest, found):
        return True
    former = stored.former_digest
    return (
        former is not None
        and known.former_until > time.time()
        and hmac.compare_digest(former, found)
    )


def _valid(known: _Key | None) -> Principal:
    """Who a key stands for, if it may be used.

    Raises:
        InvalidToken: it may not.
    """
    if known is None or known.stored.revoked_at is not None:
        raise InvalidToken("The API key was revoked.")
    if known.principal.expires_at <= time.time():
        raise InvalidToken("The API key has expired.")
    if not known.stored.active:
        raise InvalidToken("The user may not sign in any more.")
    return known.principal


def _principal(stored: StoredKey) -> Principal:
    return Principal(
        audience=cast("AudienceName", stored.audience.lower()),
        issuer=stored.issuer,
        subject=stored.subject,
        name=stored.name,
        expires_at=_seconds(stored.expires_at),
        scopes=frozenset(stored.scopes),
        key=stored.id,
    )


def _seconds(at: str) -> float:
    """A stored time as seconds since 1970."""
    return datetime.fromisoformat(at).timestamp()
