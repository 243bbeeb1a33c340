"""Webhooks: who is told of which change, and telling them again until they answer.

A message is signed as Standard Webhooks says and sent again, with growing pauses, for about a day;
its id is the same every time, so a receiver can tell what it has. A later change does not wait for
an earlier one that fails: `version` tells receivers which is the newer.
"""

import asyncio
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpcore
import structlog
from standardwebhooks.webhooks import Webhook as Signer

from api.worker.guard import Forbidden, GuardedNetwork
from graph import webhooks
from graph.changes import end, since
from graph.database import Graph
from graph.errors import GraphError
from graph.webhooks import Webhook, event_with_former
from graph.write import deliveries
from graph.write.deliveries import Delivery
from loaders.execution import Executor
from loaders.stopping import stop
from loaders.webhooks import body_of

logger = structlog.stdlib.get_logger(__name__)

AT_ONCE = 32
PORTION = 500
POLL_SECONDS = 0.5
SEND_SECONDS = 10.0
FIRST_PAUSE_MILLIS = 5_000
LONGEST_PAUSE_MILLIS = 8 * 3_600_000
MAX_ATTEMPTS = 10
DISABLED_AFTER = timedelta(days=5)
GONE = 410
CLEAN_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came of one attempt."""

    status: int | None
    error: str | None
    millis: int


class Webhooks:
    """Tells webhooks of changes.

    Args:
        graph: Where changes and deliveries are.
        executor: Reads what webhooks select.
        private: Whether private and local addresses may be called.
    """

    def __init__(self, graph: Graph, executor: Executor, *, private: bool) -> None:
        self._graph = graph
        self._executor = executor
        self._network = GuardedNetwork(private=private)
        self._known: dict[str, Webhook] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._clean_at = 0.0

    async def serve(self) -> None:
        """Queue and send until cancelled."""
        async with httpcore.AsyncConnectionPool(
            network_backend=self._network, max_connections=AT_ONCE, keepalive_expiry=30, retries=0
        ) as pool:
            try:
                while True:
                    if not await self._round(pool):
                        await self._clean()
                        await asyncio.sleep(POLL_SECONDS)
            finally:
                await stop(*self._sending)

    async def _clean(self) -> None:
        """Delete the oldest of the log, once an hour."""
        if time.monotonic() < self._clean_at:
            return
        self._clean_at = time.monotonic() + CLEAN_SECONDS
        before = datetime.now(UTC) - timedelta(days=deliveries.KEPT_DAYS)
        try:
            while await deliveries.clean(self._graph, before):
                pass
        except GraphError as error:
            logger.warning("the log of deliveries is not cleaned", code=error.code)

    async def _round(self, pool: httpcore.AsyncConnectionPool) -> bool:
        """Queue what is new and start to send what is due; whether there was anything."""
        try:
            found = await webhooks.active(self._graph)
            self._known = {each.id: each for each in found}
            queued = await self._queue(found)
            due = await deliveries.claim(self._graph, AT_ONCE - len(self._sending))
        except GraphError as error:
            logger.warning("webhooks cannot reach the graph", code=error.code)
            return False
        for each in due:
            task = asyncio.create_task(self._deliver(pool, each))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        if len(self._sending) >= AT_ONCE:
            await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
        return queued or bool(due)

    async def _queue(self, found: Iterable[Webhook]) -> bool:
        """Queue the next events of every webhook."""
        queued = False
        last = (await end(self._graph))[0]
        for each in found:
            position = each.position
            if position is None:
                position = await deliveries.begin(self._graph, each.id, last)
            if position >= last:
                continue
            events = await since(self._graph, position, PORTION)
            if events:
                wanted = [(one.id, one.seq) for one in events if each.wants(one)]
                await deliveries.queue(self._graph, each.id, position, events[-1].seq, wanted)
                queued = True
        return queued

    async def _deliver(self, pool: httpcore.AsyncConnectionPool, one: Delivery) -> None:
        """Send one message once, and note what came of it."""
        try:
            webhook = self._known.get(one.webhook)
            read = await event_with_former(self._graph, one.event)
            if webhook is None or read is None:
                sent = _Sent(None, "DISABLED" if webhook is None else "GONE", 0)
                await self._settle(one, sent, again=None)
                return
            body = await body_of(self._executor, webhook, read[0])
            sent = await send(pool, webhook, one.id, body)
            failed = sent.error is not None and one.attempt < MAX_ATTEMPTS
            again = pause(one.attempt) if failed and sent.status != GONE else None
            since_when = await self._settle(one, sent, again)
            if sent.status == GONE or _is_long_ago(since_when):
                logger.warning("a webhook is switched off", webhook=webhook.id)
                await deliveries.disable(self._graph, webhook.id)
        except GraphError as error:
            # It stays claimed, and is due again in a minute.
            logger.warning("a delivery lost the graph", delivery=one.id, code=error.code)

    async def _settle(self, one: Delivery, sent: _Sent, again: int | None) -> str | None:
        return await deliveries.settle(
            self._graph, one, status=sent.status, error=sent.error, millis=sent.millis, again=again
        )


def pause(attempt: int) -> int:
    """Return the milliseconds until the next attempt: fourfold each time, a fifth by chance."""
    longest = min(FIRST_PAUSE_MILLIS * 4 ** (attempt - 1), LONGEST_PAUSE_MILLIS)
    return longest + secrets.randbelow(longest // 5 + 1)


async def send(
    pool: httpcore.AsyncConnectionPool, webhook: Webhook, id_: str, body: bytes
) -> _Sent:
    """Send a signed message; only an answer of 200 to 299 within ten seconds is success."""
    started = time.monotonic()
    status: int | None = None
    error: str | None = None
    try:
        async with asyncio.timeout(SEND_SECONDS):
            async with pool.stream(
                "POST", webhook.url, headers=_headers(webhook, id_, body), content=body
            ) as response:
                status = response.status
        error = None if 200 <= status < 300 else "REFUSED"
    except TimeoutError:
        error = "TIMEOUT"
    except Forbidden:
        error = "FORBIDDEN_ADDRESS"
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError):
        error = "UNREACHABLE"
    except (httpcore.UnsupportedProtocol, ValueError, UnicodeError):
        error = "BAD_WEBHOOK"
    return _Sent(status, error, round((time.monotonic() - started) * 1_000))


def _headers(webhook: Webhook, id_: str, body: bytes) -> dict[bytes | str, bytes | str]:
    """The headers of Standard Webhooks.

    Raises:
        ValueError: the secret is none.
    """
    now = datetime.now(UTC)
    if not webhook.secret:
        raise ValueError("A webhook needs a secret.")
    return {
        "content-type": "application/json",
        "user-agent": "customer360",
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(webhook.secret).sign(id_, now, body.decode()),
    }


def _is_long_ago(moment: str | None) -> bool:
    if moment is None:
        return False
    return datetime.now(UTC) - datetime.fromisoformat(moment) > DISABLED_AFTER
