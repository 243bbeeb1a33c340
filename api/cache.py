"""The connection to Redis, which may be away: then it fails soon, and as its client expects."""

from typing import Any

import redis.asyncio
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ConnectionLost

CACHE_SECONDS = 2.0


class _Told:
    """Tells that a connection is gone by the exception that the client is ready for.

    A write to a closed transport raises RuntimeError under uvloop, where asyncio's own loop lets
    the next `drain` raise an OSError, which is all the client expects.
    """

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Send a command.

        Raises:
            ConnectionError: the connection is gone.
        """
        # Both are a connection of the client's; its own types are partly unknown.
        sending: Any = super()
        try:
            await sending.send_packed_command(command, check_health)
        except RuntimeError as error:
            raise ConnectionLost("The transport is closed.") from error


def cache_at(redis_url: str, seconds: float = CACHE_SECONDS) -> redis.asyncio.Redis:
    """Return a connection to Redis that fails within seconds when nobody answers."""
    cache = redis.asyncio.from_url(
        redis_url, socket_timeout=seconds, socket_connect_timeout=seconds
    )
    pool: Any = cache.connection_pool
    pool.connection_class = _told(pool.connection_class)
    return cache


def _told(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    """Return a kind of connection, plain, with TLS or of a Unix socket, that tells."""
    return type(kind.__name__, (_Told, kind), {})
